{{ config(materialized='table') }}

{%- set content = [
    'member_id', 'period_end', 'quantity_gross', 'quantity_saleable', 'unit', 'scrap_quantity', 'precursor_quantity_t',
    'precursor_origin', 'precursor_direct_tco2e_per_t', 'precursor_indirect_tco2e_per_t', 'precursor_data_basis',
    'operating_hours', 'measure_method', 'status', 'reason',
] %}

with records as (
    select * from {{ ref('stg_production__records') }}
),

rows_held_out as (
    select distinct row_id
    from {{ ref('int_rows_held_out') }}
),

keyed as (
    select
        records.*,
        rows_held_out.row_id is not null as is_held_out,
        {{ surrogate_key(['records.site_id', 'records.product_id', 'records.process_id', 'records.period_start']) }}
            as statement_key,
        {{ surrogate_key(content) }} as content_key
    from records
    left join rows_held_out on records.row_id = rows_held_out.row_id
),

-- A statement is what a site made of a product by a process in a period; its precursors are rows of their own.
versioned as (
    select
        keyed.*,
        max(keyed.version) over (partition by keyed.is_held_out, keyed.statement_key) as current_version
    from keyed
),

-- The content received last stands; of its copies, the row received first.
contents_ranked as (
    select
        versioned.*,
        first_value(versioned.content_key) over (
            partition by
                versioned.is_held_out, versioned.statement_key, coalesce(versioned.precursor_id, ''), versioned.version
            order by
                versioned.file_sequence desc, versioned.sheet desc, versioned.row_no desc, versioned.row_id desc
        ) as current_content_key,
        row_number() over (
            partition by
                versioned.is_held_out,
                versioned.statement_key,
                coalesce(versioned.precursor_id, ''),
                versioned.version,
                versioned.content_key
            order by versioned.file_sequence, versioned.sheet, versioned.row_no, versioned.row_id
        ) as copy_no
    from versioned
),

classified as (
    select
        contents_ranked.*,
        case
            when contents_ranked.is_held_out then 'held_out'
            when contents_ranked.version < contents_ranked.current_version then 'superseded_version'
            when contents_ranked.content_key <> contents_ranked.current_content_key then 'superseded_version'
            when contents_ranked.copy_no > 1 then 'duplicate'
            else 'counted'
        end as outcome
    from contents_ranked
),

-- The rows of one statement repeat its quantity, once per precursor: one of them carries it.
carriers as (
    select
        classified.row_id,
        row_number() over (
            partition by classified.statement_key
            order by
                classified.file_sequence desc,
                coalesce(classified.precursor_id, '') asc,
                classified.sheet asc,
                classified.row_no asc,
                classified.row_id asc
        ) as carrier_no
    from classified
    where classified.outcome = 'counted'
),

final as (
    select
        classified.row_id,
        classified.member_id,
        classified.site_id,
        classified.product_id,
        classified.process_id,
        classified.period_start,
        classified.period_end,
        classified.quantity_gross,
        classified.quantity_saleable,
        classified.unit,
        classified.scrap_quantity,
        classified.precursor_id,
        classified.precursor_quantity_t,
        classified.precursor_origin,
        classified.precursor_direct_tco2e_per_t,
        classified.precursor_indirect_tco2e_per_t,
        classified.precursor_data_basis,
        classified.operating_hours,
        classified.measure_method,
        classified.status,
        classified.version,
        classified.reason,
        classified.file_sha256,
        classified.sheet,
        classified.row_no,
        classified.batch_id,
        classified.file_sequence,
        classified.received_at,
        classified.outcome,
        coalesce(carriers.carrier_no = 1, false) as carries_quantity
    from classified
    left join carriers on classified.row_id = carriers.row_id
)

select * from final
