{{ config(materialized='table') }}

{%- set content = ['member_id', 'quantity', 'unit', 'parameter_value', 'period_end', 'measure_method'] %}

with records as (
    select * from {{ ref('stg_process_activity__records') }}
),

rows_held_out as (
    select row_id
    from {{ ref('int_rows_held_out') }}
    where feed = 'process_activity'
),

process_factors as (
    select * from {{ ref('int_process_factors') }}
),

process_parameters as (
    select * from {{ ref('process_parameters') }}
),

modifiers as (
    select distinct
        process_formulas.process,
        process_formulas.parameter
    from {{ ref('process_formulas') }} as process_formulas
),

keyed as (
    select
        records.*,
        rows_held_out.row_id is not null as is_held_out,
        {{ surrogate_key([
            'records.site_id', 'records.process', 'records.material', 'records.parameter', 'records.period_start',
        ]) }} as business_key,
        {{ surrogate_key(['records.site_id', 'records.process', 'records.material', 'records.period_start']) }} as activity_key,
        {{ surrogate_key(content) }} as content_key
    from records
    left join rows_held_out on records.row_id = rows_held_out.row_id
),

-- Of a business key the content received last stands; of its copies, the row received first.
contents_ranked as (
    select
        keyed.*,
        first_value(keyed.content_key) over (
            partition by keyed.is_held_out, keyed.business_key
            order by keyed.file_sequence desc, keyed.sheet desc, keyed.row_no desc, keyed.row_id desc
        ) as standing_content_key,
        row_number() over (
            partition by keyed.is_held_out, keyed.business_key, keyed.content_key
            order by keyed.file_sequence, keyed.sheet, keyed.row_no, keyed.row_id
        ) as copy_no
    from keyed
),

versioned as (
    select
        contents_ranked.*,
        case
            when contents_ranked.is_held_out then 'held_out'
            when contents_ranked.content_key <> contents_ranked.standing_content_key then 'superseded_version'
            when contents_ranked.copy_no > 1 then 'duplicate'
        end as version_outcome
    from contents_ranked
),

-- The factor of the material; a measured parameter also finds the factor that holds for every material.
with_factor as (
    select
        versioned.*,
        coalesce(of_material.factor_id, of_parameter.factor_id) as factor_id,
        case when of_material.factor_id is not null or of_parameter.factor_id is null then versioned.material end
            as factor_material,
        process_parameters.superseded_by,
        modifiers.parameter is not null as enters_formulas
    from versioned
    left join process_factors as of_material
        on
            versioned.process = of_material.process
            and coalesce(lower(versioned.material), '') = coalesce(lower(of_material.material), '')
            and coalesce(versioned.parameter, '') = coalesce(of_material.parameter, '')
    left join process_factors as of_parameter
        on
            versioned.process = of_parameter.process
            and of_parameter.material is null
            and versioned.parameter = of_parameter.parameter
    left join process_parameters
        on
            versioned.process = process_parameters.process
            and versioned.parameter = process_parameters.parameter
    left join modifiers
        on
            versioned.process = modifiers.process
            and versioned.parameter = modifiers.parameter
),

-- An activity whose composition is stated is counted by its composition, and not by the default beside it.
parameters_stated as (
    select distinct
        with_factor.activity_key,
        with_factor.parameter
    from with_factor
    where
        with_factor.version_outcome is null
        and with_factor.parameter is not null
        and with_factor.factor_id is not null
),

activities_with_parameter as (
    select distinct parameters_stated.activity_key
    from parameters_stated
),

final as (
    select
        with_factor.row_id,
        with_factor.member_id,
        with_factor.site_id,
        with_factor.process,
        with_factor.material,
        with_factor.quantity,
        with_factor.unit,
        with_factor.parameter,
        with_factor.parameter_value,
        with_factor.period_start,
        with_factor.period_end,
        with_factor.measure_method,
        with_factor.file_sha256,
        with_factor.sheet,
        with_factor.row_no,
        with_factor.file_sequence,
        with_factor.received_at,
        with_factor.activity_key,
        with_factor.factor_id,
        with_factor.factor_material,
        case
            when with_factor.version_outcome is not null then with_factor.version_outcome
            when with_factor.parameter is null and activities_with_parameter.activity_key is not null
                then 'superseded_by_parameter'
            when better_parameters.parameter is not null then 'superseded_by_parameter'
            when with_factor.factor_id is null and with_factor.enters_formulas then 'modifier'
            else 'counted'
        end as outcome
    from with_factor
    left join activities_with_parameter on with_factor.activity_key = activities_with_parameter.activity_key
    left join parameters_stated as better_parameters
        on
            with_factor.activity_key = better_parameters.activity_key
            and with_factor.superseded_by = better_parameters.parameter
)

select * from final
