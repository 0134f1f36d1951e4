-- A parameter with a factor of its own multiplies it: it is a term of its process whose formula holds itself.
{{ config(meta={'dagster': {'ref': {'name': 'process_factor_map'}}}) }}

select distinct
    factors.process,
    factors.parameter
from {{ ref('process_factor_map') }} as factors
left join {{ ref('process_formulas') }} as formulas
    on
        factors.process = formulas.process
        and factors.parameter = formulas.term
        and factors.parameter = formulas.parameter
        and formulas.operation = 'times'
left join {{ ref('process_parameters') }} as parameters
    on
        factors.process = parameters.process
        and factors.parameter = parameters.parameter
where
    factors.parameter is not null
    and (formulas.parameter is null or parameters.parameter is null)
