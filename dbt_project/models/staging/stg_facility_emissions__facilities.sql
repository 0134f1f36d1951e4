with source as (
    select * from {{ source('raw', 'facility_emissions') }}
),

typed as (
    select
        cast(source as string) as source,
        cast(edition as string) as edition,
        cast(country as string) as country,
        cast(region as string) as region,
        cast(year as int) as year,
        cast(facility_id as string) as facility_id,
        cast(facility_name as string) as facility_name,
        cast(company as string) as company,
        cast(ownership_percent as decimal(18, 6)) as ownership_percent,
        cast(activity_code as string) as activity_code,
        cast(activity as string) as activity,
        cast(scope1_tco2e as decimal(18, 6)) as scope1_tco2e,
        cast(scope2_tco2e as decimal(18, 6)) as scope2_tco2e,
        cast(electricity_produced_gj as decimal(18, 6)) as electricity_produced_gj,
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
