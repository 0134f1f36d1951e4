{%- set member_indicators = sector_member_indicators() -%}
{%- set export_indicators = sector_export_indicators() -%}

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
    {% for indicator, unit in member_indicators.items() -%}
    select
        member_years.member_id,
        member_years.year,
        '{{ indicator }}' as indicator,
        '{{ unit }}' as unit,
        member_years.{{ indicator }} as value
    from member_years
    where member_years.{{ indicator }} is not null
    union all
    {% endfor -%}
    {% for indicator, (column, unit) in export_indicators.items() -%}
    select
        exports.member_id,
        cast(extract(year from exports.month) as int) as year,
        '{{ indicator }}' as indicator,
        '{{ unit }}' as unit,
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
        indicator_values.unit,
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
