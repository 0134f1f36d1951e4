{{ config(materialized='table') }}

with exported_lines as (
    select *
    from {{ ref('int_energy_bills__classified') }}
    where outcome = 'energy_exported'
),

line_months as (
    {{ months_of_period('exported_lines', period_start='use_start') }}
),

split as (
    {{ largest_remainder(
        'line_months', whole='quantity', weight='days', partition_by=['row_id'], tie_breaker='month'
    ) }}
),

final as (
    select
        split.row_id,
        split.member_id,
        split.site_id,
        split.month,
        split.part as quantity
    from split
)

select * from final
