{%- set gj_per_kwh = "cast('0.0036' as decimal(20, 4))" -%}

with meter_periods as (
    select * from {{ ref('int_meter_periods') }}
),

meter_months as (
    select * from {{ ref('int_meter_months__used') }}
),

bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

conversions as (
    select * from {{ ref('int_carrier_conversions') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- B26: whole months of the meter's life that show no use, after months that did. Such months in a row are one finding.
months_in_order as (
    select
        meter_months.*,
        sum(case when meter_months.energy_gj > 0 then 1 else 0 end) over (
            partition by meter_months.member_id, meter_months.meter_id
            order by meter_months.month
            rows between unbounded preceding and current row
        ) as months_with_use
    from meter_months
    where meter_months.is_whole
),

months_without_use as (
    select
        months_in_order.member_id,
        max(months_in_order.site_id) as site_id,
        months_in_order.meter_id,
        count(*) as months,
        min(months_in_order.month) as first_month,
        cast({{ dbt.last_day('max(months_in_order.month)', 'month') }} as date) as last_day,
        {{ sorted_list('months_in_order.bill_nos', ', ') }} as bill_nos,
        {{ sorted_list('months_in_order.row_ids') }} as row_ids,
        max(months_in_order.last_received_at) as last_received_at
    from months_in_order
    left join meters on months_in_order.meter_id = meters.meter_id
    where
        months_in_order.energy_gj = 0
        and months_in_order.months_with_use > 0
        and coalesce(months_in_order.month >= meters.opened_on, true)
        and coalesce(cast({{ dbt.last_day('months_in_order.month', 'month') }} as date) <= meters.closed_on, true)
    group by months_in_order.member_id, months_in_order.meter_id, months_in_order.months_with_use
),

-- B26: use read on days on which the register has no such meter.
periods_outside as (
    select
        meter_periods.*,
        meters.opened_on,
        meters.closed_on,
        meter_periods.period_end > coalesce(meters.closed_on, meter_periods.period_end) as is_after
    from meter_periods
    inner join meters on meter_periods.meter_id = meters.meter_id
    where
        meter_periods.bill_type <> 'credit_note'
        and meter_periods.is_metered
        and coalesce(meter_periods.energy_gj <> 0, true)
        and (
            meter_periods.period_end > meters.closed_on
            or meter_periods.use_start < meters.opened_on
        )
),

uses_outside as (
    select
        periods_outside.member_id,
        max(periods_outside.site_id) as site_id,
        periods_outside.meter_id,
        periods_outside.is_after,
        max(periods_outside.opened_on) as opened_on,
        max(periods_outside.closed_on) as closed_on,
        count(*) as bills,
        min(periods_outside.use_start) as first_day,
        max(periods_outside.period_end) as last_day,
        case when count(*) = count(periods_outside.energy_gj) then sum(periods_outside.energy_gj) end as energy_gj,
        {{ sorted_list('periods_outside.bill_no', ', ') }} as bill_nos,
        {{ sorted_list('periods_outside.row_ids') }} as row_ids,
        max(periods_outside.last_received_at) as last_received_at
    from periods_outside
    group by periods_outside.member_id, periods_outside.meter_id, periods_outside.is_after
),

-- B27: the power that a bill says was called, in kVA or kW.
powers_called as (
    select
        bill_lines.member_id,
        bill_lines.meter_id,
        bill_lines.supplier,
        bill_lines.bill_no,
        bill_lines.period_end,
        max(bill_lines.quantity) as kva
    from bill_lines
    where
        bill_lines.outcome = 'not_energy'
        and bill_lines.register = 'demand'
        and bill_lines.unit in ('kVA', 'kW')
        and bill_lines.quantity > 0
        and bill_lines.meter_id is not null
    group by
        bill_lines.member_id, bill_lines.meter_id, bill_lines.supplier, bill_lines.bill_no, bill_lines.period_end
),

hours_of_periods as (
    select
        meter_periods.*,
        24 * ({{ dbt.datediff('meter_periods.use_start', 'meter_periods.period_end', 'day') }} + 1) as hours,
        powers_called.kva as called_kva,
        meters.subscribed_kva
    from meter_periods
    left join meters on meter_periods.meter_id = meters.meter_id
    left join powers_called
        on
            meter_periods.member_id = powers_called.member_id
            and meter_periods.meter_id = powers_called.meter_id
            and meter_periods.supplier = powers_called.supplier
            and meter_periods.bill_no = powers_called.bill_no
            and meter_periods.period_end = powers_called.period_end
    where meter_periods.carrier = 'electricity' and meter_periods.energy_gj > 0
),

overloads as (
    select
        hours_of_periods.*,
        coalesce(
            hours_of_periods.energy_gj > hours_of_periods.called_kva * {{ gj_per_kwh }} * hours_of_periods.hours * checks.threshold,
            false
        ) as is_above_called,
        {{ decimal_divide('hours_of_periods.energy_gj', gj_per_kwh, 3) }} as energy_kwh
    from hours_of_periods
    inner join checks on checks.check_id = 'B27'
    where
        hours_of_periods.energy_gj > hours_of_periods.called_kva * {{ gj_per_kwh }} * hours_of_periods.hours * checks.threshold
        or hours_of_periods.energy_gj
        > hours_of_periods.subscribed_kva * {{ gj_per_kwh }} * hours_of_periods.hours * checks.threshold_upper
),

overloads_described as (
    select
        overloads.*,
        case when overloads.is_above_called then overloads.called_kva else overloads.subscribed_kva end as kva
    from overloads
),

-- B32: each line of a bill is one delivery. Energy makes the units of the bill and of the tank comparable.
fuel_bills as (
    select
        bill_lines.member_id,
        max(bill_lines.site_id) as site_id,
        bill_lines.meter_id,
        bill_lines.supplier,
        bill_lines.bill_no,
        min(bill_lines.period_start) as period_start,
        max(bill_lines.carrier) as carrier,
        bill_lines.unit,
        count(*) as deliveries,
        sum(bill_lines.quantity) as quantity,
        sum({{ round_half_up('bill_lines.quantity * conversions.gj_per_unit') }}) as energy_gj,
        {{ sorted_list('bill_lines.row_id') }} as row_ids,
        max(bill_lines.received_at) as last_received_at
    from bill_lines
    inner join conversions
        on
            bill_lines.carrier = conversions.carrier
            and bill_lines.unit = conversions.unit
            and coalesce(bill_lines.heating_value_basis, 'none') = conversions.heating_value_basis
    where
        bill_lines.outcome = 'counted'
        and bill_lines.bill_type <> 'credit_note'
        and bill_lines.meter_id is not null
    group by
        bill_lines.member_id, bill_lines.meter_id, bill_lines.supplier, bill_lines.bill_no, bill_lines.unit
),

overfilled_tanks as (
    select
        fuel_bills.*,
        meters.tank_capacity,
        meters.tank_capacity_unit
    from fuel_bills
    inner join checks on checks.check_id = 'B32'
    inner join meters on fuel_bills.meter_id = meters.meter_id
    inner join conversions
        on
            fuel_bills.carrier = conversions.carrier
            and meters.tank_capacity_unit = conversions.unit
            and conversions.heating_value_basis = 'none'
    where
        meters.tank_capacity > 0
        and cast(fuel_bills.energy_gj as decimal(24, 6)) * 100
        > {{ round_half_up('meters.tank_capacity * conversions.gj_per_unit', precision=24) }}
        * cast(fuel_bills.deliveries as decimal(9, 0)) * (100 + cast(checks.threshold as decimal(5, 2)))
),

final as (
    select
        'B26' as check_id,
        months_without_use.member_id,
        months_without_use.site_id,
        months_without_use.meter_id,
        months_without_use.first_month as month,
        months_without_use.row_ids,
        'Compteur ' || months_without_use.meter_id || ' : aucune consommation du '
        || {{ french_date('months_without_use.first_month') }} || ' au ' || {{ french_date('months_without_use.last_day') }}
        || ' (mois entiers : ' || cast(months_without_use.months as string)
        || '), alors qu''il en montrait avant ; factures : ' || months_without_use.bill_nos || '.' as message_fr,
        'Meter ' || months_without_use.meter_id || ': no use from '
        || {{ iso_date('months_without_use.first_month') }} || ' to ' || {{ iso_date('months_without_use.last_day') }}
        || ' (whole months: ' || cast(months_without_use.months as string)
        || '), although it showed some before; bills: ' || months_without_use.bill_nos || '.' as message_en,
        cast(months_without_use.last_received_at as date) as first_seen_on
    from months_without_use
    union all
    select
        'B26' as check_id,
        uses_outside.member_id,
        uses_outside.site_id,
        uses_outside.meter_id,
        {{ month_of('uses_outside.first_day') }} as month,
        uses_outside.row_ids,
        'Compteur ' || uses_outside.meter_id
        || case
            when uses_outside.is_after
                then ', fermé ou remplacé le ' || {{ french_date('uses_outside.closed_on') }} || ' selon le registre : consommation'
            else ', ouvert le ' || {{ french_date('uses_outside.opened_on') }} || ' selon le registre : consommation'
        end
        || coalesce(' de ' || {{ french_number(round_half_up('uses_outside.energy_gj', 3)) }} || ' GJ', '') || ' du '
        || {{ french_date('uses_outside.first_day') }} || ' au ' || {{ french_date('uses_outside.last_day') }}
        || ' ; factures : ' || uses_outside.bill_nos || '.' as message_fr,
        'Meter ' || uses_outside.meter_id
        || case
            when uses_outside.is_after
                then ', closed or replaced on ' || {{ iso_date('uses_outside.closed_on') }} || ' in the register: use'
            else ', opened on ' || {{ iso_date('uses_outside.opened_on') }} || ' in the register: use'
        end
        || coalesce(' of ' || {{ number_text(round_half_up('uses_outside.energy_gj', 3)) }} || ' GJ', '') || ' from '
        || {{ iso_date('uses_outside.first_day') }} || ' to ' || {{ iso_date('uses_outside.last_day') }}
        || '; bills: ' || uses_outside.bill_nos || '.' as message_en,
        cast(uses_outside.last_received_at as date) as first_seen_on
    from uses_outside
    union all
    select
        'B27' as check_id,
        overloads_described.member_id,
        overloads_described.site_id,
        overloads_described.meter_id,
        {{ month_of('overloads_described.use_start') }} as month,
        overloads_described.row_ids,
        'Compteur ' || overloads_described.meter_id || ' : la facture ' || overloads_described.bill_no || ' (du '
        || {{ french_date('overloads_described.use_start') }} || ' au ' || {{ french_date('overloads_described.period_end') }}
        || ') donne ' || {{ french_number('overloads_described.energy_kwh') }} || ' kWh, plus que la puissance '
        || case when overloads_described.is_above_called then 'appelée' else 'souscrite' end || ' de '
        || {{ french_number('overloads_described.kva') }} || ' kVA pendant ' || cast(overloads_described.hours as string)
        || ' heures (' || {{ french_number('overloads_described.kva * overloads_described.hours') }} || ' kWh).' as message_fr,
        'Meter ' || overloads_described.meter_id || ': bill ' || overloads_described.bill_no || ' ('
        || {{ iso_date('overloads_described.use_start') }} || ' to ' || {{ iso_date('overloads_described.period_end') }}
        || ') gives ' || {{ number_text('overloads_described.energy_kwh') }} || ' kWh, more than the '
        || case when overloads_described.is_above_called then 'called' else 'subscribed' end || ' power of '
        || {{ number_text('overloads_described.kva') }} || ' kVA over ' || cast(overloads_described.hours as string)
        || ' hours (' || {{ number_text('overloads_described.kva * overloads_described.hours') }} || ' kWh).' as message_en,
        cast(overloads_described.last_received_at as date) as first_seen_on
    from overloads_described
    union all
    select
        'B32' as check_id,
        overfilled_tanks.member_id,
        overfilled_tanks.site_id,
        overfilled_tanks.meter_id,
        {{ month_of('overfilled_tanks.period_start') }} as month,
        overfilled_tanks.row_ids,
        'Cuve ' || overfilled_tanks.meter_id || ' : la facture ' || overfilled_tanks.bill_no || ' livre '
        || {{ french_number('cast(overfilled_tanks.quantity as decimal(24, 6))') }} || ' ' || overfilled_tanks.unit
        || ' (livraisons : ' || cast(overfilled_tanks.deliveries as string) || '), plus que la cuve n''en contient, '
        || {{ french_number('overfilled_tanks.tank_capacity') }} || ' ' || overfilled_tanks.tank_capacity_unit || '.' as message_fr,
        'Tank ' || overfilled_tanks.meter_id || ': bill ' || overfilled_tanks.bill_no || ' delivers '
        || {{ number_text('cast(overfilled_tanks.quantity as decimal(24, 6))') }} || ' ' || overfilled_tanks.unit
        || ' (deliveries: ' || cast(overfilled_tanks.deliveries as string) || '), more than the tank holds, '
        || {{ number_text('overfilled_tanks.tank_capacity') }} || ' ' || overfilled_tanks.tank_capacity_unit || '.' as message_en,
        cast(overfilled_tanks.last_received_at as date) as first_seen_on
    from overfilled_tanks
)

select * from final
