with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

conversions as (
    select * from {{ ref('int_carrier_conversions') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

checks as (
    select * from {{ ref('checks') }}
),

counted_lines as (
    select
        bill_lines.*,
        {{ supplier_key('bill_lines.supplier') }} as supplier_key,
        carriers.kind <> 'fuel' or carriers.carrier = 'natural_gas' as is_read,
        {{ round_half_up('bill_lines.quantity * conversions.gj_per_unit') }} as energy_gj
    from bill_lines
    left join carriers on bill_lines.carrier = carriers.carrier
    left join conversions
        on
            bill_lines.carrier = conversions.carrier
            and bill_lines.unit = conversions.unit
            and coalesce(bill_lines.heating_value_basis, 'none') = conversions.heating_value_basis
    where bill_lines.outcome = 'counted' and bill_lines.bill_type <> 'credit_note'
),

bills as (
    select
        counted_lines.member_id,
        counted_lines.site_id,
        counted_lines.meter_id,
        counted_lines.supplier_key,
        max(counted_lines.supplier) as supplier,
        counted_lines.bill_no,
        counted_lines.carrier,
        counted_lines.is_read,
        counted_lines.use_start,
        counted_lines.period_end,
        cast(sum(counted_lines.energy_gj) as decimal(18, 6)) as energy_gj,
        {{ sorted_list('counted_lines.row_id') }} as row_ids,
        max(counted_lines.received_at) as received_at
    from counted_lines
    group by
        counted_lines.member_id,
        counted_lines.site_id,
        counted_lines.meter_id,
        counted_lines.supplier_key,
        counted_lines.bill_no,
        counted_lines.carrier,
        counted_lines.is_read,
        counted_lines.use_start,
        counted_lines.period_end
),

-- B29: what the meters of a site read is all of it. Of a fuel a site may have a tank and a fleet: only an equal quantity is the same one.
stated_and_measured as (
    select
        stated.member_id,
        stated.site_id,
        stated.supplier_key,
        stated.bill_no,
        stated.carrier,
        stated.use_start,
        stated.period_end,
        stated.energy_gj,
        stated.row_ids as stated_row_ids,
        measured.meter_id,
        measured.bill_no as measured_bill_no,
        measured.energy_gj as measured_gj,
        measured.row_ids as measured_row_ids,
        greatest(stated.received_at, measured.received_at) as received_at
    from bills as stated
    inner join bills as measured
        on
            stated.member_id = measured.member_id
            and stated.site_id = measured.site_id
            and stated.carrier = measured.carrier
            and stated.use_start <= measured.period_end
            and stated.period_end >= measured.use_start
    inner join checks on checks.check_id = 'B29'
    where
        stated.meter_id is null
        and measured.meter_id is not null
        and (stated.bill_no <> measured.bill_no or stated.supplier_key <> measured.supplier_key)
        and (
            stated.is_read
            or (
                stated.energy_gj > 0
                and abs(cast(stated.energy_gj as decimal(24, 6)) - measured.energy_gj) * 100
                <= stated.energy_gj * cast(checks.threshold as decimal(20, 6))
            )
        )
),

statements_of_metered_use as (
    select
        stated_and_measured.member_id,
        stated_and_measured.site_id,
        stated_and_measured.bill_no,
        stated_and_measured.carrier,
        stated_and_measured.use_start,
        stated_and_measured.period_end,
        max(stated_and_measured.energy_gj) as energy_gj,
        cast(sum(stated_and_measured.measured_gj) as decimal(18, 6)) as measured_gj,
        case when count(distinct stated_and_measured.meter_id) = 1 then max(stated_and_measured.meter_id) end as meter_id,
        {{ sorted_list('stated_and_measured.meter_id', ', ') }} as meter_ids,
        {{ sorted_list('stated_and_measured.measured_bill_no', ', ') }} as measured_bill_nos,
        max(stated_and_measured.stated_row_ids) || ',' || {{ sorted_list('stated_and_measured.measured_row_ids') }} as row_ids,
        max(stated_and_measured.received_at) as last_received_at
    from stated_and_measured
    group by
        stated_and_measured.member_id,
        stated_and_measured.site_id,
        stated_and_measured.supplier_key,
        stated_and_measured.bill_no,
        stated_and_measured.carrier,
        stated_and_measured.use_start,
        stated_and_measured.period_end
),

-- B30: two suppliers count energy of one meter on the same days.
bills_of_two_suppliers as (
    select
        supply.member_id,
        supply.site_id,
        supply.meter_id,
        supply.supplier as supplier_a,
        supply.bill_no as bill_a,
        supply.energy_gj as energy_gj_a,
        delivery.supplier as supplier_b,
        delivery.bill_no as bill_b,
        delivery.energy_gj as energy_gj_b,
        greatest(supply.use_start, delivery.use_start) as first_day,
        least(supply.period_end, delivery.period_end) as last_day,
        least(supply.row_ids, delivery.row_ids) || ',' || greatest(supply.row_ids, delivery.row_ids) as row_ids,
        greatest(supply.received_at, delivery.received_at) as last_received_at
    from bills as supply
    inner join bills as delivery
        on
            supply.member_id = delivery.member_id
            and supply.meter_id = delivery.meter_id
            and supply.carrier = delivery.carrier
            and supply.supplier_key < delivery.supplier_key
            and supply.use_start <= delivery.period_end
            and supply.period_end >= delivery.use_start
    where supply.is_read
),

-- Q01: one finding for a meter and year, since a supplier prints all its bills in one way.
repeated_lines as (
    select
        bill_lines.member_id,
        max(bill_lines.site_id) as site_id,
        bill_lines.meter_id,
        {{ dbt.date_trunc('year', 'bill_lines.period_start') }} as first_day_of_year,
        min(bill_lines.period_start) as first_day,
        count(*) as lines,
        count(distinct bill_lines.bill_no) as bills,
        min(bill_lines.bill_no) as first_bill,
        {{ sorted_list('bill_lines.line_label', ', ') }} as labels,
        {{ sorted_list('bill_lines.row_id') }} as row_ids,
        max(bill_lines.received_at) as last_received_at
    from bill_lines
    where bill_lines.outcome = 'quantity_repeated'
    group by
        bill_lines.member_id, bill_lines.meter_id, {{ dbt.date_trunc('year', 'bill_lines.period_start') }}
),

final as (
    select
        'B29' as check_id,
        statements_of_metered_use.member_id,
        statements_of_metered_use.site_id,
        statements_of_metered_use.meter_id,
        {{ month_of('statements_of_metered_use.use_start') }} as month,
        statements_of_metered_use.row_ids,
        'Site ' || statements_of_metered_use.site_id || ', ' || statements_of_metered_use.carrier || ' : la pièce '
        || statements_of_metered_use.bill_no || ' sans compteur (' || {{ french_number('statements_of_metered_use.energy_gj') }}
        || ' GJ, du ' || {{ french_date('statements_of_metered_use.use_start') }} || ' au '
        || {{ french_date('statements_of_metered_use.period_end') }} || ') compte à côté du compteur '
        || statements_of_metered_use.meter_ids || ' (' || {{ french_number('statements_of_metered_use.measured_gj') }}
        || ' GJ ; factures : ' || statements_of_metered_use.measured_bill_nos || ').' as message_fr,
        'Site ' || statements_of_metered_use.site_id || ', ' || statements_of_metered_use.carrier || ': statement '
        || statements_of_metered_use.bill_no || ' without a meter (' || {{ number_text('statements_of_metered_use.energy_gj') }}
        || ' GJ, ' || {{ iso_date('statements_of_metered_use.use_start') }} || ' to '
        || {{ iso_date('statements_of_metered_use.period_end') }} || ') counts beside meter '
        || statements_of_metered_use.meter_ids || ' (' || {{ number_text('statements_of_metered_use.measured_gj') }}
        || ' GJ; bills: ' || statements_of_metered_use.measured_bill_nos || ').' as message_en,
        cast(statements_of_metered_use.last_received_at as date) as first_seen_on
    from statements_of_metered_use
    union all
    select
        'B30' as check_id,
        bills_of_two_suppliers.member_id,
        bills_of_two_suppliers.site_id,
        bills_of_two_suppliers.meter_id,
        {{ month_of('bills_of_two_suppliers.first_day') }} as month,
        bills_of_two_suppliers.row_ids,
        'Compteur ' || bills_of_two_suppliers.meter_id || ' : deux fournisseurs comptent de l''énergie du '
        || {{ french_date('bills_of_two_suppliers.first_day') }} || ' au ' || {{ french_date('bills_of_two_suppliers.last_day') }}
        || ' : ' || bills_of_two_suppliers.supplier_a || ' (facture ' || bills_of_two_suppliers.bill_a || ', '
        || {{ french_number('bills_of_two_suppliers.energy_gj_a') }} || ' GJ) et ' || bills_of_two_suppliers.supplier_b
        || ' (facture ' || bills_of_two_suppliers.bill_b || ', '
        || {{ french_number('bills_of_two_suppliers.energy_gj_b') }} || ' GJ).' as message_fr,
        'Meter ' || bills_of_two_suppliers.meter_id || ': two suppliers count energy from '
        || {{ iso_date('bills_of_two_suppliers.first_day') }} || ' to ' || {{ iso_date('bills_of_two_suppliers.last_day') }}
        || ': ' || bills_of_two_suppliers.supplier_a || ' (bill ' || bills_of_two_suppliers.bill_a || ', '
        || {{ number_text('bills_of_two_suppliers.energy_gj_a') }} || ' GJ) and ' || bills_of_two_suppliers.supplier_b
        || ' (bill ' || bills_of_two_suppliers.bill_b || ', '
        || {{ number_text('bills_of_two_suppliers.energy_gj_b') }} || ' GJ).' as message_en,
        cast(bills_of_two_suppliers.last_received_at as date) as first_seen_on
    from bills_of_two_suppliers
    union all
    select
        'Q01' as check_id,
        repeated_lines.member_id,
        repeated_lines.site_id,
        repeated_lines.meter_id,
        {{ month_of('repeated_lines.first_day') }} as month,
        repeated_lines.row_ids,
        coalesce('Compteur ' || repeated_lines.meter_id, 'Site ' || repeated_lines.site_id) || ', année '
        || substr({{ iso_date('repeated_lines.first_day') }}, 1, 4) || ' : ' || cast(repeated_lines.lines as string)
        || ' lignes répètent une quantité déjà comptée (factures : ' || cast(repeated_lines.bills as string) || ', dont '
        || repeated_lines.first_bill || coalesce(' ; libellés : ' || repeated_lines.labels, '')
        || '). Chaque quantité compte une fois.' as message_fr,
        coalesce('Meter ' || repeated_lines.meter_id, 'Site ' || repeated_lines.site_id) || ', year '
        || substr({{ iso_date('repeated_lines.first_day') }}, 1, 4) || ': ' || cast(repeated_lines.lines as string)
        || ' lines repeat a quantity that is counted already (bills: ' || cast(repeated_lines.bills as string) || ', among them '
        || repeated_lines.first_bill || coalesce('; labels: ' || repeated_lines.labels, '')
        || '). Each quantity counts once.' as message_en,
        cast(repeated_lines.last_received_at as date) as first_seen_on
    from repeated_lines
)

select * from final
