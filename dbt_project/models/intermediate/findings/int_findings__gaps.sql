with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- A credit note takes use back; it does not show that days were billed. The use of a reading reaches back over the estimates that it holds.
billed_lines as (
    select *
    from bill_lines
    where
        outcome = 'counted'
        and meter_id is not null
        and bill_type <> 'credit_note'
),

billed_periods as (
    select distinct
        member_id,
        meter_id,
        use_start,
        period_end
    from billed_lines
),

coverage as (
    select
        billed_periods.member_id,
        billed_periods.meter_id,
        billed_periods.use_start as resumes_on,
        max(billed_periods.period_end) over (
            partition by billed_periods.member_id, billed_periods.meter_id
            order by billed_periods.use_start, billed_periods.period_end
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from billed_periods
),

gaps as (
    select distinct
        checks.check_id,
        coverage.member_id,
        coverage.meter_id,
        coverage.covered_until,
        coverage.resumes_on,
        {{ dbt.datediff('coverage.covered_until', 'coverage.resumes_on', 'day') }} - 1 as days_missing
    from coverage
    inner join checks on checks.check_id = 'B08'
    where {{ dbt.datediff('coverage.covered_until', 'coverage.resumes_on', 'day') }} - 1 > checks.threshold
),

gaps_with_bills as (
    select
        gaps.check_id,
        gaps.member_id,
        max(billed_lines.site_id) as site_id,
        gaps.meter_id,
        gaps.covered_until,
        gaps.resumes_on,
        gaps.days_missing,
        {{ sorted_list('billed_lines.row_id') }} as row_ids,
        {{ sorted_list(
            'case when billed_lines.period_end = gaps.covered_until then billed_lines.bill_no end', ', '
        ) }} as bills_before,
        {{ sorted_list(
            'case when billed_lines.use_start = gaps.resumes_on then billed_lines.bill_no end', ', '
        ) }} as bills_after,
        max(billed_lines.received_at) as last_received_at
    from gaps
    inner join billed_lines
        on
            gaps.member_id = billed_lines.member_id
            and gaps.meter_id = billed_lines.meter_id
            and (gaps.covered_until = billed_lines.period_end or gaps.resumes_on = billed_lines.use_start)
    group by
        gaps.check_id, gaps.member_id, gaps.meter_id, gaps.covered_until, gaps.resumes_on, gaps.days_missing
),

described as (
    select
        gaps_with_bills.*,
        cast({{ dbt.dateadd('day', 1, 'gaps_with_bills.covered_until') }} as date) as first_day_missing,
        cast({{ dbt.dateadd('day', -1, 'gaps_with_bills.resumes_on') }} as date) as last_day_missing
    from gaps_with_bills
),

final as (
    select
        described.check_id,
        described.member_id,
        described.site_id,
        described.meter_id,
        {{ month_of('described.first_day_missing') }} as month,
        described.row_ids,
        'Compteur ' || described.meter_id || ' : ' || cast(described.days_missing as string)
        || ' jours sans facture, du ' || {{ french_date('described.first_day_missing') }}
        || ' au ' || {{ french_date('described.last_day_missing') }}
        || ', entre la facture ' || described.bills_before || ' et la facture ' || described.bills_after || '.'
            as message_fr,
        'Meter ' || described.meter_id || ': ' || cast(described.days_missing as string)
        || ' days without a bill, from ' || {{ iso_date('described.first_day_missing') }}
        || ' to ' || {{ iso_date('described.last_day_missing') }}
        || ', between bill ' || described.bills_before || ' and bill ' || described.bills_after || '.'
            as message_en,
        cast(described.last_received_at as date) as first_seen_on
    from described
)

select * from final
