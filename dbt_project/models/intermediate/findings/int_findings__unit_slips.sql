with unit_slips as (
    select * from {{ ref('int_energy_bills__unit_slips') }}
),

-- One finding for a bill on a meter, however many of its registers and files show the slip.
bills as (
    select
        unit_slips.member_id,
        max(unit_slips.site_id) as site_id,
        unit_slips.meter_id,
        unit_slips.bill_no,
        unit_slips.period_start,
        unit_slips.period_end,
        max(unit_slips.gj_per_day) as gj_per_day,
        max(unit_slips.median_gj_per_day) as median_gj_per_day,
        unit_slips.is_above,
        {{ sorted_list('unit_slips.row_id') }} as row_ids,
        max(unit_slips.received_at) as last_received_at
    from unit_slips
    group by
        unit_slips.member_id,
        unit_slips.meter_id,
        unit_slips.bill_no,
        unit_slips.period_start,
        unit_slips.period_end,
        unit_slips.is_above
),

final as (
    select
        'B28' as check_id,
        bills.member_id,
        bills.site_id,
        bills.meter_id,
        {{ month_of('bills.period_start') }} as month,
        bills.row_ids,
        'Compteur ' || bills.meter_id || ' : la facture ' || bills.bill_no || ' (du '
        || {{ french_date('bills.period_start') }} || ' au ' || {{ french_date('bills.period_end') }}
        || ') donne ' || {{ french_number('bills.gj_per_day') }} || ' GJ par jour, plus de cent fois '
        || case when bills.is_above then 'plus' else 'moins' end || ' que la médiane du compteur, '
        || {{ french_number('bills.median_gj_per_day') }}
        || ' GJ par jour : unité à vérifier. La facture n''est pas comptée.' as message_fr,
        'Meter ' || bills.meter_id || ': bill ' || bills.bill_no || ' ('
        || {{ iso_date('bills.period_start') }} || ' to ' || {{ iso_date('bills.period_end') }}
        || ') gives ' || {{ number_text('bills.gj_per_day') }} || ' GJ a day, more than a hundred times '
        || case when bills.is_above then 'more' else 'less' end || ' than the median of the meter, '
        || {{ number_text('bills.median_gj_per_day') }} || ' GJ a day: check the unit. The bill is not counted.' as message_en,
        cast(bills.last_received_at as date) as first_seen_on
    from bills
)

select * from final
