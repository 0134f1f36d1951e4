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

factors as (
    select * from {{ ref('dim_factors') }}
),

-- Fuels burnt: scope 1.
final as (
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
)

select * from final
