{{ config(materialized='table') }}

with certificates as (
    select *
    from {{ ref('dim_fuel_certificates') }}
    where
        refusal is null
        and (carbon_content_t_per_t is not null or biogenic_carbon_share is not null)
),

carrier_factors as (
    select distinct
        carrier,
        factor_id
    from {{ ref('carrier_factors') }}
),

fuel_factors as (
    select * from {{ ref('int_fuel_factors') }}
),

carrier_properties as (
    select * from {{ ref('int_carrier_properties') }}
),

-- t of CO2 from a t of carbon, as a ratio of molar masses that has no finite decimal.
co2_of_carbon as (
    select
        max(case when property_id = 'carbon_dioxide.molar_mass.2006' then value end) as molar_mass_of_co2,
        max(case when property_id = 'carbon.molar_mass.2006' then value end) as molar_mass_of_carbon
    from {{ ref('fuel_properties') }}
),

-- Measured carbon gives CO2 per t, and CH4 and N2O stay those of the published factor, brought to the t; without it the published CO2
-- is only divided. A share that was not measured is that of the published factor: all of a biogenic fuel, nothing of another.
described as (
    select
        certificates.*,
        fuel_factors.factor_id as published_factor_id,
        fuel_factors.fuel_id,
        fuel_factors.category,
        certificates.carbon_content_t_per_t is not null as is_carbon_measured,
        case when certificates.carbon_content_t_per_t is null then fuel_factors.basis else 't' end as basis,
        coalesce(certificates.biogenic_carbon_share, case when fuel_factors.is_biogenic then 1 else 0 end) as biogenic_share,
        coalesce(
            {{ decimal_divide(
                'cast(certificates.carbon_content_t_per_t as decimal(20, 6)) * co2_of_carbon.molar_mass_of_co2 * 1000',
                'co2_of_carbon.molar_mass_of_carbon', 6
            ) }},
            fuel_factors.co2_kg + fuel_factors.biogenic_co2_kg
        ) as total_co2_kg,
        case
            when certificates.carbon_content_t_per_t is null then fuel_factors.ch4_kg
            else
                cast(fuel_factors.ch4_kg_per_gj as decimal(20, 9))
                * coalesce(certificates.ncv_gj_per_t, carrier_properties.ncv_gj_per_t)
        end as ch4_kg,
        case
            when certificates.carbon_content_t_per_t is null then fuel_factors.n2o_kg
            else
                cast(fuel_factors.n2o_kg_per_gj as decimal(20, 9))
                * coalesce(certificates.ncv_gj_per_t, carrier_properties.ncv_gj_per_t)
        end as n2o_kg,
        case
            when certificates.carbon_content_t_per_t is null then fuel_factors.component_ids
            else 'carbon.molar_mass.2006,carbon_dioxide.molar_mass.2006,' || fuel_factors.ch4_n2o_component_ids
        end as published_component_ids,
        case
            when certificates.carbon_content_t_per_t is null then fuel_factors.confidence_rank
            else fuel_factors.ch4_n2o_confidence_rank
        end as confidence_rank
    from certificates
    inner join carrier_factors on certificates.carrier = carrier_factors.carrier
    inner join fuel_factors on carrier_factors.factor_id = fuel_factors.factor_id
    left join carrier_properties on certificates.carrier = carrier_properties.carrier
    cross join co2_of_carbon
),

-- Six places: what a fact multiplies with. The fossil part is the rest, so that the two are the whole.
rounded as (
    select
        described.*,
        {{ round_half_up('described.total_co2_kg') }} as co2_kg_of_both,
        {{ round_half_up(
            round_half_up('described.total_co2_kg', precision=20) ~ ' * cast(described.biogenic_share as decimal(18, 6))'
        ) }} as biogenic_co2_kg
    from described
    where described.ch4_kg is not null and described.n2o_kg is not null
),

final as (
    select
        {{ certificate_factor_id('rounded.certificate_id', 'rounded.published_factor_id') }} as factor_id,
        rounded.certificate_id,
        rounded.published_factor_id,
        rounded.fuel_id,
        rounded.category,
        rounded.basis,
        rounded.biogenic_share = 1 as is_biogenic,
        cast(rounded.co2_kg_of_both - rounded.biogenic_co2_kg as decimal(18, 9)) as co2_kg,
        cast({{ round_half_up('rounded.ch4_kg') }} as decimal(18, 9)) as ch4_kg,
        cast({{ round_half_up('rounded.n2o_kg') }} as decimal(18, 9)) as n2o_kg,
        cast(rounded.biogenic_co2_kg as decimal(18, 9)) as biogenic_co2_kg,
        'certificate:' || rounded.certificate_id || ',' || rounded.published_component_ids as component_ids,
        'Certificate ' || rounded.certificate_id || ' of ' || rounded.laboratory || coalesce(' (' || rounded.method || ')', '')
            as source_title,
        {{ year_of('rounded.valid_from') }} as source_year,
        'SHA-256 ' || rounded.document_sha256 as locator,
        rounded.valid_from,
        rounded.valid_to,
        case rounded.confidence_rank when 1 then 'recalled' when 2 then 'one-source' else 'certificate' end as confidence
    from rounded
)

select * from final
