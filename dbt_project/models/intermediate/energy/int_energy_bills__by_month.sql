{{ config(materialized='table') }}

with counted_lines as (
    select *
    from {{ ref('int_energy_bills__classified') }}
    where outcome = 'counted'
),

line_months as (
    {{ months_of_period('counted_lines', period_start='use_start') }}
),

split as (
    {{ largest_remainder(
        'line_months', whole='quantity', weight='days', partition_by=['row_id'], tie_breaker='month'
    ) }}
),

final as (
    select
        split.row_id,
        split.month,
        cast(split.days as int) as days,
        split.part as quantity
    from split
)

select * from final
