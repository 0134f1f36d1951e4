with source as (
    select * from {{ source('raw', 'national_exports') }}
),

typed as (
    select
        cast(country_code as string) as country_code,
        cast(country_name as string) as country_name,
        cast(flow_code as string) as flow_code,
        cast(flow_name as string) as flow_name,
        cast(year as int) as year,
        cast(month as string) as month,
        cast(value_mad as decimal(18, 6)) as value_mad,
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
