with emission_quality as (
    select * from {{ ref('fct_emission_quality') }}
),

meter_gaps as (
    select * from {{ ref('fct_meter_gaps') }}
),

uncertainties as (
    select * from {{ ref('int_member_years__uncertainty') }}
),

member_years as (
    select * from {{ ref('rpt_member_years') }}
),

parameters as (
    select
        {{ quality_parameter('score_of_missing') }} as score_of_missing,
        {{ quality_parameter('best_score') }} as best_score
    from {{ ref('data_quality_parameters') }}
),

measures as (
    {% for measure, condition, parts in bounded_measures() -%}
    select '{{ measure }}' as measure
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
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

-- Weighted by what each fact emits, whatever its sign.
values_and_scores as (
    select
        facts.member_id,
        facts.year,
        facts.measure,
        sum(facts.consolidated_kgco2e) as value_kgco2e,
        count(*) as facts,
        count(*) - count(facts.consolidated_kgco2e) as facts_unknown,
        cast(sum(abs(facts.consolidated_kgco2e)) as decimal(24, 6)) as weight,
        cast(sum(abs(facts.consolidated_kgco2e) * facts.activity_score) as decimal(24, 6)) as activity_points,
        cast(sum(abs(facts.consolidated_kgco2e) * facts.factor_score) as decimal(24, 6)) as factor_points,
        cast(sum(abs(facts.consolidated_kgco2e) * facts.quality_score) as decimal(24, 6)) as quality_points
    from facts
    group by facts.member_id, facts.year, facts.measure
),

gaps_of_measures as (
    {% for measure, condition, parts in bounded_measures() -%}
    select
        meter_gaps.*,
        {{ year_of('meter_gaps.month') }} as year,
        '{{ measure }}' as sum_measure
    from meter_gaps
    where meter_gaps.measure in ({{ parts }})
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

gap_sums as (
    select
        gaps_of_measures.member_id,
        gaps_of_measures.year,
        gaps_of_measures.sum_measure as measure,
        count(*) as meter_months_missing,
        count(*) - count(gaps_of_measures.consolidated_upper_kgco2e) as meter_months_unbounded,
        sum(gaps_of_measures.consolidated_lower_kgco2e) as gap_lower_kgco2e,
        sum(gaps_of_measures.consolidated_upper_kgco2e) as gap_upper_kgco2e
    from gaps_of_measures
    group by gaps_of_measures.member_id, gaps_of_measures.year, gaps_of_measures.sum_measure
),

joined as (
    select
        member_years.member_id,
        member_years.year,
        measures.measure,
        values_and_scores.value_kgco2e,
        coalesce(values_and_scores.facts_unknown, 0) as facts_unknown,
        uncertainties.uncertainty_kgco2e,
        coalesce(gap_sums.meter_months_missing, 0) as meter_months_missing,
        coalesce(gap_sums.meter_months_unbounded, 0) as meter_months_unbounded,
        coalesce(gap_sums.gap_lower_kgco2e, 0) as gap_lower_kgco2e,
        case
            when coalesce(gap_sums.meter_months_unbounded, 0) = 0 then coalesce(gap_sums.gap_upper_kgco2e, 0)
        end as gap_upper_kgco2e,
        values_and_scores.weight,
        values_and_scores.activity_points,
        values_and_scores.factor_points,
        values_and_scores.quality_points,
        member_years.estimated_share,
        member_years.coverage_share
    from member_years
    cross join measures
    left join values_and_scores
        on
            member_years.member_id = values_and_scores.member_id
            and member_years.year = values_and_scores.year
            and measures.measure = values_and_scores.measure
    left join uncertainties
        on
            member_years.member_id = uncertainties.member_id
            and member_years.year = uncertainties.year
            and measures.measure = uncertainties.measure
    left join gap_sums
        on
            member_years.member_id = gap_sums.member_id
            and member_years.year = gap_sums.year
            and measures.measure = gap_sums.measure
    where values_and_scores.member_id is not null or gap_sums.member_id is not null
),

final as (
    select
        joined.member_id,
        cast(joined.year as int) as year,
        cast(joined.measure as string) as measure,
        cast(joined.value_kgco2e as decimal(18, 6)) as value_kgco2e,
        cast(
            coalesce(joined.value_kgco2e, 0) - coalesce(joined.uncertainty_kgco2e, 0) + joined.gap_lower_kgco2e as decimal(18, 6)
        ) as lower_kgco2e,
        -- What is not known has no upper end.
        cast(
            case
                when joined.facts_unknown = 0
                    then coalesce(joined.value_kgco2e, 0) + coalesce(joined.uncertainty_kgco2e, 0) + joined.gap_upper_kgco2e
            end as decimal(18, 6)
        ) as upper_kgco2e,
        joined.uncertainty_kgco2e,
        {{ decimal_divide('100 * cast(joined.uncertainty_kgco2e as decimal(24, 6))', 'abs(joined.value_kgco2e)', 6) }}
            as uncertainty_percent,
        cast(joined.gap_lower_kgco2e as decimal(18, 6)) as gap_lower_kgco2e,
        cast(joined.gap_upper_kgco2e as decimal(18, 6)) as gap_upper_kgco2e,
        cast(joined.meter_months_missing as int) as meter_months_missing,
        cast(joined.meter_months_unbounded as int) as meter_months_unbounded,
        cast(joined.facts_unknown as int) as facts_unknown,
        {{ decimal_divide('joined.activity_points', 'joined.weight', 6) }} as activity_score,
        {{ decimal_divide('joined.factor_points', 'joined.weight', 6) }} as factor_score,
        {{ decimal_divide('joined.quality_points', 'joined.weight', 6) }} as quality_score,
        {{ score_with_gaps('joined', 'parameters.best_score') }} as quality_score_lower,
        {{ score_with_gaps('joined', 'parameters.score_of_missing') }} as quality_score_upper,
        joined.estimated_share,
        joined.coverage_share
    from joined
    cross join parameters
)

select * from final
