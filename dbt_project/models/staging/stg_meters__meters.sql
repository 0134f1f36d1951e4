with source as (
    select * from {{ source('raw', 'meters') }}
),

typed as (
    select
        cast(meter_id as string) as meter_id,
        cast(site_id as string) as site_id,
        cast(carrier as string) as carrier,
        cast(supplier as string) as supplier,
        cast(contract_no as string) as contract_no,
        cast(subscribed_kva as decimal(18, 6)) as subscribed_kva,
        cast(multiplier as decimal(18, 6)) as multiplier,
        cast(index_digits as int) as index_digits,
        cast(tank_capacity as decimal(18, 6)) as tank_capacity,
        cast(tank_capacity_unit as string) as tank_capacity_unit,
        cast(replaces_meter_id as string) as replaces_meter_id,
        cast(opened_on as date) as opened_on,
        cast(closed_on as date) as closed_on,
        cast(row_id as string) as row_id,
        cast(file_sha256 as string) as file_sha256,
        cast(sheet as string) as sheet,
        cast(row_no as int) as row_no,
        cast(batch_id as string) as batch_id,
        cast(file_sequence as bigint) as file_sequence,
        cast(received_at as timestamp) as received_at,
        cast(mapping as string) as mapping,
        cast(mapping_version as string) as mapping_version,
        cast(flags as string) as flags
    from source
)

select * from typed
