with meter_periods as (
    select * from {{ ref('int_meter_periods') }}
),

received_lines as (
    select * from {{ ref('int_energy_bills__received') }}
),

versions as (
    select * from {{ ref('int_energy_bills__versions') }}
),

rows_held_out as (
    select * from {{ ref('int_rows_held_out') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

units as (
    select * from {{ ref('units') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- B20: bills in a row between two readings have the same number of readings before them.
numbered_periods as (
    select
        meter_periods.*,
        sum(case when meter_periods.is_estimated then 0 else 1 end) over (
            partition by meter_periods.member_id, meter_periods.meter_id
            order by meter_periods.use_start, meter_periods.period_end, meter_periods.bill_no
            rows between unbounded preceding and current row
        ) as readings_until
    from meter_periods
    where meter_periods.bill_type <> 'credit_note' and meter_periods.is_metered
),

estimates_in_a_row as (
    select
        numbered_periods.member_id,
        max(numbered_periods.site_id) as site_id,
        numbered_periods.meter_id,
        count(*) as bills,
        min(numbered_periods.period_start) as first_day,
        max(numbered_periods.period_end) as last_day,
        {{ sorted_list('numbered_periods.bill_no', ', ') }} as bill_nos,
        {{ sorted_list('numbered_periods.row_ids') }} as row_ids,
        max(numbered_periods.last_received_at) as last_received_at
    from numbered_periods
    inner join checks on checks.check_id = 'B20'
    where numbered_periods.is_estimated
    group by numbered_periods.member_id, numbered_periods.meter_id, numbered_periods.readings_until
    having count(*) > max(checks.threshold)
),

-- B24 looks at lines that stand and at those held out for their index, each in its latest version. A meter of gas counts volume:
-- what is billed in energy compares only where the bill states by what it multiplies.
lines_with_indexes as (
    select
        received_lines.*,
        versions.bill_key,
        coalesce(received_lines.multiplier, meters.multiplier, 1) as applied_multiplier,
        coalesce(meters.multiplier, received_lines.multiplier, 1) as registered_multiplier,
        coalesce(rows_held_out.reason_code = 'INDEX_QTY_MISMATCH', false) as is_held_out,
        coalesce(versions.version_outcome, '') as version_outcome,
        {{ surrogate_key([
            'versions.bill_key', 'received_lines.meter_id', 'received_lines.register', 'received_lines.component',
            'received_lines.period_start', 'received_lines.line_no',
        ]) }} as business_key
    from received_lines
    inner join versions on received_lines.row_id = versions.row_id
    left join rows_held_out on received_lines.row_id = rows_held_out.row_id and rows_held_out.feed = 'energy_bills'
    left join meters on received_lines.meter_id = meters.meter_id
    left join carriers on received_lines.carrier = carriers.carrier
    left join units on received_lines.unit = units.unit
    where
        received_lines.is_energy
        and received_lines.component = 'energy'
        and received_lines.bill_type <> 'credit_note'
        and received_lines.index_start is not null
        and received_lines.index_end is not null
        and received_lines.quantity_of_index is not null
        and (carriers.kind = 'electricity' or units.dimension <> 'energy' or received_lines.multiplier is not null)
),

latest_lines as (
    select
        lines_with_indexes.*,
        max(lines_with_indexes.file_sequence) over (partition by lines_with_indexes.business_key) as last_file_sequence
    from lines_with_indexes
),

-- The tranches of a tariff share one pair of indexes; their quantities add up to it. On a meter with estimates a bill may state the
-- balance, which is less than its indexes give.
index_differences as (
    select
        latest_lines.*,
        cast({{ index_consumption(
            'latest_lines.index_start', 'latest_lines.index_end', 'cast(latest_lines.applied_multiplier as decimal(19, 6))'
        ) }} as decimal(24, 6)) as index_use,
        cast({{ index_consumption(
            'latest_lines.index_start', 'latest_lines.index_end', 'cast(latest_lines.registered_multiplier as decimal(19, 6))'
        ) }} as decimal(24, 6)) as index_use_by_register,
        cast(sum(latest_lines.quantity_of_index) over (
            partition by
                latest_lines.bill_key, latest_lines.meter_id, latest_lines.carrier, latest_lines.register,
                latest_lines.period_start, latest_lines.period_end, latest_lines.index_start, latest_lines.index_end
        ) as decimal(24, 6)) as quantity_of_lines,
        carriers.kind = 'electricity' as is_electricity
    from latest_lines
    left join carriers on latest_lines.carrier = carriers.carrier
    where
        (latest_lines.version_outcome = '' or latest_lines.is_held_out)
        and latest_lines.file_sequence = latest_lines.last_file_sequence
        and not latest_lines.is_rollover
),

mismatches as (
    select
        index_differences.*,
        case when index_differences.is_electricity then 'kWh' else index_differences.unit end as index_unit
    from index_differences
    inner join checks on checks.check_id = 'B24'
    where
        {% for use in ['index_use', 'index_use_by_register'] -%}
        {% for quantity in ['quantity_of_index', 'quantity_of_lines'] -%}
        abs(index_differences.{{ use }} - index_differences.{{ quantity }}) > checks.minimum_value
        and abs(index_differences.{{ use }} - index_differences.{{ quantity }}) * 100
        > abs(index_differences.{{ use }}) * cast(checks.threshold as decimal(20, 6))
        and {% endfor %}{% endfor -%}
        not (index_differences.has_estimates = 1 and index_differences.quantity_of_lines < index_differences.index_use)
),

mismatch_texts as (
    select
        mismatches.*,
        mismatches.register || ' : (' || {{ french_number('mismatches.index_end') }} || ' - '
        || {{ french_number('mismatches.index_start') }} || ') x ' || {{ french_number('mismatches.applied_multiplier') }} || ' = '
        || {{ french_number('mismatches.index_use') }} || ' ' || mismatches.index_unit || ', facturé '
        || {{ french_number('cast(mismatches.quantity_of_index as decimal(24, 6))') }} || ' ' || mismatches.index_unit
        || case when mismatches.is_held_out then ' (la ligne ne compte pas)' else '' end as text_fr,
        mismatches.register || ': (' || {{ number_text('mismatches.index_end') }} || ' - '
        || {{ number_text('mismatches.index_start') }} || ') x ' || {{ number_text('mismatches.applied_multiplier') }} || ' = '
        || {{ number_text('mismatches.index_use') }} || ' ' || mismatches.index_unit || ', billed '
        || {{ number_text('cast(mismatches.quantity_of_index as decimal(24, 6))') }} || ' ' || mismatches.index_unit
        || case when mismatches.is_held_out then ' (the line does not count)' else '' end as text_en
    from mismatches
),

bills_off_their_indexes as (
    select
        mismatch_texts.member_id,
        max(mismatch_texts.site_id) as site_id,
        mismatch_texts.meter_id,
        mismatch_texts.bill_no,
        mismatch_texts.period_start,
        mismatch_texts.period_end,
        {{ sorted_list('mismatch_texts.text_fr', ' ; ') }} as texts_fr,
        {{ sorted_list('mismatch_texts.text_en', '; ') }} as texts_en,
        {{ sorted_list('mismatch_texts.row_id') }} as row_ids,
        max(mismatch_texts.received_at) as last_received_at
    from mismatch_texts
    group by
        mismatch_texts.member_id,
        mismatch_texts.meter_id,
        mismatch_texts.bill_key,
        mismatch_texts.bill_no,
        mismatch_texts.period_start,
        mismatch_texts.period_end
),

final as (
    select
        'B20' as check_id,
        estimates_in_a_row.member_id,
        estimates_in_a_row.site_id,
        estimates_in_a_row.meter_id,
        {{ month_of('estimates_in_a_row.last_day') }} as month,
        estimates_in_a_row.row_ids,
        'Compteur ' || estimates_in_a_row.meter_id || ' : ' || cast(estimates_in_a_row.bills as string)
        || ' factures estimées de suite, du ' || {{ french_date('estimates_in_a_row.first_day') }} || ' au '
        || {{ french_date('estimates_in_a_row.last_day') }} || ' : ' || estimates_in_a_row.bill_nos || '.' as message_fr,
        'Meter ' || estimates_in_a_row.meter_id || ': ' || cast(estimates_in_a_row.bills as string)
        || ' estimated bills in a row, from ' || {{ iso_date('estimates_in_a_row.first_day') }} || ' to '
        || {{ iso_date('estimates_in_a_row.last_day') }} || ': ' || estimates_in_a_row.bill_nos || '.' as message_en,
        cast(estimates_in_a_row.last_received_at as date) as first_seen_on
    from estimates_in_a_row
    union all
    select
        'B24' as check_id,
        bills_off_their_indexes.member_id,
        bills_off_their_indexes.site_id,
        bills_off_their_indexes.meter_id,
        {{ month_of('bills_off_their_indexes.period_start') }} as month,
        bills_off_their_indexes.row_ids,
        coalesce('Compteur ' || bills_off_their_indexes.meter_id, 'Site ' || bills_off_their_indexes.site_id) || ' : la facture '
        || bills_off_their_indexes.bill_no || ' (du ' || {{ french_date('bills_off_their_indexes.period_start') }} || ' au '
        || {{ french_date('bills_off_their_indexes.period_end') }} || ') ne suit pas ses index ; '
        || bills_off_their_indexes.texts_fr || '.' as message_fr,
        coalesce('Meter ' || bills_off_their_indexes.meter_id, 'Site ' || bills_off_their_indexes.site_id) || ': bill '
        || bills_off_their_indexes.bill_no || ' (' || {{ iso_date('bills_off_their_indexes.period_start') }} || ' to '
        || {{ iso_date('bills_off_their_indexes.period_end') }} || ') does not follow its indexes; '
        || bills_off_their_indexes.texts_en || '.' as message_en,
        cast(bills_off_their_indexes.last_received_at as date) as first_seen_on
    from bills_off_their_indexes
)

select * from final
