{% test unique_combination(model, columns) %}
{#- No two rows agree in all `columns`; nulls count as equal. Shows the keys that repeat. -#}
select
    {{ columns | join(', ') }},
    count(*) as rows_with_this_key
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
