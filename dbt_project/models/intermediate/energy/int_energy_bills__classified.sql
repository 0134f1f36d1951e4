{{ config(materialized='table') }}

with received as (
    select * from {{ ref('int_energy_bills__received') }}
),

versions as (
    select * from {{ ref('int_energy_bills__versions') }}
),

corrections as (
    select * from {{ ref('int_energy_bills__corrections') }}
),

superseded_estimates as (
    select * from {{ ref('int_energy_bills__estimates') }}
),

overlapping_lines as (
    select * from {{ ref('int_energy_bills__overlaps') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

-- The use that a bill counts from the index before an estimate began on the first day of the estimate.
readings_that_reach_back as (
    select
        superseded_estimates.reading_row_id as row_id,
        min(superseded_estimates.use_start) as use_start
    from superseded_estimates
    where superseded_estimates.reading_row_id is not null
    group by superseded_estimates.reading_row_id
),

-- The first outcome that applies is the line's only one.
judged as (
    select
        received.*,
        coalesce(readings_that_reach_back.use_start, received.period_start) as use_start,
        case
            when versions.version_outcome is not null then versions.version_outcome
            when corrections.correction_outcome is not null then corrections.correction_outcome
            when received.is_quantity_repeated then 'quantity_repeated'
            when not received.is_energy then 'not_energy'
            when superseded_estimates.row_id is not null then 'superseded_estimate'
            when versions.repeat_outcome is not null then versions.repeat_outcome
            when overlapping_lines.row_id is not null then 'held_out'
            when not carriers.is_consumption then 'energy_exported'
            else 'counted'
        end as outcome
    from received
    inner join versions on received.row_id = versions.row_id
    left join corrections on versions.row_id = corrections.row_id
    left join superseded_estimates on versions.row_id = superseded_estimates.row_id
    left join overlapping_lines on versions.row_id = overlapping_lines.row_id
    left join readings_that_reach_back on versions.row_id = readings_that_reach_back.row_id
    left join carriers on received.carrier = carriers.carrier
),

final as (
    select
        judged.row_id,
        judged.member_id,
        judged.site_id,
        judged.supplier,
        judged.contract_no,
        judged.meter_id,
        judged.bill_no,
        judged.bill_type,
        judged.corrects_bill_no,
        judged.issued_on,
        judged.period_start,
        judged.period_end,
        judged.use_start,
        judged.carrier,
        judged.register,
        judged.component,
        judged.line_no,
        judged.line_label,
        judged.quantity,
        judged.unit,
        judged.heating_value_basis,
        judged.index_start,
        judged.index_end,
        judged.multiplier,
        judged.reading_start,
        judged.reading_end,
        judged.amount_excl_vat,
        judged.vat_rate,
        judged.vat_amount,
        judged.amount_incl_vat,
        judged.bill_total_incl_vat,
        judged.currency,
        judged.due_on,
        judged.evidence_ref,
        judged.file_sha256,
        judged.sheet,
        judged.row_no,
        judged.batch_id,
        judged.file_sequence,
        judged.received_at,
        judged.is_estimated,
        judged.is_rollover,
        judged.outcome
    from judged
)

select * from final
