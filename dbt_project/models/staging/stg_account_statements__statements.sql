with source as (
    select * from {{ source('raw', 'account_statements') }}
),

typed as (
    select
        cast(member_id as string) as member_id,
        cast(year as int) as year,
        cast(supplier as string) as supplier,
        cast(product_id as string) as product_id,
        cast(energy_cost_mad as decimal(18, 6)) as energy_cost_mad,
        cast(electricity_kwh as decimal(18, 6)) as electricity_kwh,
        cast(opening_stock_t as decimal(18, 6)) as opening_stock_t,
        cast(closing_stock_t as decimal(18, 6)) as closing_stock_t,
        cast(document_ref as string) as document_ref,
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
