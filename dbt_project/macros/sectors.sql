{#- The first of January of a year that is a whole number. -#}
{% macro first_day_of_year(year) -%}
    cast(cast({{ year }} as string) || '-01-01' as date)
{%- endmacro %}


{#- The 31 December of a year that is a whole number. -#}
{% macro last_day_of_year(year) -%}
    cast(cast({{ year }} as string) || '-12-31' as date)
{%- endmacro %}
