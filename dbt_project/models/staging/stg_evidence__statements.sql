with source as (
    select * from {{ source('raw', 'evidence') }}
),

typed as (
    select
        cast(evidence_id as string) as evidence_id,
        cast(application_id as string) as application_id,
        cast(metric_id as string) as metric_id,
        cast(value as string) as value,
        cast(lower as decimal(18, 6)) as lower,
        cast(upper as decimal(18, 6)) as upper,
        cast(unit as string) as unit,
        cast(document_sha256 as string) as document_sha256,
        cast(stated_on as date) as stated_on,
        cast(stated_by as string) as stated_by,
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
