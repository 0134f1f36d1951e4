{{ config(materialized='table') }}

with rows_by_themselves as (
    select * from {{ ref('int_rows_held_out__by_row') }}
),

corrections as (
    select *
    from {{ ref('int_energy_bills__corrections') }}
    where reason_code is not null
),

bill_lines as (
    select * from {{ ref('int_energy_bills__received') }}
),

overlapping_lines as (
    select * from {{ ref('int_energy_bills__overlaps') }}
),

reasons as (
    select * from {{ ref('held_out_reasons') }}
),

-- A credit note or a void depends on the bill that it names.
rows_by_their_target as (
    select
        'energy_bills' as feed,
        bill_lines.row_id,
        bill_lines.file_sha256,
        bill_lines.file_sequence,
        bill_lines.sheet,
        bill_lines.row_no,
        bill_lines.member_id,
        case corrections.reason_code when 'NEGATIVE_NET' then 'quantity' else 'corrects_bill_no' end as column_name,
        case corrections.reason_code
            when 'NEGATIVE_NET' then {{ number_text('bill_lines.quantity') }}
            else bill_lines.corrects_bill_no
        end as cell,
        corrections.reason_code,
        reasons.message_fr || coalesce(
            ' Avec cette ligne, les avoirs sur cette facture atteignent ' || {{ french_number('corrections.credited_gj') }} || ' GJ, pour '
            || {{ french_number('corrections.billed_gj') }} || ' GJ facturés.', ''
        ) as message_fr,
        reasons.message_en || coalesce(
            ' With this line, the credits on this bill come to ' || {{ number_text('corrections.credited_gj') }} || ' GJ, against '
            || {{ number_text('corrections.billed_gj') }} || ' GJ billed.', ''
        ) as message_en
    from corrections
    inner join bill_lines on corrections.row_id = bill_lines.row_id
    inner join reasons on corrections.reason_code = reasons.reason_code
),

-- A bill of days that another bill covers is counted once that is settled.
rows_by_their_days as (
    select
        'energy_bills' as feed,
        bill_lines.row_id,
        bill_lines.file_sha256,
        bill_lines.file_sequence,
        bill_lines.sheet,
        bill_lines.row_no,
        bill_lines.member_id,
        'period_start' as column_name,
        {{ iso_date('bill_lines.period_start') }} as cell,
        reasons.reason_code,
        reasons.message_fr || ' Facture ' || overlapping_lines.other_bill_no
        || ', jours communs du ' || {{ french_date('overlapping_lines.first_day') }}
        || ' au ' || {{ french_date('overlapping_lines.last_day') }} || '.' as message_fr,
        reasons.message_en || ' Bill ' || overlapping_lines.other_bill_no
        || ', shared days ' || {{ iso_date('overlapping_lines.first_day') }}
        || ' to ' || {{ iso_date('overlapping_lines.last_day') }} || '.' as message_en
    from overlapping_lines
    inner join bill_lines on overlapping_lines.row_id = bill_lines.row_id
    inner join reasons on reasons.reason_code = 'BILL_OVERLAP'
),

final as (
    select
        rows_by_themselves.feed,
        rows_by_themselves.row_id,
        rows_by_themselves.file_sha256,
        rows_by_themselves.file_sequence,
        rows_by_themselves.sheet,
        rows_by_themselves.row_no,
        rows_by_themselves.member_id,
        rows_by_themselves.column_name,
        rows_by_themselves.cell,
        rows_by_themselves.reason_code,
        rows_by_themselves.message_fr,
        rows_by_themselves.message_en
    from rows_by_themselves
    union all
    select
        rows_by_their_target.feed,
        rows_by_their_target.row_id,
        rows_by_their_target.file_sha256,
        rows_by_their_target.file_sequence,
        rows_by_their_target.sheet,
        rows_by_their_target.row_no,
        rows_by_their_target.member_id,
        rows_by_their_target.column_name,
        rows_by_their_target.cell,
        rows_by_their_target.reason_code,
        rows_by_their_target.message_fr,
        rows_by_their_target.message_en
    from rows_by_their_target
    union all
    select
        rows_by_their_days.feed,
        rows_by_their_days.row_id,
        rows_by_their_days.file_sha256,
        rows_by_their_days.file_sequence,
        rows_by_their_days.sheet,
        rows_by_their_days.row_no,
        rows_by_their_days.member_id,
        rows_by_their_days.column_name,
        rows_by_their_days.cell,
        rows_by_their_days.reason_code,
        rows_by_their_days.message_fr,
        rows_by_their_days.message_en
    from rows_by_their_days
)

select * from final
