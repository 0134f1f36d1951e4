{#-
    Split a whole into parts by weight so that the parts sum exactly to the whole (largest remainder method).

    Renders a select over `relation`: all its columns and `part` DECIMAL(18, 6). Each row of `relation` is one part; the rows of
    one `partition_by` share the same `whole` (a decimal with up to 6 places, of either sign) and divide it by `weight` (not
    negative, up to 6 places, not all zero). A millionth that does not divide goes to the largest remainders, ties by `tie_breaker`, which must
    be unique in the partition. A negative whole gets the mirror image of the positive split.
    The columns that begin with `split_` are working columns: leave them out of the model's final select.
-#}
{% macro largest_remainder(relation, whole, weight, partition_by, tie_breaker) -%}
    {%- set partition = partition_by | join(', ') -%}
    {%- set weighted = 'weighted.split_whole * weighted.split_weight' -%}
    select
        ranked.*,
        cast(
            cast(
                ranked.split_sign * (
                    ranked.split_floor
                    + case when ranked.split_rank <= ranked.split_whole - ranked.split_floor_total then 1 else 0 end
                ) as decimal(18, 0)
            ) * cast('0.000001' as decimal(6, 6)) as decimal(18, 6)
        ) as part
    from (
        select
            floored.*,
            sum(floored.split_floor) over (partition by {{ partition }}) as split_floor_total,
            row_number() over (partition by {{ partition }} order by floored.split_remainder desc, {{ tie_breaker }}) as split_rank
        from (
            select
                weighted.*,
                {{ integer_divide(weighted, 'weighted.split_weight_total') }} as split_floor,
                {{ weighted }}
                - weighted.split_weight_total * {{ integer_divide(weighted, 'weighted.split_weight_total') }} as split_remainder
            from (
                select
                    {{ relation }}.*,
                    sign({{ whole }}) as split_sign,
                    {{ micro_integer('abs(' ~ whole ~ ')') }} as split_whole,
                    {{ micro_integer(weight) }} as split_weight,
                    sum({{ micro_integer(weight) }}) over (partition by {{ partition }}) as split_weight_total
                from {{ relation }}
            ) as weighted
        ) as floored
    ) as ranked
{%- endmacro %}
