with energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

emissions as (
    select * from {{ ref('fct_emissions') }}
),

activity_months as (
    select energy_use.month
    from energy_use
    union all
    select emissions.month
    from emissions
),

numbers as (
    {{ numbers() }}
),

bounds as (
    select
        min(activity_months.month) as first_month,
        max(activity_months.month) as last_month
    from activity_months
),

months as (
    select
        cast({{ dbt.dateadd('month', 'numbers.number', 'bounds.first_month') }} as date) as month,
        bounds.last_month
    from bounds
    cross join numbers
    where bounds.first_month is not null
),

final as (
    select
        months.month,
        cast({{ dbt.last_day('months.month', 'month') }} as date) as last_day
    from months
    where months.month <= months.last_month
)

select * from final
