with months as (
    select * from {{ ref('int_association_months') }}
),

numbers as (
    {{ numbers() }}
),

days as (
    select
        cast({{ dbt.dateadd('day', 'numbers.number', 'months.month') }} as date) as day,
        months.month,
        months.last_day
    from months
    inner join numbers on numbers.number < 31
),

final as (
    select
        days.day,
        days.month,
        cast(extract(year from days.month) as int) as year
    from days
    where days.day <= days.last_day
)

select * from final
