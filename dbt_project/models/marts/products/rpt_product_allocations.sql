with product_shares as (
    select * from {{ ref('int_product_shares__by_pool') }}
),

product_emissions as (
    select * from {{ ref('int_product_emissions__by_pool') }}
),

quantities as (
    select * from {{ ref('int_product_quantities__by_process') }}
),

subdivisions as (
    select * from {{ ref('int_subdivisions__by_year') }}
),

members as (
    select
        quantities.site_id,
        quantities.year,
        quantities.product_id,
        max(quantities.member_id) as member_id
    from quantities
    group by quantities.site_id, quantities.year, quantities.product_id
),

-- Why a process has emissions of its own.
subdivided as (
    select
        subdivisions.site_id,
        subdivisions.year,
        subdivisions.process_id,
        {{ sorted_list('subdivisions.reason', ' / ') }} as reason,
        {{ sorted_list('subdivisions.row_id') }} as row_ids
    from subdivisions
    where subdivisions.problem is null
    group by subdivisions.site_id, subdivisions.year, subdivisions.process_id
),

by_measure as (
    select
        product_emissions.site_id,
        product_emissions.year,
        product_emissions.process_id,
        product_emissions.product_id,
        max(case when product_emissions.measure = 'direct' then product_emissions.kilograms end) as direct_kgco2e,
        max(case when product_emissions.measure = 'indirect' then product_emissions.kilograms end) as indirect_kgco2e,
        max(case when product_emissions.measure = 'indirect_market' then product_emissions.kilograms end)
            as indirect_market_kgco2e,
        max(case when product_emissions.measure = 'biogenic_co2' then product_emissions.kilograms end)
            as biogenic_co2_kg
    from product_emissions
    group by
        product_emissions.site_id, product_emissions.year, product_emissions.process_id, product_emissions.product_id
),

final as (
    select
        product_shares.site_id,
        product_shares.year,
        product_shares.process_id,
        product_shares.product_id,
        members.member_id,
        subdivided.reason as subdivision_reason,
        subdivided.row_ids as subdivision_row_ids,
        product_shares.rule as allocation_rule,
        cast(case when product_shares.rule_row_id is null then 'default' else 'stated' end as string) as rule_origin,
        cast(product_shares.first_year as int) as rule_first_year,
        product_shares.reason as rule_reason,
        product_shares.stated_by as rule_stated_by,
        product_shares.document_sha256 as rule_document_sha256,
        product_shares.rule_row_id,
        product_shares.basis_quantity,
        product_shares.basis_unit,
        cast(
            product_shares.share_in_millionths * cast('0.000001' as decimal(6, 6)) as decimal(18, 12)
        ) as allocation_share,
        cast(by_measure.direct_kgco2e as decimal(18, 6)) as direct_kgco2e,
        cast(by_measure.indirect_kgco2e as decimal(18, 6)) as indirect_kgco2e,
        cast(by_measure.indirect_market_kgco2e as decimal(18, 6)) as indirect_market_kgco2e,
        cast(by_measure.biogenic_co2_kg as decimal(18, 6)) as biogenic_co2_kg
    from product_shares
    inner join members
        on
            product_shares.site_id = members.site_id
            and product_shares.year = members.year
            and product_shares.product_id = members.product_id
    left join subdivided
        on
            product_shares.site_id = subdivided.site_id
            and product_shares.year = subdivided.year
            and product_shares.process_id = subdivided.process_id
    left join by_measure
        on
            product_shares.site_id = by_measure.site_id
            and product_shares.year = by_measure.year
            and coalesce(product_shares.process_id, '') = coalesce(by_measure.process_id, '')
            and product_shares.product_id = by_measure.product_id
)

select * from final
