with source as (
    select * from {{ source('raw', 'chp_units') }}
),

typed as (
    select
        cast(chp_id as string) as chp_id,
        cast(member_id as string) as member_id,
        cast(site_id as string) as site_id,
        cast(fuel_carrier as string) as fuel_carrier,
        cast(fuel_meter_id as string) as fuel_meter_id,
        cast(built_on as date) as built_on,
        cast(heat_use as string) as heat_use,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        cast(heat_efficiency as decimal(18, 6)) as heat_efficiency,
        cast(electric_efficiency as decimal(18, 6)) as electric_efficiency,
        cast(net_heat_gj as decimal(18, 6)) as net_heat_gj,
        cast(net_electricity_kwh as decimal(18, 6)) as net_electricity_kwh,
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
