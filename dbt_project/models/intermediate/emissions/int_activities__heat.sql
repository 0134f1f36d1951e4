{%- set text = dbt.type_string() -%}

with energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

methods as (
    select 'location' as method
    union all
    select 'market' as method
),

-- Steam and hot water: what the seller burnt is not known, so the emissions are not either.
final as (
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
        cast(null as {{ text }}) as factor_id,
        energy_use.gj_per_unit as basis_per_unit,
        cast(null as {{ text }}) as match_level,
        cast(null as {{ text }}) as factor_subject,
        cast(null as {{ text }}) as factor_release,
        cast(null as {{ text }}) as fallback_path,
        energy_use.is_estimated,
        energy_use.file_sha256,
        energy_use.sheet,
        energy_use.row_no
    from energy_use
    inner join carriers on energy_use.carrier = carriers.carrier
    cross join methods
    where carriers.kind = 'heat'
)

select * from final
