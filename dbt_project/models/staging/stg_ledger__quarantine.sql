with source as (
    select * from {{ source('ledger', 'quarantine') }}
),

typed as (
    select
        cast(row_id as string) as row_id,
        cast(file_sha256 as string) as file_sha256,
        cast(sheet as string) as sheet,
        cast(row_no as int) as row_no,
        cast(column_name as string) as column_name,
        cast(cell as string) as cell,
        cast(reason_code as string) as reason_code,
        cast(message_fr as string) as message_fr,
        cast(message_en as string) as message_en,
        cast(batch_id as string) as batch_id
    from source
)

select * from typed
