with electricity_use as (
    select * from {{ ref('int_electricity_use') }}
),

electricity_by_method as (
    select * from {{ ref('int_electricity_use__by_method') }}
),

-- Electricity, in kWh: scope 2 by both methods.
final as (
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
        electricity_by_method.factor_subject,
        electricity_by_method.factor_release,
        electricity_by_method.fallback_path,
        electricity_use.is_estimated,
        electricity_use.file_sha256,
        electricity_use.sheet,
        electricity_use.row_no
    from electricity_by_method
    inner join electricity_use on electricity_by_method.energy_use_id = electricity_use.energy_use_id
)

select * from final
