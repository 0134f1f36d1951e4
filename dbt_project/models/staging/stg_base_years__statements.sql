with source as (
    select * from {{ source('raw', 'base_years') }}
),

typed as (
    select
        cast(member_id as string) as member_id,
        cast(base_year as int) as base_year,
        cast(stated_on as date) as stated_on,
        cast(scope1_tco2e as decimal(18, 6)) as scope1_tco2e,
        cast(scope2_location_tco2e as decimal(18, 6)) as scope2_location_tco2e,
        cast(scope2_market_tco2e as decimal(18, 6)) as scope2_market_tco2e,
        cast(reason as string) as reason,
        cast(stated_by as string) as stated_by,
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
