{{ config(materialized='table') }}

with production as (
    select * from {{ ref('fct_production') }}
),

emissions as (
    select * from {{ ref('fct_emissions') }}
),

product_shares as (
    select * from {{ ref('int_product_shares__by_pool') }}
),

-- A site makes the products of its allocation: emissions by scope, location-based for what is bought.
emissions_in_scope as (
    select
        emissions.site_id,
        cast(extract(year from emissions.month) as int) as year,
        emissions.scope,
        emissions.kgco2e,
        emissions.is_estimated
    from emissions
    where
        emissions.scope = 1
        or emissions.method = 'location'
),

site_emissions as (
    select
        emissions_in_scope.site_id,
        emissions_in_scope.year,
        sum(case when emissions_in_scope.kgco2e is null then 1 else 0 end) as unknown_facts,
        sum(case when emissions_in_scope.scope = 1 and emissions_in_scope.kgco2e is null then 1 else 0 end)
            as unknown_direct_facts,
        sum(case when emissions_in_scope.scope = 2 and emissions_in_scope.kgco2e is null then 1 else 0 end)
            as unknown_indirect_facts,
        sum(case when emissions_in_scope.scope = 1 then emissions_in_scope.kgco2e end) as direct_kgco2e,
        sum(case when emissions_in_scope.scope = 2 then emissions_in_scope.kgco2e end) as indirect_kgco2e,
        sum(emissions_in_scope.kgco2e) as total_kgco2e,
        sum(case when emissions_in_scope.is_estimated then 0 else emissions_in_scope.kgco2e end) as primary_kgco2e
    from emissions_in_scope
    group by emissions_in_scope.site_id, emissions_in_scope.year
),

site_production as (
    select
        production.site_id,
        cast(extract(year from production.month) as int) as year,
        max(production.member_id) as member_id,
        min(production.month) as first_month
    from production
    group by production.site_id, cast(extract(year from production.month) as int)
),

-- A site is allocated when the share of every product in every pool is known.
pools as (
    select
        product_shares.site_id,
        product_shares.year,
        count(*) = count(product_shares.share_in_millionths) as is_allocatable,
        count(distinct coalesce(product_shares.process_id, '')) as pools
    from product_shares
    group by product_shares.site_id, product_shares.year
),

final as (
    select
        site_production.site_id,
        site_production.year,
        site_production.member_id,
        site_production.first_month,
        coalesce(pools.is_allocatable, false) as is_allocatable,
        cast(coalesce(pools.pools, 0) as int) as pools,
        cast(coalesce(site_emissions.unknown_facts, 0) as int) as unknown_facts,
        -- A total of which a part is unknown is unknown.
        cast(
            case when site_emissions.unknown_direct_facts = 0 then site_emissions.direct_kgco2e end as decimal(18, 6)
        ) as direct_kgco2e,
        cast(
            case when site_emissions.unknown_indirect_facts = 0 then site_emissions.indirect_kgco2e end
            as decimal(18, 6)
        ) as indirect_kgco2e,
        case
            when
                site_emissions.unknown_facts = 0
                and site_emissions.total_kgco2e > 0
                and site_emissions.primary_kgco2e between 0 and site_emissions.total_kgco2e
                then {{ decimal_divide('site_emissions.primary_kgco2e', 'site_emissions.total_kgco2e', 12) }}
        end as primary_data_share
    from site_production
    left join site_emissions
        on site_production.site_id = site_emissions.site_id and site_production.year = site_emissions.year
    left join pools on site_production.site_id = pools.site_id and site_production.year = pools.year
)

select * from final
