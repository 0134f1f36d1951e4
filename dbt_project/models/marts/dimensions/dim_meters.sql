with register_rows as (
    select * from {{ ref('stg_meters__meters') }}
),

standing as (
    {{ latest_by_key('register_rows', ['meter_id']) }}
),

final as (
    select
        standing.meter_id,
        standing.site_id,
        standing.carrier,
        standing.supplier,
        standing.contract_no,
        standing.subscribed_kva,
        standing.multiplier,
        standing.index_digits,
        standing.tank_capacity,
        standing.tank_capacity_unit,
        standing.replaces_meter_id,
        standing.opened_on,
        standing.closed_on,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
)

select * from final
