{{ config(materialized='table') }}

with grid_factors as (
    select * from {{ ref('grid_factors') }}
),

releases as (
    select * from {{ ref('factor_releases') }}
),

-- Scope 2 takes the average of generation, of each year the vintage published last among those that a release holds.
vintages as (
    select
        releases.factor_release,
        grid_factors.factor_id,
        grid_factors.year,
        grid_factors.value,
        row_number() over (
            partition by releases.factor_release, grid_factors.year order by grid_factors.vintage_no desc
        ) as recency
    from grid_factors
    inner join releases as came_in on grid_factors.added_in = came_in.factor_release
    inner join releases on came_in.released_on <= releases.released_on
    where
        grid_factors.method = 'average generation'
        and grid_factors.year is not null
        and grid_factors.value is not null
),

published as (
    select
        vintages.factor_release,
        vintages.factor_id,
        vintages.year,
        cast(vintages.value * cast('0.001' as decimal(3, 3)) as decimal(18, 9)) as kgco2e_per_kwh
    from vintages
    where vintages.recency = 1
),

last_published as (
    select
        published.factor_release,
        max(published.year) as year
    from published
    group by published.factor_release
),

numbers as (
    {{ numbers() }}
),

years as (
    select 2000 + numbers.number as year
    from numbers
    where numbers.number < 100
),

-- A year later than the last one published takes the last one; a year without a factor before that has none. Nothing is interpolated.
final as (
    select
        published.factor_release,
        cast(years.year as int) as year,
        published.factor_id,
        cast(published.year as int) as factor_year,
        published.kgco2e_per_kwh,
        case when years.year = published.year then 'year' else 'latest_year_available' end as match_level
    from years
    cross join last_published
    inner join published
        on
            last_published.factor_release = published.factor_release
            and published.year = least(years.year, last_published.year)
)

select * from final
