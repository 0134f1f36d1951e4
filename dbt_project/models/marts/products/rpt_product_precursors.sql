with precursors as (
    select * from {{ ref('int_precursors__by_year') }}
),

embedded as (
    select * from {{ ref('int_products__embedded') }}
),

own_products as (
    select
        embedded.product_id,
        embedded.year,
        {% for measure in embedded_measures() %}
        max(embedded.{{ measure }}_per_t) as {{ measure }}_per_t
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from embedded
    group by embedded.product_id, embedded.year
),

valued as (
    select
        precursors.*,
        {% for measure in embedded_measures() %}
        case
            when precursors.is_own_product
                then {{ round_half_up(
                    'cast(precursors.quantity_t as decimal(20, 6)) * own_products.' ~ measure ~ '_per_t'
                ) }}
            else precursors.{{ measure }}
        end as {{ measure }}_kg
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from precursors
    left join own_products
        on
            precursors.is_own_product
            and precursors.precursor_id = own_products.product_id
            and precursors.year = own_products.year
),

final as (
    select
        valued.site_id,
        valued.product_id,
        valued.year,
        valued.precursor_id,
        valued.member_id,
        valued.quantity_t,
        valued.origins,
        cast(
            case
                when valued.is_own_product then 'own_product'
                when valued.direct_kg is null or valued.indirect_kg is null then 'unknown'
                else coalesce(valued.data_bases, 'not_stated')
            end as string
        ) as data_basis,
        {{ kg_per_tonne('valued.direct_kg', 'valued.quantity_t') }} as direct_kgco2e_per_t,
        {{ kg_per_tonne('valued.indirect_kg', 'valued.quantity_t') }} as indirect_kgco2e_per_t,
        cast(valued.direct_kg as decimal(18, 6)) as direct_kgco2e,
        cast(valued.indirect_kg as decimal(18, 6)) as indirect_kgco2e,
        cast(valued.primary_data_kg as decimal(18, 6)) as primary_kgco2e,
        valued.row_ids
    from valued
)

select * from final
