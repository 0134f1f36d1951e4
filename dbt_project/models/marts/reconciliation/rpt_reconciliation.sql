{#- Of each feed with figures: its staged rows, its classified rows, and its figures as name, column and unit. -#}
{%- set feeds = [
    ('energy_bills', 'stg_energy_bills__bill_lines', 'int_energy_bills__classified', [
        ('quantity', 'quantity', 'unit'), ('amount_excl_vat', 'amount_excl_vat', 'currency'),
    ]),
    ('process_activity', 'stg_process_activity__records', 'int_process_activity__classified', [('quantity', 'quantity', 'unit')]),
    ('production', 'stg_production__records', 'int_production__classified', [('quantity', 'quantity_gross', 'unit')]),
    ('exports', 'stg_exports__declaration_lines', 'int_exports__classified', [
        ('net_mass', 'net_mass_kg', "'kg'"), ('fob_value', 'fob_value_mad', "'MAD'"),
    ]),
] -%}

with files as (
    select * from {{ ref('stg_ledger__files') }}
),

rows_held_out as (
    select distinct
        feed,
        row_id
    from {{ ref('int_rows_held_out') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

{% for feed, staging, classified, figures in feeds -%}
{{ feed }}_staged as (
    select * from {{ ref(staging) }}
),

{{ feed }}_classified as (
    select * from {{ ref(classified) }}
),

{% endfor -%}
-- Every row that a file held was accepted, quarantined or dropped.
files_read as (
    select
        files.feed,
        'file' as step,
        'rows' as figure,
        'row' as unit,
        cast(sum(files.rows_read) as decimal(28, 6)) as amount_in,
        cast(sum(files.rows_accepted) as decimal(28, 6)) as amount_out,
        cast(sum(files.rows_quarantined + files.rows_dropped) as decimal(28, 6)) as amount_set_aside
    from files
    where files.status in ('accepted', 'partial')
    group by files.feed
),

-- Every staged row is counted, or set aside with an outcome or a reason.
rows_classified as (
    {% for feed, staging, classified, figures in feeds -%}
    {% for figure, column, unit in [('rows', '1', "'row'")] + figures -%}
    {%- set amounts = namespace(staged='staged.' ~ column, found='found.' ~ column, unit='staged.' ~ unit) -%}
    {%- if column == '1' -%}{%- set amounts.staged = '1' -%}{%- set amounts.found = '1' -%}{%- endif -%}
    {%- if unit.startswith("'") -%}{%- set amounts.unit = unit -%}{%- endif %}
    select
        '{{ feed }}' as feed,
        'classification' as step,
        '{{ figure }}' as figure,
        coalesce({{ amounts.unit }}, '') as unit,
        cast(coalesce(sum({{ amounts.staged }}), 0) as decimal(28, 6)) as amount_in,
        cast(coalesce(sum(case when found.outcome = 'counted' then {{ amounts.found }} end), 0) as decimal(28, 6)) as amount_out,
        cast(
            coalesce(sum(
                case
                    when found.outcome <> 'counted' then {{ amounts.found }}
                    when found.row_id is null and held.row_id is not null then {{ amounts.staged }}
                end
            ), 0) as decimal(28, 6)
        ) as amount_set_aside
    from {{ feed }}_staged as staged
    left join {{ feed }}_classified as found on staged.row_id = found.row_id
    left join rows_held_out as held on staged.row_id = held.row_id and held.feed = '{{ feed }}'
    group by coalesce({{ amounts.unit }}, '')
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

use_of_lines as (
    select
        energy_use.unit,
        sum(energy_use.quantity) as quantity
    from energy_use
    group by energy_use.unit
),

lines_counted as (
    select
        energy_bills_classified.unit,
        sum(energy_bills_classified.quantity) as quantity
    from energy_bills_classified
    where energy_bills_classified.outcome = 'counted'
    group by energy_bills_classified.unit
),

-- A bill is the sum of its months.
months_of_bills as (
    select
        'energy_bills' as feed,
        'months' as step,
        'quantity' as figure,
        coalesce(lines_counted.unit, use_of_lines.unit) as unit,
        cast(coalesce(lines_counted.quantity, 0) as decimal(28, 6)) as amount_in,
        cast(coalesce(use_of_lines.quantity, 0) as decimal(28, 6)) as amount_out,
        cast(0 as decimal(28, 6)) as amount_set_aside
    from lines_counted
    full outer join use_of_lines on lines_counted.unit = use_of_lines.unit
),

steps as (
    select * from files_read
    union all
    select * from rows_classified
    union all
    select * from months_of_bills
),

final as (
    select
        cast(steps.feed as string) as feed,
        cast(steps.step as string) as step,
        cast(steps.figure as string) as figure,
        cast(steps.unit as string) as unit,
        steps.amount_in,
        steps.amount_out,
        steps.amount_set_aside,
        cast(steps.amount_in - steps.amount_out - steps.amount_set_aside as decimal(28, 6)) as difference
    from steps
)

select * from final
