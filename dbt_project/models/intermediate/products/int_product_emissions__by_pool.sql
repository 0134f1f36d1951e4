{{ config(materialized='table') }}

with pool_emissions as (
    select * from {{ ref('int_site_emissions__by_pool') }}
),

product_shares as (
    select * from {{ ref('int_product_shares__by_pool') }}
),

allocatable as (
    select
        product_shares.site_id,
        product_shares.year,
        product_shares.process_id,
        product_shares.product_id,
        product_shares.share_in_millionths,
        pool_emissions.measure,
        pool_emissions.kilograms as pool_kilograms
    from product_shares
    inner join pool_emissions
        on
            product_shares.site_id = pool_emissions.site_id
            and product_shares.year = pool_emissions.year
            and coalesce(product_shares.process_id, '') = coalesce(pool_emissions.process_id, '')
    where product_shares.share_in_millionths is not null
),

split as (
    {{ largest_remainder(
        'allocatable', whole='pool_kilograms', weight='share_in_millionths',
        partition_by=['site_id', 'year', 'process_id', 'measure'], tie_breaker='product_id'
    ) }}
),

final as (
    select
        product_shares.site_id,
        product_shares.year,
        product_shares.process_id,
        product_shares.product_id,
        pool_emissions.measure,
        split.part as kilograms
    from product_shares
    inner join pool_emissions
        on
            product_shares.site_id = pool_emissions.site_id
            and product_shares.year = pool_emissions.year
            and coalesce(product_shares.process_id, '') = coalesce(pool_emissions.process_id, '')
    left join split
        on
            product_shares.site_id = split.site_id
            and product_shares.year = split.year
            and coalesce(product_shares.process_id, '') = coalesce(split.process_id, '')
            and product_shares.product_id = split.product_id
            and pool_emissions.measure = split.measure
)

select * from final
