with site_years as (
    select * from {{ ref('int_site_years__measured') }}
),

product_shares as (
    select * from {{ ref('int_product_shares__by_pool') }}
),

subdivisions as (
    select * from {{ ref('int_subdivisions__by_year') }}
),

precursors as (
    select * from {{ ref('rpt_product_precursors') }}
),

prices as (
    select * from {{ ref('int_product_prices__by_year') }}
),

statement_months as (
    select * from {{ ref('int_production__by_month') }}
),

checks as (
    select * from {{ ref('checks') }}
),

statements_of_site_years as (
    select
        statement_months.site_id,
        cast(extract(year from statement_months.month) as int) as year,
        {{ sorted_list('statement_months.row_id') }} as row_ids,
        max(statement_months.received_at) as last_received_at
    from statement_months
    group by statement_months.site_id, cast(extract(year from statement_months.month) as int)
),

told_site_years as (
    select
        site_years.*,
        cast(site_years.year as string) as year_text,
        statements_of_site_years.row_ids,
        statements_of_site_years.last_received_at
    from site_years
    inner join statements_of_site_years
        on site_years.site_id = statements_of_site_years.site_id and site_years.year = statements_of_site_years.year
),

-- A01: a pool whose rule cannot weigh a product.
pools_unallocated as (
    select
        product_shares.site_id,
        product_shares.year,
        case product_shares.rule when 'mass' then 'masse' when 'energy' then 'énergie' else 'valeur' end as basis_fr,
        product_shares.rule as basis_en,
        coalesce(', procédé ' || product_shares.process_id, '') as pool_fr,
        coalesce(', process ' || product_shares.process_id, '') as pool_en,
        {{ sorted_list('case when product_shares.basis_quantity is null then product_shares.product_id end', ', ') }}
            as products
    from product_shares
    where product_shares.share_in_millionths is null
    group by product_shares.site_id, product_shares.year, product_shares.process_id, product_shares.rule
),

-- A03: a subdivision that cannot be applied.
subdivisions_unapplied as (
    select
        subdivisions.*,
        coalesce(
            'compteur ' || subdivisions.meter_id, 'procédé émetteur ' || subdivisions.emitting_process, 'sans source'
        ) as source_fr,
        coalesce(
            'meter ' || subdivisions.meter_id, 'emitting process ' || subdivisions.emitting_process, 'no source'
        ) as source_en,
        case subdivisions.problem
            when 'no_process' then 'le procédé de production manque'
            when 'no_source' then 'il faut un compteur ou un procédé émetteur, et un seul'
            when 'unknown_meter' then 'le compteur n''est pas de ce site'
            when 'shares_above_one' then 'les parts dépassent 1'
            when 'nothing_made' then 'le procédé ' || subdivisions.process_id || ' n''a rien produit cette année'
        end as problem_fr,
        case subdivisions.problem
            when 'no_process' then 'the production process is missing'
            when 'no_source' then 'one meter or one emitting process is needed, and one only'
            when 'unknown_meter' then 'the meter is not of this site'
            when 'shares_above_one' then 'the shares exceed 1'
            when 'nothing_made' then 'process ' || subdivisions.process_id || ' made nothing in that year'
        end as problem_en
    from subdivisions
    where subdivisions.problem is not null
),

-- A04: products of one pool of which the prices differ so much that the rule should be another.
pool_prices as (
    select
        product_shares.site_id,
        product_shares.year,
        product_shares.process_id,
        product_shares.rule,
        count(*) as products,
        count(prices.mad_per_t) as products_with_price,
        min(prices.mad_per_t) as lowest,
        max(prices.mad_per_t) as highest
    from product_shares
    left join prices
        on
            product_shares.site_id = prices.site_id
            and product_shares.year = prices.year
            and product_shares.product_id = prices.product_id
    group by product_shares.site_id, product_shares.year, product_shares.process_id, product_shares.rule
),

price_ratios as (
    select
        pool_prices.*,
        checks.check_id,
        {{ decimal_divide('pool_prices.highest', 'pool_prices.lowest', 1) }} as ratio,
        checks.threshold
    from pool_prices
    inner join checks on checks.check_id = 'A04'
    where
        pool_prices.products > 1
        and pool_prices.lowest > 0
        and (
            (pool_prices.rule <> 'value' and pool_prices.highest > cast(pool_prices.lowest as decimal(24, 6)) * checks.threshold)
            or (
                pool_prices.rule = 'value'
                and pool_prices.products = pool_prices.products_with_price
                and pool_prices.highest <= cast(pool_prices.lowest as decimal(24, 6)) * checks.threshold
            )
        )
),

final as (
    select
        'A01' as check_id,
        told_site_years.member_id,
        told_site_years.site_id,
        cast(null as string) as meter_id,
        told_site_years.first_month as month,
        told_site_years.row_ids,
        'Site ' || told_site_years.site_id || pools_unallocated.pool_fr || ', année ' || told_site_years.year_text || ' : '
        || coalesce(
            pools_unallocated.basis_fr || ' inconnue pour ' || pools_unallocated.products,
            'la ' || pools_unallocated.basis_fr || ' produite est nulle'
        ) || ' ; les émissions du site ne sont pas réparties entre ses produits.' as message_fr,
        'Site ' || told_site_years.site_id || pools_unallocated.pool_en || ', year ' || told_site_years.year_text || ': '
        || coalesce(
            pools_unallocated.basis_en || ' unknown for ' || pools_unallocated.products,
            'the produced ' || pools_unallocated.basis_en || ' is zero'
        ) || '; the emissions of the site are not allocated to its products.' as message_en,
        cast(told_site_years.last_received_at as date) as first_seen_on
    from told_site_years
    inner join pools_unallocated
        on told_site_years.site_id = pools_unallocated.site_id and told_site_years.year = pools_unallocated.year
    union all
    select
        'A02' as check_id,
        told_site_years.member_id,
        told_site_years.site_id,
        cast(null as string) as meter_id,
        told_site_years.first_month as month,
        told_site_years.row_ids,
        'Site ' || told_site_years.site_id || ', année ' || told_site_years.year_text || ', émissions sans facteur : '
        || cast(told_site_years.unknown_facts as string)
        || ' ; le total du site et l''empreinte de ses produits restent inconnus.' as message_fr,
        'Site ' || told_site_years.site_id || ', year ' || told_site_years.year_text || ', emissions without a factor: '
        || cast(told_site_years.unknown_facts as string)
        || '; the total of the site and the footprint of its products stay unknown.'
            as message_en,
        cast(told_site_years.last_received_at as date) as first_seen_on
    from told_site_years
    where told_site_years.unknown_facts > 0
    union all
    select
        'A03' as check_id,
        told_site_years.member_id,
        told_site_years.site_id,
        subdivisions_unapplied.meter_id,
        told_site_years.first_month as month,
        subdivisions_unapplied.row_id as row_ids,
        'Site ' || told_site_years.site_id || ', année ' || told_site_years.year_text || ', '
        || subdivisions_unapplied.source_fr || ' : ' || subdivisions_unapplied.problem_fr
        || ' ; la subdivision n''est pas appliquée et ses émissions restent partagées.' as message_fr,
        'Site ' || told_site_years.site_id || ', year ' || told_site_years.year_text || ', '
        || subdivisions_unapplied.source_en || ': ' || subdivisions_unapplied.problem_en
        || '; the subdivision is not applied and its emissions stay shared.' as message_en,
        cast(subdivisions_unapplied.received_at as date) as first_seen_on
    from told_site_years
    inner join subdivisions_unapplied
        on told_site_years.site_id = subdivisions_unapplied.site_id and told_site_years.year = subdivisions_unapplied.year
    union all
    select
        price_ratios.check_id,
        told_site_years.member_id,
        told_site_years.site_id,
        cast(null as string) as meter_id,
        told_site_years.first_month as month,
        told_site_years.row_ids,
        'Site ' || told_site_years.site_id || coalesce(', procédé ' || price_ratios.process_id, '') || ', année '
        || told_site_years.year_text || ' : le prix par tonne le plus haut vaut ' || {{ french_number('price_ratios.ratio') }}
        || ' fois le plus bas (seuil ' || {{ french_number('price_ratios.threshold') }} || ') ; la règle devrait être '
        || case when price_ratios.rule = 'value' then 'physique.' else 'la valeur.' end as message_fr,
        'Site ' || told_site_years.site_id || coalesce(', process ' || price_ratios.process_id, '') || ', year '
        || told_site_years.year_text || ': the highest price per tonne is ' || {{ number_text('price_ratios.ratio') }}
        || ' times the lowest (threshold ' || {{ number_text('price_ratios.threshold') }} || '); the rule should be '
        || case when price_ratios.rule = 'value' then 'physical.' else 'value.' end as message_en,
        cast(told_site_years.last_received_at as date) as first_seen_on
    from told_site_years
    inner join price_ratios
        on told_site_years.site_id = price_ratios.site_id and told_site_years.year = price_ratios.year
    union all
    select
        'A05' as check_id,
        told_site_years.member_id,
        told_site_years.site_id,
        cast(null as string) as meter_id,
        told_site_years.first_month as month,
        precursors.row_ids,
        'Produit ' || precursors.product_id || ', année ' || told_site_years.year_text || ' : '
        || case when precursors.quantity_t is null then 'quantité' else 'émissions' end || ' du précurseur '
        || precursors.precursor_id || ' : valeur inconnue ; l''empreinte du produit reste inconnue.' as message_fr,
        'Product ' || precursors.product_id || ', year ' || told_site_years.year_text || ': '
        || case when precursors.quantity_t is null then 'quantity' else 'emissions' end || ' of the precursor '
        || precursors.precursor_id || ' unknown; the footprint of the product stays unknown.' as message_en,
        cast(told_site_years.last_received_at as date) as first_seen_on
    from told_site_years
    inner join precursors
        on told_site_years.site_id = precursors.site_id and told_site_years.year = precursors.year
    where precursors.direct_kgco2e is null or precursors.indirect_kgco2e is null
)

select * from final
