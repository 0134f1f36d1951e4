with source as (
    select * from {{ source('raw', 'allocation_rules') }}
),

typed as (
    select
        cast(site_id as string) as site_id,
        cast(process_id as string) as process_id,
        cast(meter_id as string) as meter_id,
        cast(emitting_process as string) as emitting_process,
        cast(rule as string) as rule,
        cast(share as decimal(18, 6)) as share,
        cast(first_year as int) as first_year,
        cast(reason as string) as reason,
        cast(stated_by as string) as stated_by,
        cast(document_sha256 as string) as document_sha256,
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
