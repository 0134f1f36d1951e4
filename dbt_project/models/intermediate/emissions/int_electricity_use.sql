{{ config(materialized='table') }}

with energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

conversions as (
    select * from {{ ref('int_carrier_conversions') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

final as (
    select
        energy_use.energy_use_id,
        energy_use.row_id,
        energy_use.member_id,
        energy_use.site_id,
        energy_use.carrier,
        energy_use.month,
        {{ round_half_up('energy_use.quantity * cast(conversions.kwh_per_unit as decimal(20, 11))') }} as quantity_kwh,
        energy_use.energy_gj,
        energy_use.is_estimated,
        energy_use.file_sha256,
        energy_use.sheet,
        energy_use.row_no,
        energy_use.carrier = 'electricity' as is_purchased
    from energy_use
    inner join conversions on energy_use.conversion_id = conversions.conversion_id
    inner join carriers on energy_use.carrier = carriers.carrier
    where carriers.kind = 'electricity'
)

select * from final
