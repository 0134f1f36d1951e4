{#- The distinct texts of a group, sorted and joined by a comma (or another separator); null when there is none. -#}
{% macro sorted_list(expression, separator=',') -%}
    {{ return(adapter.dispatch('sorted_list', 'mizan')(expression, separator)) }}
{%- endmacro %}

{% macro default__sorted_list(expression, separator) -%}
    nullif(array_join(sort_array(collect_set({{ expression }})), '{{ separator }}'), '')
{%- endmacro %}

{% macro duckdb__sorted_list(expression, separator) -%}
    string_agg(distinct {{ expression }}, '{{ separator }}' order by {{ expression }})
{%- endmacro %}


{#- A date as French readers write it: 31/12/2025. -#}
{% macro french_date(date) -%}
    {%- set text = 'cast(' ~ date ~ ' as string)' -%}
    substr({{ text }}, 9, 2) || '/' || substr({{ text }}, 6, 2) || '/' || substr({{ text }}, 1, 4)
{%- endmacro %}


{#- A date in the ISO form: 2025-12-31. -#}
{% macro iso_date(date) -%}
    cast({{ date }} as string)
{%- endmacro %}


{#- A decimal with places, as text without the zeros that say nothing. -#}
{% macro number_text(number) -%}
    trim(trailing '.' from trim(trailing '0' from cast({{ number }} as string)))
{%- endmacro %}


{#- The same with the French decimal comma. -#}
{% macro french_number(number) -%}
    replace({{ number_text(number) }}, '.', ',')
{%- endmacro %}


{#-
    The exact medians of `value` (a decimal) by `partition_by`: a select over `relation` with the partition, `observations` and
    `median_value`, the middle value, or for an even number the mean of the two in the middle to 6 places.
-#}
{% macro exact_medians(relation, value, partition_by) -%}
    select
        {{ partition_by | join(', ') }},
        observations,
        cast(
            {{ decimal_divide('sum(ordered_value)', 'cast(count(*) as decimal(18, 0))', 6) }} as decimal(18, 6)
        ) as median_value
    from (
        select
            {{ partition_by | join(', ') }},
            {{ value }} as ordered_value,
            row_number() over (partition by {{ partition_by | join(', ') }} order by {{ value }}) as position,
            count(*) over (partition by {{ partition_by | join(', ') }}) as observations
        from {{ relation }}
        where {{ value }} is not null
    ) as positioned
    where 2 * position between observations and observations + 2
    group by {{ partition_by | join(', ') }}, observations
{%- endmacro %}


{#-
    Whether something is large enough for a check to speak of: the size reaches the check's minimum value, or there is none.
    `checks` is the relation of the seed. An unknown size (null) is large enough only where there is no minimum.
-#}
{% macro reaches_minimum_value(size, checks='checks') -%}
    ({{ checks }}.minimum_value is null or coalesce(abs({{ size }}) >= {{ checks }}.minimum_value, false))
{%- endmacro %}


{#- The change from `level` to `value` in percent, as signed text with one place: +44.7. Null when the level is zero or unknown. -#}
{% macro change_in_percent(value, level) -%}
    {%- set change = decimal_divide('100 * (' ~ value ~ ' - ' ~ level ~ ')', level, 1) -%}
    case when {{ value }} > {{ level }} then '+' else '' end || {{ number_text(change) }}
{%- endmacro %}


{#-
    What differs between two relations, as ", quantity 100 -> 120, unit kWh -> MWh"; empty when nothing does.
    `columns` are {column: [label in French, label in English, 'number' or 'text']}; `language` is fr or en.
-#}
{% macro changes_between(columns, earlier, later, language) -%}
    {%- set empty = '(vide)' if language == 'fr' else '(empty)' -%}
    {%- for column, words in columns.items() -%}
        {%- set texts = [] -%}
        {%- for relation in [earlier, later] -%}
            {%- set cell = relation ~ '.' ~ column -%}
            {%- if words[2] == 'text' -%}
                {%- do texts.append('cast(' ~ cell ~ ' as string)') -%}
            {%- else -%}
                {%- do texts.append(french_number(cell) if language == 'fr' else number_text(cell)) -%}
            {%- endif -%}
        {%- endfor -%}
        case
            when coalesce({{ texts[0] }}, '') <> coalesce({{ texts[1] }}, '')
                then
                    ', {{ words[0] if language == 'fr' else words[1] }} '
                    || coalesce({{ texts[0] }}, '{{ empty }}') || ' -> ' || coalesce({{ texts[1] }}, '{{ empty }}')
            else ''
        end
        {%- if not loop.last %} || {% endif %}
    {%- endfor -%}
{%- endmacro %}
