with emissions as (
    select * from {{ ref('fct_emissions') }}
),

otherwise as (
    select * from {{ ref('int_emissions__other_releases') }}
),

pinned as (
    select * from {{ ref('int_factor_releases__pinned') }}
),

releases as (
    select * from {{ ref('factor_releases') }}
),

published as (
    select
        emissions.member_id,
        {{ year_of('emissions.month') }} as year,
        emissions.scope,
        emissions.method,
        sum(emissions.consolidated_kgco2e) as kgco2e,
        count(*) - count(emissions.kgco2e) as facts_without_factor
    from emissions
    group by emissions.member_id, {{ year_of('emissions.month') }}, emissions.scope, emissions.method
),

changes as (
    select
        emissions.member_id,
        {{ year_of('emissions.month') }} as year,
        emissions.scope,
        emissions.method,
        otherwise.factor_release,
        count(*) as facts_changed,
        count(otherwise.consolidated_kgco2e) as facts_known,
        sum(coalesce(otherwise.consolidated_kgco2e, 0) - coalesce(emissions.consolidated_kgco2e, 0)) as difference_kgco2e,
        count(emissions.kgco2e) - count(otherwise.kgco2e) as facts_losing_their_factor
    from otherwise
    inner join emissions on otherwise.emission_id = emissions.emission_id
    group by
        emissions.member_id, {{ year_of('emissions.month') }}, emissions.scope, emissions.method, otherwise.factor_release
),

final as (
    select
        published.member_id,
        published.year,
        published.scope,
        cast(published.method as string) as method,
        releases.factor_release,
        releases.factor_release = pinned.factor_release as is_pinned,
        cast(
            case
                when published.kgco2e is not null or changes.facts_known > 0
                    then coalesce(published.kgco2e, 0) + coalesce(changes.difference_kgco2e, 0)
            end as decimal(18, 6)
        ) as kgco2e,
        cast(coalesce(changes.difference_kgco2e, 0) as decimal(18, 6)) as difference_kgco2e,
        cast(coalesce(changes.facts_changed, 0) as int) as facts_changed,
        cast(published.facts_without_factor + coalesce(changes.facts_losing_their_factor, 0) as int) as facts_without_factor
    from published
    inner join pinned on published.year = pinned.year
    cross join releases
    left join changes
        on
            published.member_id = changes.member_id
            and published.year = changes.year
            and published.scope = changes.scope
            and coalesce(published.method, '') = coalesce(changes.method, '')
            and releases.factor_release = changes.factor_release
)

select * from final
