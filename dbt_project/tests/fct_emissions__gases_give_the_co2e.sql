-- The gases of a row times their potentials are its CO2e, in both sets, with zero tolerance. Shows the rows where they are not.
{{ config(meta={'dagster': {'ref': {'name': 'fct_emissions'}}}) }}

with emissions as (
    select * from {{ ref('fct_emissions') }}
),

factors as (
    select * from {{ ref('dim_factors') }}
),

gas_potentials as (
    select * from {{ ref('int_gas_potentials') }}
),

recomputed as (
    select
        emissions.emission_id,
        emissions.factor_id,
        emissions.co2_kg,
        emissions.ch4_kg,
        emissions.n2o_kg,
        emissions.other_kgco2e,
        emissions.kgco2e,
        emissions.kgco2e_ar5,
        {{ round_half_up(co2e_of_fluorinated_gases('emissions', 'in_use', '_kg')) }} as fluorinated_kgco2e,
        factors.kind = 'process' as is_by_gas,
        {{ round_half_up(
            'coalesce(emissions.co2_kg, 0) + cast(coalesce(emissions.ch4_kg, 0) as decimal(20, 6)) * factors.ch4_gwp'
            ~ ' + cast(coalesce(emissions.n2o_kg, 0) as decimal(20, 6)) * factors.n2o_gwp + emissions.other_kgco2e'
        ) }} as recomputed_kgco2e,
        {{ round_half_up(
            'coalesce(emissions.co2_kg, 0) + cast(coalesce(emissions.ch4_kg, 0) as decimal(20, 6)) * factors.ch4_gwp_ar5'
            ~ ' + cast(coalesce(emissions.n2o_kg, 0) as decimal(20, 6)) * factors.n2o_gwp_ar5 + case when factors.kind = \'process\' then '
            ~ co2e_of_fluorinated_gases('emissions', 'fifth', '_kg') ~ ' else emissions.other_kgco2e end'
        ) }} as recomputed_kgco2e_ar5,
        factors.kind = 'process' or factors.other_kgco2e_per_basis = factors.other_kgco2e_ar5_per_basis as has_same_rate
    from emissions
    inner join factors on emissions.factor_id = factors.factor_id
    inner join gas_potentials as in_use on in_use.gwp_set = '{{ var("gwp_set") }}'
    inner join gas_potentials as fifth on fifth.gwp_set = 'AR5'
)

select *
from recomputed
where
    kgco2e is distinct from recomputed_kgco2e
    or (is_by_gas and other_kgco2e is distinct from fluorinated_kgco2e)
    or (has_same_rate and kgco2e_ar5 is distinct from recomputed_kgco2e_ar5)
