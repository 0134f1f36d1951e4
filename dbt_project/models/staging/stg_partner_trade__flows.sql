with source as (
    select * from {{ source('raw', 'partner_trade') }}
),

typed as (
    select
        cast(source as string) as source,
        cast(edition as string) as edition,
        cast(reporter as string) as reporter,
        cast(reporter_name as string) as reporter_name,
        cast(partner as string) as partner,
        cast(partner_name as string) as partner_name,
        cast(second_partner as string) as second_partner,
        cast(flow as string) as flow,
        cast(classification as string) as classification,
        cast(product_code as string) as product_code,
        cast(product_name as string) as product_name,
        cast(sitc as string) as sitc,
        cast(procedure as string) as procedure,
        cast(transport as string) as transport,
        cast(period as string) as period,
        cast(net_mass_kg as decimal(18, 6)) as net_mass_kg,
        cast(supplementary_quantity as decimal(18, 6)) as supplementary_quantity,
        cast(supplementary_unit as string) as supplementary_unit,
        cast(value as decimal(18, 6)) as value,
        cast(currency as string) as currency,
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
