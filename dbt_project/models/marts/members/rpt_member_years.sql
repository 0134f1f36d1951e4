with member_months as (
    select * from {{ ref('rpt_member_months') }}
),

service as (
    select * from {{ ref('int_member_years__service') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

energy_exports as (
    select * from {{ ref('fct_energy_exports') }}
),

emissions as (
    select * from {{ ref('fct_emissions') }}
),

export_sums as (
    select
        energy_exports.member_id,
        {{ year_of('energy_exports.month') }} as period,
        sum(energy_exports.consolidated_kwh) as exported_electricity_kwh
    from energy_exports
    group by energy_exports.member_id, {{ year_of('energy_exports.month') }}
),

{{ member_sums('energy_use', 'emissions', 'cast(extract(year from month) as int)') }},

member_years as (
    select
        member_months.member_id,
        cast(extract(year from member_months.month) as int) as year,
        sum(member_months.meter_months_expected) as meter_months_expected,
        sum(member_months.meter_months_present) as meter_months_present,
        sum(member_months.open_findings) as open_findings
    from member_months
    group by member_months.member_id, cast(extract(year from member_months.month) as int)
),

final as (
    select
        member_years.member_id,
        member_years.year,
        cast(energy_sums.energy_gj as decimal(18, 6)) as energy_gj,
        cast(emission_sums.scope1_kgco2e as decimal(18, 6)) as scope1_kgco2e,
        cast(emission_sums.scope2_location_kgco2e as decimal(18, 6)) as scope2_location_kgco2e,
        cast(emission_sums.scope2_market_kgco2e as decimal(18, 6)) as scope2_market_kgco2e,
        cast(emission_sums.biogenic_co2_kg as decimal(18, 6)) as biogenic_co2_kg,
        {{ decimal_divide('energy_sums.estimated_gj', 'energy_sums.absolute_gj', 12) }} as estimated_share,
        {{ decimal_divide('member_years.meter_months_present', 'member_years.meter_months_expected', 12) }} as coverage_share,
        cast(member_years.meter_months_expected as int) as meter_months_expected,
        cast(member_years.meter_months_present as int) as meter_months_present,
        cast(coalesce(emission_sums.facts_without_factor, 0) as int) as facts_without_factor,
        cast(member_years.open_findings as int) as open_findings,
        members.consolidation_approach,
        cast(coalesce(emission_sums.facts_without_share, 0) as int) as facts_without_share,
        cast(energy_sums.gross_energy_gj as decimal(18, 6)) as gross_energy_gj,
        cast(emission_sums.gross_scope1_kgco2e as decimal(18, 6)) as gross_scope1_kgco2e,
        cast(emission_sums.gross_scope2_location_kgco2e as decimal(18, 6)) as gross_scope2_location_kgco2e,
        cast(emission_sums.gross_scope2_market_kgco2e as decimal(18, 6)) as gross_scope2_market_kgco2e,
        cast(coalesce(service.days_in_membership, 0) as int) as days_in_membership,
        cast(coalesce(service.months_in_membership, 0) as int) as months_in_membership,
        cast(coalesce(service.sites_in_service, 0) as int) as sites_in_service,
        cast(coalesce(service.sites_part_of_year, 0) as int) as sites_part_of_year,
        cast(export_sums.exported_electricity_kwh as decimal(18, 6)) as exported_electricity_kwh
    from member_years
    left join members on member_years.member_id = members.member_id
    left join service on member_years.member_id = service.member_id and member_years.year = service.year
    left join energy_sums on member_years.member_id = energy_sums.member_id and member_years.year = energy_sums.period
    left join export_sums on member_years.member_id = export_sums.member_id and member_years.year = export_sums.period
    left join emission_sums on member_years.member_id = emission_sums.member_id and member_years.year = emission_sums.period
)

select * from final
