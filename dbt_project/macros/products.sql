{#-
    Kilograms per unit of quantity, DECIMAL(18, 6). Null for a quantity so small that the quotient would leave that type: such a
    figure says nothing, and it must not stop the night.
-#}
{% macro kg_per_unit(kilograms, quantity) -%}
    case
        when abs({{ kilograms }}) < abs(cast({{ quantity }} as decimal(19, 6))) * cast(100000000000 as decimal(12, 0))
            then {{ decimal_divide(kilograms, quantity, 6) }}
    end
{%- endmacro %}
