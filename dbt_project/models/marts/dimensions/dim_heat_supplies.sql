with register_rows as (
    select * from {{ ref('stg_heat_supplies__statements') }}
),

standing as (
    {{ latest_by_key('register_rows', ['heat_supply_id']) }}
),

final as (
    select
        standing.heat_supply_id,
        standing.member_id,
        standing.site_id,
        standing.carrier,
        standing.supplier,
        standing.valid_from,
        standing.valid_to,
        standing.kgco2e_per_kwh,
        standing.fuel_carrier,
        standing.boiler_efficiency,
        standing.document_ref,
        standing.document_sha256,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
)

select * from final
