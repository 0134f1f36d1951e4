{{ config(materialized='table') }}

with counted_records as (
    select *
    from {{ ref('int_process_activity__classified') }}
    where outcome = 'counted'
),

record_months as (
    {{ months_of_period('counted_records') }}
),

split as (
    {{ largest_remainder(
        'record_months', whole='quantity', weight='days', partition_by=['row_id'], tie_breaker='month'
    ) }}
),

final as (
    select
        split.row_id,
        split.month,
        split.part as quantity
    from split
)

select * from final
