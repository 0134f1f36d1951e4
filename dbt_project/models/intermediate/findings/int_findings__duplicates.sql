with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

counted_lines as (
    select
        bill_lines.*,
        coalesce(bill_lines.amount_incl_vat, bill_lines.amount_excl_vat) as amount
    from bill_lines
    where bill_lines.outcome = 'counted'
),

-- B01: one bill, two numbers.
lines_repeated as (
    select
        counted_lines.member_id,
        counted_lines.meter_id,
        counted_lines.register,
        counted_lines.component,
        counted_lines.period_start,
        counted_lines.period_end,
        counted_lines.amount,
        {{ sorted_list('counted_lines.bill_no', ', ') }} as bill_nos
    from counted_lines
    where
        counted_lines.meter_id is not null
        and counted_lines.amount is not null
    group by
        counted_lines.member_id,
        counted_lines.meter_id,
        counted_lines.register,
        counted_lines.component,
        counted_lines.period_start,
        counted_lines.period_end,
        counted_lines.amount
    having count(distinct counted_lines.bill_no) > 1
),

-- One finding for the bills, however many of their registers repeat.
same_bills as (
    select
        counted_lines.member_id,
        max(counted_lines.site_id) as site_id,
        counted_lines.meter_id,
        counted_lines.period_start,
        counted_lines.period_end,
        lines_repeated.bill_nos,
        {{ sorted_list(
            number_text('counted_lines.amount') ~ " || ' ' || coalesce(counted_lines.currency, '')", ' + '
        ) }} as amounts,
        {{ sorted_list('counted_lines.row_id') }} as row_ids,
        max(counted_lines.received_at) as last_received_at
    from counted_lines
    inner join lines_repeated
        on
            counted_lines.member_id = lines_repeated.member_id
            and counted_lines.meter_id = lines_repeated.meter_id
            and counted_lines.register = lines_repeated.register
            and counted_lines.component = lines_repeated.component
            and counted_lines.period_start = lines_repeated.period_start
            and counted_lines.period_end = lines_repeated.period_end
            and counted_lines.amount = lines_repeated.amount
    group by
        counted_lines.member_id,
        counted_lines.meter_id,
        counted_lines.period_start,
        counted_lines.period_end,
        lines_repeated.bill_nos
),

-- B02: one number, two accounts. A supplier may list several meters of a site on one bill of one day.
numbers_reused as (
    select
        counted_lines.supplier,
        counted_lines.bill_no
    from counted_lines
    group by counted_lines.supplier, counted_lines.bill_no
    having
        count(distinct counted_lines.member_id) > 1
        or count(distinct counted_lines.site_id) > 1
        or (count(distinct counted_lines.meter_id) > 1 and count(distinct counted_lines.issued_on) > 1)
),

-- Each member reads of its own rows only.
reuses as (
    select
        counted_lines.member_id,
        case when count(distinct counted_lines.site_id) = 1 then max(counted_lines.site_id) end as site_id,
        case when count(distinct counted_lines.meter_id) = 1 then max(counted_lines.meter_id) end as meter_id,
        counted_lines.supplier,
        counted_lines.bill_no,
        min(counted_lines.period_start) as period_start,
        {{ sorted_list('counted_lines.site_id', ', ') }} as site_ids,
        {{ sorted_list('counted_lines.meter_id', ', ') }} as meter_ids,
        {{ sorted_list('counted_lines.row_id') }} as row_ids,
        max(counted_lines.received_at) as last_received_at
    from counted_lines
    inner join numbers_reused
        on counted_lines.supplier = numbers_reused.supplier and counted_lines.bill_no = numbers_reused.bill_no
    group by counted_lines.member_id, counted_lines.supplier, counted_lines.bill_no
),

same_bill_findings as (
    select
        'B01' as check_id,
        same_bills.member_id,
        same_bills.site_id,
        same_bills.meter_id,
        {{ month_of('same_bills.period_start') }} as month,
        same_bills.row_ids,
        'Compteur ' || same_bills.meter_id || ' : les factures ' || same_bills.bill_nos
        || ' portent la même période, du ' || {{ french_date('same_bills.period_start') }}
        || ' au ' || {{ french_date('same_bills.period_end') }}
        || ', et le même montant, ' || replace(same_bills.amounts, '.', ',') || '.' as message_fr,
        'Meter ' || same_bills.meter_id || ': bills ' || same_bills.bill_nos
        || ' state the same period, ' || {{ iso_date('same_bills.period_start') }}
        || ' to ' || {{ iso_date('same_bills.period_end') }}
        || ', and the same amount, ' || same_bills.amounts || '.' as message_en,
        cast(same_bills.last_received_at as date) as first_seen_on
    from same_bills
),

reuse_findings as (
    select
        'B02' as check_id,
        reuses.member_id,
        reuses.site_id,
        reuses.meter_id,
        {{ month_of('reuses.period_start') }} as month,
        reuses.row_ids,
        'Le numéro de facture ' || reuses.bill_no || ' de ' || reuses.supplier
        || ' sert à plus d''un compte ; ici : site ' || reuses.site_ids
        || ', compteur ' || coalesce(reuses.meter_ids, 'non indiqué')
        || ', à partir du ' || {{ french_date('reuses.period_start') }} || '.' as message_fr,
        'Bill number ' || reuses.bill_no || ' of ' || reuses.supplier
        || ' serves more than one account; here: site ' || reuses.site_ids
        || ', meter ' || coalesce(reuses.meter_ids, 'not stated')
        || ', from ' || {{ iso_date('reuses.period_start') }} || '.' as message_en,
        cast(reuses.last_received_at as date) as first_seen_on
    from reuses
),

final as (
    select * from same_bill_findings
    union all
    select * from reuse_findings
)

select * from final
