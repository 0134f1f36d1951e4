with source as (
    select * from {{ source('raw', 'site_shares') }}
),

typed as (
    select
        cast(site_id as string) as site_id,
        cast(member_id as string) as member_id,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        cast(control_share as decimal(18, 6)) as control_share,
        cast(operational_control as string) as operational_control,
        cast(financial_control as string) as financial_control,
        cast(reason as string) as reason,
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
