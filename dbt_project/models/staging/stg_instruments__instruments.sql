with source as (
    select * from {{ source('raw', 'instruments') }}
),

typed as (
    select
        cast(instrument_id as string) as instrument_id,
        cast(member_id as string) as member_id,
        cast(site_id as string) as site_id,
        cast(kind as string) as kind,
        cast(carrier as string) as carrier,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        cast(quantity_kwh as decimal(18, 6)) as quantity_kwh,
        cast(kgco2e_per_kwh as decimal(18, 6)) as kgco2e_per_kwh,
        cast(retired_on as date) as retired_on,
        cast(registry_ref as string) as registry_ref,
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
