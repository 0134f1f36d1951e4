{{ config(materialized='table') }}

with emissions as (
    select * from {{ ref('fct_emissions') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

rates as (
    select
        emissions.member_id,
        emissions.carrier,
        {{ year_of('emissions.month') }} as year,
        {{ measure_of_fact('emissions') }} as measure,
        {{ decimal_divide('emissions.factor_value', 'energy_use.gj_per_unit', 9) }} as kgco2e_per_gj
    from emissions
    inner join energy_use on emissions.energy_use_id = energy_use.energy_use_id
    where emissions.factor_value is not null
),

-- By market, what no instrument covers takes the factor of the grid: it belongs to the range.
rates_by_market_too as (
    select * from rates
    union all
    select
        rates.member_id,
        rates.carrier,
        rates.year,
        'scope2_market' as measure,
        rates.kgco2e_per_gj
    from rates
    where rates.measure = 'scope2_location'
),

of_members as (
    select
        rates_by_market_too.member_id,
        rates_by_market_too.carrier,
        rates_by_market_too.year,
        rates_by_market_too.measure,
        min(rates_by_market_too.kgco2e_per_gj) as lower_kgco2e_per_gj,
        max(rates_by_market_too.kgco2e_per_gj) as upper_kgco2e_per_gj
    from rates_by_market_too
    group by
        rates_by_market_too.member_id, rates_by_market_too.carrier, rates_by_market_too.year, rates_by_market_too.measure
),

of_all as (
    select
        cast(null as string) as member_id,
        rates_by_market_too.carrier,
        rates_by_market_too.year,
        rates_by_market_too.measure,
        min(rates_by_market_too.kgco2e_per_gj) as lower_kgco2e_per_gj,
        max(rates_by_market_too.kgco2e_per_gj) as upper_kgco2e_per_gj
    from rates_by_market_too
    group by rates_by_market_too.carrier, rates_by_market_too.year, rates_by_market_too.measure
),

final as (
    select * from of_members
    union all
    select * from of_all
)

select * from final
