{#- Products made from products made from products: so many steps are followed; a longer chain, or a circle, stays unknown. -#}
{%- set steps = 6 -%}
-- A site with activity in one scope only has nothing in the other.
with product_years as (
    select
        *,
        has_direct or has_indirect as is_measured
    from {{ ref('int_product_emissions__by_year') }}
),

precursors as (
    select * from {{ ref('int_precursors__by_year') }}
),

-- Precursors of which the emissions are stated.
stated as (
    select
        precursors.site_id,
        precursors.product_id,
        precursors.year,
        {% for measure in embedded_measures() %}
        case when count(*) = count(precursors.{{ measure }}) then sum(precursors.{{ measure }}) end as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from precursors
    where not precursors.is_own_product
    group by precursors.site_id, precursors.product_id, precursors.year
),

own_uses as (
    select *
    from precursors
    where is_own_product
),

-- What the products emit, with what their stated precursors bring in.
without_own as (
    select
        product_years.site_id,
        product_years.product_id,
        product_years.year,
        product_years.produced_t,
        count(*) over (partition by product_years.product_id, product_years.year) as sites,
        {% for measure in embedded_measures() %}
        {{ own_emissions('product_years', measure) }}
        + case when stated.product_id is null then 0 else stated.{{ measure }} end as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from product_years
    left join stated
        on
            product_years.site_id = stated.site_id
            and product_years.product_id = stated.product_id
            and product_years.year = stated.year
),

embedded_0 as (
    select without_own.*
    from without_own
    left join own_uses
        on
            without_own.site_id = own_uses.site_id
            and without_own.product_id = own_uses.product_id
            and without_own.year = own_uses.year
    where own_uses.product_id is null
),

{% for step in range(1, steps + 1) %}
{{ embedded_step(step) }}
{% endfor %}
final as (
    select
        product_years.site_id,
        product_years.product_id,
        product_years.year,
        {% for measure in embedded_measures() %}
        cast(embedded_{{ steps }}.{{ measure }} as decimal(18, 6)) as {{ measure }},
        specific_{{ steps }}.{{ measure }} as {{ measure }}_per_t
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from product_years
    left join embedded_{{ steps }}
        on
            product_years.site_id = embedded_{{ steps }}.site_id
            and product_years.product_id = embedded_{{ steps }}.product_id
            and product_years.year = embedded_{{ steps }}.year
    left join specific_{{ steps }}
        on
            product_years.product_id = specific_{{ steps }}.product_id
            and product_years.year = specific_{{ steps }}.year
)

select * from final
