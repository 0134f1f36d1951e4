-- The shares of the products of a site and year sum to exactly 1, or none is known. Shows the site-years where they do not.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_product_years'}}}) }}

select
    site_id,
    year,
    sum(allocation_share) as share,
    count(*) as products,
    count(allocation_share) as products_with_share
from {{ ref('rpt_product_years') }}
group by site_id, year
having
    not (count(allocation_share) = 0 or count(allocation_share) = count(*))
    or coalesce(sum(allocation_share), 1) <> 1
