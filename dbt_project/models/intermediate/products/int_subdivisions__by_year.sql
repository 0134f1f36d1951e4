with rules as (
    select * from {{ ref('dim_allocation_rules') }}
),

production as (
    select * from {{ ref('fct_production') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

process_years as (
    select distinct
        production.site_id,
        production.process_id,
        cast(extract(year from production.month) as int) as year
    from production
),

site_years as (
    select distinct
        process_years.site_id,
        process_years.year
    from process_years
),

-- The rows of the latest first year stand, together, for one meter or emitting process.
in_force as (
    select
        site_years.year,
        rules.*,
        max(rules.first_year) over (
            partition by rules.site_id, site_years.year, rules.meter_id, rules.emitting_process
        ) as current_first_year
    from site_years
    inner join rules on site_years.site_id = rules.site_id and site_years.year >= rules.first_year
    where rules.rule = 'subdivision'
),

standing as (
    select
        in_force.*,
        sum(in_force.share) over (
            partition by in_force.site_id, in_force.year, in_force.meter_id, in_force.emitting_process
        ) as total_share
    from in_force
    where in_force.first_year = in_force.current_first_year
),

final as (
    select
        standing.site_id,
        standing.year,
        standing.meter_id,
        standing.emitting_process,
        standing.process_id,
        standing.share,
        standing.first_year,
        standing.reason,
        standing.stated_by,
        standing.document_sha256,
        standing.row_id,
        standing.received_at,
        -- What cannot be applied leaves its emissions in the shared part of the site.
        cast(
            case
                when standing.process_id is null then 'no_process'
                when (standing.meter_id is null) = (standing.emitting_process is null) then 'no_source'
                when standing.meter_id is not null and meters.meter_id is null then 'unknown_meter'
                when standing.total_share > 1 then 'shares_above_one'
                when process_years.process_id is null then 'nothing_made'
            end as string
        ) as problem
    from standing
    left join process_years
        on
            standing.site_id = process_years.site_id
            and standing.process_id = process_years.process_id
            and standing.year = process_years.year
    left join meters on standing.site_id = meters.site_id and standing.meter_id = meters.meter_id
)

select * from final
