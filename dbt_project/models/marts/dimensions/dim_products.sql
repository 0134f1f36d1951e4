with register_rows as (
    select * from {{ ref('stg_products__products') }}
),

standing as (
    {{ latest_by_key('register_rows', ['product_id']) }}
),

final as (
    select
        standing.product_id,
        standing.member_id,
        standing.site_id,
        standing.name,
        standing.hs6,
        standing.cn8,
        standing.declared_unit,
        standing.unit_mass_kg,
        standing.unit_energy_gj,
        standing.unit_value_mad,
        standing.production_route,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
)

select * from final
