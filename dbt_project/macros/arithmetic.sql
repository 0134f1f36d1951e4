{#-
    A warning for every product: DuckDB keeps the product of two decimals of up to 18 digits at 18 digits, so that DECIMAL(18, 6) times
    DECIMAL(18, 6) overflows from a million on (it fails, it does not lie). Cast one of the two to 20 digits or more first.
-#}

{#- Whole-number division of two non-negative integers, the fraction cut off. -#}
{% macro integer_divide(numerator, denominator) -%}
    {{ return(adapter.dispatch('integer_divide', 'mizan')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__integer_divide(numerator, denominator) -%}
    ((cast({{ numerator }} as decimal(38, 0))) div (cast({{ denominator }} as decimal(38, 0))))
{%- endmacro %}

{% macro duckdb__integer_divide(numerator, denominator) -%}
    ((cast({{ numerator }} as hugeint)) // (cast({{ denominator }} as hugeint)))
{%- endmacro %}


{#- A decimal rounded half up (away from zero, so that a credit note mirrors its bill) to `scale` places, as DECIMAL(precision, scale). -#}
{% macro round_half_up(expression, scale=6, precision=18) -%}
    cast(round({{ expression }}, {{ scale }}) as decimal({{ precision }}, {{ scale }}))
{%- endmacro %}


{#-
    The exact quotient of two decimals, rounded half up (away from zero) to `scale` places: DECIMAL(18, scale).
    Both engines divide decimals as binary floats, or round them on the way, so the division is done on integers.
    Arguments may have up to 12 places and magnitudes up to 1e13. Null when an argument is null or the denominator is zero.
-#}
{% macro decimal_divide(numerator, denominator, scale) -%}
    {%- set whole_numerator = micro_integer('abs(' ~ numerator ~ ')', 12) -%}
    {%- set whole_denominator = micro_integer('abs(' ~ denominator ~ ')', 12) -%}
    {%- set power = '1' ~ '0' * scale -%}
    case
        when {{ denominator }} <> 0 then
            cast(
                cast(
                    sign({{ numerator }}) * sign({{ denominator }})
                    * {{ integer_divide(
                        '2 * ' ~ whole_numerator ~ ' * ' ~ power ~ ' + ' ~ whole_denominator,
                        '2 * ' ~ whole_denominator
                    ) }}
                    as decimal(18, 0)
                ) * cast('0.{{ '0' * (scale - 1) }}1' as decimal({{ scale }}, {{ scale }}))
                as decimal(18, {{ scale }})
            )
    end
{%- endmacro %}


{#- A decimal as a whole number of its last place: with `places` 6, 1.5 becomes 1500000. Exact when the argument has no more places. -#}
{% macro micro_integer(expression, places=6) -%}
    cast(cast({{ expression }} as decimal(38, {{ places }})) * 1{{ '0' * places }} as {{ type_wide_integer() }})
{%- endmacro %}
