with source as (
    select * from {{ source('raw', 'process_activity') }}
),

typed as (
    select
        cast(member_id as string) as member_id,
        cast(site_id as string) as site_id,
        cast(process as string) as process,
        cast(material as string) as material,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(unit as string) as unit,
        cast(parameter as string) as parameter,
        cast(parameter_value as decimal(18, 6)) as parameter_value,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        cast(measure_method as string) as measure_method,
        cast(row_id as string) as row_id,
        cast(file_sha256 as string) as file_sha256,
        cast(sheet as string) as sheet,
        cast(row_no as int) as row_no,
        cast(batch_id as string) as batch_id,
        cast(file_sequence as bigint) as file_sequence,
        cast(received_at as timestamp) as received_at,
        cast(mapping as string) as mapping,
        cast(mapping_version as string) as mapping_version,
        cast(flags as string) as flags,
        cast(quantity_as_printed as string) as quantity_as_printed,
        cast(unit_as_printed as string) as unit_as_printed
    from source
)

select * from typed
