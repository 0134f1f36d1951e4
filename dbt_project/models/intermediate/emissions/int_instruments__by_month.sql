{{ config(materialized='table') }}

with instruments as (
    select * from {{ ref('dim_instruments') }}
),

-- A certificate conveys its rate once it is retired for the member; a contract conveys it while it runs, for fifty years at most: a
-- date such as 9999 is no term.
usable_instruments as (
    select
        instruments.*,
        case instruments.kind when 'eac' then 1 when 'ppa' then 2 else 3 end as kind_rank
    from instruments
    where
        instruments.carrier = 'electricity'
        and instruments.kind <> 'eac_sold'
        and instruments.repeats_instrument_id is null
        -- A rate beyond this is a slip: see dim_factors.
        and instruments.kgco2e_per_kwh < 10
        and instruments.quantity_kwh > 0
        and {{ dbt.datediff('instruments.valid_from', 'instruments.valid_to', 'month') }} < 600
        and (instruments.kind <> 'eac' or instruments.retired_on is not null)
),

instrument_months as (
    {{ months_of_period('usable_instruments', period_start='valid_from', period_end='valid_to') }}
),

split as (
    {{ largest_remainder(
        'instrument_months', whole='quantity_kwh', weight='days', partition_by=['instrument_id'], tie_breaker='month'
    ) }}
),

final as (
    select
        split.instrument_id,
        split.member_id,
        split.site_id,
        split.kind_rank,
        split.valid_from,
        split.month,
        split.part as supply_kwh
    from split
)

select * from final
