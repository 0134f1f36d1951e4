{%- set gj_per_kwh = "cast('0.0036' as decimal(20, 4))" -%}

with meter_periods as (
    select * from {{ ref('int_meter_periods') }}
),

price_bands as (
    select * from {{ ref('price_bands') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- A credit note is no price, and what it takes back is told by its bill.
bills as (
    select
        meter_periods.*,
        {{ month_of('meter_periods.period_end') }} as month_of_end
    from meter_periods
    where
        meter_periods.bill_type <> 'credit_note'
        and meter_periods.currency = 'MAD'
),

-- B22: a bill belongs to the month in which it ends. What is delivered has no cost per day, and an estimate is settled by what follows.
costs_of_months as (
    select
        bills.member_id,
        max(bills.site_id) as site_id,
        bills.meter_id,
        bills.month_of_end,
        sum(bills.amount) as amount,
        sum(bills.days) as days,
        {{ sorted_list('bills.bill_no', ', ') }} as bill_nos,
        {{ sorted_list('bills.row_ids') }} as row_ids,
        max(bills.last_received_at) as last_received_at
    from bills
    where bills.is_metered
    group by bills.member_id, bills.meter_id, bills.month_of_end
    having count(*) = count(bills.amount) and max(case when bills.is_estimated then 1 else 0 end) = 0
),

costs_per_day as (
    select
        costs_of_months.*,
        {{ decimal_divide(
            'cast(costs_of_months.amount as decimal(18, 6))', 'cast(costs_of_months.days as decimal(18, 0))', 6
        ) }} as mad_per_day
    from costs_of_months
),

cost_changes as (
    select
        costs_per_day.*,
        before.mad_per_day as mad_per_day_before,
        before.bill_nos as bill_nos_before
    from costs_per_day
    inner join costs_per_day as before
        on
            costs_per_day.member_id = before.member_id
            and costs_per_day.meter_id = before.meter_id
            and costs_per_day.month_of_end = {{ dbt.dateadd('month', 12, 'before.month_of_end') }}
    inner join checks on checks.check_id = 'B22'
    where
        costs_per_day.mad_per_day >= 0
        and before.mad_per_day > 0
        and {{ reaches_minimum_value('greatest(costs_per_day.mad_per_day, before.mad_per_day)') }}
        and (
            cast(costs_per_day.mad_per_day as decimal(24, 6)) * 100
            > before.mad_per_day * cast(100 + checks.threshold_upper as decimal(20, 6))
            or cast(costs_per_day.mad_per_day as decimal(24, 6)) * 100
            < before.mad_per_day * cast(100 + checks.threshold as decimal(20, 6))
        )
),

-- B23: of three prices, all but the largest and the smallest is the median.
prices as (
    select
        bills.*,
        cast({{ decimal_divide('bills.energy_amount_excl_vat * ' ~ gj_per_kwh, 'bills.energy_gj', 6) }} as decimal(18, 6))
            as mad_per_kwh
    from bills
    where bills.energy_gj > 0 and bills.energy_amount_excl_vat > 0
),

prices_in_order as (
    select
        prices.*,
        count(prices.mad_per_kwh) over recent as observations,
        cast(
            sum(prices.mad_per_kwh) over recent - max(prices.mad_per_kwh) over recent - min(prices.mad_per_kwh) over recent
            as decimal(18, 6)
        ) as usual_price
    from prices
    window recent as (
        partition by prices.member_id, prices.meter_id, prices.supplier, prices.carrier
        order by prices.period_start, prices.period_end, prices.bill_no
        rows between 3 preceding and 1 preceding
    )
),

prices_compared as (
    select
        prices_in_order.*,
        price_bands.low_mad_per_kwh,
        price_bands.high_mad_per_kwh,
        prices_in_order.observations >= checks.minimum_count
        and (
            cast(prices_in_order.mad_per_kwh as decimal(24, 6)) * 100
            > prices_in_order.usual_price * cast(100 + checks.threshold_upper as decimal(20, 6))
            or cast(prices_in_order.mad_per_kwh as decimal(24, 6)) * 100
            < prices_in_order.usual_price * cast(100 + checks.threshold as decimal(20, 6))
        ) as is_unusual,
        coalesce(
            prices_in_order.mad_per_kwh not between price_bands.low_mad_per_kwh and price_bands.high_mad_per_kwh, false
        ) as is_implausible
    from prices_in_order
    inner join checks on checks.check_id = 'B23'
    left join price_bands on prices_in_order.carrier = price_bands.carrier
    where {{ reaches_minimum_value('prices_in_order.energy_amount_excl_vat') }}
),

prices_off as (
    select *
    from prices_compared
    where is_unusual or is_implausible
),

final as (
    select
        'B22' as check_id,
        cost_changes.member_id,
        cost_changes.site_id,
        cost_changes.meter_id,
        cost_changes.month_of_end as month,
        cost_changes.row_ids,
        'Compteur ' || cost_changes.meter_id || ', factures ' || cost_changes.bill_nos || ' : '
        || {{ french_number(round_half_up('cost_changes.mad_per_day', 2)) }} || ' MAD par jour, contre '
        || {{ french_number(round_half_up('cost_changes.mad_per_day_before', 2)) }} || ' un an avant ('
        || replace({{ change_in_percent('cost_changes.mad_per_day', 'cost_changes.mad_per_day_before') }}, '.', ',')
        || ' % ; ' || cost_changes.bill_nos_before || ').' as message_fr,
        'Meter ' || cost_changes.meter_id || ', bills ' || cost_changes.bill_nos || ': '
        || {{ number_text(round_half_up('cost_changes.mad_per_day', 2)) }} || ' MAD a day, against '
        || {{ number_text(round_half_up('cost_changes.mad_per_day_before', 2)) }} || ' a year before ('
        || {{ change_in_percent('cost_changes.mad_per_day', 'cost_changes.mad_per_day_before') }}
        || ' %; ' || cost_changes.bill_nos_before || ').' as message_en,
        cast(cost_changes.last_received_at as date) as first_seen_on
    from cost_changes
    union all
    select
        'B23' as check_id,
        prices_off.member_id,
        prices_off.site_id,
        prices_off.meter_id,
        {{ month_of('prices_off.period_start') }} as month,
        prices_off.row_ids,
        'Compteur ' || prices_off.meter_id || ' : la facture ' || prices_off.bill_no || ' (du '
        || {{ french_date('prices_off.period_start') }} || ' au ' || {{ french_date('prices_off.period_end') }} || ') coûte '
        || {{ french_number('prices_off.energy_amount_excl_vat') }} || ' MAD hors TVA, soit '
        || {{ french_number('prices_off.mad_per_kwh') }} || ' MAD par kWh'
        || case
            when prices_off.is_unusual
                then
                    ', contre ' || {{ french_number('prices_off.usual_price') }}
                    || ' pour la médiane des trois factures précédentes ('
                    || replace({{ change_in_percent('prices_off.mad_per_kwh', 'prices_off.usual_price') }}, '.', ',') || ' %)'
            else ''
        end
        || case
            when prices_off.is_implausible
                then
                    ', hors de la bande de ' || {{ french_number('prices_off.low_mad_per_kwh') }} || ' à '
                    || {{ french_number('prices_off.high_mad_per_kwh') }}
            else ''
        end || '.' as message_fr,
        'Meter ' || prices_off.meter_id || ': bill ' || prices_off.bill_no || ' ('
        || {{ iso_date('prices_off.period_start') }} || ' to ' || {{ iso_date('prices_off.period_end') }} || ') costs '
        || {{ number_text('prices_off.energy_amount_excl_vat') }} || ' MAD without VAT, which is '
        || {{ number_text('prices_off.mad_per_kwh') }} || ' MAD per kWh'
        || case
            when prices_off.is_unusual
                then
                    ', against ' || {{ number_text('prices_off.usual_price') }} || ' for the median of the three bills before it ('
                    || {{ change_in_percent('prices_off.mad_per_kwh', 'prices_off.usual_price') }} || ' %)'
            else ''
        end
        || case
            when prices_off.is_implausible
                then
                    ', outside the band of ' || {{ number_text('prices_off.low_mad_per_kwh') }} || ' to '
                    || {{ number_text('prices_off.high_mad_per_kwh') }}
            else ''
        end || '.' as message_en,
        cast(prices_off.last_received_at as date) as first_seen_on
    from prices_off
)

select * from final
