-- The gases of a blend are the whole of it.
{{ config(meta={'dagster': {'ref': {'name': 'refrigerant_compositions'}}}) }}

select
    compositions.blend,
    sum(compositions.mass_share) as mass_share
from {{ ref('refrigerant_compositions') }} as compositions
group by compositions.blend
having sum(compositions.mass_share) <> 1
