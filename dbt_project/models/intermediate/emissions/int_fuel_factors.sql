{{ config(materialized='table') }}

with factor_sets as (
    select * from {{ ref('combustion_factor_sets') }}
),

emission_factors as (
    select * from {{ ref('emission_factors') }}
),

fuel_properties as (
    select * from {{ ref('fuel_properties') }}
),

-- Each gas in kg per GJ or per t: t/TJ is kg/GJ, kg/TJ a thousandth of it, t/t a thousand kg per t.
components as (
    select
        factor_sets.factor_id,
        factor_sets.basis,
        factor_sets.gas,
        factor_sets.component_id,
        emission_factors.category,
        emission_factors.fuel_id,
        emission_factors.biogenic,
        emission_factors.source_title,
        emission_factors.source_year,
        emission_factors.locator,
        emission_factors.valid_from,
        emission_factors.valid_to,
        case
            when fuel_properties.confidence = 'recalled' then 'recalled'
            else emission_factors.confidence
        end as confidence,
        emission_factors.confidence as confidence_of_factor,
        cast(
            case emission_factors.unit
                when 't/TJ' then cast(emission_factors.value as decimal(20, 9))
                when 'kg/TJ' then cast(emission_factors.value as decimal(20, 9)) * cast('0.001' as decimal(3, 3))
            end as decimal(18, 9)
        ) as kg_per_gj,
        cast(
            cast(emission_factors.value as decimal(20, 9))
            * case emission_factors.unit
                when 't/TJ' then cast('1' as decimal(7, 3))
                when 'kg/TJ' then cast('0.001' as decimal(7, 3))
                when 't/t' then cast('1000' as decimal(7, 3))
            end
            * case when factor_sets.basis = 't' and emission_factors.unit <> 't/t' then fuel_properties.value else 1 end
            as decimal(18, 9)
        ) as kg_per_basis
    from factor_sets
    inner join emission_factors on factor_sets.component_id = emission_factors.factor_id
    left join fuel_properties on factor_sets.ncv_property_id = fuel_properties.property_id
),

final as (
    select
        components.factor_id,
        max(components.basis) as basis,
        max(case when components.gas in ('CO2', 'CO2b') then components.fuel_id end) as fuel_id,
        case when max(components.category) = 'stationary_combustion' then 'stationary' else 'mobile' end as category,
        max(components.biogenic) = 'Y' as is_biogenic,
        cast(coalesce(max(case when components.gas = 'CO2' then components.kg_per_basis end), 0) as decimal(18, 9)) as co2_kg,
        cast(coalesce(max(case when components.gas = 'CH4' then components.kg_per_basis end), 0) as decimal(18, 9)) as ch4_kg,
        cast(coalesce(max(case when components.gas = 'N2O' then components.kg_per_basis end), 0) as decimal(18, 9)) as n2o_kg,
        cast(coalesce(max(case when components.gas = 'CO2b' then components.kg_per_basis end), 0) as decimal(18, 9))
            as biogenic_co2_kg,
        {{ sorted_list('components.component_id') }} as component_ids,
        max(case when components.gas in ('CO2', 'CO2b') then components.source_title end) as source_title,
        max(case when components.gas in ('CO2', 'CO2b') then components.source_year end) as source_year,
        max(case when components.gas in ('CO2', 'CO2b') then components.locator end) as locator,
        max(components.valid_from) as valid_from,
        min(components.valid_to) as valid_to,
        -- A set is as sure as its least sure part.
        min(case components.confidence when 'recalled' then 1 when 'one-source' then 2 else 3 end) as confidence_rank,
        max(case when components.gas = 'CH4' then components.kg_per_gj end) as ch4_kg_per_gj,
        max(case when components.gas = 'N2O' then components.kg_per_gj end) as n2o_kg_per_gj,
        {{ sorted_list("case when components.gas in ('CH4', 'N2O') then components.component_id end") }}
            as ch4_n2o_component_ids,
        min(
            case
                when components.gas not in ('CH4', 'N2O') then 3
                when components.confidence_of_factor = 'recalled' then 1
                when components.confidence_of_factor = 'one-source' then 2
                else 3
            end
        ) as ch4_n2o_confidence_rank
    from components
    group by components.factor_id
)

select * from final
