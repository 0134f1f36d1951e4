with source as (
    select * from {{ source('checks', 'holds') }}
),

typed as (
    select
        cast(feed as string) as feed,
        cast(batch_id as string) as batch_id,
        cast(row_id as string) as row_id,
        cast(check_id as string) as check_id,
        cast(message_fr as string) as message_fr,
        cast(message_en as string) as message_en
    from source
)

select * from typed
