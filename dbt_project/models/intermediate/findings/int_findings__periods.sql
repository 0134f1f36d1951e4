with meter_periods as (
    select * from {{ ref('int_meter_periods') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

received_lines as (
    select * from {{ ref('stg_energy_bills__bill_lines') }}
),

production as (
    select * from {{ ref('stg_production__records') }}
),

process_activity as (
    select * from {{ ref('stg_process_activity__records') }}
),

rows_held_out as (
    select * from {{ ref('int_rows_held_out') }}
),

refused_cells as (
    select * from {{ ref('stg_ledger__quarantine') }}
),

files as (
    select * from {{ ref('stg_ledger__files') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- B11: what a meter reads has a rhythm, deliveries have none. An estimate is a part of the cycle that the reading closes.
read_periods as (
    select
        meter_periods.*,
        lead(meter_periods.supplier) over (
            partition by meter_periods.member_id, meter_periods.meter_id
            order by meter_periods.period_start, meter_periods.period_end, meter_periods.bill_no
        ) as next_supplier,
        count(meter_periods.days) over recent as observations,
        sum(meter_periods.days) over recent - max(meter_periods.days) over recent - min(meter_periods.days) over recent
            as usual_days
    from meter_periods
    where
        meter_periods.bill_type <> 'credit_note'
        and meter_periods.is_metered
        and not meter_periods.is_estimated
    window recent as (
        partition by meter_periods.member_id, meter_periods.meter_id, meter_periods.supplier
        order by meter_periods.period_start, meter_periods.period_end, meter_periods.bill_no
        rows between 3 preceding and 1 preceding
    )
),

-- The last bill of a supplier that another one follows, and of a meter that is closed, ends when it must.
unusual_periods as (
    select read_periods.*
    from read_periods
    inner join checks on checks.check_id = 'B11'
    left join meters on read_periods.meter_id = meters.meter_id
    where
        read_periods.observations >= checks.minimum_count
        and coalesce(read_periods.next_supplier = read_periods.supplier, true)
        and coalesce(read_periods.period_end < meters.closed_on, true)
        and (
            read_periods.days * 100 > read_periods.usual_days * (100 + checks.threshold_upper)
            or read_periods.days * 100 < read_periods.usual_days * (100 + checks.threshold)
        )
),

-- B12: use is measured before it is billed. Fees may well be billed ahead.
bills_ahead as (
    select
        bill_lines.member_id,
        max(bill_lines.site_id) as site_id,
        bill_lines.meter_id,
        bill_lines.bill_no,
        bill_lines.issued_on,
        bill_lines.period_start,
        bill_lines.period_end,
        {{ sorted_list('bill_lines.row_id') }} as row_ids,
        max(case when bill_lines.period_end > cast(bill_lines.received_at as date) then 1 else 0 end) = 1 as is_after_receipt,
        max(bill_lines.received_at) as last_received_at
    from bill_lines
    inner join checks on checks.check_id = 'B12'
    where
        bill_lines.outcome = 'counted'
        and {{ dbt.datediff(
            'least(coalesce(bill_lines.issued_on, cast(bill_lines.received_at as date)), cast(bill_lines.received_at as date))',
            'bill_lines.period_end', 'day'
        ) }} > checks.threshold
    group by
        bill_lines.member_id,
        bill_lines.meter_id,
        bill_lines.supplier,
        bill_lines.bill_no,
        bill_lines.issued_on,
        bill_lines.period_start,
        bill_lines.period_end
),

-- B13: one finding for a bill, however many of its lines repeat the date.
bills_due as (
    select
        bill_lines.member_id,
        max(bill_lines.site_id) as site_id,
        case when count(distinct bill_lines.meter_id) = 1 then max(bill_lines.meter_id) end as meter_id,
        bill_lines.bill_no,
        bill_lines.issued_on,
        bill_lines.due_on,
        min(bill_lines.period_start) as period_start,
        {{ dbt.datediff('bill_lines.issued_on', 'bill_lines.due_on', 'day') }} as days_to_pay,
        {{ sorted_list('bill_lines.row_id') }} as row_ids,
        max(bill_lines.received_at) as last_received_at
    from bill_lines
    where
        bill_lines.outcome in ('counted', 'not_energy', 'quantity_repeated')
        and bill_lines.due_on is not null
        and bill_lines.issued_on is not null
    group by
        bill_lines.member_id, bill_lines.supplier, bill_lines.bill_no, bill_lines.issued_on, bill_lines.due_on
),

due_dates_off as (
    select
        bills_due.*,
        cast(checks.threshold_upper as int) as longest_days
    from bills_due
    inner join checks on checks.check_id = 'B13'
    where
        bills_due.days_to_pay < checks.threshold
        or bills_due.days_to_pay > checks.threshold_upper
),

-- B14: such a row never counts. It is told of until the line comes again with a period that can be.
inverted_lines as (
    select
        rows_held_out.member_id,
        received_lines.site_id,
        received_lines.meter_id,
        received_lines.bill_no,
        received_lines.period_start,
        received_lines.period_end,
        rows_held_out.row_id,
        rows_held_out.row_no,
        received_lines.received_at
    from rows_held_out
    inner join received_lines on rows_held_out.row_id = received_lines.row_id
    left join bill_lines as sent_again
        on
            received_lines.member_id = sent_again.member_id
            and received_lines.supplier = sent_again.supplier
            and received_lines.bill_no = sent_again.bill_no
            and coalesce(received_lines.meter_id, '') = coalesce(sent_again.meter_id, '')
            and received_lines.register = sent_again.register
            and received_lines.component = sent_again.component
            and coalesce(received_lines.line_no, '') = coalesce(sent_again.line_no, '')
            and received_lines.file_sequence < sent_again.file_sequence
            and sent_again.outcome <> 'held_out'
    where
        rows_held_out.feed = 'energy_bills'
        and rows_held_out.reason_code = 'PERIOD_INVERTED'
        and sent_again.row_id is null
),

members_of_files as (
    select
        received_lines.file_sha256,
        received_lines.member_id
    from received_lines
    union all
    select
        production.file_sha256,
        production.member_id
    from production
    union all
    select
        process_activity.file_sha256,
        process_activity.member_id
    from process_activity
),

-- A refused cell does not say its member; the other rows of its file do, where they are all of one.
single_members as (
    select
        members_of_files.file_sha256,
        max(members_of_files.member_id) as member_id
    from members_of_files
    group by members_of_files.file_sha256
    having count(distinct members_of_files.member_id) = 1
),

files_read as (
    select
        files.file_sha256,
        min(files.name) as name,
        min(files.received_at) as received_at
    from files
    where files.status <> 'seen'
    group by files.file_sha256
),

inverted_cells as (
    select
        single_members.member_id,
        refused_cells.row_id,
        files_read.name,
        min(refused_cells.message_fr) as message_fr,
        min(refused_cells.message_en) as message_en,
        max(files_read.received_at) as received_at
    from refused_cells
    inner join files_read on refused_cells.file_sha256 = files_read.file_sha256
    left join single_members on refused_cells.file_sha256 = single_members.file_sha256
    where refused_cells.reason_code = 'PERIOD_INVALID'
    group by single_members.member_id, refused_cells.row_id, files_read.name
),

final as (
    select
        'B11' as check_id,
        unusual_periods.member_id,
        unusual_periods.site_id,
        unusual_periods.meter_id,
        {{ month_of('unusual_periods.period_start') }} as month,
        unusual_periods.row_ids,
        'Compteur ' || unusual_periods.meter_id || ' : la facture ' || unusual_periods.bill_no || ' couvre '
        || cast(unusual_periods.days as string) || ' jours, du ' || {{ french_date('unusual_periods.period_start') }}
        || ' au ' || {{ french_date('unusual_periods.period_end') }} || ', contre '
        || cast(unusual_periods.usual_days as string) || ' pour la période médiane des trois factures précédentes.' as message_fr,
        'Meter ' || unusual_periods.meter_id || ': bill ' || unusual_periods.bill_no || ' covers '
        || cast(unusual_periods.days as string) || ' days, ' || {{ iso_date('unusual_periods.period_start') }}
        || ' to ' || {{ iso_date('unusual_periods.period_end') }} || ', against '
        || cast(unusual_periods.usual_days as string) || ' for the median period of the three bills before it.' as message_en,
        cast(unusual_periods.last_received_at as date) as first_seen_on
    from unusual_periods
    union all
    select
        'B12' as check_id,
        bills_ahead.member_id,
        bills_ahead.site_id,
        bills_ahead.meter_id,
        {{ month_of('bills_ahead.period_start') }} as month,
        bills_ahead.row_ids,
        coalesce('Compteur ' || bills_ahead.meter_id, 'Site ' || bills_ahead.site_id) || ' : la période de la facture '
        || bills_ahead.bill_no || ' finit le ' || {{ french_date('bills_ahead.period_end') }}
        || case
            when bills_ahead.is_after_receipt then ', après le jour de sa réception.'
            else ', après son émission du ' || {{ french_date('bills_ahead.issued_on') }} || '.'
        end as message_fr,
        coalesce('Meter ' || bills_ahead.meter_id, 'Site ' || bills_ahead.site_id) || ': the period of bill '
        || bills_ahead.bill_no || ' ends on ' || {{ iso_date('bills_ahead.period_end') }}
        || case
            when bills_ahead.is_after_receipt then ', after the day on which it was received.'
            else ', after it was issued on ' || {{ iso_date('bills_ahead.issued_on') }} || '.'
        end as message_en,
        cast(bills_ahead.last_received_at as date) as first_seen_on
    from bills_ahead
    union all
    select
        'B13' as check_id,
        due_dates_off.member_id,
        due_dates_off.site_id,
        due_dates_off.meter_id,
        {{ month_of('due_dates_off.period_start') }} as month,
        due_dates_off.row_ids,
        'La facture ' || due_dates_off.bill_no || ', émise le ' || {{ french_date('due_dates_off.issued_on') }}
        || ', est à payer le ' || {{ french_date('due_dates_off.due_on') }} || ' : '
        || case
            when due_dates_off.days_to_pay < 0
                then cast(-due_dates_off.days_to_pay as string) || ' jours avant son émission.'
            else
                cast(due_dates_off.days_to_pay as string) || ' jours après, plus de '
                || cast(due_dates_off.longest_days as string) || '.'
        end as message_fr,
        'Bill ' || due_dates_off.bill_no || ', issued on ' || {{ iso_date('due_dates_off.issued_on') }}
        || ', is due on ' || {{ iso_date('due_dates_off.due_on') }} || ': '
        || case
            when due_dates_off.days_to_pay < 0
                then cast(-due_dates_off.days_to_pay as string) || ' days before it was issued.'
            else
                cast(due_dates_off.days_to_pay as string) || ' days later, more than '
                || cast(due_dates_off.longest_days as string) || '.'
        end as message_en,
        cast(due_dates_off.last_received_at as date) as first_seen_on
    from due_dates_off
    union all
    select
        'B14' as check_id,
        inverted_lines.member_id,
        inverted_lines.site_id,
        inverted_lines.meter_id,
        {{ month_of('inverted_lines.period_end') }} as month,
        inverted_lines.row_id as row_ids,
        coalesce('Compteur ' || inverted_lines.meter_id, 'Site ' || inverted_lines.site_id) || ' : la facture '
        || inverted_lines.bill_no || ' (ligne ' || cast(inverted_lines.row_no as string) || ' de son fichier) commence le '
        || {{ french_date('inverted_lines.period_start') }} || ' et finit le ' || {{ french_date('inverted_lines.period_end') }}
        || ' ; la ligne ne compte pas.' as message_fr,
        coalesce('Meter ' || inverted_lines.meter_id, 'Site ' || inverted_lines.site_id) || ': bill '
        || inverted_lines.bill_no || ' (row ' || cast(inverted_lines.row_no as string) || ' of its file) begins on '
        || {{ iso_date('inverted_lines.period_start') }} || ' and ends on ' || {{ iso_date('inverted_lines.period_end') }}
        || '; the line does not count.' as message_en,
        cast(inverted_lines.received_at as date) as first_seen_on
    from inverted_lines
    union all
    select
        'B14' as check_id,
        inverted_cells.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        cast(null as date) as month,
        inverted_cells.row_id as row_ids,
        'Fichier ' || inverted_cells.name || '. ' || inverted_cells.message_fr as message_fr,
        'File ' || inverted_cells.name || '. ' || inverted_cells.message_en as message_en,
        cast(inverted_cells.received_at as date) as first_seen_on
    from inverted_cells
)

select * from final
