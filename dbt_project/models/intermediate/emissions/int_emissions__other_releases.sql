with emissions as (
    select * from {{ ref('fct_emissions') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

conversions as (
    select * from {{ ref('int_conversions') }}
),

choices as (
    select * from {{ ref('dim_factor_choices') }}
),

pinned as (
    select * from {{ ref('int_factor_releases__pinned') }}
),

pinned_choices as (
    select * from {{ ref('int_factor_choices__pinned') }}
),

factors as (
    select * from {{ ref('dim_factors') }}
),

gas_potentials as (
    select * from {{ ref('int_gas_potentials') }}
),

subjects as (
    select distinct choices.subject
    from choices
),

releases as (
    select * from {{ ref('factor_releases') }}
),

-- What a subject would take in a year by another release, where that is another factor or none.
differences as (
    select
        subjects.subject,
        pinned.year,
        releases.factor_release,
        choices.factor_id
    from subjects
    cross join pinned
    inner join releases on pinned.factor_release <> releases.factor_release
    left join choices
        on
            subjects.subject = choices.subject
            and releases.factor_release = choices.factor_release
            and pinned.year = coalesce(choices.year, pinned.year)
    left join pinned_choices on subjects.subject = pinned_choices.subject and pinned.year = pinned_choices.year
    where choices.factor_id is distinct from pinned_choices.factor_id
),

activities as (
    select
        emissions.emission_id,
        emissions.quantity,
        emissions.consolidated_share,
        differences.factor_release,
        differences.factor_id,
        case
            when emissions.carrier is not null and emissions.scope = 1
                then {{ fuel_basis_per_unit('factors', 'conversions') }}
            else emissions.basis_per_unit
        end as basis_per_unit
    from emissions
    inner join differences
        on
            emissions.factor_subject = differences.subject
            and {{ year_of('emissions.month') }} = differences.year
    left join factors on differences.factor_id = factors.factor_id
    left join energy_use on emissions.energy_use_id = energy_use.energy_use_id
    left join conversions on energy_use.conversion_id = conversions.conversion_id
),

by_gas as (
    select
        activities.emission_id,
        activities.factor_release,
        activities.factor_id,
        activities.consolidated_share,
        {{ gases_of_activity('activities', 'factors', 'in_use', 'fifth') }}
    from activities
    left join factors on activities.factor_id = factors.factor_id
    left join gas_potentials as in_use on in_use.gwp_set = '{{ var("gwp_set") }}'
    left join gas_potentials as fifth on fifth.gwp_set = 'AR5'
),

weighed as (
    select
        by_gas.*,
        {{ co2e_of_gases('by_gas') }} as kgco2e
    from by_gas
),

final as (
    select
        weighed.emission_id,
        weighed.factor_release,
        weighed.factor_id,
        weighed.kgco2e,
        {{ consolidated('weighed.kgco2e', 'weighed.consolidated_share') }} as consolidated_kgco2e
    from weighed
)

select * from final
