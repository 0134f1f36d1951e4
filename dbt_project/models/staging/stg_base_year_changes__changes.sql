with source as (
    select * from {{ source('raw', 'base_year_changes') }}
),

typed as (
    select
        cast(change_id as string) as change_id,
        cast(member_id as string) as member_id,
        cast(base_year as int) as base_year,
        cast(kind as string) as kind,
        cast(effective_on as date) as effective_on,
        cast(site_id as string) as site_id,
        cast(scope1_tco2e as decimal(18, 6)) as scope1_tco2e,
        cast(scope2_location_tco2e as decimal(18, 6)) as scope2_location_tco2e,
        cast(scope2_market_tco2e as decimal(18, 6)) as scope2_market_tco2e,
        cast(reason as string) as reason,
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
