{%- set text = dbt.type_string() -%}

with process_months as (
    select * from {{ ref('int_process_activity__by_month') }}
),

-- The material is the one that the factor is of: a measured carbon content needs none.
process_records as (
    select
        records.row_id,
        records.member_id,
        records.site_id,
        records.process,
        records.factor_material as material,
        records.unit,
        records.parameter,
        records.measure_method,
        records.file_sha256,
        records.sheet,
        records.row_no
    from {{ ref('int_process_activity__classified') }} as records
),

multipliers as (
    select * from {{ ref('int_process_multipliers') }}
),

units as (
    select * from {{ ref('units') }}
),

choices as (
    select * from {{ ref('int_factor_choices__pinned') }}
),

factors as (
    select * from {{ ref('dim_factors') }}
),

-- Processes and leaks: what parameters state multiplies the quantity, as the formula of the process says.
final as (
    select
        {{ surrogate_key(["'process'", 'process_months.row_id', 'process_months.month']) }} as emission_id,
        process_months.row_id,
        cast(null as {{ text }}) as energy_use_id,
        'process' as activity,
        process_records.member_id,
        process_records.site_id,
        process_months.month,
        1 as scope,
        cast(null as {{ text }}) as method,
        coalesce(
            factors.category, case when process_records.process like '%_leak' then 'fugitive' else 'process' end
        ) as category,
        cast(null as {{ text }}) as carrier,
        process_months.quantity,
        process_records.unit,
        cast(null as decimal(18, 6)) as energy_gj,
        choices.factor_id,
        cast(
            case when units.dimension = 'mass' then units.factor_to_base end
            * case factors.basis when 't' then cast('0.001' as decimal(4, 3)) when 'kg' then cast('1' as decimal(4, 3)) end
            * multipliers.multiplier as decimal(20, 15)
        ) as basis_per_unit,
        choices.match_level,
        {{ factor_subject_of_process('process_records') }} as factor_subject,
        choices.factor_release,
        choices.fallback_path,
        process_records.measure_method = 'estimate' as is_estimated,
        process_records.file_sha256,
        process_records.sheet,
        process_records.row_no
    from process_months
    inner join process_records on process_months.row_id = process_records.row_id
    inner join multipliers on process_months.row_id = multipliers.row_id
    left join units on process_records.unit = units.unit
    left join choices
        on
            {{ factor_subject_of_process('process_records') }} = choices.subject
            and {{ year_of('process_months.month') }} = choices.year
    left join factors on choices.factor_id = factors.factor_id
)

select * from final
