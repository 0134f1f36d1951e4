with source as (
    select * from {{ source('raw', 'energy_bills') }}
),

typed as (
    select
        cast(member_id as string) as member_id,
        cast(site_id as string) as site_id,
        cast(supplier as string) as supplier,
        cast(contract_no as string) as contract_no,
        cast(meter_id as string) as meter_id,
        cast(bill_no as string) as bill_no,
        cast(bill_type as string) as bill_type,
        cast(corrects_bill_no as string) as corrects_bill_no,
        cast(issued_on as date) as issued_on,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        cast(carrier as string) as carrier,
        cast(register as string) as register,
        cast(component as string) as component,
        cast(line_no as string) as line_no,
        cast(line_label as string) as line_label,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(unit as string) as unit,
        cast(heating_value_basis as string) as heating_value_basis,
        cast(index_start as decimal(18, 6)) as index_start,
        cast(index_end as decimal(18, 6)) as index_end,
        cast(multiplier as decimal(18, 6)) as multiplier,
        cast(reading_start as string) as reading_start,
        cast(reading_end as string) as reading_end,
        cast(amount_excl_vat as decimal(18, 6)) as amount_excl_vat,
        cast(vat_rate as decimal(18, 6)) as vat_rate,
        cast(vat_amount as decimal(18, 6)) as vat_amount,
        cast(amount_incl_vat as decimal(18, 6)) as amount_incl_vat,
        cast(bill_total_incl_vat as decimal(18, 6)) as bill_total_incl_vat,
        cast(currency as string) as currency,
        cast(due_on as date) as due_on,
        cast(evidence_ref as string) as evidence_ref,
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
