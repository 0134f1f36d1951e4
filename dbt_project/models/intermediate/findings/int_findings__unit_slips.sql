with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- Energy makes bills in different units comparable.
energy_of_lines as (
    select
        energy_use.row_id,
        sum(energy_use.energy_gj) as energy_gj
    from energy_use
    group by energy_use.row_id
    having count(*) = count(energy_use.energy_gj)
),

bills as (
    select
        bill_lines.member_id,
        max(bill_lines.site_id) as site_id,
        bill_lines.meter_id,
        bill_lines.supplier,
        bill_lines.bill_no,
        bill_lines.period_start,
        bill_lines.period_end,
        cast(sum(energy_of_lines.energy_gj) as decimal(18, 6)) as energy_gj,
        cast(
            {{ dbt.datediff('bill_lines.period_start', 'bill_lines.period_end', 'day') }} + 1 as decimal(18, 0)
        ) as days,
        {{ sorted_list('bill_lines.row_id') }} as row_ids,
        max(bill_lines.received_at) as last_received_at
    from bill_lines
    inner join energy_of_lines on bill_lines.row_id = energy_of_lines.row_id
    where
        bill_lines.outcome = 'counted'
        and bill_lines.meter_id is not null
        and bill_lines.bill_type <> 'credit_note'
    group by
        bill_lines.member_id,
        bill_lines.meter_id,
        bill_lines.supplier,
        bill_lines.bill_no,
        bill_lines.period_start,
        bill_lines.period_end
    having sum(energy_of_lines.energy_gj) > 0
),

uses_per_day as (
    select
        bills.*,
        {{ decimal_divide('bills.energy_gj', 'bills.days', 6) }} as gj_per_day
    from bills
),

medians as (
    {{ exact_medians('uses_per_day', 'gj_per_day', ['member_id', 'meter_id']) }}
),

-- DuckDB multiplies two DECIMAL(18, x) within 18 digits; a wider factor makes room for the product.
compared as (
    select
        uses_per_day.*,
        medians.median_value,
        medians.observations,
        cast(uses_per_day.gj_per_day as decimal(19, 6)) as wide_use,
        cast(medians.median_value as decimal(19, 6)) as wide_median
    from uses_per_day
    inner join medians
        on uses_per_day.member_id = medians.member_id and uses_per_day.meter_id = medians.meter_id
    where medians.median_value > 0
),

-- A slip by the factor f multiplies or divides by about f: both ends of the range are tested without a division.
slips as (
    select
        checks.check_id,
        compared.*,
        compared.wide_use > compared.wide_median as is_above
    from compared
    inner join checks on checks.check_id = 'B28'
    where
        compared.observations >= checks.minimum_count
        and (
            compared.wide_use
            between compared.wide_median * checks.threshold and compared.wide_median * checks.threshold_upper
            or compared.wide_median
            between compared.wide_use * checks.threshold and compared.wide_use * checks.threshold_upper
        )
),

final as (
    select
        slips.check_id,
        slips.member_id,
        slips.site_id,
        slips.meter_id,
        {{ month_of('slips.period_start') }} as month,
        slips.row_ids,
        'Compteur ' || slips.meter_id || ' : la facture ' || slips.bill_no || ' (du '
        || {{ french_date('slips.period_start') }} || ' au ' || {{ french_date('slips.period_end') }}
        || ') donne ' || {{ french_number('slips.gj_per_day') }} || ' GJ par jour, environ mille fois '
        || case when slips.is_above then 'plus' else 'moins' end || ' que la médiane du compteur, '
        || {{ french_number('slips.median_value') }} || ' GJ par jour : unité à vérifier.' as message_fr,
        'Meter ' || slips.meter_id || ': bill ' || slips.bill_no || ' ('
        || {{ iso_date('slips.period_start') }} || ' to ' || {{ iso_date('slips.period_end') }}
        || ') gives ' || {{ number_text('slips.gj_per_day') }} || ' GJ a day, about a thousand times '
        || case when slips.is_above then 'more' else 'less' end || ' than the median of the meter, '
        || {{ number_text('slips.median_value') }} || ' GJ a day: check the unit.' as message_en,
        cast(slips.last_received_at as date) as first_seen_on
    from slips
)

select * from final
