{{ config(materialized='table') }}

with emissions as (
    select * from {{ ref('fct_emissions') }}
),

sites as (
    select * from {{ ref('dim_sites') }}
),

site_years as (
    select
        emissions.site_id,
        cast(extract(year from emissions.month) as int) as year,
        count(distinct emissions.month) as months_with_activity
    from emissions
    group by emissions.site_id, cast(extract(year from emissions.month) as int)
),

-- A site is known for a year when it has activity in every month of it in which it was open.
completeness as (
    select
        site_years.site_id,
        site_years.year,
        site_years.months_with_activity >= {{ dbt.datediff(
            'greatest(coalesce(sites.opened_on, ' ~ first_day_of_year('site_years.year') ~ '), '
            ~ first_day_of_year('site_years.year') ~ ')',
            'least(coalesce(sites.closed_on, ' ~ last_day_of_year('site_years.year') ~ '), '
            ~ last_day_of_year('site_years.year') ~ ')',
            'month'
        ) }} + 1 as has_every_month
    from site_years
    left join sites on site_years.site_id = sites.site_id
),

sums as (
    {% for measure, condition, tonnes in base_year_measures() -%}
    select
        emissions.member_id,
        emissions.site_id,
        cast(extract(year from emissions.month) as int) as year,
        '{{ measure }}' as measure,
        coalesce(sum(case when emissions.{{ condition }} then emissions.kgco2e end), 0) as gross_kgco2e,
        coalesce(sum(case when emissions.{{ condition }} then emissions.consolidated_kgco2e end), 0) as consolidated_kgco2e,
        count(case when emissions.{{ condition }} and emissions.kgco2e is null then 1 end) as unknown_facts,
        count(case when emissions.{{ condition }} and emissions.consolidated_kgco2e is null then 1 end)
            as unknown_consolidated_facts
    from emissions
    group by emissions.member_id, emissions.site_id, cast(extract(year from emissions.month) as int)
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        sums.member_id,
        sums.site_id,
        sums.year,
        cast(sums.measure as string) as measure,
        completeness.has_every_month,
        cast(case when sums.unknown_facts = 0 then sums.gross_kgco2e end as decimal(18, 6)) as gross_kgco2e,
        cast(case when sums.unknown_consolidated_facts = 0 then sums.consolidated_kgco2e end as decimal(18, 6))
            as consolidated_kgco2e
    from sums
    inner join completeness on sums.site_id = completeness.site_id and sums.year = completeness.year
)

select * from final
