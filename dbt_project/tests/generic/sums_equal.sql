{% test sums_equal(model, to, columns, group_by=[], where_rows=none, to_where_rows=none, to_columns=none) %}
{#-
    Conserved totals: for each group, the sums of `columns` here equal those in `to` (under the names `to_columns`, when they differ), with zero
    tolerance, and no group is on one side only. Null sums are equal to each other and to nothing else. Shows the groups that differ.
-#}
{%- set others = to_columns if to_columns else columns -%}
with here as (
    select
        {% for column in group_by %}{{ column }} as key_{{ loop.index }}, {% endfor -%}
        {% for column in columns %}sum({{ column }}) as total_{{ loop.index }}, {% endfor %}
        count(*) as rows_here
    from {{ model }}
    {% if where_rows %}where {{ where_rows }}{% endif %}
    {% if group_by %}group by {{ group_by | join(', ') }}{% endif %}
),

there as (
    select
        {% for column in group_by %}{{ column }} as key_{{ loop.index }}, {% endfor -%}
        {% for column in others %}sum({{ column }}) as total_{{ loop.index }}, {% endfor %}
        count(*) as rows_there
    from {{ to }}
    {% if to_where_rows %}where {{ to_where_rows }}{% endif %}
    {% if group_by %}group by {{ group_by | join(', ') }}{% endif %}
)

select
    {% for column in group_by %}coalesce(here.key_{{ loop.index }}, there.key_{{ loop.index }}) as {{ column }}, {% endfor %}
    {% for column in columns %}
    here.total_{{ loop.index }} as {{ column }}_here,
    there.total_{{ loop.index }} as {{ column }}_there,
    {% endfor %}
    here.rows_here,
    there.rows_there
from here
full outer join there
    on
        {% for column in group_by -%}
        coalesce(cast(here.key_{{ loop.index }} as {{ dbt.type_string() }}), '') = coalesce(cast(there.key_{{ loop.index }} as {{ dbt.type_string() }}), '')
        {% if not loop.last %}and {% endif %}
        {%- endfor %}
        {%- if not group_by %}1 = 1{% endif %}
where
    {% for column in columns %}
    here.total_{{ loop.index }} is distinct from there.total_{{ loop.index }}
    {% if not loop.last %}or {% endif %}
    {% endfor %}
{% endtest %}
