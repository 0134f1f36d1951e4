{{ config(materialized='table') }}

with process_factor_map as (
    select * from {{ ref('process_factor_map') }}
),

process_factors as (
    select * from {{ ref('process_factors') }}
),

potentials as (
    select *
    from {{ ref('global_warming_potentials') }}
    where horizon_years = 100
),

-- kg of gas per t of material: t/t is a thousand kg per t; nitric acid is stated in kg per t.
by_material as (
    select
        process_factor_map.process,
        process_factor_map.material,
        process_factor_map.parameter,
        process_factor_map.factor_id,
        process_factor_map.gas,
        process_factor_map.process_factor_id,
        process_factor_map.category,
        't' as basis,
        cast(
            process_factors.value * case when process_factors.unit like 'kg%' then 1 else 1000 end as decimal(18, 9)
        ) as kg_per_basis,
        cast(0 as decimal(18, 9)) as other_kgco2e_ar5,
        cast(0 as decimal(18, 9)) as other_kgco2e_ar6,
        process_factors.tier,
        process_factors.source_title,
        process_factors.source_year,
        process_factors.locator,
        process_factors.confidence,
        process_factor_map.process_factor_id as component_ids
    from process_factor_map
    inner join process_factors on process_factor_map.process_factor_id = process_factors.factor_id
),

-- A leak of a refrigerant is its mass times its global warming potential.
by_refrigerant as (
    select
        process_factor_map.process,
        process_factor_map.material,
        process_factor_map.parameter,
        process_factor_map.factor_id,
        process_factor_map.gas,
        process_factor_map.process_factor_id,
        process_factor_map.category,
        'kg' as basis,
        cast(0 as decimal(18, 9)) as kg_per_basis,
        cast(fifth.value as decimal(18, 9)) as other_kgco2e_ar5,
        cast(sixth.value as decimal(18, 9)) as other_kgco2e_ar6,
        'mass lost' as tier,
        sixth.source_title,
        sixth.source_year,
        sixth.locator,
        case when fifth.confidence = 'verified-two-sources' then sixth.confidence else fifth.confidence end as confidence,
        'AR5:' || process_factor_map.gas || ',AR6:' || process_factor_map.gas as component_ids
    from process_factor_map
    inner join potentials as fifth on process_factor_map.gas = fifth.gas and fifth.ar = 'AR5'
    inner join potentials as sixth on process_factor_map.gas = sixth.gas and sixth.ar = 'AR6'
    where process_factor_map.process_factor_id is null
),

final as (
    select * from by_material
    union all
    select * from by_refrigerant
)

select * from final
