{{ config(materialized='table') }}

{%- set text = dbt.type_string() -%}

with bill_lines as (
    select * from {{ ref('stg_energy_bills__bill_lines') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

conversions as (
    select * from {{ ref('int_carrier_conversions') }}
),

checks as (
    select *
    from {{ ref('checks') }}
    where check_id = 'B24'
),

-- A bill that names only its meter is of the meter's site. Indexes count kWh, or the unit of the bill when it is no electricity.
described as (
    select
        bill_lines.row_id,
        bill_lines.member_id,
        coalesce(bill_lines.site_id, meters.site_id) as site_id,
        bill_lines.supplier,
        bill_lines.contract_no,
        bill_lines.meter_id,
        bill_lines.bill_no,
        bill_lines.bill_type,
        bill_lines.corrects_bill_no,
        bill_lines.issued_on,
        bill_lines.period_start,
        bill_lines.period_end,
        bill_lines.carrier,
        bill_lines.register,
        bill_lines.component,
        bill_lines.line_no,
        bill_lines.line_label,
        bill_lines.quantity,
        bill_lines.unit,
        bill_lines.heating_value_basis,
        bill_lines.index_start,
        bill_lines.index_end,
        bill_lines.multiplier,
        bill_lines.reading_start,
        bill_lines.reading_end,
        bill_lines.amount_excl_vat,
        bill_lines.vat_rate,
        bill_lines.vat_amount,
        bill_lines.amount_incl_vat,
        bill_lines.bill_total_incl_vat,
        bill_lines.currency,
        bill_lines.due_on,
        bill_lines.evidence_ref,
        bill_lines.file_sha256,
        bill_lines.sheet,
        bill_lines.row_no,
        bill_lines.batch_id,
        bill_lines.file_sequence,
        bill_lines.received_at,
        {{ supplier_key('bill_lines.supplier') }} as supplier_key,
        bill_lines.site_id is null as is_site_of_meter,
        coalesce(',' || bill_lines.flags || ',' like '%,QTY_REPEATED,%', false) as is_quantity_repeated,
        {{ is_energy_line('bill_lines') }} and bill_lines.bill_type <> 'void' as is_energy,
        bill_lines.bill_type = 'estimated'
        or coalesce(bill_lines.reading_start, '') = 'estimated'
        or coalesce(bill_lines.reading_end, '') = 'estimated' as is_estimated,
        conversions.gj_per_unit,
        cast(bill_lines.quantity as decimal(19, 6)) * coalesce(conversions.kwh_per_unit, 1) as quantity_of_index,
        meters.index_digits,
        coalesce(bill_lines.index_end < bill_lines.index_start, false) and bill_lines.bill_type <> 'credit_note' as is_rollover,
        {{ index_consumption('bill_lines.index_start', 'bill_lines.index_end', 'bill_lines.multiplier') }} as metered,
        {{ index_consumption('bill_lines.index_start', 'bill_lines.index_end', 'meters.multiplier') }} as metered_by_register,
        {{ index_consumption(
            'bill_lines.index_start', 'bill_lines.index_end', 'bill_lines.multiplier', digits='meters.index_digits'
        ) }} as rolled,
        {{ index_consumption(
            'bill_lines.index_start', 'bill_lines.index_end', 'meters.multiplier', digits='meters.index_digits'
        ) }} as rolled_by_register
    from bill_lines
    left join meters on bill_lines.meter_id = meters.meter_id
    left join conversions
        on
            bill_lines.carrier = conversions.carrier
            and bill_lines.unit = conversions.unit
            and coalesce(bill_lines.heating_value_basis, 'none') = conversions.heating_value_basis
),

-- Lines of one bill that state the same indexes are parts of what the meter counted between them.
parts_summed as (
    select
        described.*,
        sum(case when described.is_energy then described.quantity_of_index end) over (
            partition by
                described.file_sha256, described.supplier_key, described.bill_no, described.meter_id, described.register,
                described.index_start, described.index_end
        ) as quantity_of_indexes,
        max(case when described.is_estimated then 1 else 0 end) over (partition by described.meter_id) as has_estimates
    from described
),

-- Past its last digit the index starts again at zero: that is what happened where it gives the quantity, to one unit.
-- What a corrective bill states takes the place of what it corrects: less than nothing is a difference, not a consumption.
judged as (
    select
        described.*,
        -- Electricity only: the index of another carrier counts in a unit that the bill may convert. A small difference, such as losses
        -- of a transformer, is a finding. A bill after an estimate may state the balance, which is less than the indexes give.
        coalesce(
            described.is_energy
            and described.carrier = 'electricity'
            and described.bill_type in ('invoice', 'corrective')
            and not described.is_estimated
            and not described.is_rollover
            and described.metered is not null
            {%- for quantity in ['quantity_of_index', 'quantity_of_indexes'] %}
            {%- for metered in ['metered', 'metered_by_register'] %}
            and not coalesce(
                abs(described.{{ metered }} - described.{{ quantity }})
                <= greatest(
                    cast(1 as decimal(19, 6)),
                    abs(described.{{ quantity }}) * checks.threshold_upper * cast('0.01' as decimal(3, 2))
                ),
                false
            )
            {%- endfor %}
            {%- endfor %}
            and not (described.has_estimates = 1 and described.quantity_of_indexes < described.metered),
            false
        ) as is_index_mismatch,
        described.is_rollover
        and described.is_energy
        and not coalesce(
            abs(described.rolled - described.quantity_of_index) <= 1
            or abs(described.rolled_by_register - described.quantity_of_index) <= 1,
            false
        ) as is_rollover_unexplained,
        coalesce(
            described.bill_type = 'corrective'
            and described.is_energy
            and sum(case when described.is_energy then described.quantity end) over (
                partition by
                    described.member_id, described.supplier_key, described.bill_no, described.bill_type, described.file_sha256
            ) < 0,
            false
        ) as is_negative_correction
    from parts_summed as described
    cross join checks
),

final as (
    select
        judged.*,
        case
            when judged.is_rollover_unexplained
                then
                    'Index ' || {{ french_number('judged.index_start') }} || ' puis ' || {{ french_number('judged.index_end') }} || ' ; '
                    || coalesce(
                        'consommation par passage à zéro sur ' || cast(judged.index_digits as {{ text }}) || ' chiffres : '
                        || {{ french_number('judged.rolled') }},
                        'nombre de chiffres absent du registre des compteurs'
                    )
                    || ' ; quantité facturée : ' || {{ french_number('judged.quantity') }} || ' ' || coalesce(judged.unit, '') || '.'
        end as rollover_detail_fr,
        case
            when judged.is_rollover_unexplained
                then
                    'Index ' || {{ number_text('judged.index_start') }} || ' then ' || {{ number_text('judged.index_end') }} || '; '
                    || coalesce(
                        'use over zero with ' || cast(judged.index_digits as {{ text }}) || ' digits: '
                        || {{ number_text('judged.rolled') }},
                        'number of digits not in the register of meters'
                    )
                    || '; billed quantity: ' || {{ number_text('judged.quantity') }} || ' ' || coalesce(judged.unit, '') || '.'
        end as rollover_detail_en,
        case
            when judged.is_index_mismatch
                then
                    'Index ' || {{ french_number('judged.index_start') }} || ' puis ' || {{ french_number('judged.index_end') }}
                    || ', coefficient ' || {{ french_number('judged.multiplier') }} || ' : ' || {{ french_number('judged.metered') }}
                    || ' ; quantité facturée : ' || {{ french_number('judged.quantity') }} || ' ' || coalesce(judged.unit, '') || '.'
        end as index_detail_fr,
        case
            when judged.is_index_mismatch
                then
                    'Index ' || {{ number_text('judged.index_start') }} || ' then ' || {{ number_text('judged.index_end') }}
                    || ', multiplier ' || {{ number_text('judged.multiplier') }} || ': ' || {{ number_text('judged.metered') }}
                    || '; billed quantity: ' || {{ number_text('judged.quantity') }} || ' ' || coalesce(judged.unit, '') || '.'
        end as index_detail_en
    from judged
)

select * from final
