with source as (
    select * from {{ source('raw', 'production') }}
),

typed as (
    select
        cast(member_id as string) as member_id,
        cast(site_id as string) as site_id,
        cast(product_id as string) as product_id,
        cast(process_id as string) as process_id,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        cast(quantity_gross as decimal(18, 6)) as quantity_gross,
        cast(quantity_saleable as decimal(18, 6)) as quantity_saleable,
        cast(unit as string) as unit,
        cast(scrap_quantity as decimal(18, 6)) as scrap_quantity,
        cast(precursor_id as string) as precursor_id,
        cast(precursor_quantity_t as decimal(18, 6)) as precursor_quantity_t,
        cast(precursor_origin as string) as precursor_origin,
        cast(precursor_direct_tco2e_per_t as decimal(18, 6)) as precursor_direct_tco2e_per_t,
        cast(precursor_indirect_tco2e_per_t as decimal(18, 6)) as precursor_indirect_tco2e_per_t,
        cast(precursor_data_basis as string) as precursor_data_basis,
        cast(operating_hours as decimal(18, 6)) as operating_hours,
        cast(measure_method as string) as measure_method,
        cast(status as string) as status,
        cast(version as int) as version,
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
        cast(flags as string) as flags,
        cast(quantity_as_printed as string) as quantity_as_printed,
        cast(unit_as_printed as string) as unit_as_printed
    from source
)

select * from typed
