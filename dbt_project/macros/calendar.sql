{#- The whole numbers 0 to 999 as a select with the column `number`: for calendars, without an engine's own series function. -#}
{% macro numbers() -%}
    {%- set digits = [] -%}
    {%- for digit in range(10) -%}{%- do digits.append('select ' ~ digit ~ ' as digit') -%}{%- endfor -%}
    {%- set digit_table = digits | join(' union all ') -%}
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit as number
    from ({{ digit_table }}) as ones
    cross join ({{ digit_table }}) as tens
    cross join ({{ digit_table }}) as hundreds
{%- endmacro %}


{#- The first day of the month of a date. -#}
{% macro month_of(date) -%}
    cast({{ dbt.date_trunc('month', date) }} as date)
{%- endmacro %}


{#-
    Renders a select over `relation`: all its columns, one row per calendar month that the days `period_start` to `period_end`
    (both included) touch, with `month` (its first day) and `days` (days of the period in that month). Up to 1000 months.
-#}
{% macro months_of_period(relation, period_start='period_start', period_end='period_end') -%}
    {%- set month = dbt.dateadd('month', 'numbers.number', month_of(relation ~ '.' ~ period_start)) -%}
    select
        spread.*,
        {{ dbt.datediff('spread.split_first_day', 'spread.split_last_day', 'day') }} + 1 as days
    from (
        select
            {{ relation }}.*,
            cast({{ month }} as date) as month,
            greatest({{ relation }}.{{ period_start }}, cast({{ month }} as date)) as split_first_day,
            least({{ relation }}.{{ period_end }}, cast({{ dbt.last_day(month, 'month') }} as date)) as split_last_day
        from {{ relation }}
        inner join ({{ numbers() }}) as numbers
            on
                numbers.number
                <= {{ dbt.datediff(relation ~ '.' ~ period_start, relation ~ '.' ~ period_end, 'month') }}
    ) as spread
    where spread.split_first_day <= spread.split_last_day
{%- endmacro %}


{#- The days, both ends included, that two spans of days share; 0 when none. `last` may be null: no end. -#}
{% macro days_shared(first, last, span_first, span_last) -%}
    greatest(
        0,
        {{ dbt.datediff(
            'greatest(' ~ first ~ ', ' ~ span_first ~ ')',
            'least(coalesce(' ~ last ~ ', ' ~ span_last ~ '), ' ~ span_last ~ ')',
            'day'
        ) }} + 1
    )
{%- endmacro %}
