with register_rows as (
    select * from {{ ref('stg_instruments__instruments') }}
),

standing as (
    {{ latest_by_key('register_rows', ['instrument_id']) }}
),

final as (
    select
        standing.instrument_id,
        standing.member_id,
        standing.site_id,
        standing.kind,
        standing.carrier,
        standing.valid_from,
        standing.valid_to,
        standing.quantity_kwh,
        standing.kgco2e_per_kwh,
        standing.retired_on,
        standing.registry_ref,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
)

select * from final
