{{ config(materialized='table') }}

with records as (
    select *
    from {{ ref('int_process_activity__classified') }}
    where outcome in ('counted', 'superseded_by_parameter', 'modifier')
),

process_formulas as (
    select * from {{ ref('process_formulas') }}
),

process_parameters as (
    select * from {{ ref('process_parameters') }}
),

terms as (
    select *
    from records
    where outcome = 'counted'
),

-- What the formula of a term asks for, and what the records of the same activity state of it.
effects as (
    select
        terms.row_id,
        process_formulas.parameter,
        process_formulas.operation,
        process_formulas.requirement,
        stated.row_id is not null as is_stated,
        stated.parameter_value,
        coalesce(
            stated.parameter_value between process_parameters.minimum and process_parameters.maximum, false
        ) as is_believed
    from terms
    inner join process_formulas
        on
            terms.process = process_formulas.process
            and coalesce(terms.parameter, '') = coalesce(process_formulas.term, '')
    left join records as stated
        on
            terms.activity_key = stated.activity_key
            and process_formulas.parameter = stated.parameter
    left join process_parameters
        on
            process_formulas.process = process_parameters.process
            and process_formulas.parameter = process_parameters.parameter
),

effects_ranked as (
    select
        effects.*,
        row_number() over (
            partition by effects.row_id, effects.operation, effects.is_stated order by effects.parameter
        ) as position,
        max(case when effects.requirement = 'together' and effects.is_stated then 1 else 0 end) over (
            partition by effects.row_id
        ) as has_any_together
    from effects
),

-- A term has at most four values that multiply, two that divide and two that reduce: a data test of the seed says so.
by_term as (
    select
        effects_ranked.row_id,
        {% for operation, places in {'times': 4, 'over': 2, 'one_minus': 2}.items() -%}
        {% for place in range(1, places + 1) -%}
        max(
            case
                when effects_ranked.is_stated and effects_ranked.operation = '{{ operation }}' and effects_ranked.position = {{ place }}
                    then effects_ranked.parameter_value
            end
        ) as {{ operation }}_{{ place }},
        {% endfor -%}
        {% endfor -%}
        {{ sorted_list(
            "case when not effects_ranked.is_stated and (effects_ranked.requirement = 'always'"
            ~ " or (effects_ranked.requirement = 'together' and effects_ranked.has_any_together = 1))"
            ~ " then effects_ranked.parameter end", ', '
        ) }} as missing_parameters,
        {{ sorted_list(
            "case when effects_ranked.is_stated and not effects_ranked.is_believed then effects_ranked.parameter end", ', '
        ) }} as parameters_out_of_range
    from effects_ranked
    group by effects_ranked.row_id
),

-- The product of the values that multiply, to twelve places.
multiplied as (
    select
        by_term.*,
        {% set product = namespace(sql="cast(coalesce(by_term.times_1, 1) as decimal(20, 12))") -%}
        {% for place in range(2, 5) -%}
        {% set product.sql = round_half_up(product.sql ~ ' * coalesce(by_term.times_' ~ place ~ ', 1)', 12, 20) -%}
        {% endfor -%}
        {{ product.sql }} as product,
        case
            when by_term.one_minus_1 is not null
                then 1 - cast(by_term.one_minus_1 as decimal(20, 6)) * coalesce(by_term.one_minus_2, 1)
            else 1
        end as rest,
        cast(coalesce(by_term.over_1, 1) as decimal(20, 6)) * coalesce(by_term.over_2, 1) as divisor
    from by_term
),

divided as (
    select
        multiplied.*,
        case
            when multiplied.missing_parameters is null and multiplied.parameters_out_of_range is null
                then
                    case
                        when multiplied.over_1 is null then {{ round_half_up('multiplied.product * multiplied.rest', 12, 20) }}
                        else
                            cast(
                                {{ decimal_divide(
                                    round_half_up('multiplied.product * multiplied.rest', 12, 20), 'multiplied.divisor', 12
                                ) }} as decimal(20, 12)
                            )
                    end
        end as multiplier
    from multiplied
),

-- A term without a formula is the quantity as it stands; a parameter without a formula has no factor, so it is not known.
final as (
    select
        terms.row_id,
        case
            when divided.row_id is not null then divided.multiplier
            when terms.parameter is null then cast(1 as decimal(20, 12))
        end as multiplier,
        divided.missing_parameters,
        divided.parameters_out_of_range
    from terms
    left join divided on terms.row_id = divided.row_id
)

select * from final
