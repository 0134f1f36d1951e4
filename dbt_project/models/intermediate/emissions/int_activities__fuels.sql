{%- set text = dbt.type_string() -%}

with energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

conversions as (
    select * from {{ ref('int_conversions') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

choices as (
    select * from {{ ref('int_factor_choices__pinned') }}
),

certificate_factors as (
    select * from {{ ref('int_certificate_factors') }}
),

factors as (
    select * from {{ ref('dim_factors') }}
),

-- A factor of the certificate that the conversion is of goes before the published one. Per t it needs the mass: from the unit, or by
-- the calorific value of a certificate, as a published one is of another sample.
chosen as (
    select
        energy_use.*,
        conversions.t_per_unit,
        {{ factor_subject_of_carrier('energy_use.carrier') }} as subject,
        coalesce(certificate_factors.factor_id, choices.factor_id) as chosen_factor_id,
        case when certificate_factors.factor_id is null then choices.match_level else 'certificate' end as match_level,
        case when certificate_factors.factor_id is null then choices.factor_release end as factor_release,
        case
            when certificate_factors.factor_id is not null then 'certificate ' || conversions.certificate_id
            when conversions.certificate_id is not null
                then
                    replace(
                        choices.fallback_path,
                        'no certificate of the supplier',
                        'certificate ' || conversions.certificate_id || ' without a factor for this unit'
                    )
            else choices.fallback_path
        end as fallback_path,
        certificate_factors.factor_id is not null as is_of_certificate
    from energy_use
    inner join conversions on energy_use.conversion_id = conversions.conversion_id
    left join choices
        on
            {{ factor_subject_of_carrier('energy_use.carrier') }} = choices.subject
            and {{ year_of('energy_use.month') }} = choices.year
    left join certificate_factors
        on
            conversions.certificate_id = certificate_factors.certificate_id
            and choices.factor_id = certificate_factors.published_factor_id
            and (certificate_factors.basis <> 't' or conversions.mass_basis in ('unit', 'measured'))
),

-- Fuels burnt: scope 1.
final as (
    select
        {{ surrogate_key(["'energy'", 'chosen.energy_use_id', "''"]) }} as emission_id,
        chosen.row_id,
        chosen.energy_use_id,
        'energy' as activity,
        chosen.member_id,
        chosen.site_id,
        chosen.month,
        1 as scope,
        cast(null as {{ text }}) as method,
        carriers.category,
        chosen.carrier,
        chosen.quantity,
        chosen.unit,
        chosen.energy_gj,
        factors.factor_id,
        {{ fuel_basis_per_unit('factors', 'chosen') }} as basis_per_unit,
        chosen.match_level,
        case when not chosen.is_of_certificate then chosen.subject end as factor_subject,
        chosen.factor_release,
        chosen.fallback_path,
        chosen.is_estimated,
        chosen.file_sha256,
        chosen.sheet,
        chosen.row_no
    from chosen
    inner join carriers on chosen.carrier = carriers.carrier
    left join factors on chosen.chosen_factor_id = factors.factor_id
    where carriers.kind = 'fuel'
)

select * from final
