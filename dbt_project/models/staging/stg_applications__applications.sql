with source as (
    select * from {{ source('raw', 'applications') }}
),

typed as (
    select
        cast(application_id as string) as application_id,
        cast(member_id as string) as member_id,
        cast(track as string) as track,
        cast(level as int) as level,
        cast(product_id as string) as product_id,
        cast(period_from as date) as period_from,
        cast(period_to as date) as period_to,
        cast(scheme_version as string) as scheme_version,
        cast(submitted_on as date) as submitted_on,
        cast(signed_by as string) as signed_by,
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
