{{ config(materialized='table') }}

with pins as (
    select * from {{ ref('factor_release_pins') }}
),

numbers as (
    {{ numbers() }}
),

years as (
    select 1990 + numbers.number as year
    from numbers
    where numbers.number < 110
),

-- The last decision on the year itself; without one, the last decision on all years.
candidates as (
    select
        years.year,
        pins.sequence,
        pins.factor_release,
        pins.adopted_on,
        pins.adopted_by,
        pins.reason,
        row_number() over (
            partition by years.year order by case when pins.reporting_year is null then 1 else 0 end, pins.sequence desc
        ) as standing
    from years
    inner join pins on coalesce(pins.reporting_year, years.year) = years.year
),

final as (
    select
        cast(candidates.year as int) as year,
        candidates.factor_release,
        candidates.sequence,
        candidates.adopted_on,
        candidates.adopted_by,
        candidates.reason
    from candidates
    where candidates.standing = 1
)

select * from final
