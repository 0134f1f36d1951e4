{{ config(materialized='table') }}

with meter_periods as (
    select * from {{ ref('int_meter_periods') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

-- A credit note takes use back; it does not show that days were billed.
billed_periods as (
    select distinct
        meter_periods.member_id,
        meter_periods.meter_id,
        meter_periods.use_start,
        meter_periods.period_end
    from meter_periods
    where meter_periods.bill_type <> 'credit_note'
),

billed_months as (
    {{ months_of_period('billed_periods', period_start='use_start') }}
),

-- A day that two bills cover is one day.
first_uncovered as (
    select
        billed_months.*,
        greatest(
            billed_months.split_first_day,
            coalesce(
                cast({{ dbt.dateadd('day', 1, 'max(billed_months.split_last_day) over (
                    partition by billed_months.member_id, billed_months.meter_id, billed_months.month
                    order by billed_months.split_first_day, billed_months.split_last_day
                    rows between unbounded preceding and 1 preceding
                )') }} as date),
                billed_months.split_first_day
            )
        ) as first_new_day
    from billed_months
),

days_of_months as (
    select
        first_uncovered.member_id,
        first_uncovered.meter_id,
        first_uncovered.month,
        sum(greatest(
            {{ dbt.datediff('first_uncovered.first_new_day', 'first_uncovered.split_last_day', 'day') }} + 1, 0
        )) as days_billed,
        {{ dbt.datediff(
            'first_uncovered.month', dbt.last_day('first_uncovered.month', 'month'), 'day'
        ) }} + 1 as days_in_month
    from first_uncovered
    group by first_uncovered.member_id, first_uncovered.meter_id, first_uncovered.month
),

use_of_months as (
    select
        energy_use.member_id,
        max(energy_use.site_id) as site_id,
        energy_use.meter_id,
        energy_use.month,
        max(energy_use.carrier) as carrier,
        case when count(*) = count(energy_use.energy_gj) then cast(sum(energy_use.energy_gj) as decimal(18, 6)) end
            as energy_gj,
        max(case when energy_use.is_estimated then 1 else 0 end) = 1 as is_estimated,
        {{ sorted_list('energy_use.bill_no', ', ') }} as bill_nos,
        {{ sorted_list('energy_use.row_id') }} as row_ids
    from energy_use
    where energy_use.meter_id is not null
    group by energy_use.member_id, energy_use.meter_id, energy_use.month
),

period_months as (
    {{ months_of_period('meter_periods', period_start='use_start') }}
),

receipts as (
    select
        period_months.member_id,
        period_months.meter_id,
        period_months.month,
        max(period_months.last_received_at) as last_received_at
    from period_months
    group by period_months.member_id, period_months.meter_id, period_months.month
),

final as (
    select
        use_of_months.member_id,
        use_of_months.site_id,
        use_of_months.meter_id,
        use_of_months.month,
        use_of_months.carrier,
        use_of_months.energy_gj,
        cast(coalesce(days_of_months.days_billed, 0) as int) as days_billed,
        coalesce(days_of_months.days_billed = days_of_months.days_in_month, false) as is_whole,
        {{ decimal_divide('use_of_months.energy_gj', 'cast(days_of_months.days_billed as decimal(18, 0))', 6) }} as gj_per_day,
        use_of_months.is_estimated,
        use_of_months.bill_nos,
        use_of_months.row_ids,
        receipts.last_received_at
    from use_of_months
    left join days_of_months
        on
            use_of_months.member_id = days_of_months.member_id
            and use_of_months.meter_id = days_of_months.meter_id
            and use_of_months.month = days_of_months.month
    left join receipts
        on
            use_of_months.member_id = receipts.member_id
            and use_of_months.meter_id = receipts.meter_id
            and use_of_months.month = receipts.month
)

select * from final
