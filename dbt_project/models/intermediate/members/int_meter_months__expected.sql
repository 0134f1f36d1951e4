{{ config(materialized='table') }}

with months as (
    select * from {{ ref('int_association_months') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

holdings as (
    select * from {{ ref('int_site_holdings') }}
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

-- What of a month the meter is in service under one member: its own days, those of its site, and those of the membership.
held_months as (
    select
        members.member_id,
        meters.meter_id,
        months.month,
        max(holdings.valid_from) as held_from,
        min(greatest(members.joined_on, holdings.in_service_from, coalesce(meters.opened_on, months.month), months.month)) as first_day,
        max(
            least(
                coalesce(members.left_on, months.last_day),
                holdings.in_service_to,
                coalesce(meters.closed_on, months.last_day),
                months.last_day
            )
        ) as last_day
    from meters
    inner join holdings on meters.site_id = holdings.site_id
    inner join members on holdings.member_id = members.member_id
    inner join months
        on
            members.joined_on <= months.last_day
            and coalesce(members.left_on >= months.month, true)
            and holdings.in_service_from <= months.last_day
            and holdings.in_service_to >= months.month
            and coalesce(meters.opened_on <= months.last_day, true)
            and coalesce(meters.closed_on >= months.month, true)
    left join carriers on meters.carrier = carriers.carrier
    where coalesce(carriers.is_consumption, true)
    group by members.member_id, meters.meter_id, months.month
),

-- The month of a sale is expected of the buyer.
ranked as (
    select
        held_months.*,
        row_number() over (
            partition by held_months.meter_id, held_months.month
            order by held_months.held_from desc, held_months.member_id asc
        ) as holder_rank
    from held_months
),

final as (
    select
        ranked.member_id,
        ranked.meter_id,
        ranked.month,
        energy_use.meter_id is not null as is_present,
        cast({{ dbt.datediff('ranked.first_day', 'ranked.last_day', 'day') }} + 1 as int) as days_expected
    from ranked
    left join energy_use
        on
            ranked.member_id = energy_use.member_id
            and ranked.meter_id = energy_use.meter_id
            and ranked.month = energy_use.month
    where ranked.holder_rank = 1
)

select * from final
