{{ config(materialized='table') }}

with emission_quality as (
    select * from {{ ref('fct_emission_quality') }}
),

facts as (
    {% for measure, condition, parts in bounded_measures() -%}
    select
        emission_quality.*,
        {{ year_of('emission_quality.month') }} as year,
        '{{ measure }}' as measure
    from emission_quality
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- The amounts of one site and carrier err together, and those of one factor in the whole member: summed before they are squared.
streams as (
    select
        facts.member_id,
        facts.year,
        facts.measure,
        'activity' as part,
        facts.activity_uncertainty_percent as uncertainty_percent,
        sum(facts.consolidated_kgco2e) as kgco2e
    from facts
    group by
        facts.member_id, facts.year, facts.measure, facts.site_id, facts.carrier,
        case when facts.activity_class = 'activity:process_record' then facts.factor_id end,
        facts.activity_class, facts.activity_uncertainty_percent
    union all
    select
        facts.member_id,
        facts.year,
        facts.measure,
        'factor' as part,
        facts.factor_uncertainty_percent as uncertainty_percent,
        sum(facts.consolidated_kgco2e) as kgco2e
    from facts
    group by
        facts.member_id, facts.year, facts.measure, facts.factor_id,
        facts.factor_class, facts.factor_uncertainty_percent
),

-- Half of the 95 percent interval of each stream, in whole milligrams.
halves as (
    select
        streams.member_id,
        streams.year,
        streams.measure,
        {{ micro_integer(round_half_up(
            'cast(streams.kgco2e as decimal(24, 6)) * cast(streams.uncertainty_percent as decimal(9, 6)) * cast(0.01 as decimal(3, 2))'
        )) }} as half_milligrams
    from streams
    where streams.kgco2e is not null and streams.uncertainty_percent is not null
),

squares as (
    select
        halves.member_id,
        halves.year,
        halves.measure,
        cast(sum(halves.half_milligrams * halves.half_milligrams) as {{ type_wide_integer() }}) as sum_of_squares
    from halves
    group by halves.member_id, halves.year, halves.measure
),

rooted as (
    {{ exact_square_roots('squares', 'sum_of_squares') }}
),

final as (
    select
        rooted.member_id,
        rooted.year,
        rooted.measure,
        cast(cast(rooted.root as decimal(24, 0)) * cast('0.000001' as decimal(6, 6)) as decimal(18, 6)) as uncertainty_kgco2e
    from rooted
)

select * from final
