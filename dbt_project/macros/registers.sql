{#- A select of the standing row of each key of a register: the one received last. -#}
{% macro latest_by_key(relation, key) -%}
    select *
    from (
        select
            {{ relation }}.*,
            row_number() over (
                partition by {{ key | join(', ') }}
                order by file_sequence desc, sheet desc, row_no desc, row_id desc
            ) as recency
        from {{ relation }}
    ) as ranked
    where recency = 1
{%- endmacro %}
