{#-
    The order of use: a certificate before a purchase agreement before a supplier's rate, and of one kind first what is bound to a
    site. Each step lays the use that earlier steps left, and its own supplies, end to end from zero; where two intervals share, they match.
-#}
{%- set steps = [] -%}
{%- for kind_rank in [1, 2, 3] -%}
{%- do steps.append({'kind_rank': kind_rank, 'bound': 'site_id is not null', 'place': ['member_id', 'site_id', 'month']}) -%}
{%- do steps.append({'kind_rank': kind_rank, 'bound': 'site_id is null', 'place': ['member_id', 'month']}) -%}
{%- endfor -%}

{{ config(materialized='table') }}

with electricity_use as (
    select *
    from {{ ref('int_electricity_use') }}
    where is_purchased
),

supplies as (
    select * from {{ ref('int_instruments__by_month') }}
),

-- What a site bought in a month, credit notes taken off, is all that instruments can cover.
site_months as (
    select
        electricity_use.member_id,
        electricity_use.site_id,
        electricity_use.month,
        greatest(sum(electricity_use.quantity_kwh), 0) as net_kwh
    from electricity_use
    group by electricity_use.member_id, electricity_use.site_id, electricity_use.month
),

-- Each use as an interval on the axis of its site-month, cut at the net.
stacked_use as (
    select
        electricity_use.energy_use_id,
        electricity_use.member_id,
        electricity_use.site_id,
        electricity_use.month,
        electricity_use.quantity_kwh,
        site_months.net_kwh,
        sum(electricity_use.quantity_kwh) over (
            partition by electricity_use.member_id, electricity_use.site_id, electricity_use.month
            order by electricity_use.energy_use_id
            rows between unbounded preceding and current row
        ) as stacked_until
    from electricity_use
    inner join site_months
        on
            electricity_use.member_id = site_months.member_id
            and electricity_use.site_id = site_months.site_id
            and electricity_use.month = site_months.month
    where electricity_use.quantity_kwh > 0
),

use_left_0 as (
    select
        stacked_use.energy_use_id,
        stacked_use.member_id,
        stacked_use.site_id,
        stacked_use.month,
        least(stacked_use.stacked_until, stacked_use.net_kwh)
        - least(stacked_use.stacked_until - stacked_use.quantity_kwh, stacked_use.net_kwh) as quantity_kwh
    from stacked_use
),
{% for step in steps %}
{%- set before = 'use_left_' ~ loop.index0 -%}
{%- set uses = 'uses_' ~ loop.index -%}
{%- set offers = 'offers_' ~ loop.index -%}
{%- set matches = 'matches_' ~ loop.index -%}
{%- set place = step.place | join(', ') %}
{{ uses }} as (
    select
        {{ before }}.*,
        sum({{ before }}.quantity_kwh) over (
            partition by {{ place }}
            order by {{ before }}.site_id, {{ before }}.energy_use_id
            rows between unbounded preceding and current row
        ) as interval_end
    from {{ before }}
    where {{ before }}.quantity_kwh > 0
),

{{ offers }} as (
    select
        supplies.*,
        sum(supplies.supply_kwh) over (
            partition by {{ place }}
            order by supplies.valid_from, supplies.instrument_id
            rows between unbounded preceding and current row
        ) as interval_end
    from supplies
    where
        supplies.kind_rank = {{ step.kind_rank }}
        and supplies.{{ step.bound }}
),

{{ matches }} as (
    select
        {{ uses }}.energy_use_id,
        {{ offers }}.instrument_id,
        least({{ uses }}.interval_end, {{ offers }}.interval_end)
        - greatest(
            {{ uses }}.interval_end - {{ uses }}.quantity_kwh,
            {{ offers }}.interval_end - {{ offers }}.supply_kwh
        ) as matched_kwh
    from {{ uses }}
    inner join {{ offers }}
        on
            {% for column in step.place -%}
            {{ uses }}.{{ column }} = {{ offers }}.{{ column }}
            and {% endfor -%}
            {{ uses }}.interval_end - {{ uses }}.quantity_kwh < {{ offers }}.interval_end
            and {{ uses }}.interval_end > {{ offers }}.interval_end - {{ offers }}.supply_kwh
),

use_left_{{ loop.index }} as (
    select
        {{ uses }}.energy_use_id,
        {{ uses }}.member_id,
        {{ uses }}.site_id,
        {{ uses }}.month,
        {{ uses }}.quantity_kwh - coalesce(sum({{ matches }}.matched_kwh), 0) as quantity_kwh
    from {{ uses }}
    left join {{ matches }} on {{ uses }}.energy_use_id = {{ matches }}.energy_use_id
    group by
        {{ uses }}.energy_use_id,
        {{ uses }}.member_id,
        {{ uses }}.site_id,
        {{ uses }}.month,
        {{ uses }}.quantity_kwh
),
{% endfor %}
matches as (
    {% for step in steps -%}
    select * from matches_{{ loop.index }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
),

final as (
    select
        matches.energy_use_id,
        matches.instrument_id,
        cast(matches.matched_kwh as decimal(18, 6)) as matched_kwh
    from matches
    where matches.matched_kwh > 0
)

select * from final
