with releases as (
    select * from {{ ref('factor_releases') }}
),

pins as (
    select * from {{ ref('factor_release_pins') }}
),

-- The decision that stands for each year that has one, and the one that stands for all other years.
standing as (
    select
        pins.factor_release,
        coalesce(cast(pins.reporting_year as string), 'other years') as years,
        row_number() over (partition by pins.reporting_year order by pins.sequence desc) as recency
    from pins
),

adopted as (
    select
        standing.factor_release,
        {{ sorted_list('standing.years', ', ') }} as adopted_for
    from standing
    where standing.recency = 1
    group by standing.factor_release
),

final as (
    select
        releases.factor_release,
        releases.released_on,
        releases.description,
        adopted.adopted_for,
        releases.content_hash
    from releases
    left join adopted on releases.factor_release = adopted.factor_release
)

select * from final
