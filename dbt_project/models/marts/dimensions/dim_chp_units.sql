with register_rows as (
    select * from {{ ref('stg_chp_units__units') }}
),

standing as (
    {{ latest_by_key('register_rows', ['chp_id', 'valid_from']) }}
),

final as (
    select
        standing.chp_id,
        standing.valid_from,
        standing.valid_to,
        standing.member_id,
        standing.site_id,
        standing.fuel_carrier,
        standing.fuel_meter_id,
        standing.built_on,
        standing.heat_use,
        standing.heat_efficiency,
        standing.electric_efficiency,
        standing.net_heat_gj,
        standing.net_electricity_kwh,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
)

select * from final
