-- A year is the plain sum of its months, measure by measure; a year without a known month is unknown. Shows the years that differ.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_member_years'}}}) }}

{%- set measures = [
    'energy_gj', 'scope1_kgco2e', 'scope2_location_kgco2e', 'scope2_market_kgco2e', 'biogenic_co2_kg', 'facts_without_factor',
] %}

with years_of_months as (
    select
        months.member_id,
        cast(extract(year from months.month) as int) as year,
        {% for measure in measures -%}
        sum(months.{{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('rpt_member_months') }} as months
    group by months.member_id, cast(extract(year from months.month) as int)
)

select
    coalesce(years.member_id, years_of_months.member_id) as member_id,
    coalesce(years.year, years_of_months.year) as year,
    {% for measure in measures -%}
    years.{{ measure }},
    years_of_months.{{ measure }} as {{ measure }}_of_months{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('rpt_member_years') }} as years
full outer join years_of_months
    on years.member_id = years_of_months.member_id and years.year = years_of_months.year
where
    years.member_id is null
    or years_of_months.member_id is null
    {% for measure in measures -%}
    or years.{{ measure }} is distinct from years_of_months.{{ measure }}
    {% endfor %}
