with product_years as (
    select * from {{ ref('int_product_emissions__by_year') }}
),

site_years as (
    select * from {{ ref('int_site_years__measured') }}
),

product_shares as (
    select * from {{ ref('int_product_shares__by_pool') }}
),

precursors as (
    select * from {{ ref('rpt_product_precursors') }}
),

embedded as (
    select * from {{ ref('int_products__embedded') }}
),

shared_parts as (
    select *
    from product_shares
    where process_id is null
),

-- Of a site with subdivisions the share of a product is its part of all that the site emits.
with_totals as (
    select
        product_years.site_id,
        product_years.product_id,
        product_years.year,
        cast(product_years.direct + product_years.indirect as decimal(18, 6)) as total_kgco2e,
        cast(1000000 as decimal(18, 6)) as whole_in_millionths,
        min(product_years.direct + product_years.indirect) over (
            partition by product_years.site_id, product_years.year
        ) as lowest_kgco2e,
        sum(product_years.direct + product_years.indirect) over (
            partition by product_years.site_id, product_years.year
        ) as site_kgco2e,
        count(*) over (partition by product_years.site_id, product_years.year) as products,
        count(product_years.direct + product_years.indirect) over (
            partition by product_years.site_id, product_years.year
        ) as products_known
    from product_years
    inner join site_years
        on product_years.site_id = site_years.site_id and product_years.year = site_years.year
    where site_years.pools > 1 and site_years.is_allocatable
),

with_positive_totals as (
    select *
    from with_totals
    where products = products_known and lowest_kgco2e >= 0 and site_kgco2e > 0
),

subdivided_shares as (
    {{ largest_remainder(
        'with_positive_totals', whole='whole_in_millionths', weight='total_kgco2e', partition_by=['site_id', 'year'],
        tie_breaker='product_id'
    ) }}
),

precursor_totals as (
    select
        precursors.site_id,
        precursors.product_id,
        precursors.year,
        count(*) as precursors,
        case when count(*) = count(precursors.direct_kgco2e) then sum(precursors.direct_kgco2e) end as direct_kgco2e,
        case when count(*) = count(precursors.indirect_kgco2e) then sum(precursors.indirect_kgco2e) end
            as indirect_kgco2e
    from precursors
    group by precursors.site_id, precursors.product_id, precursors.year
),

footprints as (
    select
        product_years.*,
        site_years.pools > 1 as is_subdivided,
        site_years.primary_data_share as site_primary_data_share,
        shared_parts.rule as shared_rule,
        case when site_years.pools > 1 then subdivided_shares.part else shared_parts.share_in_millionths end
            as share_in_millionths,
        coalesce(precursor_totals.precursors, 0) as precursors,
        case when precursor_totals.product_id is null then 0 else precursor_totals.direct_kgco2e end
            as precursor_direct_kgco2e,
        case when precursor_totals.product_id is null then 0 else precursor_totals.indirect_kgco2e end
            as precursor_indirect_kgco2e,
        cast(embedded.direct + embedded.indirect as decimal(18, 6)) as footprint_kgco2e,
        embedded.direct as embedded_direct_kgco2e,
        embedded.indirect as embedded_indirect_kgco2e,
        embedded.primary_data as footprint_primary_kgco2e,
        embedded.technological as footprint_technological,
        embedded.geographical as footprint_geographical,
        embedded.temporal as footprint_temporal
    from product_years
    inner join site_years
        on product_years.site_id = site_years.site_id and product_years.year = site_years.year
    inner join embedded
        on
            product_years.site_id = embedded.site_id
            and product_years.product_id = embedded.product_id
            and product_years.year = embedded.year
    left join shared_parts
        on
            product_years.site_id = shared_parts.site_id
            and product_years.product_id = shared_parts.product_id
            and product_years.year = shared_parts.year
    left join subdivided_shares
        on
            product_years.site_id = subdivided_shares.site_id
            and product_years.product_id = subdivided_shares.product_id
            and product_years.year = subdivided_shares.year
    left join precursor_totals
        on
            product_years.site_id = precursor_totals.site_id
            and product_years.product_id = precursor_totals.product_id
            and product_years.year = precursor_totals.year
),

final as (
    select
        footprints.site_id,
        footprints.product_id,
        footprints.year,
        footprints.member_id,
        footprints.produced_quantity,
        footprints.declared_unit,
        footprints.produced_t,
        cast(case when footprints.is_subdivided then 'subdivision' else footprints.shared_rule end as string)
            as allocation_rule,
        cast(
            footprints.share_in_millionths * cast('0.000001' as decimal(6, 6)) as decimal(18, 12)
        ) as allocation_share,
        footprints.direct as direct_kgco2e,
        footprints.indirect as indirect_kgco2e,
        footprints.indirect_market as indirect_market_kgco2e,
        footprints.biogenic_co2 as biogenic_co2_kg,
        {{ kg_per_unit('footprints.direct', 'footprints.produced_quantity') }} as direct_kgco2e_per_unit,
        {{ kg_per_unit('footprints.indirect', 'footprints.produced_quantity') }} as indirect_kgco2e_per_unit,
        {{ kg_per_unit('footprints.indirect_market', 'footprints.produced_quantity') }}
            as indirect_market_kgco2e_per_unit,
        -- A site in one pool has one share for all its products.
        case
            when not footprints.is_allocated then null
            when not footprints.is_subdivided then footprints.site_primary_data_share
            else
                {{ share_within(
                    'footprints.primary_data', '(footprints.direct + footprints.indirect)', 0, 1, 12
                ) }}
        end as primary_data_share,
        cast(footprints.precursors as int) as precursors,
        cast(footprints.precursor_direct_kgco2e as decimal(18, 6)) as precursor_direct_kgco2e,
        cast(footprints.precursor_indirect_kgco2e as decimal(18, 6)) as precursor_indirect_kgco2e,
        {{ kg_per_unit('footprints.embedded_direct_kgco2e', 'footprints.produced_quantity') }}
            as embedded_direct_kgco2e_per_unit,
        {{ kg_per_unit('footprints.embedded_indirect_kgco2e', 'footprints.produced_quantity') }}
            as embedded_indirect_kgco2e_per_unit,
        footprints.footprint_kgco2e,
        {{ kg_per_unit('footprints.footprint_kgco2e', 'footprints.produced_quantity') }} as footprint_kgco2e_per_unit,
        {{ share_within('footprints.footprint_primary_kgco2e', 'footprints.footprint_kgco2e', 0, 1, 12) }}
            as footprint_primary_data_share,
        {{ share_within('footprints.footprint_technological', 'footprints.footprint_kgco2e', 1, 3, 6) }}
            as technological_rating,
        {{ share_within('footprints.footprint_geographical', 'footprints.footprint_kgco2e', 1, 3, 6) }}
            as geographical_rating,
        {{ share_within('footprints.footprint_temporal', 'footprints.footprint_kgco2e', 1, 3, 6) }}
            as temporal_rating
    from footprints
)

select * from final
