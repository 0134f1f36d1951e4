{{ config(materialized='table') }}

with emissions as (
    select * from {{ ref('fct_emissions') }}
),

ratings as (
    select * from {{ ref('int_emissions__rated') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

process_records as (
    select * from {{ ref('int_process_activity__classified') }}
),

production as (
    select * from {{ ref('fct_production') }}
),

subdivisions as (
    select *
    from {{ ref('int_subdivisions__by_year') }}
    where problem is null and share > 0
),

site_years as (
    select distinct
        production.site_id,
        cast(extract(year from production.month) as int) as year
    from production
),

-- The source of an emission is the meter of its bill, or the process that emits.
measured as (
    {% for measure, (condition, kilograms) in allocated_measures().items() %}
    select
        emissions.site_id,
        cast(extract(year from emissions.month) as int) as year,
        energy_use.meter_id,
        process_records.process as emitting_process,
        '{{ measure }}' as measure,
        cast({{ kilograms }} as decimal(18, 6)) as kilograms
    from emissions
    left join ratings on emissions.emission_id = ratings.emission_id  -- noqa: ST11
    left join energy_use on emissions.energy_use_id = energy_use.energy_use_id
    left join process_records
        on emissions.activity = 'process' and emissions.row_id = process_records.row_id
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- A total of which a part is unknown is unknown.
by_source as (
    select
        measured.site_id,
        measured.year,
        measured.meter_id,
        measured.emitting_process,
        measured.measure,
        count(*) - count(measured.kilograms) as unknown_facts,
        cast(
            case when count(*) = count(measured.kilograms) then sum(measured.kilograms) end as decimal(18, 6)
        ) as kilograms
    from measured
    inner join site_years on measured.site_id = site_years.site_id and measured.year = site_years.year
    group by
        measured.site_id, measured.year, measured.meter_id, measured.emitting_process, measured.measure
),

parts_of_processes as (
    select
        by_source.*,
        subdivisions.process_id,
        subdivisions.share
    from by_source
    inner join subdivisions
        on
            by_source.site_id = subdivisions.site_id
            and by_source.year = subdivisions.year
            and (
                by_source.meter_id = subdivisions.meter_id
                or by_source.emitting_process = subdivisions.emitting_process
            )
),

shares_taken as (
    select
        parts_of_processes.site_id,
        parts_of_processes.year,
        parts_of_processes.meter_id,
        parts_of_processes.emitting_process,
        parts_of_processes.measure,
        sum(parts_of_processes.share) as share
    from parts_of_processes
    group by
        parts_of_processes.site_id,
        parts_of_processes.year,
        parts_of_processes.meter_id,
        parts_of_processes.emitting_process,
        parts_of_processes.measure
),

-- What no process has to itself is shared by all products of the site.
parts_shared as (
    select
        by_source.*,
        cast(null as string) as process_id,
        cast(1 - coalesce(shares_taken.share, 0) as decimal(18, 6)) as share
    from by_source
    left join shares_taken
        on
            by_source.site_id = shares_taken.site_id
            and by_source.year = shares_taken.year
            and by_source.measure = shares_taken.measure
            and coalesce(by_source.meter_id, '') = coalesce(shares_taken.meter_id, '')
            and coalesce(by_source.emitting_process, '') = coalesce(shares_taken.emitting_process, '')
    where coalesce(shares_taken.share, 0) < 1
),

parts as (
    select * from parts_of_processes
    union all
    select * from parts_shared
),

split as (
    {{ largest_remainder(
        'parts', whole='kilograms', weight='share',
        partition_by=['site_id', 'year', 'meter_id', 'emitting_process', 'measure'], tie_breaker="coalesce(process_id, '')"
    ) }}
),

final as (
    select
        split.site_id,
        split.year,
        split.process_id,
        cast(split.measure as string) as measure,
        cast(sum(split.unknown_facts) as int) as unknown_facts,
        cast(case when count(*) = count(split.part) then sum(split.part) end as decimal(18, 6)) as kilograms
    from split
    group by split.site_id, split.year, split.process_id, split.measure
)

select * from final
