-- Nothing lost: for each feed and file, the rows that ops_files calls accepted and those that dbt holds out are the rows staged.
-- Shows the files where they differ.
{{ config(meta={'dagster': {'ref': {'name': 'ops_files'}}}) }}

{%- set feeds = {
    'members': 'stg_members__members',
    'sites': 'stg_sites__sites',
    'site_shares': 'stg_site_shares__shares',
    'meters': 'stg_meters__meters',
    'products': 'stg_products__products',
    'instruments': 'stg_instruments__instruments',
    'programmes': 'stg_programmes__programmes',
    'base_years': 'stg_base_years__statements',
    'base_year_changes': 'stg_base_year_changes__changes',
    'allocation_rules': 'stg_allocation_rules__rules',
    'chp_units': 'stg_chp_units__units',
    'fuel_certificates': 'stg_fuel_certificates__certificates',
    'heat_supplies': 'stg_heat_supplies__statements',
    'account_statements': 'stg_account_statements__statements',
    'applications': 'stg_applications__applications',
    'evidence': 'stg_evidence__statements',
    'case_events': 'stg_case_events__events',
    'energy_bills': 'stg_energy_bills__bill_lines',
    'production': 'stg_production__records',
    'process_activity': 'stg_process_activity__records',
    'exports': 'stg_exports__declaration_lines',
    'national_exports': 'stg_national_exports__flows',
    'partner_trade': 'stg_partner_trade__flows',
    'facility_emissions': 'stg_facility_emissions__facilities',
} %}

with staged_rows as (
    {% for feed, model in feeds.items() -%}
    select
        '{{ feed }}' as feed,
        staged.file_sha256
    from {{ ref(model) }} as staged
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

staged_files as (
    select
        staged_rows.feed,
        staged_rows.file_sha256,
        count(*) as rows_staged
    from staged_rows
    group by staged_rows.feed, staged_rows.file_sha256
),

held_files as (
    select
        rows_held_out.feed,
        rows_held_out.file_sha256,
        count(*) as rows_held_out
    from {{ ref('int_rows_held_out') }} as rows_held_out
    group by rows_held_out.feed, rows_held_out.file_sha256
),

accepted_files as (
    select
        files.feed,
        files.file_sha256,
        sum(files.rows_accepted) as rows_accepted
    from {{ ref('ops_files') }} as files
    where files.status in ('accepted', 'partial')
    group by files.feed, files.file_sha256
)

select
    coalesce(accepted_files.feed, staged_files.feed) as feed,
    coalesce(accepted_files.file_sha256, staged_files.file_sha256) as file_sha256,
    accepted_files.rows_accepted,
    held_files.rows_held_out,
    staged_files.rows_staged
from accepted_files
full outer join staged_files
    on accepted_files.feed = staged_files.feed and accepted_files.file_sha256 = staged_files.file_sha256
left join held_files
    on staged_files.feed = held_files.feed and staged_files.file_sha256 = held_files.file_sha256
where
    coalesce(accepted_files.rows_accepted, 0) + coalesce(held_files.rows_held_out, 0)
    <> coalesce(staged_files.rows_staged, 0)
