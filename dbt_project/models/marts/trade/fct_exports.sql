with declaration_lines as (
    select * from {{ ref('int_exports__classified') }}
),

countries_eu as (
    select * from {{ ref('countries_eu') }}
),

final as (
    select
        {{ surrogate_key(['declaration_lines.declaration_no', 'declaration_lines.line_no']) }} as export_id,
        declaration_lines.row_id,
        declaration_lines.member_id,
        declaration_lines.declaration_no,
        cast(declaration_lines.line_no as int) as line_no,
        declaration_lines.registered_on,
        {{ month_of('declaration_lines.registered_on') }} as month,
        declaration_lines.status,
        declaration_lines.regime,
        declaration_lines.hs10,
        cast(left(declaration_lines.hs10, 6) as string) as hs6,
        declaration_lines.cn8,
        declaration_lines.description,
        declaration_lines.destination_country,
        countries_eu.country_code is not null as is_eu,
        declaration_lines.consignee_name,
        declaration_lines.consignee_eori,
        declaration_lines.incoterm,
        declaration_lines.net_mass_kg,
        declaration_lines.gross_mass_kg,
        declaration_lines.supplementary_quantity,
        declaration_lines.supplementary_unit,
        declaration_lines.fob_value_mad,
        declaration_lines.invoice_value,
        declaration_lines.invoice_currency,
        declaration_lines.product_id,
        declaration_lines.file_sha256,
        declaration_lines.sheet,
        declaration_lines.row_no
    from declaration_lines
    left join countries_eu on declaration_lines.destination_country = countries_eu.country_code
    where declaration_lines.outcome = 'counted'
)

select * from final
