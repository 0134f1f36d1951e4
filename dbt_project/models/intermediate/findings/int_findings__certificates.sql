with instruments as (
    select * from {{ ref('dim_instruments') }}
),

purchased_use as (
    select *
    from {{ ref('int_electricity_use') }}
    where is_purchased
),

-- What runs on may still be used: an instrument is judged once the use of its last day is known.
newest_month as (
    select cast({{ dbt.last_day('max(purchased_use.month)', 'month') }} as date) as last_day
    from purchased_use
),

ended as (
    select
        instruments.*,
        instruments.kind = 'eac' and instruments.retired_on is null as is_not_retired
    from instruments
    inner join newest_month on instruments.valid_to <= newest_month.last_day
    where
        instruments.carrier = 'electricity'
        and instruments.kind <> 'eac_sold'
        and instruments.repeats_instrument_id is null
        and instruments.quantity_kwh > 0
),

use_of_instruments as (
    select
        ended.instrument_id,
        coalesce(sum(purchased_use.quantity_kwh), 0) as used_kwh
    from ended
    left join purchased_use
        on
            ended.member_id = purchased_use.member_id
            and coalesce(ended.site_id = purchased_use.site_id, true)
            and purchased_use.month between {{ month_of('ended.valid_from') }} and ended.valid_to
    group by ended.instrument_id
),

-- Instruments of one place and one period cover its use together; a certificate that is not retired covers none.
compared as (
    select
        ended.*,
        cast(use_of_instruments.used_kwh as decimal(24, 6)) as used_kwh,
        cast(sum(case when ended.is_not_retired then 0 else ended.quantity_kwh end) over (
            partition by ended.member_id, ended.site_id, ended.valid_from, ended.valid_to
        ) as decimal(24, 6)) as together_kwh
    from ended
    inner join use_of_instruments on ended.instrument_id = use_of_instruments.instrument_id
),

not_covered as (
    select
        compared.*,
        compared.together_kwh > compared.used_kwh and not compared.is_not_retired as is_beyond_use
    from compared
    where compared.is_not_retired or compared.together_kwh > compared.used_kwh
),

final as (
    select
        'B33' as check_id,
        not_covered.member_id,
        not_covered.site_id,
        cast(null as string) as meter_id,
        {{ month_of('not_covered.valid_from') }} as month,
        not_covered.row_id as row_ids,
        'Instrument ' || not_covered.instrument_id || ' (' || not_covered.kind || ', '
        || {{ french_number('not_covered.quantity_kwh') }} || ' kWh, du ' || {{ french_date('not_covered.valid_from') }} || ' au '
        || {{ french_date('not_covered.valid_to') }} || ') : '
        || case
            when not_covered.is_not_retired then 'pas retiré du registre, il ne couvre aucune consommation.'
            when not_covered.used_kwh <= 0 then 'aucun achat d''électricité en face dans sa période.'
            else
                {{ french_number('not_covered.used_kwh') }} || ' kWh achetés dans sa période, pour '
                || {{ french_number('not_covered.together_kwh') }} || ' kWh d''instruments.'
        end as message_fr,
        'Instrument ' || not_covered.instrument_id || ' (' || not_covered.kind || ', '
        || {{ number_text('not_covered.quantity_kwh') }} || ' kWh, ' || {{ iso_date('not_covered.valid_from') }} || ' to '
        || {{ iso_date('not_covered.valid_to') }} || '): '
        || case
            when not_covered.is_not_retired then 'not retired from its registry, it covers no use.'
            when not_covered.used_kwh <= 0 then 'no electricity bought in its period.'
            else
                {{ number_text('not_covered.used_kwh') }} || ' kWh bought in its period, against '
                || {{ number_text('not_covered.together_kwh') }} || ' kWh of instruments.'
        end as message_en,
        cast(not_covered.received_at as date) as first_seen_on
    from not_covered
)

select * from final
