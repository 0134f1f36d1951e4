with chp_units as (
    select * from {{ ref('dim_chp_units') }}
),

unit_fuel as (
    select * from {{ ref('int_chp_units__fuel') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

emissions as (
    select *
    from {{ ref('fct_emissions') }}
    where scope = 1
),

fuel_groups as (
    select * from {{ ref('chp_fuel_groups') }}
),

efficiencies as (
    select * from {{ ref('chp_efficiencies') }}
),

defaults as (
    select
        max(case when efficiencies.kind = 'default_heat' then efficiencies.value end) as heat_efficiency,
        max(case when efficiencies.kind = 'default_electricity' then efficiencies.value end) as electric_efficiency
    from efficiencies
),

fuel_burnt as (
    select
        unit_fuel.chp_id,
        unit_fuel.valid_from,
        {{ year_of('energy_use.month') }} as year,
        unit_fuel.is_contested,
        energy_use.energy_gj,
        emissions.kgco2e
    from unit_fuel
    inner join energy_use on unit_fuel.energy_use_id = energy_use.energy_use_id
    left join emissions on unit_fuel.energy_use_id = emissions.energy_use_id
),

fuel_years as (
    select
        fuel_burnt.chp_id,
        fuel_burnt.valid_from,
        fuel_burnt.year,
        sum(case when not fuel_burnt.is_contested then fuel_burnt.energy_gj end) as fuel_gj,
        sum(case when not fuel_burnt.is_contested then fuel_burnt.kgco2e end) as fuel_kgco2e,
        count(case when fuel_burnt.is_contested then 1 end) as contested_facts,
        count(case when not fuel_burnt.is_contested and fuel_burnt.kgco2e is null then 1 end) as facts_without_factor
    from fuel_burnt
    group by fuel_burnt.chp_id, fuel_burnt.valid_from, fuel_burnt.year
),

fuel_of_period as (
    select
        fuel_years.chp_id,
        fuel_years.valid_from,
        sum(fuel_years.fuel_gj) as fuel_gj
    from fuel_years
    group by fuel_years.chp_id, fuel_years.valid_from
),

-- What the unit made for what it burnt: measured in the period, else as stated, else the defaults. Half a statement is none.
outputs as (
    select
        chp_units.*,
        fuel_groups.fuel_group,
        fuel_of_period.fuel_gj as period_fuel_gj,
        case
            when chp_units.net_heat_gj is not null and chp_units.net_electricity_kwh is not null then 'measured'
            when chp_units.heat_efficiency is not null and chp_units.electric_efficiency is not null then 'stated'
            else 'default'
        end as efficiency_basis,
        defaults.heat_efficiency as default_heat,
        defaults.electric_efficiency as default_electricity,
        {{ round_half_up("cast(chp_units.net_electricity_kwh as decimal(24, 6)) * cast('0.0036' as decimal(4, 4))") }}
            as net_electricity_gj
    from chp_units
    cross join defaults
    left join fuel_groups on chp_units.fuel_carrier = fuel_groups.carrier
    left join fuel_of_period on chp_units.chp_id = fuel_of_period.chp_id and chp_units.valid_from = fuel_of_period.valid_from
),

parts as (
    select
        outputs.*,
        cast(
            case outputs.efficiency_basis
                when 'measured' then outputs.net_heat_gj when 'stated' then outputs.heat_efficiency else outputs.default_heat
            end as decimal(24, 6)
        ) as heat_part,
        cast(
            case outputs.efficiency_basis
                when 'measured' then outputs.net_electricity_gj
                when 'stated' then outputs.electric_efficiency
                else outputs.default_electricity
            end as decimal(24, 6)
        ) as electricity_part
    from outputs
),

referenced as (
    select
        parts.*,
        heat_references.efficiency_id as heat_reference_id,
        heat_references.value as heat_reference,
        electricity_references.efficiency_id as electricity_reference_id,
        electricity_references.value as electricity_reference,
        case
            when parts.efficiency_basis = 'measured' then {{ decimal_divide('parts.heat_part', 'parts.period_fuel_gj', 6) }}
            else cast(parts.heat_part as decimal(18, 6))
        end as heat_efficiency_used,
        case
            when parts.efficiency_basis = 'measured' then {{ decimal_divide('parts.electricity_part', 'parts.period_fuel_gj', 6) }}
            else cast(parts.electricity_part as decimal(18, 6))
        end as electric_efficiency_used
    from parts
    left join efficiencies as heat_references
        on
            heat_references.kind = 'reference_heat'
            and parts.fuel_group = heat_references.fuel_group
            and parts.heat_use = heat_references.heat_use
            and coalesce(parts.built_on >= heat_references.built_from, true)
            and coalesce(parts.built_on < heat_references.built_before, true)
    left join efficiencies as electricity_references
        on
            electricity_references.kind = 'reference_electricity'
            and parts.fuel_group = electricity_references.fuel_group
            and coalesce(parts.built_on >= electricity_references.built_from, true)
            and coalesce(parts.built_on < electricity_references.built_before, true)
),

-- F = (eta_h / ref_h) / (eta_h / ref_h + eta_e / ref_e), with both sides times ref_h times ref_e: nothing is rounded before the last step.
shares as (
    select
        referenced.*,
        {{ decimal_divide(
            'referenced.heat_part * referenced.electricity_reference',
            '(referenced.heat_part * referenced.electricity_reference + referenced.electricity_part * referenced.heat_reference)', 12
        ) }} as heat_share
    from referenced
),

split as (
    select
        shares.*,
        fuel_years.year,
        fuel_years.fuel_gj,
        fuel_years.fuel_kgco2e,
        fuel_years.contested_facts,
        fuel_years.facts_without_factor,
        {{ round_half_up('cast(fuel_years.fuel_kgco2e as decimal(24, 6)) * shares.heat_share') }} as heat_kgco2e
    from fuel_years
    inner join shares on fuel_years.chp_id = shares.chp_id and fuel_years.valid_from = shares.valid_from
),

final as (
    select
        split.chp_id,
        split.valid_from,
        cast(split.year as int) as year,
        split.member_id,
        split.site_id,
        split.fuel_carrier,
        cast(split.fuel_gj as decimal(18, 6)) as fuel_gj,
        cast(split.fuel_kgco2e as decimal(18, 6)) as fuel_kgco2e,
        split.efficiency_basis,
        split.heat_efficiency_used as heat_efficiency,
        split.electric_efficiency_used as electric_efficiency,
        cast(split.heat_reference as decimal(7, 6)) as heat_reference,
        split.heat_reference_id,
        cast(split.electricity_reference as decimal(7, 6)) as electricity_reference,
        split.electricity_reference_id,
        split.heat_share,
        split.heat_kgco2e,
        cast(split.fuel_kgco2e - split.heat_kgco2e as decimal(18, 6)) as electricity_kgco2e,
        {{ decimal_divide('split.heat_kgco2e', '(cast(split.fuel_gj as decimal(24, 6)) * split.heat_efficiency_used)', 6) }}
            as kgco2e_per_gj_heat,
        {{ decimal_divide(
            "(split.fuel_kgco2e - split.heat_kgco2e) * cast('0.0036' as decimal(4, 4))",
            '(cast(split.fuel_gj as decimal(24, 6)) * split.electric_efficiency_used)', 6
        ) }} as kgco2e_per_kwh_electricity,
        cast(split.contested_facts as int) as contested_facts,
        cast(split.facts_without_factor as int) as facts_without_factor
    from split
)

select * from final
