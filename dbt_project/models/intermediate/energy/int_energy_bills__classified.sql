{{ config(materialized='table') }}

{%- set content = [
    'member_id', 'site_id', 'contract_no', 'bill_type', 'corrects_bill_no', 'issued_on', 'period_end', 'carrier', 'quantity', 'unit',
    'heating_value_basis', 'index_start', 'index_end', 'multiplier', 'reading_start', 'reading_end', 'amount_excl_vat', 'vat_rate',
    'vat_amount', 'amount_incl_vat', 'bill_total_incl_vat', 'currency', 'due_on', 'line_label', 'evidence_ref',
] %}

with bill_lines as (
    select * from {{ ref('stg_energy_bills__bill_lines') }}
),

rows_held_out as (
    select row_id
    from {{ ref('int_rows_held_out') }}
    where feed = 'energy_bills'
),

carriers as (
    select * from {{ ref('carriers') }}
),

keyed as (
    select
        bill_lines.*,
        rows_held_out.row_id is not null as is_held_out,
        {{ is_energy_line('bill_lines') }} as is_energy,
        bill_lines.bill_type = 'estimated'
        or coalesce(bill_lines.reading_start, '') = 'estimated'
        or coalesce(bill_lines.reading_end, '') = 'estimated' as is_estimated,
        {{ surrogate_key([
            'bill_lines.supplier', 'bill_lines.bill_no', 'bill_lines.meter_id', 'bill_lines.register', 'bill_lines.component',
            'bill_lines.period_start', 'bill_lines.line_no',
        ]) }} as business_key,
        {{ surrogate_key(content) }} as content_key
    from bill_lines
    left join rows_held_out on bill_lines.row_id = rows_held_out.row_id
),

-- Of a business key the content received last stands; of its copies, the row received first.
contents_ranked as (
    select
        keyed.*,
        first_value(keyed.content_key) over (
            partition by keyed.is_held_out, keyed.business_key
            order by keyed.file_sequence desc, keyed.sheet desc, keyed.row_no desc, keyed.row_id desc
        ) as standing_content_key,
        row_number() over (
            partition by keyed.is_held_out, keyed.business_key, keyed.content_key
            order by keyed.file_sequence, keyed.sheet, keyed.row_no, keyed.row_id
        ) as copy_no
    from keyed
),

versioned as (
    select
        contents_ranked.*,
        case
            when contents_ranked.is_held_out then 'held_out'
            when contents_ranked.content_key <> contents_ranked.standing_content_key then 'superseded_version'
            when contents_ranked.copy_no > 1 then 'duplicate'
        end as version_outcome
    from contents_ranked
),

-- A corrective bill takes the place of the bill that it names, with all its lines and with the credit notes issued on it until then.
corrections as (
    select
        versioned.member_id,
        versioned.supplier,
        versioned.corrects_bill_no,
        max(versioned.issued_on) as corrected_on
    from versioned
    where
        versioned.version_outcome is null
        and versioned.bill_type = 'corrective'
        and versioned.corrects_bill_no is not null
    group by versioned.member_id, versioned.supplier, versioned.corrects_bill_no
),

corrected as (
    select
        versioned.*,
        (
            corrections.corrects_bill_no is not null
            -- A corrective bill issued under the number of the bill that it replaces does not correct itself.
            and not (versioned.bill_type = 'corrective' and coalesce(versioned.corrects_bill_no = versioned.bill_no, false))
        )
        or (versioned.bill_type = 'credit_note' and coalesce(versioned.issued_on <= credited_corrections.corrected_on, false))
            as is_corrected
    from versioned
    left join corrections
        on
            versioned.member_id = corrections.member_id
            and versioned.supplier = corrections.supplier
            and versioned.bill_no = corrections.corrects_bill_no
    left join corrections as credited_corrections
        on
            versioned.member_id = credited_corrections.member_id
            and versioned.supplier = credited_corrections.supplier
            and versioned.corrects_bill_no = credited_corrections.corrects_bill_no
),

standing as (
    select *
    from corrected
    where
        version_outcome is null
        and not is_corrected
        and is_energy
),

-- An estimate gives way to a bill on readings of the same meter that covers its days, whichever came first.
superseded_estimates as (
    select
        estimates.row_id,
        estimates.member_id,
        estimates.supplier,
        estimates.bill_no,
        max(readings.issued_on) as superseded_on
    from standing as estimates
    inner join standing as readings
        on
            estimates.meter_id = readings.meter_id
            and estimates.component = readings.component
            and (
                estimates.register = readings.register
                or estimates.register = 'total'
                or readings.register = 'total'
            )
            and estimates.period_start >= readings.period_start
            and estimates.period_end <= readings.period_end
    where
        estimates.is_estimated
        and not readings.is_estimated
        and estimates.bill_type <> 'credit_note'
        and readings.bill_type in ('invoice', 'corrective')
    group by estimates.row_id, estimates.member_id, estimates.supplier, estimates.bill_no
),

-- So does the credit note that took the estimate back.
superseded_credits as (
    select distinct credits.row_id
    from standing as credits
    inner join superseded_estimates
        on
            credits.member_id = superseded_estimates.member_id
            and credits.supplier = superseded_estimates.supplier
            and credits.corrects_bill_no = superseded_estimates.bill_no
            and credits.issued_on <= superseded_estimates.superseded_on
    where credits.bill_type = 'credit_note'
),

-- A bill that prints the total beside its parts counts the parts.
bills_with_parts as (
    select distinct
        standing.supplier,
        standing.bill_no,
        coalesce(standing.meter_id, '') as meter_id,
        standing.component,
        standing.period_start
    from standing
    where standing.register in ('peak', 'normal', 'off_peak')
),

judged as (
    select
        corrected.*,
        case
            when corrected.version_outcome is not null then corrected.version_outcome
            when corrected.is_corrected then 'corrected'
            when not corrected.is_energy then 'not_energy'
            when superseded_estimates.row_id is not null or superseded_credits.row_id is not null then 'superseded_estimate'
            when corrected.register = 'total' and bills_with_parts.bill_no is not null then 'register_total_with_parts'
            when not carriers.is_consumption then 'energy_exported'
            else 'counted'
        end as outcome
    from corrected
    left join carriers on corrected.carrier = carriers.carrier
    left join superseded_estimates on corrected.row_id = superseded_estimates.row_id
    left join superseded_credits on corrected.row_id = superseded_credits.row_id
    left join bills_with_parts
        on
            corrected.supplier = bills_with_parts.supplier
            and corrected.bill_no = bills_with_parts.bill_no
            and coalesce(corrected.meter_id, '') = bills_with_parts.meter_id
            and corrected.component = bills_with_parts.component
            and corrected.period_start = bills_with_parts.period_start
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
        judged.outcome
    from judged
)

select * from final
