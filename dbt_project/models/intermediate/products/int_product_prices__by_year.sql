with quantities as (
    select * from {{ ref('int_product_quantities__by_process') }}
),

exports as (
    select * from {{ ref('fct_exports') }}
),

made as (
    select
        quantities.site_id,
        quantities.year,
        quantities.product_id,
        sum(quantities.produced_value_mad) as produced_value_mad,
        sum(case when quantities.produced_value_mad is not null then quantities.produced_t end) as valued_t
    from quantities
    group by quantities.site_id, quantities.year, quantities.product_id
),

exported as (
    select
        exports.product_id,
        cast(extract(year from exports.month) as int) as year,
        sum(exports.fob_value_mad) as fob_value_mad,
        sum(exports.net_mass_kg) as net_mass_kg
    from exports
    where exports.product_id is not null
    group by exports.product_id, cast(extract(year from exports.month) as int)
),

final as (
    select
        made.site_id,
        made.year,
        made.product_id,
        -- The price of the register, else what customs saw in the year.
        coalesce(
            {{ kg_per_unit('made.produced_value_mad', 'made.valued_t') }},
            {{ kg_per_unit('1000 * cast(exported.fob_value_mad as decimal(24, 6))', 'exported.net_mass_kg') }}
        ) as mad_per_t
    from made
    left join exported on made.product_id = exported.product_id and made.year = exported.year
)

select * from final
