{{ config(materialized='table') }}

{%- set text = dbt.type_string() -%}

with bill_lines as (
    select * from {{ ref('int_energy_bills__received') }}
),

production as (
    select * from {{ ref('stg_production__records') }}
),

process_activity as (
    select * from {{ ref('stg_process_activity__records') }}
),

declaration_lines as (
    select * from {{ ref('stg_exports__declaration_lines') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

sites as (
    select * from {{ ref('dim_sites') }}
),

site_shares as (
    select * from {{ ref('dim_site_shares') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

conversions as (
    select * from {{ ref('int_carrier_conversions') }}
),

units as (
    select * from {{ ref('units') }}
),

reasons as (
    select * from {{ ref('held_out_reasons') }}
),

to_confirm as (
    select * from {{ ref('int_rows_to_confirm') }}
),

ranked_holds as (
    select
        feed,
        row_id,
        message_fr,
        message_en,
        row_number() over (partition by feed, row_id order by check_id) as rank_of_check
    from {{ ref('stg_checks__holds') }}
),

-- A row that several checks hold out is told of the first.
holds as (
    select
        feed,
        row_id,
        message_fr,
        message_en
    from ranked_holds
    where rank_of_check = 1
),

unit_slips as (
    select
        row_id,
        gj_per_day,
        median_gj_per_day
    from {{ ref('int_energy_bills__unit_slips') }}
),

-- What the rules below look at, of all activity feeds. A line of energy is one that counts as use.
rows_of_feeds as (
    select
        'energy_bills' as feed,
        bill_lines.row_id,
        bill_lines.file_sha256,
        bill_lines.file_sequence,
        bill_lines.sheet,
        bill_lines.row_no,
        bill_lines.member_id,
        bill_lines.site_id,
        bill_lines.period_start,
        bill_lines.period_end,
        bill_lines.carrier,
        bill_lines.quantity,
        bill_lines.unit,
        bill_lines.heating_value_basis,
        bill_lines.is_energy,
        cast(null as {{ text }}) as process
    from bill_lines
    union all
    select
        'production' as feed,
        production.row_id,
        production.file_sha256,
        production.file_sequence,
        production.sheet,
        production.row_no,
        production.member_id,
        production.site_id,
        production.period_start,
        production.period_end,
        cast(null as {{ text }}) as carrier,
        production.quantity_gross as quantity,
        production.unit,
        cast(null as {{ text }}) as heating_value_basis,
        false as is_energy,
        cast(null as {{ text }}) as process
    from production
    union all
    select
        'process_activity' as feed,
        process_activity.row_id,
        process_activity.file_sha256,
        process_activity.file_sequence,
        process_activity.sheet,
        process_activity.row_no,
        process_activity.member_id,
        process_activity.site_id,
        process_activity.period_start,
        process_activity.period_end,
        cast(null as {{ text }}) as carrier,
        process_activity.quantity,
        process_activity.unit,
        cast(null as {{ text }}) as heating_value_basis,
        false as is_energy,
        process_activity.process
    from process_activity
    union all
    select
        'exports' as feed,
        declaration_lines.row_id,
        declaration_lines.file_sha256,
        declaration_lines.file_sequence,
        declaration_lines.sheet,
        declaration_lines.row_no,
        declaration_lines.member_id,
        cast(null as {{ text }}) as site_id,
        declaration_lines.registered_on as period_start,
        declaration_lines.registered_on as period_end,
        cast(null as {{ text }}) as carrier,
        greatest(declaration_lines.net_mass_kg, declaration_lines.fob_value_mad) as quantity,
        cast(null as {{ text }}) as unit,
        cast(null as {{ text }}) as heating_value_basis,
        false as is_energy,
        cast(null as {{ text }}) as process
    from declaration_lines
),

-- A site that changed hands is also of the member that held it on a day of the row.
rows_of_earlier_holders as (
    select distinct
        rows_of_feeds.feed,
        rows_of_feeds.row_id
    from rows_of_feeds
    inner join site_shares
        on
            rows_of_feeds.site_id = site_shares.site_id
            and rows_of_feeds.member_id = site_shares.member_id
            and rows_of_feeds.period_end >= site_shares.valid_from
            and coalesce(rows_of_feeds.period_start <= site_shares.valid_to, true)
),

-- Carriers and units that some heating value basis could convert.
convertible as (
    select distinct
        conversions.carrier,
        conversions.unit
    from conversions
),

looked_up as (
    select
        rows_of_feeds.*,
        holds.row_id is not null as is_held_by_check,
        to_confirm.row_id is not null and to_confirm.decision is null as is_to_confirm,
        coalesce(to_confirm.decision = 'reject', false) as is_rejected,
        to_confirm.said as review_said,
        holds.message_fr as hold_message_fr,
        holds.message_en as hold_message_en,
        bill_lines.meter_id,
        coalesce(bill_lines.is_site_of_meter, false) as is_site_of_meter,
        coalesce(bill_lines.is_rollover_unexplained, false) as is_rollover_unexplained,
        coalesce(bill_lines.is_negative_correction, false) as is_negative_correction,
        coalesce(bill_lines.is_index_mismatch, false) as is_index_mismatch,
        bill_lines.index_end,
        bill_lines.rollover_detail_fr,
        bill_lines.rollover_detail_en,
        bill_lines.index_detail_fr,
        bill_lines.index_detail_en,
        unit_slips.row_id is not null as is_unit_slip,
        unit_slips.gj_per_day,
        unit_slips.median_gj_per_day,
        members.member_id is not null as is_member_known,
        sites.site_id is not null as is_site_known,
        sites.member_id as site_member_id,
        earlier_holders.row_id is not null as is_of_earlier_holder,
        carriers.carrier is not null as is_carrier_known,
        conversions.conversion_id is not null as is_converted,
        convertible.carrier is not null as is_convertible_on_a_basis,
        abs(rows_of_feeds.quantity) * case
            when rows_of_feeds.feed = 'energy_bills' then conversions.gj_per_unit
            when rows_of_feeds.feed = 'exports' then 1
            else units.factor_to_base
        end as magnitude,
        -- GJ; MAD or kg; kg of a refrigerant; kg of a material; base units of a product.
        case rows_of_feeds.feed
            when 'energy_bills' then 100000000
            when 'exports' then 100000000000
            when 'process_activity' then case rows_of_feeds.process when 'refrigerant_leak' then 1000000 else 10000000000 end
            else 100000000000
        end as largest_magnitude
    from rows_of_feeds
    left join holds on rows_of_feeds.feed = holds.feed and rows_of_feeds.row_id = holds.row_id
    left join to_confirm on rows_of_feeds.feed = to_confirm.feed and rows_of_feeds.row_id = to_confirm.row_id
    left join bill_lines on rows_of_feeds.feed = 'energy_bills' and rows_of_feeds.row_id = bill_lines.row_id
    left join unit_slips on rows_of_feeds.feed = 'energy_bills' and rows_of_feeds.row_id = unit_slips.row_id
    left join members on rows_of_feeds.member_id = members.member_id
    left join sites on rows_of_feeds.site_id = sites.site_id
    left join rows_of_earlier_holders as earlier_holders
        on rows_of_feeds.feed = earlier_holders.feed and rows_of_feeds.row_id = earlier_holders.row_id
    left join carriers on rows_of_feeds.carrier = carriers.carrier
    left join conversions
        on
            rows_of_feeds.carrier = conversions.carrier
            and rows_of_feeds.unit = conversions.unit
            and coalesce(rows_of_feeds.heating_value_basis, 'none') = conversions.heating_value_basis
    left join units on rows_of_feeds.unit = units.unit
    left join convertible on rows_of_feeds.carrier = convertible.carrier and rows_of_feeds.unit = convertible.unit
),

-- The order of the seed held_out_reasons: the first reason that applies is the row's only one.
judged as (
    select
        looked_up.*,
        case
            when looked_up.is_rejected then 'REVIEW_REJECTED'
            when looked_up.is_to_confirm then 'TO_CONFIRM'
            when looked_up.is_held_by_check then 'BATCH_CHECK_FAILED'
            when not looked_up.is_member_known then 'MEMBER_UNKNOWN'
            when (looked_up.site_id is not null or looked_up.is_site_of_meter) and not looked_up.is_site_known then 'SITE_UNKNOWN'
            when
                looked_up.site_id is not null
                and looked_up.site_member_id <> looked_up.member_id
                and not looked_up.is_of_earlier_holder
                then 'SITE_OF_ANOTHER_MEMBER'
            when looked_up.period_end < looked_up.period_start then 'PERIOD_INVERTED'
            when {{ dbt.datediff('looked_up.period_start', 'looked_up.period_end', 'day') }} > 3660 then 'PERIOD_TOO_LONG'
            when looked_up.is_energy and not looked_up.is_carrier_known then 'CARRIER_UNKNOWN'
            when looked_up.is_energy and (looked_up.quantity is null or looked_up.unit is null) then 'QUANTITY_MISSING'
            when
                looked_up.is_energy
                and not looked_up.is_converted
                and looked_up.heating_value_basis is null
                and looked_up.is_convertible_on_a_basis
                then 'HEATING_VALUE_BASIS_MISSING'
            when looked_up.is_energy and not looked_up.is_converted then 'UNIT_CARRIER_CLASH'
            when (looked_up.is_energy or looked_up.feed <> 'energy_bills') and looked_up.magnitude >= looked_up.largest_magnitude
                then 'QUANTITY_OUT_OF_RANGE'
            when looked_up.is_rollover_unexplained then 'METER_ROLLOVER'
            when looked_up.is_negative_correction then 'NEGATIVE_NET'
            when looked_up.is_index_mismatch then 'INDEX_QTY_MISMATCH'
            when looked_up.is_unit_slip then 'UNIT_SCALE'
        end as reason_code
    from looked_up
),

final as (
    select
        judged.feed,
        judged.row_id,
        judged.file_sha256,
        judged.file_sequence,
        judged.sheet,
        judged.row_no,
        judged.member_id,
        case judged.reason_code
            when 'MEMBER_UNKNOWN' then 'member_id'
            when 'SITE_UNKNOWN' then case when judged.is_site_of_meter then 'meter_id' else 'site_id' end
            when 'SITE_OF_ANOTHER_MEMBER' then case when judged.is_site_of_meter then 'meter_id' else 'site_id' end
            when 'PERIOD_INVERTED' then 'period_end'
            when 'PERIOD_TOO_LONG' then 'period_end'
            when 'CARRIER_UNKNOWN' then 'carrier'
            when 'QUANTITY_MISSING' then case when judged.quantity is null then 'quantity' else 'unit' end
            when 'HEATING_VALUE_BASIS_MISSING' then 'heating_value_basis'
            when 'UNIT_CARRIER_CLASH' then 'unit'
            when 'METER_ROLLOVER' then 'index_end'
            when 'NEGATIVE_NET' then 'quantity'
            when 'INDEX_QTY_MISMATCH' then 'quantity'
            when 'UNIT_SCALE' then 'quantity'
            when 'QUANTITY_OUT_OF_RANGE'
                then case judged.feed
                    when 'production' then 'quantity_gross'
                    when 'exports' then 'fob_value_mad'
                    else 'quantity'
                end
        end as column_name,
        case judged.reason_code
            when 'MEMBER_UNKNOWN' then judged.member_id
            when 'SITE_UNKNOWN' then case when judged.is_site_of_meter then judged.meter_id else judged.site_id end
            when 'SITE_OF_ANOTHER_MEMBER' then case when judged.is_site_of_meter then judged.meter_id else judged.site_id end
            when 'PERIOD_INVERTED' then cast(judged.period_end as {{ text }})
            when 'PERIOD_TOO_LONG' then cast(judged.period_end as {{ text }})
            when 'CARRIER_UNKNOWN' then judged.carrier
            when 'UNIT_CARRIER_CLASH' then judged.unit
            when 'QUANTITY_OUT_OF_RANGE' then cast(judged.quantity as {{ text }})
            when 'METER_ROLLOVER' then {{ number_text('judged.index_end') }}
            when 'NEGATIVE_NET' then {{ number_text('judged.quantity') }}
            when 'INDEX_QTY_MISMATCH' then {{ number_text('judged.quantity') }}
            when 'UNIT_SCALE' then {{ number_text('judged.quantity') }}
        end as cell,
        judged.reason_code,
        -- A check that held the row out, a person who rejected it, a meter that gives no site, and an index say which and why.
        case
            when judged.reason_code = 'REVIEW_REJECTED' then reasons.message_fr || ' (' || judged.review_said || ')'
            when judged.reason_code = 'BATCH_CHECK_FAILED' then coalesce(judged.hold_message_fr, reasons.message_fr)
            when judged.reason_code = 'SITE_UNKNOWN' and judged.is_site_of_meter
                then
                    'La ligne ne nomme pas de site, et le registre ne donne pas de site connu au compteur ' || judged.meter_id
                    || '. Ajoutez le compteur au registre, ou indiquez le site.'
            when judged.reason_code = 'METER_ROLLOVER' then reasons.message_fr || coalesce(' ' || judged.rollover_detail_fr, '')
            when judged.reason_code = 'INDEX_QTY_MISMATCH' then reasons.message_fr || ' ' || judged.index_detail_fr
            when judged.reason_code = 'UNIT_SCALE'
                then
                    reasons.message_fr || ' ' || {{ french_number('judged.gj_per_day') }} || ' GJ par jour, médiane '
                    || {{ french_number('judged.median_gj_per_day') }} || '.'
            else reasons.message_fr
        end as message_fr,
        case
            when judged.reason_code = 'REVIEW_REJECTED' then reasons.message_en || ' (' || judged.review_said || ')'
            when judged.reason_code = 'BATCH_CHECK_FAILED' then coalesce(judged.hold_message_en, reasons.message_en)
            when judged.reason_code = 'SITE_UNKNOWN' and judged.is_site_of_meter
                then
                    'The line names no site, and the register gives meter ' || judged.meter_id
                    || ' no known site. Add the meter to the register, or state the site.'
            when judged.reason_code = 'METER_ROLLOVER' then reasons.message_en || coalesce(' ' || judged.rollover_detail_en, '')
            when judged.reason_code = 'INDEX_QTY_MISMATCH' then reasons.message_en || ' ' || judged.index_detail_en
            when judged.reason_code = 'UNIT_SCALE'
                then
                    reasons.message_en || ' ' || {{ number_text('judged.gj_per_day') }} || ' GJ a day, median '
                    || {{ number_text('judged.median_gj_per_day') }} || '.'
            else reasons.message_en
        end as message_en
    from judged
    inner join reasons on judged.reason_code = reasons.reason_code
)

select * from final
