{{ config(materialized='table') }}

with electricity_use as (
    select *
    from {{ ref('int_electricity_use') }}
    where is_purchased
),

supplies as (
    select * from {{ ref('int_instruments__by_month') }}
),

-- What a site bought in a month, credit notes taken off, is all that instruments can cover.
site_months as (
    select
        electricity_use.member_id,
        electricity_use.site_id,
        electricity_use.month,
        greatest(sum(electricity_use.quantity_kwh), 0) as net_kwh
    from electricity_use
    group by electricity_use.member_id, electricity_use.site_id, electricity_use.month
),

-- Each use as an interval on the axis of its site-month, cut at the net.
stacked_use as (
    select
        electricity_use.energy_use_id,
        electricity_use.member_id,
        electricity_use.site_id,
        electricity_use.month,
        electricity_use.quantity_kwh,
        site_months.net_kwh,
        sum(electricity_use.quantity_kwh) over (
            partition by electricity_use.member_id, electricity_use.site_id, electricity_use.month
            order by electricity_use.energy_use_id
            rows between unbounded preceding and current row
        ) as stacked_until
    from electricity_use
    inner join site_months
        on
            electricity_use.member_id = site_months.member_id
            and electricity_use.site_id = site_months.site_id
            and electricity_use.month = site_months.month
    where electricity_use.quantity_kwh > 0
),

use_intervals as (
    select
        stacked_use.energy_use_id,
        stacked_use.member_id,
        stacked_use.site_id,
        stacked_use.month,
        least(stacked_use.stacked_until - stacked_use.quantity_kwh, stacked_use.net_kwh) as interval_start,
        least(stacked_use.stacked_until, stacked_use.net_kwh) as interval_end
    from stacked_use
),

-- First the instruments bound to a site, on that site.
site_supplies as (
    select
        supplies.*,
        sum(supplies.supply_kwh) over (
            partition by supplies.member_id, supplies.site_id, supplies.month
            order by supplies.kind_rank, supplies.valid_from, supplies.instrument_id
            rows between unbounded preceding and current row
        ) as interval_end
    from supplies
    where supplies.site_id is not null
),

site_matches as (
    select
        use_intervals.energy_use_id,
        site_supplies.instrument_id,
        least(use_intervals.interval_end, site_supplies.interval_end)
        - greatest(use_intervals.interval_start, site_supplies.interval_end - site_supplies.supply_kwh) as matched_kwh
    from use_intervals
    inner join site_supplies
        on
            use_intervals.member_id = site_supplies.member_id
            and use_intervals.site_id = site_supplies.site_id
            and use_intervals.month = site_supplies.month
            and use_intervals.interval_start < site_supplies.interval_end
            and use_intervals.interval_end > site_supplies.interval_end - site_supplies.supply_kwh
),

-- Then those of the whole member, on what is left at its sites.
site_supply_totals as (
    select
        supplies.member_id,
        supplies.site_id,
        supplies.month,
        sum(supplies.supply_kwh) as supply_kwh
    from supplies
    where supplies.site_id is not null
    group by supplies.member_id, supplies.site_id, supplies.month
),

left_over_use as (
    select
        use_intervals.energy_use_id,
        use_intervals.member_id,
        use_intervals.site_id,
        use_intervals.month,
        use_intervals.interval_end - greatest(
            use_intervals.interval_start,
            least(use_intervals.interval_end, coalesce(site_supply_totals.supply_kwh, 0))
        ) as quantity_kwh
    from use_intervals
    left join site_supply_totals
        on
            use_intervals.member_id = site_supply_totals.member_id
            and use_intervals.site_id = site_supply_totals.site_id
            and use_intervals.month = site_supply_totals.month
),

left_over_intervals as (
    select
        left_over_use.*,
        sum(left_over_use.quantity_kwh) over (
            partition by left_over_use.member_id, left_over_use.month
            order by left_over_use.site_id, left_over_use.energy_use_id
            rows between unbounded preceding and current row
        ) as interval_end
    from left_over_use
),

member_supplies as (
    select
        supplies.*,
        sum(supplies.supply_kwh) over (
            partition by supplies.member_id, supplies.month
            order by supplies.kind_rank, supplies.valid_from, supplies.instrument_id
            rows between unbounded preceding and current row
        ) as interval_end
    from supplies
    where supplies.site_id is null
),

member_matches as (
    select
        left_over_intervals.energy_use_id,
        member_supplies.instrument_id,
        least(left_over_intervals.interval_end, member_supplies.interval_end)
        - greatest(
            left_over_intervals.interval_end - left_over_intervals.quantity_kwh,
            member_supplies.interval_end - member_supplies.supply_kwh
        ) as matched_kwh
    from left_over_intervals
    inner join member_supplies
        on
            left_over_intervals.member_id = member_supplies.member_id
            and left_over_intervals.month = member_supplies.month
            and left_over_intervals.interval_end - left_over_intervals.quantity_kwh < member_supplies.interval_end
            and left_over_intervals.interval_end > member_supplies.interval_end - member_supplies.supply_kwh
    where left_over_intervals.quantity_kwh > 0
),

matches as (
    select * from site_matches
    union all
    select * from member_matches
),

final as (
    select
        matches.energy_use_id,
        matches.instrument_id,
        cast(matches.matched_kwh as decimal(18, 6)) as matched_kwh
    from matches
    where matches.matched_kwh > 0
)

select * from final
