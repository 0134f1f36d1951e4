with source as (
    select * from {{ source('raw', 'members') }}
),

typed as (
    select
        cast(member_id as string) as member_id,
        cast(legal_name as string) as legal_name,
        cast(activity_code as string) as activity_code,
        cast(sector as string) as sector,
        cast(region as string) as region,
        cast(size_class as string) as size_class,
        cast(holding_id as string) as holding_id,
        cast(joined_on as date) as joined_on,
        cast(left_on as date) as left_on,
        cast(consolidation_approach as string) as consolidation_approach,
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
