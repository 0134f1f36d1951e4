{#- In scope 2 the gases are known apart only of heat whose fuel and boiler are. -#}
{%- set is_by_gas = "by_gas.scope = 1 or by_gas.match_level = 'supplier_boiler'" -%}

with fuels as (
    select * from {{ ref('int_activities__fuels') }}
),

electricity as (
    select * from {{ ref('int_activities__electricity') }}
),

heat as (
    select * from {{ ref('int_activities__heat') }}
),

processes as (
    select * from {{ ref('int_activities__processes') }}
),

factors as (
    select * from {{ ref('dim_factors') }}
),

gas_potentials as (
    select * from {{ ref('int_gas_potentials') }}
),

site_shares as (
    select * from {{ ref('int_site_shares__by_month') }}
),

activities as (
    select * from fuels
    union all
    select * from electricity
    union all
    select * from heat
    union all
    select * from processes
),

-- Each gas rounded half up once, from the quantity as stated.
by_gas as (
    select
        activities.*,
        {{ round_half_up('activities.basis_per_unit * cast(factors.kgco2e_per_basis as decimal(20, 9))', scale=9) }}
            as factor_value,
        {{ gases_of_activity('activities', 'factors', 'in_use', 'fifth') }}
    from activities
    left join factors on activities.factor_id = factors.factor_id
    left join gas_potentials as in_use on in_use.gwp_set = '{{ var("gwp_set") }}'
    left join gas_potentials as fifth on fifth.gwp_set = 'AR5'
),

measured as (
    select
        by_gas.emission_id,
        by_gas.row_id,
        by_gas.energy_use_id,
        by_gas.activity,
        by_gas.member_id,
        by_gas.site_id,
        by_gas.month,
        cast(by_gas.scope as int) as scope,
        by_gas.method,
        by_gas.category,
        by_gas.carrier,
        by_gas.quantity,
        by_gas.unit,
        by_gas.energy_gj,
        case when {{ is_by_gas }} then by_gas.co2_kg end as co2_kg,
        case when {{ is_by_gas }} then by_gas.ch4_kg end as ch4_kg,
        case when {{ is_by_gas }} then by_gas.n2o_kg end as n2o_kg,
        {% for gas in fluorinated_gases() | list + ['hcfc_22'] -%}
        case when by_gas.scope = 1 then by_gas.{{ gas }}_kg end as {{ gas }}_kg,
        {% endfor -%}
        by_gas.other_kgco2e,
        {{ co2e_of_gases('by_gas') }} as kgco2e,
        {{ co2e_of_gases('by_gas', '_ar5') }} as kgco2e_ar5,
        case when by_gas.scope = 1 then by_gas.biogenic_co2_kg end as biogenic_co2_kg,
        by_gas.factor_id,
        by_gas.factor_subject,
        by_gas.factor_release,
        by_gas.basis_per_unit,
        by_gas.factor_value,
        '{{ var("gwp_set") }}' as gwp_set,
        case when by_gas.factor_value is not null then by_gas.match_level end as match_level,
        case when by_gas.factor_value is not null then by_gas.fallback_path end as fallback_path,
        by_gas.is_estimated,
        by_gas.file_sha256,
        by_gas.sheet,
        by_gas.row_no
    from by_gas
),

final as (
    select
        measured.*,
        site_shares.consolidated_share,
        {{ consolidated('measured.kgco2e', 'site_shares.consolidated_share') }} as consolidated_kgco2e,
        {{ consolidated('measured.biogenic_co2_kg', 'site_shares.consolidated_share') }} as consolidated_biogenic_co2_kg
    from measured
    left join site_shares
        on
            measured.member_id = site_shares.member_id
            and measured.site_id = site_shares.site_id
            and measured.month = site_shares.month
)

select * from final
