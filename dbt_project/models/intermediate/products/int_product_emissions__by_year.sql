{{ config(materialized='table') }}

with quantities as (
    select * from {{ ref('int_product_quantities__by_process') }}
),

product_emissions as (
    select * from {{ ref('int_product_emissions__by_pool') }}
),

product_shares as (
    select * from {{ ref('int_product_shares__by_pool') }}
),

product_years as (
    select
        quantities.site_id,
        quantities.product_id,
        quantities.year,
        max(quantities.member_id) as member_id,
        cast(max(quantities.declared_unit) as string) as declared_unit,
    {% for column in ['produced_quantity', 'produced_t'] %}
    cast(
        case when count(*) = count(quantities.{{ column }}) then sum(quantities.{{ column }}) end
        as decimal(18, 6)
    ) as {{ column }}
    {%- if not loop.last %},{% endif %}
    {% endfor %}
    from quantities
    group by quantities.site_id, quantities.product_id, quantities.year
),

-- What the site emits of a measure, in whichever pool: a product without a part of it has zero, not the unknown.
site_measures as (
    select
        product_emissions.site_id,
        product_emissions.year,
        {% for measure in allocated_measures() %}
        max(case when product_emissions.measure = '{{ measure }}' then 1 else 0 end) as has_{{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from product_emissions
    group by product_emissions.site_id, product_emissions.year
),

pools_drawn as (
    select
        product_shares.site_id,
        product_shares.year,
        product_shares.product_id,
        count(*) - count(product_shares.share_in_millionths) as pools_not_allocatable
    from product_shares
    group by product_shares.site_id, product_shares.year, product_shares.product_id
),

by_measure as (
    select
        product_emissions.site_id,
        product_emissions.year,
        product_emissions.product_id,
        {% for measure in allocated_measures() %}
        {%- set own = "product_emissions.measure = '" ~ measure ~ "'" -%}
        sum(case when {{ own }} and product_emissions.kilograms is null then 1 else 0 end) as unknown_{{ measure }},
        sum(case when {{ own }} then product_emissions.kilograms end) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from product_emissions
    group by product_emissions.site_id, product_emissions.year, product_emissions.product_id
),

final as (
    select
        product_years.site_id,
        product_years.product_id,
        product_years.year,
        product_years.member_id,
        product_years.declared_unit,
        product_years.produced_quantity,
        product_years.produced_t,
        coalesce(pools_drawn.pools_not_allocatable, 0) = 0 as is_allocated,
        coalesce(site_measures.has_direct = 1, false) as has_direct,
        coalesce(site_measures.has_indirect = 1, false) as has_indirect,
    {% for measure in allocated_measures() %}
    cast(
        case
            when
                coalesce(pools_drawn.pools_not_allocatable, 0) = 0
                and site_measures.has_{{ measure }} = 1
                and coalesce(by_measure.unknown_{{ measure }}, 0) = 0
                then coalesce(by_measure.{{ measure }}, 0)
        end as decimal(18, 6)
    ) as {{ measure }}
    {%- if not loop.last %},{% endif %}
    {% endfor %}
    from product_years
    left join site_measures
        on product_years.site_id = site_measures.site_id and product_years.year = site_measures.year
    left join pools_drawn
        on
            product_years.site_id = pools_drawn.site_id
            and product_years.year = pools_drawn.year
            and product_years.product_id = pools_drawn.product_id
    left join by_measure
        on
            product_years.site_id = by_measure.site_id
            and product_years.year = by_measure.year
            and product_years.product_id = by_measure.product_id
)

select * from final
