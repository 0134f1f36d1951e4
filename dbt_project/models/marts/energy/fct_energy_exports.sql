with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

line_months as (
    select * from {{ ref('int_energy_exports__by_month') }}
),

conversions as (
    select *
    from {{ ref('int_carrier_conversions') }}
    where heating_value_basis = 'none'
),

site_shares as (
    select * from {{ ref('int_site_shares__by_month') }}
),

measured as (
    select
        {{ surrogate_key(['line_months.row_id', 'line_months.month']) }} as energy_export_id,
        line_months.row_id,
        bill_lines.member_id,
        bill_lines.site_id,
        bill_lines.meter_id,
        bill_lines.supplier,
        bill_lines.bill_no,
        bill_lines.carrier,
        line_months.month,
        line_months.quantity,
        bill_lines.unit,
        {{ round_half_up('line_months.quantity * cast(conversions.kwh_per_unit as decimal(20, 11))') }} as quantity_kwh,
        bill_lines.is_estimated,
        bill_lines.file_sha256,
        bill_lines.sheet,
        bill_lines.row_no
    from line_months
    inner join bill_lines on line_months.row_id = bill_lines.row_id
    left join conversions on bill_lines.carrier = conversions.carrier and bill_lines.unit = conversions.unit
),

final as (
    select
        measured.*,
        site_shares.consolidated_share,
        {{ consolidated('measured.quantity_kwh', 'site_shares.consolidated_share') }} as consolidated_kwh
    from measured
    left join site_shares
        on
            measured.member_id = site_shares.member_id
            and measured.site_id = site_shares.site_id
            and measured.month = site_shares.month
)

select * from final
