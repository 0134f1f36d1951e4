{{ config(materialized='table') }}

{%- set gases = fluorinated_gases() -%}

with process_factor_map as (
    select * from {{ ref('process_factor_map') }}
),

process_factors as (
    select * from {{ ref('process_factors') }}
),

compositions as (
    select * from {{ ref('refrigerant_compositions') }}
),

potentials as (
    select *
    from {{ ref('global_warming_potentials') }}
    where horizon_years = 100
),

gas_potentials as (
    select * from {{ ref('int_gas_potentials') }}
),

-- Factors of materials. t/t is a thousand kg per t, the others are stated in kg. Carbon that leaves a process has the sign -1.
-- C2F6 comes as a mass per mass of CF4, or by itself in kg.
by_material as (
    select
        process_factor_map.factor_id,
        cast(
            process_factor_map.sign * process_factors.value * case when process_factors.unit like '%kg%' then 1 else 1000 end
            as decimal(18, 9)
        ) as kg,
        cast(
            coalesce(
                case when seconds.unit like 'kg%' then 1 else cast(process_factors.value as decimal(20, 6)) end * seconds.value, 0
            ) as decimal(18, 9)
        ) as c2f6_kg,
        process_factors.tier,
        process_factors.source_title,
        process_factors.source_year,
        process_factors.locator,
        process_factors.confidence as first_confidence,
        coalesce(seconds.confidence, process_factors.confidence) as second_confidence,
        process_factor_map.process_factor_id || coalesce(',' || process_factor_map.c2f6_process_factor_id, '') as component_ids
    from process_factor_map
    inner join process_factors on process_factor_map.process_factor_id = process_factors.factor_id
    left join process_factors as seconds on process_factor_map.c2f6_process_factor_id = seconds.factor_id
),

-- A leak is of one gas, or of the gases of a blend by their share of its mass.
parts_of_leaks as (
    select
        process_factor_map.factor_id,
        process_factor_map.gas as leaked,
        coalesce(compositions.gas, process_factor_map.gas) as gas,
        cast(coalesce(compositions.mass_share, 1) as decimal(18, 9)) as mass_share
    from process_factor_map
    left join compositions on process_factor_map.gas = compositions.blend
    where process_factor_map.process_factor_id is null
),

by_leak as (
    select
        parts_of_leaks.factor_id,
        {% for column, gas in gases.items() -%}
        cast(sum(case when parts_of_leaks.gas = '{{ gas }}' then parts_of_leaks.mass_share else 0 end) as decimal(18, 9))
            as {{ column }}_kg,
        {% endfor -%}
        cast(sum(case when parts_of_leaks.gas = 'HCFC-22' then parts_of_leaks.mass_share else 0 end) as decimal(18, 9))
            as hcfc_22_kg,
        max(sixth.source_title) as source_title,
        max(sixth.source_year) as source_year,
        max(sixth.locator) as locator,
        min(sixth.confidence) as first_confidence,
        min(coalesce(fifth.confidence, sixth.confidence)) as second_confidence,
        'AR5:' || max(parts_of_leaks.leaked) || ',AR6:' || max(parts_of_leaks.leaked) as component_ids
    from parts_of_leaks
    inner join potentials as sixth on parts_of_leaks.gas = sixth.gas and sixth.ar = 'AR6'
    left join potentials as fifth on parts_of_leaks.gas = fifth.gas and fifth.ar = 'AR5'
    group by parts_of_leaks.factor_id
),

by_gas as (
    select
        process_factor_map.process,
        process_factor_map.material,
        process_factor_map.parameter,
        process_factor_map.factor_id,
        process_factor_map.gas,
        process_factor_map.process_factor_id,
        process_factor_map.category,
        case process_factor_map.category when 'fugitive' then 'kg' else 't' end as basis,
        cast(case when process_factor_map.gas = 'CO2' then by_material.kg else 0 end as decimal(18, 9)) as co2_kg,
        cast(case when process_factor_map.gas = 'N2O' then by_material.kg else 0 end as decimal(18, 9)) as n2o_kg,
        {% for column, gas in gases.items() -%}
        cast(
            coalesce(
                by_leak.{{ column }}_kg,
                case when process_factor_map.gas = '{{ gas }}' then by_material.kg end,
                {% if column == 'c2f6' %}by_material.c2f6_kg,
                {% endif -%}
                0
            ) as decimal(18, 9)
        ) as {{ column }}_kg,
        {% endfor -%}
        cast(coalesce(by_leak.hcfc_22_kg, 0) as decimal(18, 9)) as hcfc_22_kg,
        coalesce(by_material.tier, 'mass lost') as tier,
        coalesce(by_material.source_title, by_leak.source_title) as source_title,
        coalesce(by_material.source_year, by_leak.source_year) as source_year,
        coalesce(by_material.locator, by_leak.locator) as locator,
        coalesce(by_material.first_confidence, by_leak.first_confidence) as first_confidence,
        coalesce(by_material.second_confidence, by_leak.second_confidence) as second_confidence,
        coalesce(by_material.component_ids, by_leak.component_ids) as component_ids
    from process_factor_map
    left join by_material on process_factor_map.factor_id = by_material.factor_id
    left join by_leak on process_factor_map.factor_id = by_leak.factor_id
    where by_material.factor_id is not null or by_leak.factor_id is not null
),

final as (
    select
        by_gas.process,
        by_gas.material,
        by_gas.parameter,
        by_gas.factor_id,
        by_gas.gas,
        by_gas.process_factor_id,
        by_gas.category,
        by_gas.basis,
        by_gas.co2_kg,
        by_gas.n2o_kg,
        {% for column in gases -%}
        by_gas.{{ column }}_kg,
        {% endfor -%}
        by_gas.hcfc_22_kg,
        cast({{ co2e_of_fluorinated_gases('by_gas', 'fifth', '_kg') }} as decimal(18, 9)) as other_kgco2e_ar5,
        cast({{ co2e_of_fluorinated_gases('by_gas', 'sixth', '_kg') }} as decimal(18, 9)) as other_kgco2e_ar6,
        by_gas.tier,
        by_gas.source_title,
        by_gas.source_year,
        by_gas.locator,
        -- The least sure of the values behind the factor.
        case
            when 'recalled' in (by_gas.first_confidence, by_gas.second_confidence) then 'recalled'
            when 'one-source' in (by_gas.first_confidence, by_gas.second_confidence) then 'one-source'
            else 'verified-two-sources'
        end as confidence,
        by_gas.component_ids
    from by_gas
    inner join gas_potentials as fifth on fifth.gwp_set = 'AR5'
    inner join gas_potentials as sixth on sixth.gwp_set = 'AR6'
)

select * from final
