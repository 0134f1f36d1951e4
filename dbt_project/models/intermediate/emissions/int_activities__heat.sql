{%- set text = dbt.type_string() -%}

with energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

heat_supplies as (
    select * from {{ ref('dim_heat_supplies') }}
),

heat_factors as (
    select * from {{ ref('int_heat_factors') }}
),

methods as (
    select 'location' as method
    union all
    select 'market' as method
),

heat_use as (
    select
        energy_use.*,
        carriers.category
    from energy_use
    inner join carriers on energy_use.carrier = carriers.carrier
    where carriers.kind = 'heat'
),

-- The statements that speak of a use, the nearest first: of its site, of its seller, the one that began last.
statements as (
    select
        heat_use.energy_use_id,
        heat_factors.factor_id,
        heat_factors.basis,
        heat_factors.match_level,
        heat_factors.fallback_path,
        row_number() over (
            partition by heat_use.energy_use_id
            order by
                heat_supplies.site_id is null,
                heat_supplies.supplier is null,
                heat_supplies.valid_from desc,
                heat_supplies.heat_supply_id asc
        ) as nearness
    from heat_use
    inner join heat_supplies
        on
            heat_use.member_id = heat_supplies.member_id
            and heat_use.carrier = heat_supplies.carrier
            and coalesce(heat_use.site_id = heat_supplies.site_id, heat_supplies.site_id is null)
            and coalesce(
                {{ supplier_key('heat_use.supplier') }} = {{ supplier_key('heat_supplies.supplier') }},
                heat_supplies.supplier is null
            )
            and heat_use.month between {{ month_of('heat_supplies.valid_from') }} and heat_supplies.valid_to
    inner join heat_factors
        on
            heat_supplies.heat_supply_id = heat_factors.heat_supply_id
            and coalesce({{ year_of('heat_use.month') }} = heat_factors.year, heat_factors.year is null)
),

-- Steam and hot water: what the seller states holds by both methods. Without a statement the emissions are not known.
final as (
    select
        {{ surrogate_key(["'energy'", 'heat_use.energy_use_id', 'methods.method', "''"]) }} as emission_id,
        heat_use.row_id,
        heat_use.energy_use_id,
        'energy' as activity,
        heat_use.member_id,
        heat_use.site_id,
        heat_use.month,
        2 as scope,
        methods.method,
        heat_use.category,
        heat_use.carrier,
        heat_use.quantity,
        heat_use.unit,
        heat_use.energy_gj,
        statements.factor_id,
        cast(
            case
                when statements.basis = 'kWh'
                    then {{ decimal_divide('heat_use.gj_per_unit', "cast('0.0036' as decimal(4, 4))", 11) }}
                else heat_use.gj_per_unit
            end as decimal(20, 15)
        ) as basis_per_unit,
        cast(statements.match_level as {{ text }}) as match_level,
        cast(null as {{ text }}) as factor_subject,
        cast(null as {{ text }}) as factor_release,
        cast(statements.fallback_path as {{ text }}) as fallback_path,
        heat_use.is_estimated,
        heat_use.file_sha256,
        heat_use.sheet,
        heat_use.row_no
    from heat_use
    cross join methods
    left join statements on heat_use.energy_use_id = statements.energy_use_id and statements.nearness = 1
)

select * from final
