with source as (
    select * from {{ source('raw', 'exports') }}
),

typed as (
    select
        cast(member_id as string) as member_id,
        cast(declaration_no as string) as declaration_no,
        cast(line_no as int) as line_no,
        cast(registered_on as date) as registered_on,
        cast(status as string) as status,
        cast(regime as string) as regime,
        cast(hs10 as string) as hs10,
        cast(cn8 as string) as cn8,
        cast(description as string) as description,
        cast(destination_country as string) as destination_country,
        cast(consignee_name as string) as consignee_name,
        cast(consignee_eori as string) as consignee_eori,
        cast(incoterm as string) as incoterm,
        cast(net_mass_kg as decimal(18, 6)) as net_mass_kg,
        cast(gross_mass_kg as decimal(18, 6)) as gross_mass_kg,
        cast(supplementary_quantity as decimal(18, 6)) as supplementary_quantity,
        cast(supplementary_unit as string) as supplementary_unit,
        cast(fob_value_mad as decimal(18, 6)) as fob_value_mad,
        cast(invoice_value as decimal(18, 6)) as invoice_value,
        cast(invoice_currency as string) as invoice_currency,
        cast(product_id as string) as product_id,
        cast(amends as string) as amends,
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
