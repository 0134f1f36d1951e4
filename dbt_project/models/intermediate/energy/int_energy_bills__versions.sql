{{ config(materialized='table') }}

{%- set content = [
    'member_id', 'site_id', 'contract_no', 'bill_type', 'corrects_bill_no', 'issued_on', 'period_end', 'carrier', 'quantity', 'unit',
    'heating_value_basis', 'index_start', 'index_end', 'multiplier', 'reading_start', 'reading_end', 'amount_excl_vat', 'vat_rate',
    'vat_amount', 'amount_incl_vat', 'bill_total_incl_vat', 'currency', 'due_on', 'line_label', 'evidence_ref',
] %}

with received as (
    select * from {{ ref('int_energy_bills__received') }}
),

rows_held_out as (
    select row_id
    from {{ ref('int_rows_held_out__by_row') }}
    where feed = 'energy_bills'
),

-- A bill is known by its member, supplier and number; what is sent under the number of the bill that it takes back is a document apart.
numbered as (
    select
        received.*,
        rows_held_out.row_id is not null as is_held_out,
        {{ surrogate_key(['received.member_id', 'received.supplier_key', 'received.bill_no', "case
            when received.bill_type = 'void' then 'void'
            when received.bill_type in ('corrective', 'credit_note') and received.corrects_bill_no = received.bill_no
                then received.bill_type
        end"]) }} as bill_key
    from received
    left join rows_held_out on received.row_id = rows_held_out.row_id
),

keyed as (
    select
        numbered.*,
        {{ surrogate_key([
            'numbered.bill_key', 'numbered.meter_id', 'numbered.register', 'numbered.component', 'numbered.period_start',
            'numbered.line_no',
        ]) }} as business_key,
        {{ surrogate_key(content) }} as content_key
    from numbered
),

-- Two layouts key the lines of one bill differently: one numbers them, one does not; one names the meter, one does not.
layouts as (
    select
        keyed.*,
        max(case when keyed.line_no is not null then keyed.file_sequence end) over (
            partition by
                keyed.is_held_out, keyed.bill_key, keyed.register, keyed.component, keyed.period_start, keyed.meter_id
        ) as last_file_with_line_no,
        max(case when keyed.line_no is null then keyed.file_sequence end) over (
            partition by
                keyed.is_held_out, keyed.bill_key, keyed.register, keyed.component, keyed.period_start, keyed.meter_id
        ) as last_file_without_line_no,
        max(case when keyed.meter_id is not null then keyed.file_sequence end) over (
            partition by keyed.is_held_out, keyed.bill_key, keyed.register, keyed.component, keyed.period_start
        ) as last_file_with_meter,
        max(case when keyed.meter_id is null then keyed.file_sequence end) over (
            partition by keyed.is_held_out, keyed.bill_key, keyed.register, keyed.component, keyed.period_start
        ) as last_file_without_meter
    from keyed
),

-- A later file in the other layout says all of the bill's register, component and period anew.
restated as (
    select
        layouts.*,
        coalesce(
            case when layouts.line_no is null then layouts.last_file_with_line_no else layouts.last_file_without_line_no end
            > layouts.file_sequence, false
        )
        or coalesce(
            case when layouts.meter_id is null then layouts.last_file_with_meter else layouts.last_file_without_meter end
            > layouts.file_sequence, false
        ) as is_restated
    from layouts
),

-- Of a business key the content received last stands; of its copies, the row received first.
contents_ranked as (
    select
        restated.*,
        first_value(restated.content_key) over (
            partition by restated.is_held_out, restated.is_restated, restated.business_key
            order by restated.file_sequence desc, restated.sheet desc, restated.row_no desc, restated.row_id desc
        ) as standing_content_key,
        row_number() over (
            partition by restated.is_held_out, restated.is_restated, restated.business_key, restated.content_key
            order by restated.file_sequence, restated.sheet, restated.row_no, restated.row_id
        ) as copy_no
    from restated
),

versioned as (
    select
        contents_ranked.*,
        case
            when contents_ranked.is_held_out then 'held_out'
            when contents_ranked.is_restated or contents_ranked.content_key <> contents_ranked.standing_content_key
                then 'superseded_version'
            when contents_ranked.copy_no > 1 then 'duplicate'
        end as version_outcome
    from contents_ranked
),

-- A total that stands beside its parts says them once more.
compared as (
    select
        versioned.*,
        versioned.version_outcome is null
        and versioned.is_energy
        and versioned.register in ('peak', 'normal', 'off_peak') as is_part
    from versioned
),

repeated as (
    select
        compared.*,
        max(case when compared.is_part then 1 else 0 end) over (
            partition by compared.bill_key, compared.carrier, compared.component, compared.period_start
        ) as has_parts,
        max(case when compared.is_part then 1 else 0 end) over (
            partition by compared.bill_key, compared.carrier, compared.component, compared.period_start, compared.meter_id
        ) as has_parts_of_meter,
        max(case when compared.is_part and compared.meter_id is null then 1 else 0 end) over (
            partition by compared.bill_key, compared.carrier, compared.component, compared.period_start
        ) as has_parts_without_meter
    from compared
),

final as (
    select
        repeated.row_id,
        repeated.member_id,
        repeated.supplier_key,
        repeated.meter_id,
        repeated.bill_no,
        repeated.bill_type,
        repeated.corrects_bill_no,
        repeated.issued_on,
        repeated.period_start,
        repeated.period_end,
        repeated.carrier,
        repeated.register,
        repeated.component,
        repeated.line_no,
        repeated.file_sequence,
        repeated.quantity,
        repeated.gj_per_unit,
        repeated.index_start,
        repeated.index_end,
        repeated.multiplier,
        repeated.quantity_of_index,
        repeated.is_energy,
        repeated.is_estimated,
        repeated.bill_key,
        repeated.version_outcome,
        case
            when repeated.version_outcome is not null or not repeated.is_energy then null
            when
                repeated.register = 'total'
                and case
                    when repeated.meter_id is null then repeated.has_parts
                    else greatest(repeated.has_parts_of_meter, repeated.has_parts_without_meter)
                end = 1
                then 'register_total_with_parts'
        end as repeat_outcome
    from repeated
)

select * from final
