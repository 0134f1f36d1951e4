with source as (
    select * from {{ source('raw', 'programmes') }}
),

typed as (
    select
        cast(programme_id as string) as programme_id,
        cast(member_id as string) as member_id,
        cast(kind as string) as kind,
        cast(topic as string) as topic,
        cast(provider as string) as provider,
        cast(person_id as string) as person_id,
        cast(starts_on as date) as starts_on,
        cast(ends_on as date) as ends_on,
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
