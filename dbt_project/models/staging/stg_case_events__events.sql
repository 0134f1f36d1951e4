with source as (
    select * from {{ source('raw', 'case_events') }}
),

typed as (
    select
        cast(application_id as string) as application_id,
        cast(sequence as int) as sequence,
        cast(event as string) as event,
        cast(person_id as string) as person_id,
        cast(role as string) as role,
        cast(occurred_at as timestamp) as occurred_at,
        cast(reason_code as string) as reason_code,
        cast(note as string) as note,
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
