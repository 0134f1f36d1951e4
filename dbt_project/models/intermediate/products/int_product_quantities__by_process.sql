with production as (
    select * from {{ ref('fct_production') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

made as (
    select
        production.site_id,
        cast(extract(year from production.month) as int) as year,
        production.process_id,
        production.product_id,
        max(production.member_id) as member_id,
        max(production.declared_unit) as declared_unit,
        min(production.month) as first_month,
        cast(
            case when count(*) = count(production.quantity_declared) then sum(production.quantity_declared) end
            as decimal(18, 6)
        ) as produced_quantity,
        cast(
            case when count(*) = count(production.quantity_t) then sum(production.quantity_t) end as decimal(18, 6)
        ) as produced_t
    from production
    group by
        production.site_id,
        cast(extract(year from production.month) as int),
        production.process_id,
        production.product_id
),

final as (
    select
        made.site_id,
        made.year,
        made.process_id,
        made.product_id,
        made.member_id,
        cast(made.declared_unit as string) as declared_unit,
        made.first_month,
        made.produced_quantity,
        made.produced_t,
        {{ round_half_up('cast(made.produced_quantity as decimal(20, 6)) * products.unit_energy_gj') }}
            as produced_energy_gj,
        {{ round_half_up('cast(made.produced_quantity as decimal(20, 6)) * products.unit_value_mad') }}
            as produced_value_mad
    from made
    left join products on made.product_id = products.product_id
)

select * from final
