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

with_factor as (
    select
        versioned.*,
        process_factors.factor_id
    from versioned
    left join process_factors
        on
            versioned.process = process_factors.process
            and coalesce(lower(versioned.material), '') = coalesce(lower(process_factors.material), '')
            and coalesce(versioned.parameter, '') = coalesce(process_factors.parameter, '')
),

-- An activity whose composition is stated is counted by its composition, and not by the default beside it.
activities_with_parameter as (
    select distinct with_factor.activity_key
    from with_factor
    where
        with_factor.version_outcome is null
        and with_factor.parameter is not null
        and with_factor.factor_id is not null
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
        with_factor.factor_id,
        case
            when with_factor.version_outcome is not null then with_factor.version_outcome
            when with_factor.parameter is null and activities_with_parameter.activity_key is not null
                then 'superseded_by_parameter'
            else 'counted'
        end as outcome
    from with_factor
    left join activities_with_parameter on with_factor.activity_key = activities_with_parameter.activity_key
)

select * from final
