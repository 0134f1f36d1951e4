with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

meter_periods as (
    select * from {{ ref('int_meter_periods') }}
),

checks as (
    select * from {{ ref('checks') }}
),

rows_held_out as (
    select * from {{ ref('int_rows_held_out') }}
),

-- A bill that is held out because another covers its days may be that bill under another number.
counted_lines as (
    select
        bill_lines.*,
        coalesce(bill_lines.amount_incl_vat, bill_lines.amount_excl_vat) as amount
    from bill_lines
    left join rows_held_out
        on bill_lines.row_id = rows_held_out.row_id and rows_held_out.feed = 'energy_bills'
    where
        bill_lines.outcome = 'counted'
        or coalesce(rows_held_out.reason_code = 'BILL_OVERLAP', false)
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

-- B02: one number, two accounts, or two bills of one account. A supplier may list several meters of a site on one bill of one day;
-- a credit note or a corrective bill may bear the number of the bill that it speaks of.
numbers_reused as (
    select
        counted_lines.supplier,
        counted_lines.bill_no
    from counted_lines
    group by counted_lines.supplier, counted_lines.bill_no
    having
        count(distinct counted_lines.member_id) > 1
        or count(distinct counted_lines.site_id) > 1
        or count(distinct case
            when coalesce(counted_lines.bill_type, '') not in ('credit_note', 'corrective') then counted_lines.issued_on
        end) > 1
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
        count(distinct counted_lines.issued_on) as days_of_issue,
        {{ sorted_list('counted_lines.site_id', ', ') }} as site_ids,
        {{ sorted_list('counted_lines.meter_id', ', ') }} as meter_ids,
        {{ sorted_list('counted_lines.row_id') }} as row_ids,
        max(counted_lines.received_at) as last_received_at
    from counted_lines
    inner join numbers_reused
        on counted_lines.supplier = numbers_reused.supplier and counted_lines.bill_no = numbers_reused.bill_no
    group by counted_lines.member_id, counted_lines.supplier, counted_lines.bill_no
),

-- B03: the same cost as the bill before it. A budget plan of estimates is the same each month by design; of two bills of one period
-- B01 tells.
costs as (
    select
        meter_periods.*,
        lag(meter_periods.amount) over previous as amount_before,
        lag(meter_periods.currency) over previous as currency_before,
        lag(meter_periods.bill_no) over previous as bill_before,
        lag(meter_periods.row_ids) over previous as row_ids_before,
        lag(meter_periods.period_start) over previous as start_before,
        lag(meter_periods.period_end) over previous as end_before
    from meter_periods
    where meter_periods.bill_type <> 'credit_note'
    window previous as (
        partition by meter_periods.member_id, meter_periods.meter_id
        order by meter_periods.period_start, meter_periods.period_end, meter_periods.bill_no
    )
),

same_costs as (
    select costs.*
    from costs
    inner join checks on checks.check_id = 'B03'
    where
        not costs.is_estimated
        and costs.amount = costs.amount_before
        and costs.currency = costs.currency_before
        and not (costs.period_start = costs.start_before and costs.period_end = costs.end_before)
        and {{ reaches_minimum_value('costs.amount') }}
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
        || ' sert à plus d''une facture ou d''un compte ; ici : site ' || coalesce(reuses.site_ids, 'non indiqué')
        || ', compteur ' || coalesce(reuses.meter_ids, 'non indiqué')
        || ', à partir du ' || {{ french_date('reuses.period_start') }}
        || ', jours d''émission : ' || cast(reuses.days_of_issue as string) || '.' as message_fr,
        'Bill number ' || reuses.bill_no || ' of ' || reuses.supplier
        || ' serves more than one bill or account; here: site ' || coalesce(reuses.site_ids, 'not stated')
        || ', meter ' || coalesce(reuses.meter_ids, 'not stated')
        || ', from ' || {{ iso_date('reuses.period_start') }}
        || ', days of issue: ' || cast(reuses.days_of_issue as string) || '.' as message_en,
        cast(reuses.last_received_at as date) as first_seen_on
    from reuses
),

same_cost_findings as (
    select
        'B03' as check_id,
        same_costs.member_id,
        same_costs.site_id,
        same_costs.meter_id,
        {{ month_of('same_costs.period_start') }} as month,
        same_costs.row_ids_before || ',' || same_costs.row_ids as row_ids,
        'Compteur ' || same_costs.meter_id || ' : la facture ' || same_costs.bill_no || ' (du '
        || {{ french_date('same_costs.period_start') }} || ' au ' || {{ french_date('same_costs.period_end') }}
        || ') coûte autant que la précédente, ' || same_costs.bill_before || ' : ' || {{ french_number('same_costs.amount') }}
        || ' ' || same_costs.currency || '.' as message_fr,
        'Meter ' || same_costs.meter_id || ': bill ' || same_costs.bill_no || ' ('
        || {{ iso_date('same_costs.period_start') }} || ' to ' || {{ iso_date('same_costs.period_end') }}
        || ') costs as much as the one before it, ' || same_costs.bill_before || ': ' || {{ number_text('same_costs.amount') }}
        || ' ' || same_costs.currency || '.' as message_en,
        cast(same_costs.last_received_at as date) as first_seen_on
    from same_costs
),

final as (
    select * from same_bill_findings
    union all
    select * from reuse_findings
    union all
    select * from same_cost_findings
)

select * from final
