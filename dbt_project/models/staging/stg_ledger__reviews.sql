with source as (
    select * from {{ source('ledger', 'reviews') }}
),

typed as (
    select
        cast(feed as string) as feed,
        cast(file_sha256 as string) as file_sha256,
        cast(row_id as string) as row_id,
        cast(decision as string) as decision,
        cast(person as string) as person,
        cast(note as string) as note,
        cast(decided_at as timestamp) as decided_at
    from source
)

select * from typed
