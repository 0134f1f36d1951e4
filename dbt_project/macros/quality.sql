{#- The number of a parameter of data quality, as a scalar of the seed `data_quality_parameters`. -#}
{% macro quality_parameter(parameter_id) -%}
    max(case when parameter_id = '{{ parameter_id }}' then value end)
{%- endmacro %}


{#- The measures of emissions that have bounds: name, the facts that each sums, and the measures of gaps that belong to it. -#}
{% macro bounded_measures() -%}
    {{ return([
        ('scope1', 'scope = 1', "'scope1'"),
        ('scope2_location', "method = 'location'", "'scope2_location'"),
        ('scope2_market', "method = 'market'", "'scope2_market'"),
        ('scope12_location', "(scope = 1 or method = 'location')", "'scope1', 'scope2_location'"),
        ('scope12_market', "(scope = 1 or method = 'market')", "'scope1', 'scope2_market'"),
    ]) }}
{%- endmacro %}


{#- The bounded measure of a fact by its scope and method: scope1, scope2_location or scope2_market. -#}
{% macro measure_of_fact(relation) -%}
    case when {{ relation }}.scope = 1 then 'scope1' else 'scope2_' || {{ relation }}.method end
{%- endmacro %}


{#-
    The exact square root of a whole number, rounded up to a whole number: a select over `relation` with all its columns and `root`.
    `square` is a column of the wide integer type, not negative, below 1e38. The engine's root is a binary float and only the first
    guess; one step of Newton brings it within two of the root, and whole numbers decide.
-#}
{% macro exact_square_roots(relation, square) -%}
    select
        refined.*,
        cast(
            case
                when refined.{{ square }} = 0 then 0
                when refined.near_root > 2 and (refined.near_root - 2) * (refined.near_root - 2) >= refined.{{ square }}
                    then refined.near_root - 2
                when (refined.near_root - 1) * (refined.near_root - 1) >= refined.{{ square }} then refined.near_root - 1
                when refined.near_root * refined.near_root >= refined.{{ square }} then refined.near_root
                when (refined.near_root + 1) * (refined.near_root + 1) >= refined.{{ square }} then refined.near_root + 1
                else refined.near_root + 2
            end as {{ type_wide_integer() }}
        ) as root
    from (
        select
            guessed.*,
            cast(
                {{ integer_divide(
                    'guessed.guess + ' ~ integer_divide('guessed.' ~ square, 'guessed.guess'), '2'
                ) }} as {{ type_wide_integer() }}
            ) as near_root
        from (
            select
                {{ relation }}.*,
                cast(greatest(1, floor(sqrt(cast({{ relation }}.{{ square }} as double)))) as {{ type_wide_integer() }}) as guess
            from {{ relation }}
        ) as guessed
    ) as refined
{%- endmacro %}


{#-
    A weighted score once missing meter-months of at most gap_upper_kgco2e come with score `missing`, and that score itself when the gap
    has no upper end or a fact is unknown. `sums` has quality_points, weight, gap_upper_kgco2e and facts_unknown.
-#}
{% macro score_with_gaps(sums, missing, scale=6) -%}
    case
        when {{ sums }}.facts_unknown > 0 or {{ sums }}.gap_upper_kgco2e is null then cast({{ missing }} as decimal(18, {{ scale }}))
        else {{ decimal_divide(
            '(coalesce(' ~ sums ~ '.quality_points, 0) + cast(' ~ sums ~ '.gap_upper_kgco2e as decimal(24, 6)) * cast(' ~ missing ~ ' as decimal(2, 0)))',
            '(coalesce(' ~ sums ~ '.weight, 0) + ' ~ sums ~ '.gap_upper_kgco2e)',
            scale
        ) }}
    end
{%- endmacro %}
