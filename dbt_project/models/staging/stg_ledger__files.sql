with source as (
    select * from {{ source('ledger', 'files') }}
),

typed as (
    select
        cast(file_sha256 as string) as file_sha256,
        cast(name as string) as name,
        cast(feed as string) as feed,
        cast(mapping as string) as mapping,
        cast(mapping_version as string) as mapping_version,
        cast(size_bytes as bigint) as size_bytes,
        cast(status as string) as status,
        cast(reason_code as string) as reason_code,
        cast(message_fr as string) as message_fr,
        cast(message_en as string) as message_en,
        cast(rows_read as bigint) as rows_read,
        cast(rows_accepted as bigint) as rows_accepted,
        cast(rows_quarantined as bigint) as rows_quarantined,
        cast(rows_dropped as bigint) as rows_dropped,
        cast(dropped_by_reason as string) as dropped_by_reason,
        cast(file_sequence as bigint) as file_sequence,
        cast(received_at as timestamp) as received_at
    from source
)

select * from typed
