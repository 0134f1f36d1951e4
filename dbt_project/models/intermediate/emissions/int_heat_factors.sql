{{ config(materialized='table') }}

with heat_supplies as (
    select *
    from {{ ref('dim_heat_supplies') }}
    where valid_to >= valid_from
),

fuel_factors as (
    select * from {{ ref('int_fuel_factors') }}
),

choices as (
    select * from {{ ref('int_factor_choices__pinned') }}
),

-- How much of the basis of a fuel's factor a GJ of the fuel holds: 1, or its mass.
conversions as (
    select *
    from {{ ref('int_carrier_conversions') }}
    where unit = 'GJ' and heating_value_basis = 'net'
),

-- The rate that the seller states goes before what its boiler would emit. No heat emits ten kilograms per kWh: such a rate is a slip.
by_rate as (
    select
        heat_supplies.heat_supply_id,
        cast(null as int) as year,
        'heat:' || heat_supplies.heat_supply_id as factor_id,
        'kWh' as basis,
        cast(null as string) as fuel_id,
        false as is_biogenic,
        cast(0 as decimal(18, 9)) as co2_kg,
        cast(0 as decimal(18, 9)) as ch4_kg,
        cast(0 as decimal(18, 9)) as n2o_kg,
        cast(0 as decimal(18, 9)) as biogenic_co2_kg,
        cast(heat_supplies.kgco2e_per_kwh as decimal(18, 9)) as other_kgco2e,
        'heat:' || heat_supplies.heat_supply_id as component_ids,
        'supplier' as tier,
        'Statement of the seller of heat' as source_title,
        cast(null as int) as source_year,
        heat_supplies.document_ref as locator,
        'register' as confidence,
        'supplier_rate' as match_level,
        'rate stated by the seller of the heat' as fallback_path
    from heat_supplies
    where heat_supplies.kgco2e_per_kwh < 10
),

years as (
    select distinct choices.year
    from choices
),

fuel_years as (
    select
        heat_supplies.*,
        years.year
    from heat_supplies
    inner join years
        on years.year between {{ year_of('heat_supplies.valid_from') }} and {{ year_of('heat_supplies.valid_to') }}
    where
        heat_supplies.kgco2e_per_kwh is null
        and heat_supplies.boiler_efficiency > 0
),

per_gj_of_fuel as (
    select
        fuel_years.heat_supply_id,
        fuel_years.year,
        fuel_years.fuel_carrier,
        fuel_years.boiler_efficiency,
        fuel_years.document_ref,
        fuel_factors.factor_id as fuel_factor_id,
        fuel_factors.fuel_id,
        fuel_factors.is_biogenic,
        fuel_factors.component_ids,
        fuel_factors.source_title,
        fuel_factors.source_year,
        fuel_factors.confidence_rank,
        {%- for gas in ['co2_kg', 'ch4_kg', 'n2o_kg', 'biogenic_co2_kg'] %}
        {{ round_half_up(
            'fuel_factors.' ~ gas ~ ' * cast(' ~ fuel_basis_per_unit('fuel_factors', 'conversions') ~ ' as decimal(20, 12))', scale=9
        ) }} as {{ gas }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from fuel_years
    inner join choices
        on
            choices.subject = {{ factor_subject_of_carrier('fuel_years.fuel_carrier') }}
            and fuel_years.year = choices.year
    inner join fuel_factors on choices.factor_id = fuel_factors.factor_id
    inner join conversions on fuel_years.fuel_carrier = conversions.carrier
),

-- A GJ of heat takes 1 / efficiency GJ of fuel. Six places, as facts multiply with.
by_boiler as (
    select
        per_gj_of_fuel.heat_supply_id,
        per_gj_of_fuel.year,
        'heat:' || per_gj_of_fuel.heat_supply_id || ':' || cast(per_gj_of_fuel.year as string) as factor_id,
        'GJ' as basis,
        per_gj_of_fuel.fuel_id,
        per_gj_of_fuel.is_biogenic,
        {%- for gas in ['co2_kg', 'ch4_kg', 'n2o_kg', 'biogenic_co2_kg'] %}
        cast({{ decimal_divide('per_gj_of_fuel.' ~ gas, 'per_gj_of_fuel.boiler_efficiency', 6) }} as decimal(18, 9)) as {{ gas }},
        {%- endfor %}
        cast(0 as decimal(18, 9)) as other_kgco2e,
        per_gj_of_fuel.component_ids,
        'supplier fuel and efficiency' as tier,
        per_gj_of_fuel.source_title || ', divided by the boiler efficiency '
        || {{ number_text('per_gj_of_fuel.boiler_efficiency') }} as source_title,
        per_gj_of_fuel.source_year,
        per_gj_of_fuel.document_ref as locator,
        case per_gj_of_fuel.confidence_rank when 1 then 'recalled' when 2 then 'one-source' else 'verified-two-sources' end
            as confidence,
        'supplier_boiler' as match_level,
        'no rate of the seller > ' || per_gj_of_fuel.fuel_factor_id || ' / boiler efficiency '
        || {{ number_text('per_gj_of_fuel.boiler_efficiency') }} as fallback_path
    from per_gj_of_fuel
),

factors as (
    select * from by_rate
    union all
    select * from by_boiler
),

final as (
    select
        factors.factor_id,
        factors.heat_supply_id,
        factors.year,
        factors.basis,
        factors.fuel_id,
        factors.is_biogenic,
        factors.co2_kg,
        factors.ch4_kg,
        factors.n2o_kg,
        factors.biogenic_co2_kg,
        factors.other_kgco2e,
        factors.component_ids,
        factors.tier,
        factors.source_title,
        factors.source_year,
        factors.locator,
        factors.confidence,
        factors.match_level,
        factors.fallback_path,
        heat_supplies.valid_from,
        heat_supplies.valid_to
    from factors
    inner join heat_supplies on factors.heat_supply_id = heat_supplies.heat_supply_id
)

select * from final
