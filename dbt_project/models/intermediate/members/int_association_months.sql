{{ config(materialized='table') }}

with energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

emissions as (
    select * from {{ ref('fct_emissions') }}
),

members as (
    select * from {{ ref('dim_members') }}
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

first_membership as (
    select min(members.joined_on) as joined_on
    from members
),

-- Nobody is a member before the first one joined, so that one bill with a wrong year does not stretch the calendar of all.
bounds as (
    select
        greatest(min(activity_months.month), {{ month_of('min(first_membership.joined_on)') }}) as first_month,
        max(activity_months.month) as last_month
    from activity_months
    cross join first_membership
),

months as (
    select
        cast({{ dbt.dateadd('month', '-numbers.number', 'bounds.last_month') }} as date) as month,
        bounds.first_month
    from bounds
    cross join numbers
    where bounds.last_month is not null
),

final as (
    select
        months.month,
        cast({{ dbt.last_day('months.month', 'month') }} as date) as last_day
    from months
    where months.month >= months.first_month
)

select * from final
