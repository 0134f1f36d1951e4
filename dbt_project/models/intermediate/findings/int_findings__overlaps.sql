with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

checks as (
    select * from {{ ref('checks') }}
),

rows_held_out as (
    select * from {{ ref('int_rows_held_out') }}
),

-- A credit note shares the days of the bill that it takes back: that is no overlap. A bill that is held out for its overlap is told of.
billed_lines as (
    select
        bill_lines.*,
        coalesce(bill_lines.amount_incl_vat, bill_lines.amount_excl_vat) as amount
    from bill_lines
    left join rows_held_out
        on bill_lines.row_id = rows_held_out.row_id and rows_held_out.feed = 'energy_bills'
    where
        (bill_lines.outcome = 'counted' or coalesce(rows_held_out.reason_code = 'BILL_OVERLAP', false))
        and bill_lines.meter_id is not null
        and bill_lines.bill_type <> 'credit_note'
),

overlapping_lines as (
    select
        earlier.member_id,
        earlier.site_id,
        earlier.meter_id,
        earlier.row_id as row_id_a,
        later.row_id as row_id_b,
        least(earlier.bill_no, later.bill_no) as bill_a,
        greatest(earlier.bill_no, later.bill_no) as bill_b,
        greatest(earlier.period_start, later.period_start) as first_day,
        least(earlier.period_end, later.period_end) as last_day,
        greatest(earlier.received_at, later.received_at) as last_received_at
    from billed_lines as earlier
    inner join billed_lines as later
        on
            earlier.member_id = later.member_id
            and earlier.meter_id = later.meter_id
            and (earlier.register = later.register or earlier.register = 'total' or later.register = 'total')
            and earlier.component = later.component
            and earlier.row_id < later.row_id
            and earlier.period_start <= later.period_end
            and earlier.period_end >= later.period_start
    where
        -- The numbered lines of one bill share its days: tranches of a tariff, say.
        not (
            earlier.bill_no = later.bill_no
            and earlier.supplier = later.supplier
            and earlier.line_no is not null
            and later.line_no is not null
        )
        -- The same bill under two numbers is the business of B01.
        and not (
            earlier.bill_no <> later.bill_no
            and earlier.period_start = later.period_start
            and earlier.period_end = later.period_end
            and coalesce(earlier.amount = later.amount, false)
        )
),

-- One finding for two bills, however many of their registers overlap.
overlapping_rows as (
    select
        overlapping_lines.member_id,
        overlapping_lines.meter_id,
        overlapping_lines.bill_a,
        overlapping_lines.bill_b,
        overlapping_lines.site_id,
        overlapping_lines.row_id_a as row_id,
        overlapping_lines.first_day,
        overlapping_lines.last_day,
        overlapping_lines.last_received_at
    from overlapping_lines
    union all
    select
        overlapping_lines.member_id,
        overlapping_lines.meter_id,
        overlapping_lines.bill_a,
        overlapping_lines.bill_b,
        overlapping_lines.site_id,
        overlapping_lines.row_id_b as row_id,
        overlapping_lines.first_day,
        overlapping_lines.last_day,
        overlapping_lines.last_received_at
    from overlapping_lines
),

pairs as (
    select
        overlapping_rows.member_id,
        max(overlapping_rows.site_id) as site_id,
        overlapping_rows.meter_id,
        overlapping_rows.bill_a,
        overlapping_rows.bill_b,
        min(overlapping_rows.first_day) as first_day,
        max(overlapping_rows.last_day) as last_day,
        {{ sorted_list('overlapping_rows.row_id') }} as row_ids,
        max(overlapping_rows.last_received_at) as last_received_at
    from overlapping_rows
    group by
        overlapping_rows.member_id, overlapping_rows.meter_id, overlapping_rows.bill_a, overlapping_rows.bill_b
),

measured as (
    select
        checks.check_id,
        pairs.*,
        {{ dbt.datediff('pairs.first_day', 'pairs.last_day', 'day') }} + 1 as days_shared
    from pairs
    inner join checks on checks.check_id = 'B09'
    where {{ dbt.datediff('pairs.first_day', 'pairs.last_day', 'day') }} + 1 >= checks.threshold
),

final as (
    select
        measured.check_id,
        measured.member_id,
        measured.site_id,
        measured.meter_id,
        {{ month_of('measured.first_day') }} as month,
        measured.row_ids,
        'Compteur ' || measured.meter_id || ' : les factures ' || measured.bill_a || ' et ' || measured.bill_b
        || ' couvrent toutes deux la période du ' || {{ french_date('measured.first_day') }}
        || ' au ' || {{ french_date('measured.last_day') }}
        || ' (' || cast(measured.days_shared as string) || ' j).' as message_fr,
        'Meter ' || measured.meter_id || ': bills ' || measured.bill_a || ' and ' || measured.bill_b
        || ' both cover ' || {{ iso_date('measured.first_day') }} || ' to ' || {{ iso_date('measured.last_day') }}
        || ' (' || cast(measured.days_shared as string) || ' d).' as message_en,
        cast(measured.last_received_at as date) as first_seen_on
    from measured
)

select * from final
