{%- set is_own = 'not electricity_use.is_purchased and not summed.is_sold' -%}
{%- set is_of_grid = '(electricity_use.is_purchased or summed.is_sold) and summed.instrument_id is null' -%}

{{ config(materialized='table') }}

with electricity_use as (
    select * from {{ ref('int_electricity_use') }}
),

matches as (
    select * from {{ ref('int_electricity_use__matched') }}
),

own_generation_sold as (
    select * from {{ ref('int_own_generation__sold') }}
),

grid_factors as (
    select *
    from {{ ref('int_factor_choices__pinned') }}
    where subject = {{ factor_subject_of_grid() }}
),

covered as (
    select
        matches.energy_use_id,
        matches.instrument_id,
        false as is_sold,
        matches.matched_kwh as quantity_kwh
    from matches
    union all
    -- Own generation whose certificates were sold is as any power without attributes.
    select
        own_generation_sold.energy_use_id,
        cast(null as {{ dbt.type_string() }}) as instrument_id,
        true as is_sold,
        own_generation_sold.sold_kwh as quantity_kwh
    from own_generation_sold
),

covered_totals as (
    select
        covered.energy_use_id,
        sum(covered.quantity_kwh) as covered_kwh
    from covered
    group by covered.energy_use_id
),

portions as (
    select
        electricity_use.energy_use_id,
        'location' as method,
        cast(null as {{ dbt.type_string() }}) as instrument_id,
        false as is_sold,
        electricity_use.quantity_kwh
    from electricity_use
    union all
    select
        covered.energy_use_id,
        'market' as method,
        covered.instrument_id,
        covered.is_sold,
        covered.quantity_kwh
    from covered
    union all
    -- What no instrument covers: at the grid average, since Morocco has no residual mix.
    select
        electricity_use.energy_use_id,
        'market' as method,
        cast(null as {{ dbt.type_string() }}) as instrument_id,
        false as is_sold,
        electricity_use.quantity_kwh - coalesce(covered_totals.covered_kwh, 0) as quantity_kwh
    from electricity_use
    left join covered_totals on electricity_use.energy_use_id = covered_totals.energy_use_id
    where
        covered_totals.energy_use_id is null
        or electricity_use.quantity_kwh <> covered_totals.covered_kwh
),

-- The energy of a use goes with its kWh; the last portion takes what rounding leaves, so that the portions sum to the use.
with_energy as (
    select
        portions.*,
        electricity_use.energy_gj as use_energy_gj,
        {{ round_half_up("portions.quantity_kwh * cast('0.0036' as decimal(20, 4))") }} as portion_energy_gj,
        row_number() over (
            partition by portions.energy_use_id, portions.method
            order by portions.is_sold asc, portions.instrument_id is null desc, portions.instrument_id desc
        ) as position_from_last
    from portions
    inner join electricity_use on portions.energy_use_id = electricity_use.energy_use_id
),

summed as (
    select
        with_energy.*,
        sum(case when with_energy.position_from_last > 1 then with_energy.portion_energy_gj else 0 end) over (
            partition by with_energy.energy_use_id, with_energy.method
        ) as other_energy_gj
    from with_energy
),

final as (
    select
        summed.energy_use_id,
        summed.method,
        cast(summed.quantity_kwh as decimal(18, 6)) as quantity_kwh,
        cast(
            case
                when summed.position_from_last > 1 then summed.portion_energy_gj
                else summed.use_energy_gj - summed.other_energy_gj
            end as decimal(18, 6)
        ) as energy_gj,
        case
            when {{ is_own }} then 'rule.self_generated'
            when summed.instrument_id is not null then 'instrument:' || summed.instrument_id
            else grid_factors.factor_id
        end as factor_id,
        case
            when {{ is_own }} then 'rule'
            when summed.instrument_id is not null then 'instrument'
            else grid_factors.match_level
        end as match_level,
        case when {{ is_of_grid }} then {{ factor_subject_of_grid() }} end as factor_subject,
        case when {{ is_of_grid }} then grid_factors.factor_release end as factor_release,
        case
            when {{ is_own }} then 'own generation that is consumed on the site is not purchased'
            when summed.instrument_id is not null then 'instrument of the member for the month'
            when summed.is_sold then 'certificates of own generation sold > no residual mix of Morocco > ' || grid_factors.fallback_path
            when summed.method = 'market' then 'no instrument > no residual mix of Morocco > ' || grid_factors.fallback_path
            else grid_factors.fallback_path
        end as fallback_path
    from summed
    inner join electricity_use on summed.energy_use_id = electricity_use.energy_use_id
    left join grid_factors on {{ year_of('electricity_use.month') }} = grid_factors.year
)

select * from final
