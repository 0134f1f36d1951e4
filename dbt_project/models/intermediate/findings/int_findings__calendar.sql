with expected_months as (
    select * from {{ ref('int_meter_months__expected') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

meter_periods as (
    select * from {{ ref('int_meter_periods') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- Months before the first bill of a meter and after its last one; of the days between two bills B08 tells.
bounds as (
    select
        expected_months.member_id,
        expected_months.meter_id,
        min(case when expected_months.is_present then expected_months.month end) as first_present,
        max(case when expected_months.is_present then expected_months.month end) as last_present
    from expected_months
    group by expected_months.member_id, expected_months.meter_id
),

missing_runs as (
    select
        expected_months.member_id,
        expected_months.meter_id,
        case
            when bounds.first_present is null then 'no_bill'
            when expected_months.month < bounds.first_present then 'before'
            else 'after'
        end as place,
        min(expected_months.month) as first_month,
        max(expected_months.month) as last_month,
        count(*) as months_missing
    from expected_months
    inner join bounds
        on expected_months.member_id = bounds.member_id and expected_months.meter_id = bounds.meter_id
    where
        not expected_months.is_present
        and (
            bounds.first_present is null
            or expected_months.month < bounds.first_present
            or expected_months.month > bounds.last_present
        )
    group by
        expected_months.member_id,
        expected_months.meter_id,
        case
            when bounds.first_present is null then 'no_bill'
            when expected_months.month < bounds.first_present then 'before'
            else 'after'
        end
),

-- The bill of a month comes in the month after it: as many months as the threshold may be on their way.
missing as (
    select
        missing_runs.*,
        meters.site_id,
        meters.row_id,
        meters.received_at
    from missing_runs
    inner join checks on checks.check_id = 'B10'
    inner join meters on missing_runs.meter_id = meters.meter_id
    where
        missing_runs.place = 'before'
        or missing_runs.months_missing > checks.threshold
),

-- Two bills of one supplier within one calendar month, on a meter that is read and that has one bill a month.
bills_of_months as (
    select
        meter_periods.member_id,
        max(meter_periods.site_id) as site_id,
        meter_periods.meter_id,
        meter_periods.supplier,
        {{ month_of('meter_periods.period_end') }} as month,
        cast(count(distinct meter_periods.bill_no) as decimal(18, 0)) as bills,
        count(distinct case
            when {{ month_of('meter_periods.period_start') }} = {{ month_of('meter_periods.period_end') }} then meter_periods.bill_no
        end) as bills_within,
        {{ sorted_list('meter_periods.bill_no', ', ') }} as bill_nos,
        {{ sorted_list('meter_periods.row_ids') }} as row_ids,
        max(meter_periods.last_received_at) as last_received_at
    from meter_periods
    where
        meter_periods.is_metered
        and meter_periods.bill_type in ('invoice', 'estimated')
    group by
        meter_periods.member_id, meter_periods.meter_id, meter_periods.supplier, {{ month_of('meter_periods.period_end') }}
),

usual_numbers as (
    {{ exact_medians('bills_of_months', 'bills', ['member_id', 'meter_id', 'supplier']) }}
),

crowded_months as (
    select bills_of_months.*
    from bills_of_months
    inner join usual_numbers
        on
            bills_of_months.member_id = usual_numbers.member_id
            and bills_of_months.meter_id = usual_numbers.meter_id
            and bills_of_months.supplier = usual_numbers.supplier
    inner join checks on checks.check_id = 'B10'
    where
        bills_of_months.bills_within > 1
        and usual_numbers.median_value = 1
        and usual_numbers.observations >= checks.minimum_count
),

final as (
    select
        'B10' as check_id,
        missing.member_id,
        missing.site_id,
        missing.meter_id,
        missing.first_month as month,
        missing.row_id as row_ids,
        'Compteur ' || missing.meter_id || ' : aucune facture du ' || {{ french_date('missing.first_month') }}
        || ' au ' || {{ french_date(dbt.last_day('missing.last_month', 'month')) }} || ' (mois attendus : '
        || cast(missing.months_missing as string) || ')'
        || case missing.place
            when 'no_bill' then ' ; aucune facture de ce compteur n''est connue.'
            when 'before' then ', avant la première facture connue.'
            else ', après la dernière facture connue.'
        end as message_fr,
        'Meter ' || missing.meter_id || ': no bill from ' || {{ iso_date('missing.first_month') }}
        || ' to ' || {{ iso_date(dbt.last_day('missing.last_month', 'month')) }} || ' (months expected: '
        || cast(missing.months_missing as string) || ')'
        || case missing.place
            when 'no_bill' then '; no bill of this meter is known.'
            when 'before' then ', before the first bill known.'
            else ', after the last bill known.'
        end as message_en,
        cast(missing.received_at as date) as first_seen_on
    from missing
    union all
    select
        'B10' as check_id,
        crowded_months.member_id,
        crowded_months.site_id,
        crowded_months.meter_id,
        crowded_months.month,
        crowded_months.row_ids,
        'Compteur ' || crowded_months.meter_id || ' : plus d''une facture pour le mois commençant le '
        || {{ french_date('crowded_months.month') }} || ', qui en attend une : ' || crowded_months.bill_nos || '.' as message_fr,
        'Meter ' || crowded_months.meter_id || ': more than one bill for the month that begins on '
        || {{ iso_date('crowded_months.month') }} || ', which expects one: ' || crowded_months.bill_nos || '.' as message_en,
        cast(crowded_months.last_received_at as date) as first_seen_on
    from crowded_months
)

select * from final
