{{ config(materialized='table') }}

with carriers as (
    select * from {{ ref('carriers') }}
),

units as (
    select * from {{ ref('units') }}
),

fuel_properties as (
    select
        property_id,
        value,
        confidence
    from {{ ref('fuel_properties') }}
),

-- A cubic metre at 0 C holds more gas than one at 15 C, the temperature of the densities.
normal_cubic_metre as (
    select
        cast(factor as decimal(18, 9)) as cubic_metres,
        confidence
    from {{ ref('unit_conversions') }}
    where from_unit = 'Nm3' and to_unit = 'Sm3(15C)'
),

certificates as (
    select
        certificate_id,
        carrier,
        ncv_gj_per_t,
        gcv_gj_per_t,
        density_kg_per_m3
    from {{ ref('dim_fuel_certificates') }}
    where refusal is null
),

bases as (
    select 'none' as heating_value_basis
    union all
    select 'net' as heating_value_basis
    union all
    select 'gross' as heating_value_basis
),

published as (
    select
        cast(null as string) as certificate_id,
        carriers.carrier,
        carriers.kind,
        carriers.state,
        carriers.ncv_property_id,
        carriers.density_property_id,
        carriers.net_per_gross_property_id,
        calorific_values.value as ncv_gj_per_t,
        calorific_values.confidence = 'verified-two-sources' as is_ncv_verified,
        false as is_ncv_measured,
        densities.value as density_kg_per_m3,
        densities.confidence = 'verified-two-sources' as is_density_verified,
        cast(ratios.value as decimal(18, 12)) as net_per_gross,
        ratios.confidence = 'verified-two-sources' as is_net_per_gross_verified
    from carriers
    left join fuel_properties as calorific_values on carriers.ncv_property_id = calorific_values.property_id
    left join fuel_properties as densities on carriers.density_property_id = densities.property_id
    left join fuel_properties as ratios on carriers.net_per_gross_property_id = ratios.property_id
),

-- What a laboratory measured takes the place of what is published, value by value; the ratio needs both values of one sample.
measured as (
    select
        certificates.certificate_id,
        published.carrier,
        published.kind,
        published.state,
        case
            when certificates.ncv_gj_per_t is null then published.ncv_property_id
            else 'certificate:' || certificates.certificate_id
        end as ncv_property_id,
        case
            when certificates.density_kg_per_m3 is null then published.density_property_id
            else 'certificate:' || certificates.certificate_id
        end as density_property_id,
        case
            when certificates.ncv_gj_per_t is null or certificates.gcv_gj_per_t is null then published.net_per_gross_property_id
            else 'certificate:' || certificates.certificate_id
        end as net_per_gross_property_id,
        coalesce(certificates.ncv_gj_per_t, published.ncv_gj_per_t) as ncv_gj_per_t,
        certificates.ncv_gj_per_t is not null or published.is_ncv_verified as is_ncv_verified,
        certificates.ncv_gj_per_t is not null as is_ncv_measured,
        coalesce(certificates.density_kg_per_m3, published.density_kg_per_m3) as density_kg_per_m3,
        certificates.density_kg_per_m3 is not null or published.is_density_verified as is_density_verified,
        cast(
            coalesce(
                {{ decimal_divide('certificates.ncv_gj_per_t', 'certificates.gcv_gj_per_t', 12) }},
                published.net_per_gross
            ) as decimal(18, 12)
        ) as net_per_gross,
        (certificates.ncv_gj_per_t is not null and certificates.gcv_gj_per_t is not null)
        or published.is_net_per_gross_verified as is_net_per_gross_verified
    from certificates
    inner join published on certificates.carrier = published.carrier
),

described_carriers as (
    select * from published
    union all
    select * from measured
),

-- Energy: a gas must say whether on the net or the gross heating value; liquids and solids are on the net one.
by_energy as (
    select
        described_carriers.certificate_id,
        described_carriers.carrier,
        units.unit,
        bases.heating_value_basis,
        units.factor_to_base * cast('0.001' as decimal(3, 3)) * case
            when described_carriers.kind = 'fuel' and bases.heating_value_basis = 'gross' then described_carriers.net_per_gross
            else 1
        end as gj_per_unit,
        cast(null as decimal(18, 12)) as stated_t_per_unit,
        case
            when described_carriers.kind = 'fuel' and bases.heating_value_basis = 'gross'
                then described_carriers.net_per_gross_property_id
        end as property_ids,
        units.is_exact
        and not (
            described_carriers.kind = 'fuel'
            and bases.heating_value_basis = 'gross'
            and not coalesce(described_carriers.is_net_per_gross_verified, false)
        ) as is_verified
    from described_carriers
    inner join units on units.dimension = 'energy'
    cross join bases
    where
        described_carriers.kind in ('electricity', 'heat')
        or bases.heating_value_basis = 'net'
        or (bases.heating_value_basis = 'none' and described_carriers.state in ('liquid', 'solid'))
        or (bases.heating_value_basis = 'gross' and described_carriers.net_per_gross is not null)
),

-- Mass and bottles: times the net calorific value. What the bill says of a heating value does not change a mass.
by_mass as (
    select
        described_carriers.certificate_id,
        described_carriers.carrier,
        units.unit,
        bases.heating_value_basis,
        units.factor_to_base * cast('0.001' as decimal(3, 3)) * described_carriers.ncv_gj_per_t as gj_per_unit,
        units.factor_to_base * cast('0.001' as decimal(3, 3)) as stated_t_per_unit,
        described_carriers.ncv_property_id as property_ids,
        units.is_exact and coalesce(described_carriers.is_ncv_verified, false) as is_verified
    from described_carriers
    inner join units
        on
            units.dimension = 'mass'
            or (units.dimension = 'bottle' and described_carriers.carrier in ('lpg', 'propane', 'butane'))
    cross join bases
    where
        described_carriers.kind = 'fuel'
        and described_carriers.ncv_gj_per_t is not null
),

-- Volume: times the density, then as mass.
by_volume as (
    select
        described_carriers.certificate_id,
        described_carriers.carrier,
        units.unit,
        bases.heating_value_basis,
        cast(
            units.factor_to_base
            * case when units.dimension = 'gas_volume' then normal_cubic_metre.cubic_metres else 1 end
            * described_carriers.density_kg_per_m3 * cast('0.001' as decimal(3, 3)) as decimal(20, 15)
        ) as stated_t_per_unit,
        described_carriers.ncv_gj_per_t,
        described_carriers.density_property_id || ',' || described_carriers.ncv_property_id as property_ids,
        units.is_exact
        and coalesce(described_carriers.is_density_verified, false)
        and coalesce(described_carriers.is_ncv_verified, false)
        and not (units.dimension = 'gas_volume' and normal_cubic_metre.confidence <> 'verified-two-sources') as is_verified
    from described_carriers
    inner join units
        on
            units.dimension = 'volume'
            or (units.dimension = 'gas_volume' and described_carriers.carrier = 'natural_gas')
    cross join normal_cubic_metre
    cross join bases
    where
        described_carriers.kind = 'fuel'
        and described_carriers.ncv_gj_per_t is not null
        and described_carriers.density_kg_per_m3 is not null
),

conversions as (
    select
        by_energy.certificate_id,
        by_energy.carrier,
        by_energy.unit,
        by_energy.heating_value_basis,
        cast(by_energy.gj_per_unit as decimal(20, 15)) as gj_per_unit,
        by_energy.stated_t_per_unit,
        by_energy.property_ids,
        by_energy.is_verified
    from by_energy
    union all
    select
        by_mass.certificate_id,
        by_mass.carrier,
        by_mass.unit,
        by_mass.heating_value_basis,
        cast(by_mass.gj_per_unit as decimal(20, 15)) as gj_per_unit,
        cast(by_mass.stated_t_per_unit as decimal(18, 12)) as stated_t_per_unit,
        by_mass.property_ids,
        by_mass.is_verified
    from by_mass
    union all
    select
        by_volume.certificate_id,
        by_volume.carrier,
        by_volume.unit,
        by_volume.heating_value_basis,
        cast(by_volume.stated_t_per_unit * by_volume.ncv_gj_per_t as decimal(20, 15)) as gj_per_unit,
        cast(by_volume.stated_t_per_unit as decimal(18, 12)) as stated_t_per_unit,
        by_volume.property_ids,
        by_volume.is_verified
    from by_volume
),

final as (
    select
        coalesce('certificate:' || conversions.certificate_id || ':', '')
        || conversions.carrier || ':' || conversions.unit || ':' || conversions.heating_value_basis as conversion_id,
        conversions.certificate_id,
        conversions.carrier,
        conversions.unit,
        conversions.heating_value_basis,
        conversions.gj_per_unit,
        cast(
            coalesce(
                conversions.stated_t_per_unit,
                {{ decimal_divide('conversions.gj_per_unit * 1000', 'described_carriers.ncv_gj_per_t * 1000', 12) }}
            ) as decimal(18, 12)
        ) as t_per_unit,
        cast(
            case
                when conversions.stated_t_per_unit is not null then 'unit'
                when described_carriers.is_ncv_measured then 'measured'
                when described_carriers.ncv_gj_per_t is not null then 'published'
            end as string
        ) as mass_basis,
        case
            when described_carriers.kind = 'electricity'
                then {{ decimal_divide('conversions.gj_per_unit * 1000', "cast('3.6' as decimal(2, 1))", 11) }}
        end as kwh_per_unit,
        conversions.property_ids,
        case when conversions.is_verified then 'approved' else 'provisional' end as status
    from conversions
    inner join described_carriers
        on
            conversions.carrier = described_carriers.carrier
            and coalesce(conversions.certificate_id, '') = coalesce(described_carriers.certificate_id, '')
)

select * from final
