with emissions as (
    select * from {{ ref('fct_emissions') }}
),

factors as (
    select * from {{ ref('dim_factors') }}
),

ratings as (
    select * from {{ ref('data_quality_ratings') }}
),

described as (
    select
        emissions.emission_id,
        factors.kind = 'instrument'
        or emissions.match_level = 'parameter'
        or factors.tier in ('supplier certificate', 'contract') as is_own_data,
        factors.factor_id is not null as has_factor,
        factors.region,
        cast(extract(year from emissions.month) as int) - coalesce(factors.year, factors.source_year) as age_in_years
    from emissions
    left join factors on emissions.factor_id = factors.factor_id
),

evidenced as (
    select
        described.emission_id,
        case
            when described.is_own_data then 'own_data'
            when described.has_factor then 'published_factor'
            else 'unknown'
        end as technological_evidence,
        case
            when described.is_own_data or described.region = 'MA' then 'same_country'
            when described.region = 'global' then 'global'
            else 'unknown'
        end as geographical_evidence,
        case
            when described.is_own_data or described.age_in_years <= this_year.years_at_most then 'reporting_year'
            when described.age_in_years <= recent.years_at_most then 'recent'
            when described.age_in_years is not null then 'older'
            else 'unknown'
        end as temporal_evidence
    from described
    inner join ratings as this_year
        on this_year.indicator = 'temporal' and this_year.evidence = 'reporting_year'
    inner join ratings as recent on recent.indicator = 'temporal' and recent.evidence = 'recent'
),

final as (
    select
        evidenced.emission_id,
        technological.rating as technological_rating,
        geographical.rating as geographical_rating,
        temporal.rating as temporal_rating
    from evidenced
    inner join ratings as technological
        on technological.indicator = 'technological' and evidenced.technological_evidence = technological.evidence
    inner join ratings as geographical
        on geographical.indicator = 'geographical' and evidenced.geographical_evidence = geographical.evidence
    inner join ratings as temporal
        on temporal.indicator = 'temporal' and evidenced.temporal_evidence = temporal.evidence
)

select * from final
