with emissions as (
    select * from {{ ref('fct_emissions') }}
),

factors as (
    select * from {{ ref('dim_factors') }}
),

classes as (
    select * from {{ ref('data_quality_classes') }}
),

classified as (
    select
        emissions.emission_id,
        emissions.member_id,
        emissions.site_id,
        emissions.month,
        emissions.scope,
        emissions.method,
        emissions.carrier,
        emissions.factor_id,
        emissions.kgco2e,
        emissions.consolidated_kgco2e,
        case
            when emissions.energy_use_id is null then 'activity:process_record'
            when emissions.is_estimated then 'activity:estimated_bill'
            else 'activity:bill'
        end as activity_class,
        case
            when emissions.kgco2e is null then 'factor:none'
            when factors.tier = 'supplier certificate' then 'factor:certificate'
            when factors.kind in ('instrument', 'rule') then 'factor:' || factors.kind
            when factors.kind = 'grid' and emissions.match_level = 'year' then 'factor:grid:year'
            when factors.kind = 'grid' then 'factor:grid:other_year'
            else 'factor:' || factors.kind || ':' || factors.confidence
        end as factor_class
    from emissions
    left join factors on emissions.factor_id = factors.factor_id
),

final as (
    select
        classified.emission_id,
        classified.member_id,
        classified.site_id,
        classified.month,
        classified.scope,
        classified.method,
        classified.carrier,
        classified.factor_id,
        classified.kgco2e,
        classified.consolidated_kgco2e,
        activity_classes.class_id as activity_class,
        activity_classes.score as activity_score,
        activity_classes.uncertainty_percent as activity_uncertainty_percent,
        coalesce(factor_classes.class_id, other_class.class_id) as factor_class,
        coalesce(factor_classes.score, other_class.score) as factor_score,
        case
            when factor_classes.class_id is not null then factor_classes.uncertainty_percent
            else other_class.uncertainty_percent
        end as factor_uncertainty_percent,
        greatest(activity_classes.score, coalesce(factor_classes.score, other_class.score)) as quality_score
    from classified
    inner join classes as other_class on other_class.class_id = 'factor:other'
    inner join classes as activity_classes on classified.activity_class = activity_classes.class_id
    left join classes as factor_classes on classified.factor_class = factor_classes.class_id
)

select * from final
