{% test expression_is_true(model, expression, where_rows=none) %}
{#- The expression holds on every row (of those that meet `where_rows`); null is a failure. Shows the rows where it does not. -#}
select *
from {{ model }}
where
    not coalesce({{ expression }}, false)
    {%- if where_rows %}
    and {{ where_rows }}
    {%- endif %}
{% endtest %}
