{{ config(materialized='table') }}

with quantities as (
    select * from {{ ref('int_product_quantities__by_process') }}
),

pool_emissions as (
    select * from {{ ref('int_site_emissions__by_pool') }}
),

rules as (
    select *
    from {{ ref('dim_allocation_rules') }}
    where rule <> 'subdivision'
),

pools_of_processes as (
    select distinct
        pool_emissions.site_id,
        pool_emissions.year,
        pool_emissions.process_id
    from pool_emissions
    where pool_emissions.process_id is not null
),

-- A process has the products that it makes; what is shared, all products of the site.
pool_products as (
    select
        quantities.site_id,
        quantities.year,
        quantities.process_id,
        quantities.product_id,
        quantities.produced_quantity,
        quantities.produced_t,
        quantities.produced_energy_gj,
        quantities.produced_value_mad
    from quantities
    inner join pools_of_processes
        on
            quantities.site_id = pools_of_processes.site_id
            and quantities.year = pools_of_processes.year
            and quantities.process_id = pools_of_processes.process_id
    union all
    select
        quantities.site_id,
        quantities.year,
        cast(null as string) as process_id,
        quantities.product_id,
    {% for column in ['produced_quantity', 'produced_t', 'produced_energy_gj', 'produced_value_mad'] %}
    cast(
        case when count(*) = count(quantities.{{ column }}) then sum(quantities.{{ column }}) end
        as decimal(18, 6)
    ) as {{ column }}
    {%- if not loop.last %},{% endif %}
    {% endfor %}
    from quantities
    group by quantities.site_id, quantities.year, quantities.product_id
),

pools as (
    select distinct
        pool_products.site_id,
        pool_products.year,
        pool_products.process_id
    from pool_products
),

-- The rule of the process stands before the rule of its site, and a later first year before an earlier one.
rules_of_pools as (
    select
        pools.site_id,
        pools.year,
        pools.process_id,
        rules.rule,
        rules.first_year,
        rules.reason,
        rules.stated_by,
        rules.document_sha256,
        rules.row_id,
        row_number() over (
            partition by pools.site_id, pools.year, pools.process_id
            order by case when rules.process_id is null then 1 else 0 end asc, rules.first_year desc, rules.row_id asc
        ) as preference
    from pools
    inner join rules
        on
            pools.site_id = rules.site_id
            and pools.year >= rules.first_year
            and (rules.process_id is null or pools.process_id = rules.process_id)
),

weighed as (
    select
        pool_products.site_id,
        pool_products.year,
        pool_products.process_id,
        pool_products.product_id,
        pool_products.produced_quantity,
        pool_products.produced_t,
        coalesce(rules_of_pools.rule, 'mass') as rule,
        rules_of_pools.first_year,
        rules_of_pools.reason,
        rules_of_pools.stated_by,
        rules_of_pools.document_sha256,
        rules_of_pools.row_id as rule_row_id,
        case coalesce(rules_of_pools.rule, 'mass')
            when 'mass' then pool_products.produced_t
            when 'energy' then pool_products.produced_energy_gj
            when 'value' then pool_products.produced_value_mad
        end as basis_quantity
    from pool_products
    left join rules_of_pools
        on
            pool_products.site_id = rules_of_pools.site_id
            and pool_products.year = rules_of_pools.year
            and coalesce(pool_products.process_id, '') = coalesce(rules_of_pools.process_id, '')
            and rules_of_pools.preference = 1
),

judged as (
    select
        weighed.*,
        count(*) over (partition by weighed.site_id, weighed.year, weighed.process_id) as products,
        count(weighed.basis_quantity) over (
            partition by weighed.site_id, weighed.year, weighed.process_id
        ) as products_with_basis,
        coalesce(
            sum(weighed.basis_quantity) over (partition by weighed.site_id, weighed.year, weighed.process_id), 0
        ) as total_basis_quantity
    from weighed
),

-- The only product of a pool takes it whole, whatever is known of it, unless none was made.
allocatable as (
    select
        judged.*,
        case when judged.products = 1 and judged.products_with_basis = 0 then 1 else judged.basis_quantity end
            as weight,
        cast(1000000 as decimal(18, 6)) as whole_in_millionths
    from judged
    where
        (judged.products = judged.products_with_basis and judged.total_basis_quantity > 0)
        or (
            judged.products = 1
            and judged.products_with_basis = 0
            and judged.produced_quantity is distinct from 0
        )
),

-- Shares in millionths have six places of their own: twelve in all, and they sum to exactly one.
shares_split as (
    {{ largest_remainder(
        'allocatable', whole='whole_in_millionths', weight='weight', partition_by=['site_id', 'year', 'process_id'],
        tie_breaker='product_id'
    ) }}
),

final as (
    select
        judged.site_id,
        judged.year,
        judged.process_id,
        judged.product_id,
        cast(judged.rule as string) as rule,
        judged.first_year,
        judged.reason,
        judged.stated_by,
        judged.document_sha256,
        judged.rule_row_id,
        cast(judged.basis_quantity as decimal(18, 6)) as basis_quantity,
        cast(case judged.rule when 'mass' then 't' when 'energy' then 'GJ' when 'value' then 'MAD' end as string)
            as basis_unit,
        shares_split.part as share_in_millionths
    from judged
    left join shares_split
        on
            judged.site_id = shares_split.site_id
            and judged.year = shares_split.year
            and coalesce(judged.process_id, '') = coalesce(shares_split.process_id, '')
            and judged.product_id = shares_split.product_id
)

select * from final
