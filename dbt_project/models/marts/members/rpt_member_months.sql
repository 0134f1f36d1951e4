with member_months as (
    select * from {{ ref('int_member_months') }}
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

meter_months as (
    select * from {{ ref('int_meter_months__expected') }}
),

findings as (
    select * from {{ ref('rpt_findings') }}
),

export_sums as (
    select
        energy_exports.member_id,
        energy_exports.month as period,
        sum(energy_exports.consolidated_kwh) as exported_electricity_kwh
    from energy_exports
    group by energy_exports.member_id, energy_exports.month
),

{{ member_sums('energy_use', 'emissions', 'month') }},

meter_counts as (
    select
        meter_months.member_id,
        meter_months.month,
        count(*) as meter_months_expected,
        sum(case when meter_months.is_present then 1 else 0 end) as meter_months_present
    from meter_months
    group by meter_months.member_id, meter_months.month
),

finding_counts as (
    select
        findings.member_id,
        findings.month,
        count(*) as open_findings
    from findings
    where
        findings.month is not null
        and not findings.is_switched_off
    group by findings.member_id, findings.month
),

final as (
    select
        member_months.member_id,
        member_months.month,
        cast(energy_sums.energy_gj as decimal(18, 6)) as energy_gj,
        cast(emission_sums.scope1_kgco2e as decimal(18, 6)) as scope1_kgco2e,
        cast(emission_sums.scope2_location_kgco2e as decimal(18, 6)) as scope2_location_kgco2e,
        cast(emission_sums.scope2_market_kgco2e as decimal(18, 6)) as scope2_market_kgco2e,
        cast(emission_sums.biogenic_co2_kg as decimal(18, 6)) as biogenic_co2_kg,
        {{ decimal_divide('energy_sums.estimated_gj', 'energy_sums.absolute_gj', 12) }} as estimated_share,
        {{ decimal_divide('meter_counts.meter_months_present', 'meter_counts.meter_months_expected', 12) }} as coverage_share,
        cast(coalesce(meter_counts.meter_months_expected, 0) as int) as meter_months_expected,
        cast(coalesce(meter_counts.meter_months_present, 0) as int) as meter_months_present,
        cast(coalesce(emission_sums.facts_without_factor, 0) as int) as facts_without_factor,
        cast(coalesce(finding_counts.open_findings, 0) as int) as open_findings,
        members.consolidation_approach,
        cast(coalesce(emission_sums.facts_without_share, 0) as int) as facts_without_share,
        cast(energy_sums.gross_energy_gj as decimal(18, 6)) as gross_energy_gj,
        cast(emission_sums.gross_scope1_kgco2e as decimal(18, 6)) as gross_scope1_kgco2e,
        cast(emission_sums.gross_scope2_location_kgco2e as decimal(18, 6)) as gross_scope2_location_kgco2e,
        cast(emission_sums.gross_scope2_market_kgco2e as decimal(18, 6)) as gross_scope2_market_kgco2e,
        cast(
            {{ days_shared(
                'members.joined_on', 'members.left_on', 'member_months.month',
                'cast(' ~ dbt.last_day('member_months.month', 'month') ~ ' as date)'
            ) }} as int
        ) as days_in_membership,
        cast(export_sums.exported_electricity_kwh as decimal(18, 6)) as exported_electricity_kwh
    from member_months
    left join members on member_months.member_id = members.member_id
    left join energy_sums on member_months.member_id = energy_sums.member_id and member_months.month = energy_sums.period
    left join export_sums on member_months.member_id = export_sums.member_id and member_months.month = export_sums.period
    left join emission_sums on member_months.member_id = emission_sums.member_id and member_months.month = emission_sums.period
    left join meter_counts on member_months.member_id = meter_counts.member_id and member_months.month = meter_counts.month
    left join finding_counts on member_months.member_id = finding_counts.member_id and member_months.month = finding_counts.month
)

select * from final
