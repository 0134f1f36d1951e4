{#- Combustion counts all carbon as CO2 (oxidation factor 1), so the CO2 that methane becomes is left out of its potential. -#}
{%- set sets = ['AR5', 'AR6'] -%}

with fuel_factors as (
    select * from {{ ref('int_fuel_factors') }}
),

certificate_factors as (
    select * from {{ ref('int_certificate_factors') }}
),

process_factors as (
    select * from {{ ref('int_process_factors') }}
),

grid_factors as (
    select *
    from {{ ref('grid_factors') }}
    where
        method = 'average generation'
        and value is not null
),

-- No electricity emits ten kilograms per kWh: such a rate is a slip, and it is nobody's factor.
instruments as (
    select *
    from {{ ref('dim_instruments') }}
    where
        kgco2e_per_kwh < 10
        and carrier = 'electricity'
        and kind <> 'eac_sold'
),

heat_factors as (
    select * from {{ ref('int_heat_factors') }}
),

approvals as (
    select * from {{ ref('factor_approvals') }}
),

potentials as (
    {% for set in sets -%}
    select
        '{{ set }}' as gwp_set,
        cast(max(case when potentials.gas = 'CH4' then potentials.value end) as decimal(20, 6)) as ch4_fossil,
        cast(
            coalesce(
                max(case when potentials.gas = 'CH4-non-fossil' then potentials.value end),
                max(case when potentials.gas = 'CH4' then potentials.value end)
            ) as decimal(20, 6)
        ) as ch4_biogenic,
        cast(max(case when potentials.gas = 'N2O' then potentials.value end) as decimal(20, 6)) as n2o
    from {{ ref('global_warming_potentials') }} as potentials
    where potentials.horizon_years = 100 and potentials.ar = '{{ set }}'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

zero as (
    select cast(0 as decimal(18, 9)) as kg
),

fuels as (
    select
        fuel_factors.factor_id,
        'fuel' as kind,
        1 as scope,
        fuel_factors.category,
        fuel_factors.fuel_id,
        'global' as region,
        fuel_factors.basis,
        fuel_factors.is_biogenic,
        fuel_factors.co2_kg,
        fuel_factors.ch4_kg,
        fuel_factors.n2o_kg,
        fuel_factors.biogenic_co2_kg,
        zero.kg as other_ar5,
        zero.kg as other_ar6,
        fuel_factors.component_ids,
        cast(null as int) as year,
        cast(null as {{ dbt.type_string() }}) as vintage,
        'IPCC default' as tier,
        fuel_factors.source_title,
        fuel_factors.source_year,
        fuel_factors.locator,
        fuel_factors.valid_from,
        fuel_factors.valid_to,
        case fuel_factors.confidence_rank when 1 then 'recalled' when 2 then 'one-source' else 'verified-two-sources' end
            as confidence
    from fuel_factors
    cross join zero
),

certificates as (
    select
        certificate_factors.factor_id,
        'fuel' as kind,
        1 as scope,
        certificate_factors.category,
        certificate_factors.fuel_id,
        'MA' as region,
        certificate_factors.basis,
        certificate_factors.is_biogenic,
        certificate_factors.co2_kg,
        certificate_factors.ch4_kg,
        certificate_factors.n2o_kg,
        certificate_factors.biogenic_co2_kg,
        zero.kg as other_ar5,
        zero.kg as other_ar6,
        certificate_factors.component_ids,
        cast(null as int) as year,
        cast(null as {{ dbt.type_string() }}) as vintage,
        'supplier certificate' as tier,
        certificate_factors.source_title,
        certificate_factors.source_year,
        certificate_factors.locator,
        certificate_factors.valid_from,
        certificate_factors.valid_to,
        certificate_factors.confidence
    from certificate_factors
    cross join zero
),

processes as (
    select
        process_factors.factor_id,
        'process' as kind,
        1 as scope,
        process_factors.category,
        cast(null as {{ dbt.type_string() }}) as fuel_id,
        'global' as region,
        process_factors.basis,
        false as is_biogenic,
        process_factors.co2_kg,
        zero.kg as ch4_kg,
        process_factors.n2o_kg,
        zero.kg as biogenic_co2_kg,
        process_factors.other_kgco2e_ar5 as other_ar5,
        process_factors.other_kgco2e_ar6 as other_ar6,
        process_factors.component_ids,
        cast(null as int) as year,
        cast(null as {{ dbt.type_string() }}) as vintage,
        process_factors.tier,
        process_factors.source_title,
        process_factors.source_year,
        process_factors.locator,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        process_factors.confidence
    from process_factors
    cross join zero
),

grids as (
    select
        grid_factors.factor_id,
        'grid' as kind,
        2 as scope,
        'purchased_electricity' as category,
        cast(null as {{ dbt.type_string() }}) as fuel_id,
        'MA' as region,
        'kWh' as basis,
        false as is_biogenic,
        zero.kg as co2_kg,
        zero.kg as ch4_kg,
        zero.kg as n2o_kg,
        zero.kg as biogenic_co2_kg,
        cast(grid_factors.value * cast('0.001' as decimal(3, 3)) as decimal(18, 9)) as other_ar5,
        cast(grid_factors.value * cast('0.001' as decimal(3, 3)) as decimal(18, 9)) as other_ar6,
        grid_factors.factor_id as component_ids,
        grid_factors.year,
        grid_factors.dataset_vintage as vintage,
        'national' as tier,
        grid_factors.source_title,
        grid_factors.source_year,
        grid_factors.locator,
        cast(cast(grid_factors.year as {{ dbt.type_string() }}) || '-01-01' as date) as valid_from,
        cast(cast(grid_factors.year as {{ dbt.type_string() }}) || '-12-31' as date) as valid_to,
        grid_factors.confidence
    from grid_factors
    cross join zero
),

contracts as (
    select
        'instrument:' || instruments.instrument_id as factor_id,
        'instrument' as kind,
        2 as scope,
        'purchased_electricity' as category,
        cast(null as {{ dbt.type_string() }}) as fuel_id,
        'MA' as region,
        'kWh' as basis,
        false as is_biogenic,
        zero.kg as co2_kg,
        zero.kg as ch4_kg,
        zero.kg as n2o_kg,
        zero.kg as biogenic_co2_kg,
        cast(instruments.kgco2e_per_kwh as decimal(18, 9)) as other_ar5,
        cast(instruments.kgco2e_per_kwh as decimal(18, 9)) as other_ar6,
        'instrument:' || instruments.instrument_id as component_ids,
        cast(null as int) as year,
        cast(null as {{ dbt.type_string() }}) as vintage,
        'contract' as tier,
        'Register of instruments of the association (' || instruments.kind || ')' as source_title,
        cast(null as int) as source_year,
        instruments.registry_ref as locator,
        instruments.valid_from,
        instruments.valid_to,
        'register' as confidence
    from instruments
    cross join zero
),

heat as (
    select
        heat_factors.factor_id,
        'heat' as kind,
        2 as scope,
        'purchased_heat' as category,
        heat_factors.fuel_id,
        'MA' as region,
        heat_factors.basis,
        heat_factors.is_biogenic,
        heat_factors.co2_kg,
        heat_factors.ch4_kg,
        heat_factors.n2o_kg,
        heat_factors.biogenic_co2_kg,
        heat_factors.other_kgco2e as other_ar5,
        heat_factors.other_kgco2e as other_ar6,
        heat_factors.component_ids,
        heat_factors.year,
        cast(null as {{ dbt.type_string() }}) as vintage,
        heat_factors.tier,
        heat_factors.source_title,
        heat_factors.source_year,
        heat_factors.locator,
        heat_factors.valid_from,
        heat_factors.valid_to,
        heat_factors.confidence
    from heat_factors
),

-- Own electricity without a billed fuel is not purchased and emits nothing at the point of use.
rules as (
    select
        'rule.self_generated' as factor_id,
        'rule' as kind,
        2 as scope,
        'purchased_electricity' as category,
        cast(null as {{ dbt.type_string() }}) as fuel_id,
        'global' as region,
        'kWh' as basis,
        false as is_biogenic,
        zero.kg as co2_kg,
        zero.kg as ch4_kg,
        zero.kg as n2o_kg,
        zero.kg as biogenic_co2_kg,
        zero.kg as other_ar5,
        zero.kg as other_ar6,
        'rule.self_generated' as component_ids,
        cast(null as int) as year,
        cast(null as {{ dbt.type_string() }}) as vintage,
        'rule' as tier,
        'GHG Protocol Scope 2 Guidance: own generation that is consumed on the site is not purchased' as source_title,
        2015 as source_year,
        cast(null as {{ dbt.type_string() }}) as locator,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        'rule' as confidence
    from zero
),

factors as (
    select * from fuels
    union all
    select * from certificates
    union all
    select * from processes
    union all
    select * from grids
    union all
    select * from contracts
    union all
    select * from heat
    union all
    select * from rules
),

weighed as (
    select
        factors.*,
        case when factors.is_biogenic then in_use.ch4_biogenic else in_use.ch4_fossil end as ch4_gwp,
        in_use.n2o as n2o_gwp,
        case when factors.is_biogenic then fifth.ch4_biogenic else fifth.ch4_fossil end as ch4_gwp_ar5,
        fifth.n2o as n2o_gwp_ar5,
        case when factors.is_biogenic then sixth.ch4_biogenic else sixth.ch4_fossil end as ch4_gwp_ar6,
        sixth.n2o as n2o_gwp_ar6,
        in_use.gwp_set
    from factors
    inner join potentials as in_use on in_use.gwp_set = '{{ var("gwp_set") }}'
    inner join potentials as fifth on fifth.gwp_set = 'AR5'
    inner join potentials as sixth on sixth.gwp_set = 'AR6'
),

summed as (
    select
        weighed.*,
        case weighed.gwp_set when 'AR5' then weighed.other_ar5 else weighed.other_ar6 end as other_kgco2e,
        cast(
            weighed.co2_kg + weighed.ch4_kg * weighed.ch4_gwp_ar5 + weighed.n2o_kg * weighed.n2o_gwp_ar5 + weighed.other_ar5
            as decimal(18, 9)
        ) as kgco2e_ar5,
        cast(
            weighed.co2_kg + weighed.ch4_kg * weighed.ch4_gwp_ar6 + weighed.n2o_kg * weighed.n2o_gwp_ar6 + weighed.other_ar6
            as decimal(18, 9)
        ) as kgco2e_ar6
    from weighed
),

final as (
    select
        summed.factor_id,
        summed.kind,
        cast(summed.scope as int) as scope,
        summed.category,
        summed.fuel_id,
        summed.region,
        summed.basis,
        summed.is_biogenic,
        summed.co2_kg as co2_kg_per_basis,
        summed.ch4_kg as ch4_kg_per_basis,
        summed.n2o_kg as n2o_kg_per_basis,
        summed.biogenic_co2_kg as biogenic_co2_kg_per_basis,
        {% for gas in fluorinated_gases() -%}
        cast(coalesce(process_factors.{{ gas }}_kg, 0) as decimal(18, 9)) as {{ gas }}_kg_per_basis,
        {% endfor -%}
        cast(coalesce(process_factors.hcfc_22_kg, 0) as decimal(18, 9)) as hcfc_22_kg_per_basis,
        cast(summed.other_kgco2e as decimal(18, 9)) as other_kgco2e_per_basis,
        cast(summed.other_ar5 as decimal(18, 9)) as other_kgco2e_ar5_per_basis,
        cast(case summed.gwp_set when 'AR5' then summed.kgco2e_ar5 else summed.kgco2e_ar6 end as decimal(18, 9))
            as kgco2e_per_basis,
        summed.kgco2e_ar5 as kgco2e_ar5_per_basis,
        summed.kgco2e_ar6 as kgco2e_ar6_per_basis,
        summed.gwp_set,
        cast(summed.ch4_gwp as decimal(18, 6)) as ch4_gwp,
        cast(summed.n2o_gwp as decimal(18, 6)) as n2o_gwp,
        cast(summed.ch4_gwp_ar5 as decimal(18, 6)) as ch4_gwp_ar5,
        cast(summed.n2o_gwp_ar5 as decimal(18, 6)) as n2o_gwp_ar5,
        summed.component_ids,
        summed.source_title,
        cast(summed.source_year as int) as source_year,
        summed.locator,
        cast(summed.year as int) as year,
        summed.vintage,
        summed.valid_from,
        summed.valid_to,
        summed.tier,
        summed.confidence,
        case
            when approvals.factor_id is not null then 'approved'
            when summed.kind = 'grid' then 'provisional'
            when summed.confidence in ('verified-two-sources', 'register', 'rule', 'certificate') then 'approved'
            else 'provisional'
        end as status,
        approvals.approved_on,
        approvals.approved_by,
        approvals.reference as approval_reference
    from summed
    left join process_factors on summed.factor_id = process_factors.factor_id
    left join approvals on summed.factor_id = approvals.factor_id
)

select * from final
