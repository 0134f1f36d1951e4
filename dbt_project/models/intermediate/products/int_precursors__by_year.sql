with production_records as (
    select * from {{ ref('int_production__classified') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

ratings as (
    select * from {{ ref('data_quality_ratings') }}
),

uses as (
    select *
    from production_records
    where outcome = 'counted' and precursor_id is not null
),

use_months as (
    {{ months_of_period('uses') }}
),

-- A use without a known quantity keeps its months, with a null.
split as (
    {{ largest_remainder(
        'use_months', whole='precursor_quantity_t', weight='days', partition_by=['row_id'], tie_breaker='month'
    ) }}
),

-- Of a stated precursor its maker, its place and its time are known as far as the statement says; its period is never stated.
stated as (
    select
        split.row_id,
        split.member_id,
        split.site_id,
        split.product_id,
        split.precursor_id,
        split.precursor_origin,
        split.precursor_data_basis,
        cast(extract(year from split.month) as int) as year,
        split.part as quantity_t,
        split.precursor_direct_tco2e_per_t is null and split.precursor_indirect_tco2e_per_t is null as is_unstated,
        {{ round_half_up('cast(split.part as decimal(22, 6)) * split.precursor_direct_tco2e_per_t * 1000') }} as direct,
        {{ round_half_up('cast(split.part as decimal(22, 6)) * split.precursor_indirect_tco2e_per_t * 1000') }}
            as indirect,
        coalesce(split.precursor_data_basis = 'actual', false) as is_actual,
        case
            when split.precursor_data_basis = 'actual' then 'own_data'
            when split.precursor_data_basis = 'default' then 'published_factor'
            else 'unknown'
        end as technological_evidence,
        case
            when split.precursor_data_basis = 'actual' and split.precursor_origin is not null then 'same_country'
            else 'unknown'
        end as geographical_evidence
    from split
),

rated as (
    select
        stated.*,
        technological.rating as technological_rating,
        geographical.rating as geographical_rating,
        temporal.rating as temporal_rating
    from stated
    inner join ratings as technological
        on technological.indicator = 'technological' and stated.technological_evidence = technological.evidence
    inner join ratings as geographical
        on geographical.indicator = 'geographical' and stated.geographical_evidence = geographical.evidence
    inner join ratings as temporal on temporal.indicator = 'temporal' and temporal.evidence = 'unknown'
),

final as (
    select
        rated.site_id,
        rated.product_id,
        rated.year,
        rated.precursor_id,
        max(rated.member_id) as member_id,
        {{ sorted_list('rated.row_id') }} as row_ids,
        {{ sorted_list('rated.precursor_origin') }} as origins,
        {{ sorted_list('rated.precursor_data_basis') }} as data_bases,
        -- The member's own product, of which nobody states the emissions: they are computed here.
        max(products.product_id) is not null and count(*) = sum(case when rated.is_unstated then 1 else 0 end)
            as is_own_product,
        cast(case when count(*) = count(rated.quantity_t) then sum(rated.quantity_t) end as decimal(18, 6))
            as quantity_t,
        {% for measure in ['direct', 'indirect'] %}
        cast(case when count(*) = count(rated.{{ measure }}) then sum(rated.{{ measure }}) end as decimal(18, 6))
            as {{ measure }},
        {% endfor -%}
        cast(sum(case when rated.is_actual then rated.direct + rated.indirect else 0 end) as decimal(18, 6)) as primary_data,
    {% for measure in ['technological', 'geographical', 'temporal'] %}
    cast(sum((rated.direct + rated.indirect) * cast(rated.{{ measure }}_rating as decimal(20, 0))) as decimal(18, 6))
        as {{ measure }}
    {%- if not loop.last %},{% endif %}
    {% endfor %}
    from rated
    left join products on rated.precursor_id = products.product_id and rated.member_id = products.member_id
    group by rated.site_id, rated.product_id, rated.year, rated.precursor_id
)

select * from final
