-- The pools of a site hold all that it emits, in scope 1 and in scope 2 by location. Shows the site-years where they do not.
{{ config(meta={'dagster': {'ref': {'name': 'int_site_emissions__by_pool'}}}) }}

with pools as (
    select
        site_id,
        year,
        measure,
        sum(kilograms) as kilograms,
        count(*) - count(kilograms) as pools_unknown
    from {{ ref('int_site_emissions__by_pool') }}
    group by site_id, year, measure
)

select
    site_years.site_id,
    site_years.year,
    site_years.direct_kgco2e,
    direct.kilograms as direct_of_pools,
    site_years.indirect_kgco2e,
    indirect.kilograms as indirect_of_pools
from {{ ref('int_site_years__measured') }} as site_years
left join pools as direct
    on site_years.site_id = direct.site_id and site_years.year = direct.year and direct.measure = 'direct'
left join pools as indirect
    on site_years.site_id = indirect.site_id and site_years.year = indirect.year and indirect.measure = 'indirect'
where
    site_years.direct_kgco2e is distinct from (case when direct.pools_unknown = 0 then direct.kilograms end)
    or site_years.indirect_kgco2e is distinct from (case when indirect.pools_unknown = 0 then indirect.kilograms end)
