with source as (
    select * from {{ source('raw', 'heat_supplies') }}
),

typed as (
    select
        cast(heat_supply_id as string) as heat_supply_id,
        cast(member_id as string) as member_id,
        cast(site_id as string) as site_id,
        cast(carrier as string) as carrier,
        cast(supplier as string) as supplier,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        cast(kgco2e_per_kwh as decimal(18, 6)) as kgco2e_per_kwh,
        cast(fuel_carrier as string) as fuel_carrier,
        cast(boiler_efficiency as decimal(18, 6)) as boiler_efficiency,
        cast(document_ref as string) as document_ref,
        cast(document_sha256 as string) as document_sha256,
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
