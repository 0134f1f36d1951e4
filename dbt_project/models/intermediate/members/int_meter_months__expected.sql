{{ config(materialized='table') }}

with months as (
    select * from {{ ref('int_association_months') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

sites as (
    select * from {{ ref('dim_sites') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

energy_use as (
    select distinct
        member_id,
        meter_id,
        month
    from {{ ref('fct_energy_use') }}
    where meter_id is not null
),

final as (
    select
        members.member_id,
        meters.meter_id,
        months.month,
        energy_use.meter_id is not null as is_present,
        cast({{ dbt.datediff(
            'greatest(members.joined_on, coalesce(sites.opened_on, months.month), coalesce(meters.opened_on, months.month), months.month)',
            'least(
                coalesce(members.left_on, months.last_day),
                coalesce(sites.closed_on, months.last_day),
                coalesce(meters.closed_on, months.last_day),
                months.last_day
            )',
            'day'
        ) }} + 1 as int) as days_expected
    from meters
    inner join sites on meters.site_id = sites.site_id
    inner join members on sites.member_id = members.member_id
    inner join months
        on
            members.joined_on <= months.last_day
            and coalesce(members.left_on >= months.month, true)
            and coalesce(sites.opened_on <= months.last_day, true)
            and coalesce(sites.closed_on >= months.month, true)
            and coalesce(meters.opened_on <= months.last_day, true)
            and coalesce(meters.closed_on >= months.month, true)
    left join carriers on meters.carrier = carriers.carrier
    left join energy_use
        on
            members.member_id = energy_use.member_id
            and meters.meter_id = energy_use.meter_id
            and months.month = energy_use.month
    where coalesce(carriers.is_consumption, true)
)

select * from final
