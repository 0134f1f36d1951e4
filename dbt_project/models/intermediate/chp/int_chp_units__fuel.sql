{{ config(materialized='table') }}

with chp_units as (
    select * from {{ ref('dim_chp_units') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

-- The fuel of a unit: what its own meter counts, or all of the carrier at the site. Of two rows of a unit, the one that began last.
claims as (
    select
        energy_use.energy_use_id,
        chp_units.chp_id,
        chp_units.valid_from,
        chp_units.fuel_meter_id is not null as is_metered,
        row_number() over (
            partition by energy_use.energy_use_id, chp_units.chp_id order by chp_units.valid_from desc
        ) as recency
    from chp_units
    inner join energy_use
        on
            chp_units.member_id = energy_use.member_id
            and chp_units.site_id = energy_use.site_id
            and chp_units.fuel_carrier = energy_use.carrier
            and energy_use.month between {{ month_of('chp_units.valid_from') }} and chp_units.valid_to
            and coalesce(chp_units.fuel_meter_id = energy_use.meter_id, chp_units.fuel_meter_id is null)
),

-- A meter of its own goes before a claim on all of the carrier. What two units still claim alike is of neither, and said.
compared as (
    select
        claims.energy_use_id,
        claims.chp_id,
        claims.valid_from,
        claims.is_metered,
        max(case when claims.is_metered then 1 else 0 end) over (partition by claims.energy_use_id) = 1 as has_metered_claim
    from claims
    where claims.recency = 1
),

final as (
    select
        compared.energy_use_id,
        compared.chp_id,
        compared.valid_from,
        count(*) over (partition by compared.energy_use_id) > 1 as is_contested
    from compared
    where compared.is_metered or not compared.has_metered_claim
)

select * from final
