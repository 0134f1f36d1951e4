-- Location-based scope 2 of grid electricity is the energy used times the factor of the row, half up once, with zero tolerance.
-- Shows the rows that differ.
{{ config(meta={'dagster': {'ref': {'name': 'fct_emissions'}}}) }}

select
    emissions.emission_id,
    emissions.factor_id,
    emissions.quantity,
    emissions.unit,
    emissions.basis_per_unit,
    factors.kgco2e_per_basis,
    emissions.kgco2e
from {{ ref('fct_emissions') }} as emissions
inner join {{ ref('dim_factors') }} as factors on emissions.factor_id = factors.factor_id
where
    emissions.method = 'location'
    and factors.kind = 'grid'
    and emissions.kgco2e is distinct from {{ round_half_up(
        'emissions.quantity * emissions.basis_per_unit * cast(factors.kgco2e_per_basis as decimal(18, 6))'
    ) }}
