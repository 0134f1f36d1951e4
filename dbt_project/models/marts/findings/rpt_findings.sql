{%- set families = [
    'activity', 'allocations', 'amounts', 'base_years', 'calendar', 'certificates', 'credits', 'double_counts', 'duplicates',
    'factors', 'fuel_certificates', 'gaps', 'meter_changes', 'meter_use', 'organisation', 'overlaps', 'periods', 'prices', 'processes', 'production',
    'readings', 'registers', 'resubmissions', 'scope2', 'tie_outs', 'trade', 'unit_slips', 'use_levels',
] -%}

with checks as (
    select * from {{ ref('checks') }}
),

switches as (
    select * from {{ ref('int_check_switches__holding') }}
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
        checks.next_step_fr,
        checks.next_step_en,
        found.first_seen_on,
        cast({{ dbt.dateadd('day', 'checks.due_days', 'found.first_seen_on') }} as date) as due_on,
        switches.check_id is not null as is_switched_off,
        switches.reason as switch_reason,
        switches.expires_on as switched_off_until
    from found
    inner join checks on found.check_id = checks.check_id
    left join switches on found.check_id = switches.check_id and found.meter_id = switches.meter_id
)

select * from final
