with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

line_months as (
    select * from {{ ref('int_energy_bills__by_month') }}
),

conversions as (
    select * from {{ ref('int_conversions') }}
),

certificates as (
    select *
    from {{ ref('int_energy_bills__certificates') }}
    where is_used
),

site_shares as (
    select * from {{ ref('int_site_shares__by_month') }}
),

measured as (
    select
        {{ surrogate_key(['line_months.row_id', 'line_months.month']) }} as energy_use_id,
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
        {{ round_half_up('line_months.quantity * conversions.gj_per_unit') }} as energy_gj,
        bill_lines.is_estimated,
        bill_lines.file_sha256,
        bill_lines.sheet,
        bill_lines.row_no,
        conversions.gj_per_unit,
        conversions.conversion_id
    from line_months
    inner join bill_lines on line_months.row_id = bill_lines.row_id
    left join certificates on line_months.row_id = certificates.row_id and line_months.month = certificates.month
    inner join conversions
        on
            bill_lines.carrier = conversions.carrier
            and bill_lines.unit = conversions.unit
            and coalesce(bill_lines.heating_value_basis, 'none') = conversions.heating_value_basis
            and coalesce(certificates.certificate_id, '') = coalesce(conversions.certificate_id, '')
),

final as (
    select
        measured.*,
        site_shares.consolidated_share,
        {{ consolidated('measured.energy_gj', 'site_shares.consolidated_share') }} as consolidated_energy_gj
    from measured
    left join site_shares
        on
            measured.member_id = site_shares.member_id
            and measured.site_id = site_shares.site_id
            and measured.month = site_shares.month
)

select * from final
