with site_years as (
    select * from {{ ref('int_site_years__measured') }}
),

production as (
    select * from {{ ref('fct_production') }}
),

product_years as (
    select
        production.site_id,
        production.product_id,
        cast(extract(year from production.month) as int) as year,
        max(production.declared_unit) as declared_unit,
        cast(
            case when count(*) = count(production.quantity_declared) then sum(production.quantity_declared) end
            as decimal(18, 6)
        ) as produced_quantity,
        cast(
            case when count(*) = count(production.quantity_t) then sum(production.quantity_t) end as decimal(18, 6)
        ) as produced_t
    from production
    group by production.site_id, production.product_id, cast(extract(year from production.month) as int)
),

allocatable as (
    select
        product_years.site_id,
        product_years.product_id,
        product_years.year,
        product_years.produced_t,
        site_years.direct_kgco2e as site_direct_kgco2e,
        site_years.indirect_kgco2e as site_indirect_kgco2e,
        cast(1000000 as decimal(18, 6)) as whole_in_millionths
    from product_years
    inner join site_years
        on product_years.site_id = site_years.site_id and product_years.year = site_years.year
    where site_years.is_mass_known
),

-- Shares in millionths have six places of their own: twelve in all, and they sum to exactly one.
shares_split as (
    {{ largest_remainder(
        'allocatable', whole='whole_in_millionths', weight='produced_t', partition_by=['site_id', 'year'],
        tie_breaker='product_id'
    ) }}
),

shares as (
    select
        shares_split.site_id,
        shares_split.product_id,
        shares_split.year,
        shares_split.site_direct_kgco2e,
        shares_split.site_indirect_kgco2e,
        shares_split.part as share_in_millionths
    from shares_split
),

direct_split as (
    {{ largest_remainder(
        'shares', whole='site_direct_kgco2e', weight='share_in_millionths', partition_by=['site_id', 'year'],
        tie_breaker='product_id'
    ) }}
),

indirect_split as (
    {{ largest_remainder(
        'shares', whole='site_indirect_kgco2e', weight='share_in_millionths', partition_by=['site_id', 'year'],
        tie_breaker='product_id'
    ) }}
),

allocated as (
    select
        product_years.site_id,
        product_years.product_id,
        product_years.year,
        site_years.member_id,
        product_years.produced_quantity,
        product_years.declared_unit,
        product_years.produced_t,
        direct_split.share_in_millionths,
        direct_split.part as direct_kgco2e,
        indirect_split.part as indirect_kgco2e,
        case when site_years.is_mass_known then site_years.primary_data_share end as primary_data_share
    from product_years
    inner join site_years
        on product_years.site_id = site_years.site_id and product_years.year = site_years.year
    left join direct_split
        on
            product_years.site_id = direct_split.site_id
            and product_years.product_id = direct_split.product_id
            and product_years.year = direct_split.year
    left join indirect_split
        on
            product_years.site_id = indirect_split.site_id
            and product_years.product_id = indirect_split.product_id
            and product_years.year = indirect_split.year
),

final as (
    select
        allocated.site_id,
        allocated.product_id,
        allocated.year,
        allocated.member_id,
        allocated.produced_quantity,
        cast(allocated.declared_unit as string) as declared_unit,
        allocated.produced_t,
        cast('mass' as string) as allocation_rule,
        cast(
            allocated.share_in_millionths * cast('0.000001' as decimal(6, 6)) as decimal(18, 12)
        ) as allocation_share,
        allocated.direct_kgco2e,
        allocated.indirect_kgco2e,
        {{ kg_per_unit('allocated.direct_kgco2e', 'allocated.produced_quantity') }} as direct_kgco2e_per_unit,
        {{ kg_per_unit('allocated.indirect_kgco2e', 'allocated.produced_quantity') }} as indirect_kgco2e_per_unit,
        allocated.primary_data_share
    from allocated
)

select * from final
