with rows_held_out as (
    select * from {{ ref('int_rows_held_out') }}
),

received_lines as (
    select * from {{ ref('int_energy_bills__received') }}
),

refused_cells as (
    select * from {{ ref('stg_ledger__quarantine') }}
),

-- A line that a later file states anew is told of in its last version only.
latest_lines as (
    select
        received_lines.*,
        max(received_lines.file_sequence) over (
            partition by
                received_lines.member_id, received_lines.supplier_key, received_lines.bill_no, received_lines.bill_type,
                coalesce(received_lines.meter_id, ''), received_lines.register, received_lines.component,
                received_lines.period_start, coalesce(received_lines.line_no, '')
        ) as last_file_sequence
    from received_lines
),

credits_held_out as (
    select
        latest_lines.member_id,
        max(latest_lines.site_id) as site_id,
        case when count(distinct latest_lines.meter_id) = 1 then max(latest_lines.meter_id) end as meter_id,
        latest_lines.bill_no,
        latest_lines.bill_type,
        latest_lines.corrects_bill_no,
        rows_held_out.reason_code,
        min(latest_lines.period_start) as period_start,
        count(*) as lines,
        case
            when count(distinct latest_lines.unit) = 1 and count(*) = count(latest_lines.quantity)
                then cast(sum(latest_lines.quantity) as decimal(24, 6))
        end as quantity,
        max(latest_lines.unit) as unit,
        {{ sorted_list('latest_lines.row_id') }} as row_ids,
        max(latest_lines.received_at) as last_received_at
    from rows_held_out
    inner join latest_lines on rows_held_out.row_id = latest_lines.row_id
    where
        rows_held_out.feed = 'energy_bills'
        and rows_held_out.reason_code in ('CREDIT_TARGET_UNKNOWN', 'NEGATIVE_NET')
        and latest_lines.file_sequence = latest_lines.last_file_sequence
    group by
        latest_lines.member_id,
        latest_lines.supplier_key,
        latest_lines.bill_no,
        latest_lines.bill_type,
        latest_lines.corrects_bill_no,
        rows_held_out.reason_code
),

described as (
    select
        credits_held_out.*,
        case credits_held_out.bill_type
            when 'credit_note' then 'L''avoir ' when 'void' then 'L''annulation ' else 'La facture rectificative '
        end || credits_held_out.bill_no as document_fr,
        case credits_held_out.bill_type
            when 'credit_note' then 'Credit note ' when 'void' then 'Void ' else 'Corrective bill '
        end || credits_held_out.bill_no as document_en,
        coalesce(' la facture ' || credits_held_out.corrects_bill_no, ' une facture') as target_fr,
        coalesce(' bill ' || credits_held_out.corrects_bill_no, ' a bill') as target_en,
        ' ; lignes hors compte : ' || cast(credits_held_out.lines as string)
        || coalesce(' (' || {{ french_number('credits_held_out.quantity') }} || ' ' || credits_held_out.unit || ')', '') || '.'
            as size_fr,
        '; lines that do not count: ' || cast(credits_held_out.lines as string)
        || coalesce(' (' || {{ number_text('credits_held_out.quantity') }} || ' ' || credits_held_out.unit || ')', '') || '.'
            as size_en
    from credits_held_out
),

-- A refused cell does not say its member; the other rows of its file do, where they are all of one.
single_members as (
    select
        received_lines.file_sha256,
        max(received_lines.member_id) as member_id,
        max(received_lines.received_at) as received_at
    from received_lines
    group by received_lines.file_sha256
    having count(distinct received_lines.member_id) = 1
),

credits_refused as (
    select
        single_members.member_id,
        refused_cells.row_id,
        min(refused_cells.message_fr) as message_fr,
        min(refused_cells.message_en) as message_en,
        max(single_members.received_at) as last_received_at
    from refused_cells
    inner join single_members on refused_cells.file_sha256 = single_members.file_sha256
    where refused_cells.reason_code = 'CREDIT_UNLINKED'
    group by single_members.member_id, refused_cells.row_id
),

final as (
    select
        'B31' as check_id,
        described.member_id,
        described.site_id,
        described.meter_id,
        {{ month_of('described.period_start') }} as month,
        described.row_ids,
        described.document_fr
        || case described.reason_code
            when 'CREDIT_TARGET_UNKNOWN' then ' vise' || described.target_fr || ', qui n''est pas parmi celles du membre'
            else ' enlève plus que n''a compté' || described.target_fr
        end || described.size_fr as message_fr,
        described.document_en
        || case described.reason_code
            when 'CREDIT_TARGET_UNKNOWN' then ' names' || described.target_en || ', which is not among those of the member'
            else ' takes off more than' || described.target_en || ' counted'
        end || described.size_en as message_en,
        cast(described.last_received_at as date) as first_seen_on
    from described
    union all
    select
        'B31' as check_id,
        credits_refused.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        cast(null as date) as month,
        credits_refused.row_id as row_ids,
        credits_refused.message_fr,
        credits_refused.message_en,
        cast(credits_refused.last_received_at as date) as first_seen_on
    from credits_refused
)

select * from final
