-- The products of an allocated pool carry all of it, of every measure. Shows the pools where they do not.
{{ config(meta={'dagster': {'ref': {'name': 'int_product_emissions__by_pool'}}}) }}

with products as (
    select
        site_id,
        year,
        coalesce(process_id, '') as pool,
        measure,
        sum(kilograms) as kilograms,
        count(*) - count(kilograms) as products_unknown
    from {{ ref('int_product_emissions__by_pool') }}
    group by site_id, year, coalesce(process_id, ''), measure
),

shares as (
    select
        site_id,
        year,
        coalesce(process_id, '') as pool,
        sum(share_in_millionths) as share_in_millionths
    from {{ ref('int_product_shares__by_pool') }}
    group by site_id, year, coalesce(process_id, '')
)

select
    pools.site_id,
    pools.year,
    pools.process_id,
    pools.measure,
    pools.kilograms,
    products.kilograms as kilograms_of_products,
    shares.share_in_millionths
from {{ ref('int_site_emissions__by_pool') }} as pools
left join shares
    on
        pools.site_id = shares.site_id
        and pools.year = shares.year
        and coalesce(pools.process_id, '') = shares.pool
left join products
    on
        pools.site_id = products.site_id
        and pools.year = products.year
        and coalesce(pools.process_id, '') = products.pool
        and pools.measure = products.measure
where
    shares.pool is null
    or shares.share_in_millionths <> 1000000
    or (
        shares.share_in_millionths is not null
        and pools.kilograms is not null
        and (pools.kilograms is distinct from products.kilograms or products.products_unknown > 0)
    )
