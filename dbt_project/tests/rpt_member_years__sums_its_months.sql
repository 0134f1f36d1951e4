-- A year is the plain sum of its months, measure by measure; a year without a known month is unknown. Shows the years that differ.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_member_years'}}}) }}

with years_of_months as (
    select
        months.member_id,
        cast(extract(year from months.month) as int) as year,
        sum(months.energy_gj) as energy_gj,
        sum(months.scope1_kgco2e) as scope1_kgco2e,
        sum(months.scope2_location_kgco2e) as scope2_location_kgco2e,
        sum(months.scope2_market_kgco2e) as scope2_market_kgco2e,
        sum(months.biogenic_co2_kg) as biogenic_co2_kg,
        sum(months.facts_without_factor) as facts_without_factor
    from {{ ref('rpt_member_months') }} as months
    group by months.member_id, cast(extract(year from months.month) as int)
)

select
    coalesce(years.member_id, years_of_months.member_id) as member_id,
    coalesce(years.year, years_of_months.year) as year,
    years.energy_gj,
    years_of_months.energy_gj as energy_gj_of_months,
    years.scope1_kgco2e,
    years_of_months.scope1_kgco2e as scope1_kgco2e_of_months,
    years.scope2_location_kgco2e,
    years_of_months.scope2_location_kgco2e as scope2_location_kgco2e_of_months,
    years.scope2_market_kgco2e,
    years_of_months.scope2_market_kgco2e as scope2_market_kgco2e_of_months,
    years.biogenic_co2_kg,
    years_of_months.biogenic_co2_kg as biogenic_co2_kg_of_months,
    years.facts_without_factor,
    years_of_months.facts_without_factor as facts_without_factor_of_months
from {{ ref('rpt_member_years') }} as years
full outer join years_of_months
    on years.member_id = years_of_months.member_id and years.year = years_of_months.year
where
    years.member_id is null
    or years_of_months.member_id is null
    or years.energy_gj is distinct from years_of_months.energy_gj
    or years.scope1_kgco2e is distinct from years_of_months.scope1_kgco2e
    or years.scope2_location_kgco2e is distinct from years_of_months.scope2_location_kgco2e
    or years.scope2_market_kgco2e is distinct from years_of_months.scope2_market_kgco2e
    or years.biogenic_co2_kg is distinct from years_of_months.biogenic_co2_kg
    or years.facts_without_factor is distinct from years_of_months.facts_without_factor
