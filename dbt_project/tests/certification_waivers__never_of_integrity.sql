-- Integrity is never waived. Shows the waivers that say otherwise; the assessment ignores them.
{{ config(meta={'dagster': {'ref': {'name': 'certification_waivers'}}}) }}

select
    waivers.application_id,
    waivers.criterion_id,
    waivers.approved_by
from {{ ref('certification_waivers') }} as waivers
inner join {{ ref('certification_criteria') }} as criteria on waivers.criterion_id = criteria.criterion_id
where criteria.kind = 'INTEG'
