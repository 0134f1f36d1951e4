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

choices as (
    select * from {{ ref('int_factor_choices__pinned') }}
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
        {{ fuel_basis_per_unit('factors', 'conversions') }} as basis_per_unit,
        choices.match_level,
        {{ factor_subject_of_carrier('energy_use.carrier') }} as factor_subject,
        choices.factor_release,
        choices.fallback_path,
        energy_use.is_estimated,
        energy_use.file_sha256,
        energy_use.sheet,
        energy_use.row_no
    from energy_use
    inner join carriers on energy_use.carrier = carriers.carrier
    inner join conversions on energy_use.conversion_id = conversions.conversion_id
    left join choices
        on
            {{ factor_subject_of_carrier('energy_use.carrier') }} = choices.subject
            and {{ year_of('energy_use.month') }} = choices.year
    left join factors on choices.factor_id = factors.factor_id
    where carriers.kind = 'fuel'
)

select * from final
