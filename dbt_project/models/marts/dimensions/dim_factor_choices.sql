with releases as (
    select * from {{ ref('factor_releases') }}
),

carrier_factors as (
    select * from {{ ref('carrier_factors') }}
),

process_factors as (
    select * from {{ ref('process_factor_map') }}
),

grid_factors as (
    select * from {{ ref('int_grid_factors') }}
),

-- Fuels: of the rows that a release holds, the one that came in last. Certificates of suppliers go before: see int_activities__fuels.
carriers_ranked as (
    select
        releases.factor_release,
        carrier_factors.carrier,
        carrier_factors.factor_id,
        row_number() over (
            partition by releases.factor_release, carrier_factors.carrier order by came_in.released_on desc
        ) as recency
    from carrier_factors
    inner join releases as came_in on carrier_factors.added_in = came_in.factor_release
    inner join releases on came_in.released_on <= releases.released_on
),

by_carrier as (
    select
        carriers_ranked.factor_release,
        {{ factor_subject_of_carrier('carriers_ranked.carrier') }} as subject,
        cast(null as int) as year,
        carriers_ranked.factor_id,
        'default' as match_level,
        'no certificate of the supplier > no national factor > published default' as fallback_path
    from carriers_ranked
    where carriers_ranked.recency = 1
),

-- Processes: the composition that a record states goes before the default of the material.
by_process as (
    select
        releases.factor_release,
        {{ factor_subject_of_process('process_factors') }} as subject,
        cast(null as int) as year,
        process_factors.factor_id,
        case when process_factors.parameter is null then 'default' else 'parameter' end as match_level,
        case
            when process_factors.parameter is null then 'no measured composition > published default'
            else 'measured composition times published factor'
        end as fallback_path
    from process_factors
    inner join releases as came_in on process_factors.added_in = came_in.factor_release
    inner join releases on came_in.released_on <= releases.released_on
),

-- The grid: the year itself, or the last year published.
by_grid as (
    select
        grid_factors.factor_release,
        {{ factor_subject_of_grid() }} as subject,
        grid_factors.year,
        grid_factors.factor_id,
        grid_factors.match_level,
        case grid_factors.match_level
            when 'year' then 'average generation of the year'
            else
                'no factor of ' || cast(grid_factors.year as string) || ' > average generation of '
                || cast(grid_factors.factor_year as string) || ', the last year published'
        end as fallback_path
    from grid_factors
),

choices as (
    select * from by_carrier
    union all
    select * from by_process
    union all
    select * from by_grid
),

final as (
    select
        choices.factor_release,
        cast(choices.subject as string) as subject,
        choices.year,
        choices.factor_id,
        cast(choices.match_level as string) as match_level,
        cast(choices.fallback_path as string) as fallback_path
    from choices
)

select * from final
