{{ config(materialized='table') }}

with own_use as (
    select *
    from {{ ref('int_electricity_use') }}
    where
        not is_purchased
        and quantity_kwh > 0
),

certificates_sold as (
    select *
    from {{ ref('dim_instruments') }}
    where
        kind = 'eac_sold'
        and carrier in ('electricity', 'electricity_self_generated')
        and quantity_kwh > 0
),

-- What the site made and used in the period of the certificates. Nothing says that those sold are of the part that it exported, so they
-- are of its own use first.
use_of_certificates as (
    select
        certificates_sold.instrument_id,
        certificates_sold.quantity_kwh as certified_kwh,
        own_use.energy_use_id,
        own_use.quantity_kwh
    from certificates_sold
    inner join own_use
        on
            certificates_sold.member_id = own_use.member_id
            and coalesce(certificates_sold.site_id = own_use.site_id, true)
            and own_use.month between {{ month_of('certificates_sold.valid_from') }} and certificates_sold.valid_to
),

capped as (
    select
        use_of_certificates.*,
        least(
            use_of_certificates.certified_kwh,
            sum(use_of_certificates.quantity_kwh) over (partition by use_of_certificates.instrument_id)
        ) as covered_kwh
    from use_of_certificates
),

-- In the proportion of the use: generation follows the sun, not the calendar.
split as (
    {{ largest_remainder(
        'capped', whole='covered_kwh', weight='quantity_kwh', partition_by=['instrument_id'], tie_breaker='energy_use_id'
    ) }}
),

-- Of certificates that overlap, no more than the use.
final as (
    select
        split.energy_use_id,
        cast(least(sum(split.part), max(split.quantity_kwh)) as decimal(18, 6)) as sold_kwh
    from split
    where split.part > 0
    group by split.energy_use_id
)

select * from final
