{#- Whether a bill line states energy used: its component is energy or losses, and its register is not of another quantity. -#}
{% macro is_energy_line(relation) -%}
    ({{ relation }}.component in ('energy', 'losses') and {{ relation }}.register not in ('reactive', 'demand', 'delivery'))
{%- endmacro %}
