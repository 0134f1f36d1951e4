{%- set feeds = {
    'energy_bills': 'stg_energy_bills__bill_lines',
    'production': 'stg_production__records',
    'process_activity': 'stg_process_activity__records',
    'exports': 'stg_exports__declaration_lines',
} %}

with reviews as (
    select * from {{ ref('stg_ledger__reviews') }}
),

flagged as (
    {% for feed, model in feeds.items() -%}
    select
        '{{ feed }}' as feed,
        staged.row_id
    from {{ ref(model) }} as staged
    where ',' || staged.flags || ',' like '%,TO_CONFIRM,%'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        flagged.feed,
        flagged.row_id,
        reviews.decision,
        reviews.person || coalesce(' : ' || reviews.note, '') as said
    from flagged
    left join reviews on flagged.feed = reviews.feed and flagged.row_id = reviews.row_id
)

select * from final
