with meter_periods as (
    select * from {{ ref('int_meter_periods') }}
),

bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

rows_held_out as (
    select * from {{ ref('int_rows_held_out') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- The readings that stand, register by register.
index_pairs as (
    select
        bill_lines.member_id,
        max(bill_lines.site_id) as site_id,
        bill_lines.meter_id,
        bill_lines.register,
        bill_lines.supplier,
        bill_lines.bill_no,
        bill_lines.use_start,
        bill_lines.period_end,
        min(bill_lines.index_start) as index_start,
        max(bill_lines.index_end) as index_end,
        max(case when bill_lines.is_estimated then 1 else 0 end) = 1 as is_estimated,
        {{ sorted_list('bill_lines.row_id') }} as row_ids,
        max(bill_lines.received_at) as received_at
    from bill_lines
    where
        bill_lines.outcome in ('counted', 'energy_exported')
        and bill_lines.bill_type <> 'credit_note'
        and bill_lines.meter_id is not null
        and bill_lines.index_start is not null
        and bill_lines.index_end is not null
    group by
        bill_lines.member_id,
        bill_lines.meter_id,
        bill_lines.register,
        bill_lines.supplier,
        bill_lines.bill_no,
        bill_lines.use_start,
        bill_lines.period_end
),

pairs_in_order as (
    select
        index_pairs.*,
        lag(index_pairs.bill_no) over in_order as bill_before,
        lag(index_pairs.period_end) over in_order as end_before,
        lag(index_pairs.index_end) over in_order as index_before,
        lag(index_pairs.is_estimated) over in_order as is_estimated_before,
        lag(index_pairs.row_ids) over in_order as row_ids_before
    from index_pairs
    window in_order as (
        partition by index_pairs.member_id, index_pairs.meter_id, index_pairs.register
        order by index_pairs.use_start, index_pairs.period_end, index_pairs.bill_no
    )
),

-- A reading begins where the one before it ended, unless days between them were not billed or an index was guessed.
jumps as (
    select pairs_in_order.*
    from pairs_in_order
    inner join checks on checks.check_id = 'B25'
    where
        not pairs_in_order.is_estimated
        and not pairs_in_order.is_estimated_before
        and {{ dbt.datediff('pairs_in_order.end_before', 'pairs_in_order.use_start', 'day') }} between 0 and 1
        and abs(pairs_in_order.index_start - pairs_in_order.index_before) > checks.minimum_value
),

falling_lines as (
    select
        bill_lines.*,
        false as is_held_out
    from bill_lines
    where bill_lines.is_rollover and bill_lines.outcome = 'counted'
    union all
    select
        bill_lines.*,
        true as is_held_out
    from bill_lines
    inner join rows_held_out
        on
            bill_lines.row_id = rows_held_out.row_id
            and rows_held_out.feed = 'energy_bills'
            and rows_held_out.reason_code = 'METER_ROLLOVER'
),

index_events as (
    select
        jumps.member_id,
        jumps.site_id,
        jumps.meter_id,
        {{ month_of('jumps.use_start') }} as month,
        jumps.register || ' : la facture ' || jumps.bill_before || ' finit à l''index ' || {{ french_number('jumps.index_before') }}
        || ', la facture ' || jumps.bill_no || ' commence à ' || {{ french_number('jumps.index_start') }} as text_fr,
        jumps.register || ': bill ' || jumps.bill_before || ' ends at index ' || {{ number_text('jumps.index_before') }}
        || ', bill ' || jumps.bill_no || ' begins at ' || {{ number_text('jumps.index_start') }} as text_en,
        jumps.row_ids_before || ',' || jumps.row_ids as row_ids,
        jumps.received_at
    from jumps
    union all
    select
        falling_lines.member_id,
        falling_lines.site_id,
        falling_lines.meter_id,
        {{ month_of('falling_lines.period_start') }} as month,
        falling_lines.register || ' : la facture ' || falling_lines.bill_no || ' va de l''index '
        || {{ french_number('falling_lines.index_start') }} || ' à ' || {{ french_number('falling_lines.index_end') }}
        || ' pour ' || {{ french_number('falling_lines.quantity') }} || ' ' || coalesce(falling_lines.unit, '')
        || case
            when falling_lines.is_held_out then ', qu''un passage à zéro n''explique pas (la ligne ne compte pas)'
            else ', par un passage à zéro'
        end as text_fr,
        falling_lines.register || ': bill ' || falling_lines.bill_no || ' goes from index '
        || {{ number_text('falling_lines.index_start') }} || ' to ' || {{ number_text('falling_lines.index_end') }}
        || ' for ' || {{ number_text('falling_lines.quantity') }} || ' ' || coalesce(falling_lines.unit, '')
        || case
            when falling_lines.is_held_out then ', which a passage over zero does not explain (the line does not count)'
            else ', over zero'
        end as text_en,
        falling_lines.row_id as row_ids,
        falling_lines.received_at
    from falling_lines
),

events_of_months as (
    select
        index_events.member_id,
        max(index_events.site_id) as site_id,
        index_events.meter_id,
        index_events.month,
        {{ sorted_list('index_events.text_fr', ' ; ') }} as texts_fr,
        {{ sorted_list('index_events.text_en', '; ') }} as texts_en,
        {{ sorted_list('index_events.row_ids') }} as row_ids,
        max(index_events.received_at) as last_received_at
    from index_events
    group by index_events.member_id, index_events.meter_id, index_events.month
),

-- The meters that were read at a site, from their first bill to their last.
lives_of_meters as (
    select
        meter_periods.member_id,
        meter_periods.site_id,
        meter_periods.meter_id,
        meter_periods.carrier,
        min(meter_periods.use_start) as first_day,
        max(meter_periods.period_end) as last_day
    from meter_periods
    where meter_periods.bill_type <> 'credit_note' and meter_periods.is_metered
    group by meter_periods.member_id, meter_periods.site_id, meter_periods.meter_id, meter_periods.carrier
),

replaced_meters as (
    select distinct replaces_meter_id as meter_id
    from meters
    where replaces_meter_id is not null
),

successions as (
    select
        successor.member_id,
        successor.site_id,
        successor.meter_id,
        successor.first_day,
        predecessor.meter_id as meter_before,
        predecessor.last_day
    from lives_of_meters as successor
    inner join lives_of_meters as predecessor
        on
            successor.member_id = predecessor.member_id
            and successor.site_id = predecessor.site_id
            and successor.carrier = predecessor.carrier
            and successor.meter_id <> predecessor.meter_id
    inner join checks on checks.check_id = 'B25'
    left join meters on successor.meter_id = meters.meter_id
    left join replaced_meters on predecessor.meter_id = replaced_meters.meter_id
    where
        meters.replaces_meter_id is null
        and replaced_meters.meter_id is null
        and {{ dbt.datediff('predecessor.last_day', 'successor.first_day', 'day') }} between 1 and checks.threshold
),

unannounced_meters as (
    select
        successions.member_id,
        successions.site_id,
        successions.meter_id,
        successions.first_day,
        {{ sorted_list(
            "successions.meter_before || ' (' || " ~ french_date('successions.last_day') ~ " || ')'", ', '
        ) }} as meters_before_fr,
        {{ sorted_list(
            "successions.meter_before || ' (' || " ~ iso_date('successions.last_day') ~ " || ')'", ', '
        ) }} as meters_before_en,
        {{ sorted_list('meter_periods.row_ids') }} as row_ids,
        {{ sorted_list('meter_periods.bill_no', ', ') }} as bill_nos,
        max(meter_periods.last_received_at) as last_received_at
    from successions
    inner join meter_periods
        on
            successions.member_id = meter_periods.member_id
            and successions.meter_id = meter_periods.meter_id
            and successions.first_day = meter_periods.use_start
    group by successions.member_id, successions.site_id, successions.meter_id, successions.first_day
),

final as (
    select
        'B25' as check_id,
        events_of_months.member_id,
        events_of_months.site_id,
        events_of_months.meter_id,
        events_of_months.month,
        events_of_months.row_ids,
        coalesce('Compteur ' || events_of_months.meter_id, 'Site ' || events_of_months.site_id)
        || ', index sans changement de compteur annoncé ; ' || events_of_months.texts_fr || '.' as message_fr,
        coalesce('Meter ' || events_of_months.meter_id, 'Site ' || events_of_months.site_id)
        || ', indexes without an announced change of meter; ' || events_of_months.texts_en || '.' as message_en,
        cast(events_of_months.last_received_at as date) as first_seen_on
    from events_of_months
    union all
    select
        'B25' as check_id,
        unannounced_meters.member_id,
        unannounced_meters.site_id,
        unannounced_meters.meter_id,
        {{ month_of('unannounced_meters.first_day') }} as month,
        unannounced_meters.row_ids,
        'Compteur ' || unannounced_meters.meter_id || ' : sa première facture (' || unannounced_meters.bill_nos || ', dès le '
        || {{ french_date('unannounced_meters.first_day') }} || ') suit la dernière d''un compteur du même site et du même vecteur : '
        || unannounced_meters.meters_before_fr || '. Le registre ne dit pas qu''il le remplace.' as message_fr,
        'Meter ' || unannounced_meters.meter_id || ': its first bill (' || unannounced_meters.bill_nos || ', from '
        || {{ iso_date('unannounced_meters.first_day') }} || ') follows the last of a meter of the same site and carrier: '
        || unannounced_meters.meters_before_en || '. The register does not say that it replaces it.' as message_en,
        cast(unannounced_meters.last_received_at as date) as first_seen_on
    from unannounced_meters
)

select * from final
