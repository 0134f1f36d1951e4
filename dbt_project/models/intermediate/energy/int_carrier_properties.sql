{{ config(materialized='table') }}

with carriers as (
    select * from {{ ref('carriers') }}
),

fuel_properties as (
    select
        property_id,
        value
    from {{ ref('fuel_properties') }}
),

carrier_factors as (
    select
        carrier_factors.carrier,
        carrier_factors.factor_id,
        row_number() over (partition by carrier_factors.carrier order by releases.released_on desc) as recency
    from {{ ref('carrier_factors') }} as carrier_factors
    inner join {{ ref('factor_releases') }} as releases on carrier_factors.added_in = releases.factor_release
),

fuel_factors as (
    select
        factor_id,
        basis,
        co2_kg + biogenic_co2_kg as co2_kg
    from {{ ref('int_fuel_factors') }}
),

-- t of CO2 from a t of carbon, as a ratio of molar masses that has no finite decimal.
co2_of_carbon as (
    select
        max(case when property_id = 'carbon_dioxide.molar_mass.2006' then value end) as molar_mass_of_co2,
        max(case when property_id = 'carbon.molar_mass.2006' then value end) as molar_mass_of_carbon
    from fuel_properties
),

published as (
    select
        carriers.carrier,
        calorific_values.value as ncv_gj_per_t,
        densities.value as density_kg_per_m3,
        cast(
            cast(fuel_factors.co2_kg as decimal(20, 9))
            * case fuel_factors.basis when 't' then 1 else calorific_values.value end as decimal(18, 9)
        ) as co2_kg_per_t
    from carriers
    left join fuel_properties as calorific_values on carriers.ncv_property_id = calorific_values.property_id
    left join fuel_properties as densities on carriers.density_property_id = densities.property_id
    left join carrier_factors on carriers.carrier = carrier_factors.carrier and carrier_factors.recency = 1
    left join fuel_factors on carrier_factors.factor_id = fuel_factors.factor_id
    where carriers.kind = 'fuel'
),

final as (
    select
        published.carrier,
        published.ncv_gj_per_t,
        published.density_kg_per_m3,
        {{ decimal_divide(
            'cast(published.co2_kg_per_t as decimal(20, 9)) * co2_of_carbon.molar_mass_of_carbon',
            'co2_of_carbon.molar_mass_of_co2 * 1000', 6
        ) }} as carbon_content_t_per_t
    from published
    cross join co2_of_carbon
)

select * from final
