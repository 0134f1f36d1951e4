with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

vat_rates as (
    select * from {{ ref('vat_rates') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- A rate is printed as 20 or as 0.20.
priced_lines as (
    select
        bill_lines.*,
        bill_lines.outcome in ('counted', 'not_energy', 'quantity_repeated', 'energy_exported') as is_standing,
        cast(case when abs(bill_lines.vat_rate) < 1 then bill_lines.vat_rate * 100 else bill_lines.vat_rate end as decimal(12, 6))
            as vat_percent,
        coalesce(bill_lines.amount_incl_vat, bill_lines.amount_excl_vat + bill_lines.vat_amount) as stated_amount
    from bill_lines
    where bill_lines.outcome not in ('superseded_version', 'duplicate', 'void_statement', 'register_total_with_parts')
),

-- B06. A line without VAT of its own is taxed with the others of its rate, and rounded once, as invoices do (EN 16931, BG-23).
amounts_by_rate as (
    select
        priced_lines.member_id,
        priced_lines.supplier,
        priced_lines.bill_no,
        priced_lines.bill_type,
        priced_lines.issued_on,
        priced_lines.vat_percent,
        coalesce(sum(priced_lines.stated_amount), 0) + coalesce(
            round(sum(
                case
                    when priced_lines.stated_amount is null
                        then cast(priced_lines.amount_excl_vat as decimal(24, 6)) * (100 + priced_lines.vat_percent)
                end
            ) * cast('0.01' as decimal(2, 2)), 2),
            0
        ) as amount
    from priced_lines
    group by
        priced_lines.member_id,
        priced_lines.supplier,
        priced_lines.bill_no,
        priced_lines.bill_type,
        priced_lines.issued_on,
        priced_lines.vat_percent
),

sums_of_lines as (
    select
        amounts_by_rate.member_id,
        amounts_by_rate.supplier,
        amounts_by_rate.bill_no,
        amounts_by_rate.bill_type,
        amounts_by_rate.issued_on,
        cast(sum(amounts_by_rate.amount) as decimal(18, 6)) as lines_amount
    from amounts_by_rate
    group by
        amounts_by_rate.member_id,
        amounts_by_rate.supplier,
        amounts_by_rate.bill_no,
        amounts_by_rate.bill_type,
        amounts_by_rate.issued_on
),

-- A bill of which a line is held out, or has an amount that cannot be told, is not summed. A line that is no energy may have none.
totals as (
    select
        priced_lines.member_id,
        case when count(distinct priced_lines.site_id) = 1 then max(priced_lines.site_id) end as site_id,
        case when count(distinct priced_lines.meter_id) = 1 then max(priced_lines.meter_id) end as meter_id,
        priced_lines.supplier,
        priced_lines.bill_no,
        priced_lines.bill_type,
        priced_lines.issued_on,
        min(priced_lines.period_start) as period_start,
        count(*) as line_count,
        max(priced_lines.currency) as currency,
        min(priced_lines.bill_total_incl_vat) as smallest_total,
        max(priced_lines.bill_total_incl_vat) as largest_total,
        {{ sorted_list('priced_lines.row_id') }} as row_ids,
        max(priced_lines.received_at) as last_received_at
    from priced_lines
    group by
        priced_lines.member_id,
        priced_lines.supplier,
        priced_lines.bill_no,
        priced_lines.bill_type,
        priced_lines.issued_on
    having
        count(distinct priced_lines.currency) = 1
        and count(priced_lines.bill_total_incl_vat) > 0
        and max(case when priced_lines.is_standing then 1 else 0 end) = 1
        and max(
            case
                when
                    priced_lines.outcome = 'held_out'
                    or (
                        priced_lines.stated_amount is null
                        and (priced_lines.amount_excl_vat is not null or priced_lines.outcome not in ('not_energy', 'quantity_repeated'))
                        and (priced_lines.amount_excl_vat is null or priced_lines.vat_percent is null)
                    )
                    then 1
                else 0
            end
        ) = 0
),

-- Suppliers print the total of a credit note with or without its sign.
compared_totals as (
    select
        totals.*,
        sums_of_lines.lines_amount,
        case when totals.bill_type = 'credit_note' then abs(sums_of_lines.lines_amount) else sums_of_lines.lines_amount end
            as comparable_amount,
        case when totals.bill_type = 'credit_note' then abs(totals.smallest_total) else totals.smallest_total end
            as comparable_smallest,
        case when totals.bill_type = 'credit_note' then abs(totals.largest_total) else totals.largest_total end
            as comparable_largest
    from totals
    inner join sums_of_lines
        on
            totals.member_id = sums_of_lines.member_id
            and totals.supplier = sums_of_lines.supplier
            and totals.bill_no = sums_of_lines.bill_no
            and totals.bill_type = sums_of_lines.bill_type
            and totals.issued_on = sums_of_lines.issued_on
),

wrong_totals as (
    select
        compared_totals.*,
        case
            when
                abs(compared_totals.comparable_amount - compared_totals.comparable_smallest)
                > abs(compared_totals.comparable_amount - compared_totals.comparable_largest)
                then compared_totals.smallest_total
            else compared_totals.largest_total
        end as total
    from compared_totals
    inner join checks on checks.check_id = 'B06'
    where
        abs(compared_totals.comparable_amount - compared_totals.comparable_smallest) > checks.threshold
        or abs(compared_totals.comparable_amount - compared_totals.comparable_largest) > checks.threshold
),

-- B07: rate x amount = VAT, and amount + VAT = amount with VAT.
recomputed_lines as (
    select
        priced_lines.*,
        {{ round_half_up(
            "cast(priced_lines.amount_excl_vat as decimal(24, 6)) * priced_lines.vat_percent * cast('0.01' as decimal(2, 2))"
        ) }} as expected_vat,
        cast(priced_lines.amount_excl_vat + priced_lines.vat_amount as decimal(18, 6)) as expected_incl
    from priced_lines
    where priced_lines.outcome in ('counted', 'not_energy', 'quantity_repeated')
),

-- The legal rates of the days from the start of the period to the issue. Meter rental and fees have rates of their own.
legal_rates as (
    select
        recomputed_lines.row_id,
        max(case when vat_rates.vat_percent = recomputed_lines.vat_percent then 1 else 0 end) = 1 as is_legal,
        {{ sorted_list(number_text('vat_rates.vat_percent'), ' / ') }} as vat_percents
    from recomputed_lines
    inner join vat_rates
        on
            recomputed_lines.carrier = vat_rates.carrier
            and greatest(recomputed_lines.issued_on, recomputed_lines.period_end) >= vat_rates.valid_from
            and coalesce(recomputed_lines.period_start <= vat_rates.valid_to, true)
    where
        recomputed_lines.component in ('energy', 'losses')
        and recomputed_lines.currency = 'MAD'
        -- An exporter may buy free of tax.
        and recomputed_lines.vat_percent <> 0
    group by recomputed_lines.row_id
),

faults as (
    select
        recomputed_lines.row_id,
        'ligne ' || cast(recomputed_lines.row_no as string) || ' : '
        || {{ french_number('recomputed_lines.amount_excl_vat') }} || ' x ' || {{ french_number('recomputed_lines.vat_percent') }}
        || ' % = ' || {{ french_number(round_half_up('recomputed_lines.expected_vat', 2)) }} || ', TVA indiquée '
        || {{ french_number('recomputed_lines.vat_amount') }} as fault_fr,
        'row ' || cast(recomputed_lines.row_no as string) || ': '
        || {{ number_text('recomputed_lines.amount_excl_vat') }} || ' x ' || {{ number_text('recomputed_lines.vat_percent') }}
        || ' % = ' || {{ number_text(round_half_up('recomputed_lines.expected_vat', 2)) }} || ', VAT stated '
        || {{ number_text('recomputed_lines.vat_amount') }} as fault_en
    from recomputed_lines
    inner join checks on checks.check_id = 'B07'
    where
        {{ reaches_minimum_value('recomputed_lines.vat_amount - recomputed_lines.expected_vat') }}
        and cast(abs(recomputed_lines.vat_amount - recomputed_lines.expected_vat) as decimal(24, 6)) * 100
        > cast(abs(recomputed_lines.expected_vat) as decimal(24, 6)) * cast(checks.threshold as decimal(12, 6))
    union all
    select
        recomputed_lines.row_id,
        'ligne ' || cast(recomputed_lines.row_no as string) || ' : HT '
        || {{ french_number('recomputed_lines.amount_excl_vat') }} || ' + TVA ' || {{ french_number('recomputed_lines.vat_amount') }}
        || ' = ' || {{ french_number('recomputed_lines.expected_incl') }} || ', TTC indiqué '
        || {{ french_number('recomputed_lines.amount_incl_vat') }} as fault_fr,
        'row ' || cast(recomputed_lines.row_no as string) || ': without VAT '
        || {{ number_text('recomputed_lines.amount_excl_vat') }} || ' + VAT ' || {{ number_text('recomputed_lines.vat_amount') }}
        || ' = ' || {{ number_text('recomputed_lines.expected_incl') }} || ', with VAT stated '
        || {{ number_text('recomputed_lines.amount_incl_vat') }} as fault_en
    from recomputed_lines
    inner join checks on checks.check_id = 'B07'
    where
        recomputed_lines.expected_incl <> recomputed_lines.amount_incl_vat
        and {{ reaches_minimum_value('recomputed_lines.expected_incl - recomputed_lines.amount_incl_vat') }}
    union all
    select
        recomputed_lines.row_id,
        'taux de TVA ' || {{ french_number('recomputed_lines.vat_percent') }} || ' %, taux légal de la période à l''émission '
        || replace(legal_rates.vat_percents, '.', ',') || ' %' as fault_fr,
        'VAT rate ' || {{ number_text('recomputed_lines.vat_percent') }} || ' %, legal rate from the period to the issue '
        || legal_rates.vat_percents || ' %' as fault_en
    from recomputed_lines
    inner join legal_rates on recomputed_lines.row_id = legal_rates.row_id
    where not legal_rates.is_legal
),

-- One finding for a bill on a meter, however many of its lines are at fault.
bills_at_fault as (
    select
        recomputed_lines.member_id,
        max(recomputed_lines.site_id) as site_id,
        recomputed_lines.meter_id,
        recomputed_lines.bill_no,
        recomputed_lines.issued_on,
        min(recomputed_lines.period_start) as period_start,
        max(recomputed_lines.currency) as currency,
        {{ sorted_list('faults.fault_fr', ' ; ') }} as faults_fr,
        {{ sorted_list('faults.fault_en', '; ') }} as faults_en,
        {{ sorted_list('faults.row_id') }} as row_ids,
        max(recomputed_lines.received_at) as last_received_at
    from recomputed_lines
    inner join faults on recomputed_lines.row_id = faults.row_id
    group by
        recomputed_lines.member_id,
        recomputed_lines.meter_id,
        recomputed_lines.supplier,
        recomputed_lines.bill_no,
        recomputed_lines.issued_on
),

final as (
    select
        'B06' as check_id,
        wrong_totals.member_id,
        wrong_totals.site_id,
        wrong_totals.meter_id,
        {{ month_of('wrong_totals.period_start') }} as month,
        wrong_totals.row_ids,
        'La facture ' || wrong_totals.bill_no || ' de ' || wrong_totals.supplier || ' (émise le '
        || {{ french_date('wrong_totals.issued_on') }} || ') : ses lignes (' || cast(wrong_totals.line_count as string)
        || ') font ' || {{ french_number('wrong_totals.lines_amount') }} || ' ' || wrong_totals.currency
        || ' TTC, son total est ' || {{ french_number('wrong_totals.total') }} || ' ' || wrong_totals.currency || '.'
            as message_fr,
        'Bill ' || wrong_totals.bill_no || ' of ' || wrong_totals.supplier || ' (issued on '
        || {{ iso_date('wrong_totals.issued_on') }} || '): its lines (' || cast(wrong_totals.line_count as string)
        || ') make ' || {{ number_text('wrong_totals.lines_amount') }} || ' ' || wrong_totals.currency
        || ' with VAT, its total is ' || {{ number_text('wrong_totals.total') }} || ' ' || wrong_totals.currency || '.'
            as message_en,
        cast(wrong_totals.last_received_at as date) as first_seen_on
    from wrong_totals
    union all
    select
        'B07' as check_id,
        bills_at_fault.member_id,
        bills_at_fault.site_id,
        bills_at_fault.meter_id,
        {{ month_of('bills_at_fault.period_start') }} as month,
        bills_at_fault.row_ids,
        'La facture ' || bills_at_fault.bill_no || ' (émise le ' || {{ french_date('bills_at_fault.issued_on') }}
        || ', montants en ' || bills_at_fault.currency || ') : ' || bills_at_fault.faults_fr || '.' as message_fr,
        'Bill ' || bills_at_fault.bill_no || ' (issued on ' || {{ iso_date('bills_at_fault.issued_on') }}
        || ', amounts in ' || bills_at_fault.currency || '): ' || bills_at_fault.faults_en || '.' as message_en,
        cast(bills_at_fault.last_received_at as date) as first_seen_on
    from bills_at_fault
)

select * from final
