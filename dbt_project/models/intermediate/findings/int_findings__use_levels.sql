{#- Twenty digits, so that DuckDB does not keep the product with a DECIMAL(18, 6) within 18 digits. -#}
{%- set percent = 'cast(100 as decimal(20, 6))' -%}

with meter_months as (
    select * from {{ ref('int_meter_months__used') }}
),

meter_periods as (
    select * from {{ ref('int_meter_periods') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- Whole months on readings compare; an estimate says nothing of the use, and a part of a month nothing of its level.
months as (
    select meter_months.*
    from meter_months
    where
        meter_months.is_whole
        and not meter_months.is_estimated
        and meter_months.gj_per_day >= 0
),

last_year as (
    select
        months.member_id,
        months.meter_id,
        months.month,
        before.gj_per_day
    from months
    inner join months as before
        on
            months.member_id = before.member_id
            and months.meter_id = before.meter_id
            and months.month = {{ dbt.dateadd('month', 12, 'before.month') }}
),

next_year as (
    select
        months.member_id,
        months.meter_id,
        months.month,
        after.gj_per_day
    from months
    inner join months as after
        on
            months.member_id = after.member_id
            and months.meter_id = after.meter_id
            and after.month = {{ dbt.dateadd('month', 12, 'months.month') }}
),

last_two_months as (
    select
        months.member_id,
        months.meter_id,
        months.month,
        count(*) as observations,
        {{ decimal_divide('cast(sum(before.gj_per_day) as decimal(18, 6))', 'cast(count(*) as decimal(18, 0))', 6) }} as mean_use
    from months
    inner join months as before
        on
            months.member_id = before.member_id
            and months.meter_id = before.meter_id
            and months.month > before.month
            and months.month <= {{ dbt.dateadd('month', 2, 'before.month') }}
    group by months.member_id, months.meter_id, months.month
),

last_twelve_months as (
    select
        months.member_id,
        months.meter_id,
        months.month,
        count(*) as observations,
        min(before.gj_per_day) as smallest_use,
        max(before.gj_per_day) as largest_use
    from months
    inner join months as before
        on
            months.member_id = before.member_id
            and months.meter_id = before.meter_id
            and months.month > before.month
            and months.month <= {{ dbt.dateadd('month', 12, 'before.month') }}
    group by months.member_id, months.meter_id, months.month
),

-- What each check compares a month with: from below and from above.
levels as (
    select
        'B15' as check_id,
        last_two_months.*,
        last_two_months.mean_use as low_level,
        last_two_months.mean_use as high_level
    from last_two_months
    union all
    select
        'B16' as check_id,
        last_two_months.*,
        last_two_months.mean_use as low_level,
        last_two_months.mean_use as high_level
    from last_two_months
    union all
    select
        'B17' as check_id,
        last_year.member_id,
        last_year.meter_id,
        last_year.month,
        1 as observations,
        last_year.gj_per_day as mean_use,
        last_year.gj_per_day as low_level,
        last_year.gj_per_day as high_level
    from last_year
    union all
    select
        'B18' as check_id,
        last_twelve_months.member_id,
        last_twelve_months.meter_id,
        last_twelve_months.month,
        last_twelve_months.observations,
        cast(null as decimal(18, 6)) as mean_use,
        last_twelve_months.smallest_use as low_level,
        last_twelve_months.largest_use as high_level
    from last_twelve_months
),

-- B15 has no lower limit and B16 no upper one.
limits as (
    select
        checks.*,
        case when checks.check_id <> 'B15' then cast(100 + checks.threshold as decimal(20, 6)) end as percent_low,
        case
            when checks.check_id = 'B15' then cast(100 + checks.threshold as decimal(20, 6))
            when checks.check_id <> 'B16' then cast(100 + checks.threshold_upper as decimal(20, 6))
        end as percent_high
    from checks
    where checks.check_id in ('B15', 'B16', 'B17', 'B18')
),

season_limits as (
    select
        limits.percent_low,
        limits.percent_high
    from limits
    where limits.check_id = 'B17'
),

compared as (
    select
        levels.check_id,
        months.member_id,
        months.site_id,
        months.meter_id,
        months.month,
        months.gj_per_day,
        months.bill_nos,
        months.row_ids,
        months.last_received_at,
        levels.low_level,
        levels.high_level,
        coalesce(months.gj_per_day * {{ percent }} > levels.high_level * limits.percent_high, false) as is_above,
        coalesce(months.gj_per_day * {{ percent }} < levels.low_level * limits.percent_low, false) as is_below,
        -- What the same month of the year before showed too, or in the first year that of the year after, is the season.
        levels.check_id in ('B15', 'B16')
        and coalesce(
            months.gj_per_day * {{ percent }}
            between coalesce(last_year.gj_per_day, next_year.gj_per_day) * season_limits.percent_low
            and coalesce(last_year.gj_per_day, next_year.gj_per_day) * season_limits.percent_high,
            false
        ) as is_season
    from months
    inner join levels
        on
            months.member_id = levels.member_id
            and months.meter_id = levels.meter_id
            and months.month = levels.month
    inner join limits on levels.check_id = limits.check_id
    cross join season_limits
    left join last_year
        on
            months.member_id = last_year.member_id
            and months.meter_id = last_year.meter_id
            and months.month = last_year.month
    left join next_year
        on
            months.member_id = next_year.member_id
            and months.meter_id = next_year.meter_id
            and months.month = next_year.month
    where
        levels.observations >= limits.minimum_count
        and {{ reaches_minimum_value('greatest(months.gj_per_day, levels.high_level)', 'limits') }}
),

jumps as (
    select
        compared.*,
        case when compared.is_above then compared.high_level else compared.low_level end as level
    from compared
    where
        (compared.is_above or compared.is_below)
        and not compared.is_season
),

jumps_described as (
    select
        jumps.*,
        case jumps.check_id
            when 'B17' then 'le même mois de l''année précédente'
            when 'B18'
                then case when jumps.is_above then 'au plus' else 'au moins' end || ' dans les douze mois précédents'
            else 'en moyenne des deux mois précédents'
        end as level_fr,
        case jumps.check_id
            when 'B17' then 'in the same month of the year before'
            when 'B18' then case when jumps.is_above then 'at most' else 'at least' end || ' in the twelve months before'
            else 'on average in the two months before'
        end as level_en,
        {{ change_in_percent('jumps.gj_per_day', 'jumps.level') }} as change_percent
    from jumps
),

-- B19: a meter does not use the same to a thousandth three times running. What is delivered may well be.
readings as (
    select
        meter_periods.*,
        lag(meter_periods.gj_per_day, 1) over (
            partition by meter_periods.member_id, meter_periods.meter_id
            order by meter_periods.period_start, meter_periods.period_end, meter_periods.bill_no
        ) as use_before,
        lag(meter_periods.gj_per_day, 2) over (
            partition by meter_periods.member_id, meter_periods.meter_id
            order by meter_periods.period_start, meter_periods.period_end, meter_periods.bill_no
        ) as use_two_before,
        lag(meter_periods.bill_no, 1) over (
            partition by meter_periods.member_id, meter_periods.meter_id
            order by meter_periods.period_start, meter_periods.period_end, meter_periods.bill_no
        ) as bill_before,
        lag(meter_periods.bill_no, 2) over (
            partition by meter_periods.member_id, meter_periods.meter_id
            order by meter_periods.period_start, meter_periods.period_end, meter_periods.bill_no
        ) as bill_two_before
    from meter_periods
    where
        meter_periods.bill_type <> 'credit_note'
        and meter_periods.is_metered
),

hidden_estimates as (
    select readings.*
    from readings
    inner join checks on checks.check_id = 'B19'
    where
        not readings.is_estimated
        and {{ reaches_minimum_value('readings.gj_per_day') }}
        and abs(readings.gj_per_day - readings.use_before) * {{ percent }}
        <= readings.use_before * cast(checks.threshold as decimal(20, 6))
        and abs(readings.gj_per_day - readings.use_two_before) * {{ percent }}
        <= readings.use_two_before * cast(checks.threshold as decimal(20, 6))
),

final as (
    select
        jumps_described.check_id,
        jumps_described.member_id,
        jumps_described.site_id,
        jumps_described.meter_id,
        jumps_described.month,
        jumps_described.row_ids,
        'Compteur ' || jumps_described.meter_id || ', mois commençant le ' || {{ french_date('jumps_described.month') }}
        || ' : ' || {{ french_number(round_half_up('jumps_described.gj_per_day', 3)) }} || ' GJ par jour, contre '
        || {{ french_number(round_half_up('jumps_described.level', 3)) }} || ' ' || jumps_described.level_fr
        || coalesce(' (' || replace(jumps_described.change_percent, '.', ',') || ' %)', '')
        || ' ; factures : ' || jumps_described.bill_nos || '.' as message_fr,
        'Meter ' || jumps_described.meter_id || ', month that begins on ' || {{ iso_date('jumps_described.month') }}
        || ': ' || {{ number_text(round_half_up('jumps_described.gj_per_day', 3)) }} || ' GJ a day, against '
        || {{ number_text(round_half_up('jumps_described.level', 3)) }} || ' ' || jumps_described.level_en
        || coalesce(' (' || jumps_described.change_percent || ' %)', '')
        || '; bills: ' || jumps_described.bill_nos || '.' as message_en,
        cast(jumps_described.last_received_at as date) as first_seen_on
    from jumps_described
    union all
    select
        'B19' as check_id,
        hidden_estimates.member_id,
        hidden_estimates.site_id,
        hidden_estimates.meter_id,
        {{ month_of('hidden_estimates.period_start') }} as month,
        hidden_estimates.row_ids,
        'Compteur ' || hidden_estimates.meter_id || ' : la facture ' || hidden_estimates.bill_no || ' (du '
        || {{ french_date('hidden_estimates.period_start') }} || ' au ' || {{ french_date('hidden_estimates.period_end') }}
        || ') donne ' || {{ french_number('hidden_estimates.gj_per_day') }} || ' GJ par jour, comme les factures '
        || hidden_estimates.bill_two_before || ' (' || {{ french_number('hidden_estimates.use_two_before') }} || ') et '
        || hidden_estimates.bill_before || ' (' || {{ french_number('hidden_estimates.use_before') }}
        || '), sans être marquée comme estimée.' as message_fr,
        'Meter ' || hidden_estimates.meter_id || ': bill ' || hidden_estimates.bill_no || ' ('
        || {{ iso_date('hidden_estimates.period_start') }} || ' to ' || {{ iso_date('hidden_estimates.period_end') }}
        || ') gives ' || {{ number_text('hidden_estimates.gj_per_day') }} || ' GJ a day, like bills '
        || hidden_estimates.bill_two_before || ' (' || {{ number_text('hidden_estimates.use_two_before') }} || ') and '
        || hidden_estimates.bill_before || ' (' || {{ number_text('hidden_estimates.use_before') }}
        || '), and is not marked as estimated.' as message_en,
        cast(hidden_estimates.last_received_at as date) as first_seen_on
    from hidden_estimates
)

select * from final
