-- Whatever an instrument leaves unused in a month, no site that it serves still had use left for its kind: what instruments of its kind
-- and of those that go before it did not cover. Shows the instrument, the site and what was left on both sides.
{{ config(meta={'dagster': {'ref': {'name': 'int_electricity_use__matched'}}}) }}

with uses as (
    select *
    from {{ ref('int_electricity_use') }}
    where is_purchased
),

supplies as (
    select * from {{ ref('int_instruments__by_month') }}
),

matches as (
    select
        matched.instrument_id,
        matched.matched_kwh,
        uses.site_id,
        uses.month
    from {{ ref('int_electricity_use__matched') }} as matched
    inner join uses on matched.energy_use_id = uses.energy_use_id
),

used as (
    select
        matches.instrument_id,
        matches.month,
        sum(matches.matched_kwh) as matched_kwh
    from matches
    group by matches.instrument_id, matches.month
),

unused as (
    select
        supplies.*,
        supplies.supply_kwh - coalesce(used.matched_kwh, 0) as unused_kwh
    from supplies
    left join used on supplies.instrument_id = used.instrument_id and supplies.month = used.month
    where supplies.supply_kwh > coalesce(used.matched_kwh, 0)
),

site_months as (
    select
        uses.member_id,
        uses.site_id,
        uses.month,
        greatest(sum(uses.quantity_kwh), 0) as net_kwh
    from uses
    group by uses.member_id, uses.site_id, uses.month
),

ranked_matches as (
    select
        matches.site_id,
        matches.month,
        matches.matched_kwh,
        supplies.kind_rank
    from matches
    inner join supplies on matches.instrument_id = supplies.instrument_id and matches.month = supplies.month
),

compared as (
    select
        unused.instrument_id,
        unused.month,
        site_months.site_id,
        unused.unused_kwh,
        site_months.net_kwh,
        coalesce(sum(ranked_matches.matched_kwh), 0) as covered_kwh
    from unused
    inner join site_months
        on
            unused.member_id = site_months.member_id
            and unused.month = site_months.month
            and coalesce(unused.site_id = site_months.site_id, unused.site_id is null)
    left join ranked_matches
        on
            site_months.site_id = ranked_matches.site_id
            and site_months.month = ranked_matches.month
            and unused.kind_rank >= ranked_matches.kind_rank
    group by
        unused.instrument_id,
        unused.month,
        site_months.site_id,
        unused.unused_kwh,
        site_months.net_kwh
)

select *
from compared
where net_kwh > covered_kwh
