{%- set families = ['allocations', 'duplicates', 'factors', 'gaps', 'overlaps', 'production', 'registers', 'unit_slips'] -%}

with checks as (
    select * from {{ ref('checks') }}
),

{% for family in families -%}
{{ family }}_found as (
    select * from {{ ref('int_findings__' ~ family) }}
),

{% endfor -%}
found as (
    {% for family in families -%}
    select
        {{ family }}_found.check_id,
        {{ family }}_found.member_id,
        {{ family }}_found.site_id,
        {{ family }}_found.meter_id,
        {{ family }}_found.month,
        {{ family }}_found.row_ids,
        {{ family }}_found.message_fr,
        {{ family }}_found.message_en,
        {{ family }}_found.first_seen_on
    from {{ family }}_found
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        {{ surrogate_key(['found.check_id', 'found.site_id', 'found.meter_id', 'found.month', 'found.row_ids']) }}
            as finding_id,
        cast(found.check_id as string) as check_id,
        checks.name_fr as check_name_fr,
        checks.name_en as check_name_en,
        checks.severity,
        checks.is_blocking,
        checks.owner,
        found.member_id,
        found.site_id,
        found.meter_id,
        found.month,
        found.row_ids,
        found.message_fr,
        found.message_en,
        found.first_seen_on
    from found
    inner join checks on found.check_id = checks.check_id
)

select * from final
