-- A released value equals the plain sum of rpt_member_years (or of fct_exports), and rests on enough holdings. Recomputed here
-- without the intermediate model. Shows the cells that differ.
{%- set member_indicators = [
    'energy_gj', 'scope1_kgco2e', 'scope2_location_kgco2e', 'scope2_market_kgco2e', 'biogenic_co2_kg',
] -%}
{%- set export_indicators = ['exports_fob_value_mad', 'exports_net_mass_kg'] -%}

{{ config(meta={'dagster': {'ref': {'name': 'rpt_sector_years'}}}) }}

with released as (
    select *
    from {{ ref('rpt_sector_years') }}
    where status = 'released'
),

members as (
    select * from {{ ref('dim_members') }}
),

member_years as (
    select * from {{ ref('rpt_member_years') }}
),

export_years as (
    select
        exports.member_id,
        cast(extract(year from exports.month) as int) as year,
        sum(exports.fob_value_mad) as exports_fob_value_mad,
        sum(exports.net_mass_kg) as exports_net_mass_kg
    from {{ ref('fct_exports') }} as exports
    group by exports.member_id, cast(extract(year from exports.month) as int)
),

minimum as (
    select value
    from {{ ref('disclosure_rules') }}
    where rule_id = 'minimum_contributors'
),

expected as (
    {% for indicator in member_indicators -%}
    select
        members.sector,
        '{{ indicator }}' as indicator,
        member_years.year,
        sum(member_years.{{ indicator }}) as value,
        count(distinct case when member_years.{{ indicator }} <> 0 then coalesce(members.holding_id, members.member_id) end)
            as holdings
    from member_years
    inner join members on member_years.member_id = members.member_id
    group by members.sector, member_years.year
    union all
    {% endfor -%}
    {% for indicator in export_indicators -%}
    select
        members.sector,
        '{{ indicator }}' as indicator,
        export_years.year,
        sum(export_years.{{ indicator }}) as value,
        count(distinct case when export_years.{{ indicator }} <> 0 then coalesce(members.holding_id, members.member_id) end)
            as holdings
    from export_years
    inner join members on export_years.member_id = members.member_id
    group by members.sector, export_years.year
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    released.sector,
    released.indicator,
    released.year,
    released.value,
    expected.value as expected_value,
    expected.holdings
from released
cross join minimum
left join expected
    on
        released.sector = expected.sector
        and released.indicator = expected.indicator
        and released.year = expected.year
where
    released.value is distinct from expected.value
    or coalesce(expected.holdings, 0) < minimum.value
