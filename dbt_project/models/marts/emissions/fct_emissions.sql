{%- set text = dbt.type_string() -%}

with energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

conversions as (
    select * from {{ ref('int_carrier_conversions') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

electricity_use as (
    select * from {{ ref('int_electricity_use') }}
),

electricity_by_method as (
    select * from {{ ref('int_electricity_use__by_method') }}
),

process_records as (
    select * from {{ ref('int_process_activity__classified') }}
),

process_months as (
    select * from {{ ref('int_process_activity__by_month') }}
),

units as (
    select * from {{ ref('units') }}
),

factors as (
    select * from {{ ref('dim_factors') }}
),

-- Fuels burnt: scope 1.
fuels as (
    select
        {{ surrogate_key(["'energy'", 'energy_use.energy_use_id', "''"]) }} as emission_id,
        energy_use.row_id,
        energy_use.energy_use_id,
        'energy' as activity,
        energy_use.member_id,
        energy_use.site_id,
        energy_use.month,
        1 as scope,
        cast(null as {{ text }}) as method,
        carriers.category,
        energy_use.carrier,
        energy_use.quantity,
        energy_use.unit,
        energy_use.energy_gj,
        factors.factor_id,
        cast(
            case factors.basis
                when 'GJ' then conversions.gj_per_unit
                when 't' then cast(conversions.t_per_unit as decimal(20, 15))
            end as decimal(20, 15)
        ) as basis_per_unit,
        'default' as match_level,
        energy_use.is_estimated,
        energy_use.file_sha256,
        energy_use.sheet,
        energy_use.row_no
    from energy_use
    inner join carriers on energy_use.carrier = carriers.carrier
    inner join conversions on energy_use.conversion_id = conversions.conversion_id
    left join factors on carriers.factor_id = factors.factor_id
    where carriers.kind = 'fuel'
),

-- Electricity, in kWh: scope 2 by both methods.
electricity as (
    select
        {{ surrogate_key([
            "'energy'",
            'electricity_by_method.energy_use_id',
            'electricity_by_method.method',
            'electricity_by_method.factor_id',
        ]) }} as emission_id,
        electricity_use.row_id,
        electricity_use.energy_use_id,
        'energy' as activity,
        electricity_use.member_id,
        electricity_use.site_id,
        electricity_use.month,
        2 as scope,
        electricity_by_method.method,
        'purchased_electricity' as category,
        electricity_use.carrier,
        electricity_by_method.quantity_kwh as quantity,
        'kWh' as unit,
        electricity_by_method.energy_gj,
        electricity_by_method.factor_id,
        cast(1 as decimal(20, 15)) as basis_per_unit,
        electricity_by_method.match_level,
        electricity_use.is_estimated,
        electricity_use.file_sha256,
        electricity_use.sheet,
        electricity_use.row_no
    from electricity_by_method
    inner join electricity_use on electricity_by_method.energy_use_id = electricity_use.energy_use_id
),

methods as (
    select 'location' as method
    union all
    select 'market' as method
),

-- Steam and hot water: what the seller burnt is not known, so the emissions are not either.
heat as (
    select
        {{ surrogate_key(["'energy'", 'energy_use.energy_use_id', 'methods.method', "''"]) }} as emission_id,
        energy_use.row_id,
        energy_use.energy_use_id,
        'energy' as activity,
        energy_use.member_id,
        energy_use.site_id,
        energy_use.month,
        2 as scope,
        methods.method,
        carriers.category,
        energy_use.carrier,
        energy_use.quantity,
        energy_use.unit,
        energy_use.energy_gj,
        carriers.factor_id,
        energy_use.gj_per_unit as basis_per_unit,
        cast(null as {{ text }}) as match_level,
        energy_use.is_estimated,
        energy_use.file_sha256,
        energy_use.sheet,
        energy_use.row_no
    from energy_use
    inner join carriers on energy_use.carrier = carriers.carrier
    cross join methods
    where carriers.kind = 'heat'
),

-- Processes and leaks: the share that a parameter states is part of the quantity that the factor multiplies.
processes as (
    select
        {{ surrogate_key(["'process'", 'process_months.row_id', 'process_months.month']) }} as emission_id,
        process_months.row_id,
        cast(null as {{ text }}) as energy_use_id,
        'process' as activity,
        process_records.member_id,
        process_records.site_id,
        process_months.month,
        1 as scope,
        cast(null as {{ text }}) as method,
        coalesce(
            factors.category, case process_records.process when 'refrigerant_leak' then 'fugitive' else 'process' end
        ) as category,
        cast(null as {{ text }}) as carrier,
        process_months.quantity,
        process_records.unit,
        cast(null as decimal(18, 6)) as energy_gj,
        process_records.factor_id,
        cast(
            case when units.dimension = 'mass' then units.factor_to_base end
            * case factors.basis when 't' then cast('0.001' as decimal(4, 3)) when 'kg' then cast('1' as decimal(4, 3)) end
            * cast(
                case
                    when process_records.parameter is null then 1
                    when process_records.parameter_value between 0 and 1 then process_records.parameter_value
                end as decimal(7, 6)
            ) as decimal(20, 15)
        ) as basis_per_unit,
        case when process_records.parameter is null then 'default' else 'parameter' end as match_level,
        process_records.measure_method = 'estimate' as is_estimated,
        process_records.file_sha256,
        process_records.sheet,
        process_records.row_no
    from process_months
    inner join process_records on process_months.row_id = process_records.row_id
    left join units on process_records.unit = units.unit
    left join factors on process_records.factor_id = factors.factor_id
),

activities as (
    select * from fuels
    union all
    select * from electricity
    union all
    select * from heat
    union all
    select * from processes
),

-- Each gas rounded half up once, from the quantity as stated.
by_gas as (
    select
        activities.*,
        factors.ch4_gwp,
        factors.n2o_gwp,
        factors.ch4_gwp_ar5,
        factors.n2o_gwp_ar5,
        {{ round_half_up('activities.basis_per_unit * cast(factors.kgco2e_per_basis as decimal(20, 9))', scale=9) }}
            as factor_value,
        {{ round_half_up('activities.quantity * activities.basis_per_unit * cast(factors.co2_kg_per_basis as decimal(18, 6))') }}
            as co2_kg,
        {{ round_half_up('activities.quantity * activities.basis_per_unit * cast(factors.ch4_kg_per_basis as decimal(18, 6))') }}
            as ch4_kg,
        {{ round_half_up('activities.quantity * activities.basis_per_unit * cast(factors.n2o_kg_per_basis as decimal(18, 6))') }}
            as n2o_kg,
        {{ round_half_up('activities.quantity * activities.basis_per_unit * cast(factors.biogenic_co2_kg_per_basis as decimal(18, 6))') }}
            as biogenic_co2_kg,
        {{ round_half_up('activities.quantity * activities.basis_per_unit * cast(factors.other_kgco2e_per_basis as decimal(18, 6))') }}
            as other_kgco2e,
        {{ round_half_up('activities.quantity * activities.basis_per_unit * cast(factors.other_kgco2e_ar5_per_basis as decimal(18, 6))') }}
            as other_kgco2e_ar5
    from activities
    left join factors on activities.factor_id = factors.factor_id
),

final as (
    select
        by_gas.emission_id,
        by_gas.row_id,
        by_gas.energy_use_id,
        by_gas.activity,
        by_gas.member_id,
        by_gas.site_id,
        by_gas.month,
        cast(by_gas.scope as int) as scope,
        by_gas.method,
        by_gas.category,
        by_gas.carrier,
        by_gas.quantity,
        by_gas.unit,
        by_gas.energy_gj,
        case when by_gas.scope = 1 then by_gas.co2_kg end as co2_kg,
        case when by_gas.scope = 1 then by_gas.ch4_kg end as ch4_kg,
        case when by_gas.scope = 1 then by_gas.n2o_kg end as n2o_kg,
        by_gas.other_kgco2e,
        {{ round_half_up(
            'by_gas.co2_kg + cast(by_gas.ch4_kg as decimal(20, 6)) * by_gas.ch4_gwp'
            ~ ' + cast(by_gas.n2o_kg as decimal(20, 6)) * by_gas.n2o_gwp + by_gas.other_kgco2e'
        ) }} as kgco2e,
        {{ round_half_up(
            'by_gas.co2_kg + cast(by_gas.ch4_kg as decimal(20, 6)) * by_gas.ch4_gwp_ar5'
            ~ ' + cast(by_gas.n2o_kg as decimal(20, 6)) * by_gas.n2o_gwp_ar5 + by_gas.other_kgco2e_ar5'
        ) }} as kgco2e_ar5,
        case when by_gas.scope = 1 then by_gas.biogenic_co2_kg end as biogenic_co2_kg,
        by_gas.factor_id,
        by_gas.factor_value,
        '{{ var("gwp_set") }}' as gwp_set,
        case when by_gas.factor_value is not null then by_gas.match_level end as match_level,
        by_gas.is_estimated,
        by_gas.file_sha256,
        by_gas.sheet,
        by_gas.row_no
    from by_gas
)

select * from final
