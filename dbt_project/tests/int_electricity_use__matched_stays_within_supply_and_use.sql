-- An instrument covers no more than it supplies in a month, and a site-month no more than it bought net of credit notes. Shows
-- what goes beyond.
{{ config(meta={'dagster': {'ref': {'name': 'int_electricity_use__matched'}}}) }}

with matches as (
    select
        matched.instrument_id,
        matched.matched_kwh,
        uses.member_id,
        uses.site_id,
        uses.month
    from {{ ref('int_electricity_use__matched') }} as matched
    inner join {{ ref('int_electricity_use') }} as uses on matched.energy_use_id = uses.energy_use_id
),

instrument_months as (
    select
        'instrument ' || matches.instrument_id as subject,
        matches.month,
        sum(matches.matched_kwh) as matched_kwh,
        max(supplies.supply_kwh) as available_kwh
    from matches
    left join {{ ref('int_instruments__by_month') }} as supplies
        on matches.instrument_id = supplies.instrument_id and matches.month = supplies.month
    group by matches.instrument_id, matches.month
),

site_totals as (
    select
        matches.site_id,
        matches.month,
        sum(matches.matched_kwh) as matched_kwh
    from matches
    group by matches.site_id, matches.month
),

site_purchases as (
    select
        uses.site_id,
        uses.month,
        sum(uses.quantity_kwh) as bought_kwh
    from {{ ref('int_electricity_use') }} as uses
    where uses.is_purchased
    group by uses.site_id, uses.month
),

checked as (
    select * from instrument_months
    union all
    select
        'site ' || site_totals.site_id as subject,
        site_totals.month,
        site_totals.matched_kwh,
        site_purchases.bought_kwh as available_kwh
    from site_totals
    left join site_purchases on site_totals.site_id = site_purchases.site_id and site_totals.month = site_purchases.month
)

select *
from checked
where coalesce(matched_kwh > available_kwh, true)
