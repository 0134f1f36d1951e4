with conversions as (
    select * from {{ ref('int_conversions') }}
),

final as (
    select
        conversions.conversion_id,
        conversions.certificate_id,
        conversions.carrier,
        conversions.unit,
        conversions.heating_value_basis,
        conversions.gj_per_unit,
        conversions.t_per_unit,
        conversions.kwh_per_unit,
        conversions.property_ids,
        conversions.status
    from conversions
)

select * from final
