{%- set member_indicators = [
    'energy_gj', 'scope1_kgco2e', 'scope2_location_kgco2e', 'scope2_market_kgco2e', 'biogenic_co2_kg',
] -%}
{%- set export_indicators = {'exports_fob_value_mad': 'fob_value_mad', 'exports_net_mass_kg': 'net_mass_kg'} -%}

with members as (
    select * from {{ ref('dim_members') }}
),

member_years as (
    select * from {{ ref('rpt_member_years') }}
),

exports as (
    select * from {{ ref('fct_exports') }}
),

indicator_values as (
    {% for indicator in member_indicators -%}
    select
        member_years.member_id,
        member_years.year,
        '{{ indicator }}' as indicator,
        member_years.{{ indicator }} as value
    from member_years
    where member_years.{{ indicator }} is not null
    union all
    {% endfor -%}
    {% for indicator, column in export_indicators.items() -%}
    select
        exports.member_id,
        cast(extract(year from exports.month) as int) as year,
        '{{ indicator }}' as indicator,
        sum(exports.{{ column }}) as value
    from exports
    group by exports.member_id, cast(extract(year from exports.month) as int)
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        members.sector,
        indicator_values.indicator,
        indicator_values.year,
        indicator_values.member_id,
        -- The companies of one group know each other's figures: they count as one contributor.
        coalesce(members.holding_id, members.member_id) as contributor_id,
        members.joined_on < {{ first_day_of_year('indicator_values.year + 1') }}
        and coalesce(members.left_on >= {{ first_day_of_year('indicator_values.year') }}, true) as is_active,
        cast(indicator_values.value as decimal(18, 6)) as value
    from indicator_values
    inner join members on indicator_values.member_id = members.member_id
)

select * from final
