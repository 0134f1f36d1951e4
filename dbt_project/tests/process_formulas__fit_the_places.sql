-- A term has at most four values that multiply, two that divide and two that reduce: int_process_multipliers has no more places for them.
{{ config(meta={'dagster': {'ref': {'name': 'process_formulas'}}}) }}

select
    formulas.process,
    formulas.term,
    formulas.operation,
    count(*) as parameters
from {{ ref('process_formulas') }} as formulas
where formulas.operation <> 'beside'
group by formulas.process, formulas.term, formulas.operation
having count(*) > case formulas.operation when 'times' then 4 else 2 end
