-- The gases of a row times their potentials are its CO2e, in both sets, with zero tolerance. Shows the rows where they are not.
{{ config(meta={'dagster': {'ref': {'name': 'fct_emissions'}}}) }}

select
    emissions.emission_id,
    emissions.factor_id,
    emissions.co2_kg,
    emissions.ch4_kg,
    emissions.n2o_kg,
    emissions.other_kgco2e,
    emissions.kgco2e,
    emissions.kgco2e_ar5
from {{ ref('fct_emissions') }} as emissions
inner join {{ ref('dim_factors') }} as factors on emissions.factor_id = factors.factor_id
where
    emissions.kgco2e is distinct from {{ round_half_up(
        'coalesce(emissions.co2_kg, 0) + cast(coalesce(emissions.ch4_kg, 0) as decimal(20, 6)) * factors.ch4_gwp'
        ~ ' + cast(coalesce(emissions.n2o_kg, 0) as decimal(20, 6)) * factors.n2o_gwp + emissions.other_kgco2e'
    ) }}
    or (
        factors.other_kgco2e_per_basis = factors.other_kgco2e_ar5_per_basis
        and emissions.kgco2e_ar5 is distinct from {{ round_half_up(
            'coalesce(emissions.co2_kg, 0) + cast(coalesce(emissions.ch4_kg, 0) as decimal(20, 6)) * factors.ch4_gwp_ar5'
            ~ ' + cast(coalesce(emissions.n2o_kg, 0) as decimal(20, 6)) * factors.n2o_gwp_ar5 + emissions.other_kgco2e'
        ) }}
    )
