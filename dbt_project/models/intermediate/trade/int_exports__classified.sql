{{ config(materialized='table') }}

{%- set content = [
    'member_id', 'registered_on', 'status', 'regime', 'hs10', 'cn8', 'description', 'destination_country',
    'consignee_name', 'consignee_eori', 'incoterm', 'net_mass_kg', 'gross_mass_kg', 'supplementary_quantity',
    'supplementary_unit', 'fob_value_mad', 'invoice_value', 'invoice_currency', 'product_id', 'amends',
] %}

with declaration_lines as (
    select * from {{ ref('stg_exports__declaration_lines') }}
),

rows_held_out as (
    select distinct row_id
    from {{ ref('int_rows_held_out') }}
),

keyed as (
    select
        declaration_lines.*,
        rows_held_out.row_id is not null as is_held_out,
        {{ surrogate_key(content) }} as content_key,
        -- A line only moves forward in this order, so an older state that arrives late does not undo a newer one.
        case declaration_lines.status
            when 'saved' then 1
            when 'validated' then 2
            when 'registered' then 3
            when 'amended' then 4
            when 'cancelled' then 5
        end as status_rank
    from declaration_lines
    left join rows_held_out on declaration_lines.row_id = rows_held_out.row_id
),

-- Of the states of a line the furthest stands, and of that state the content received last; of its copies, the row
-- received first.
contents_ranked as (
    select
        keyed.*,
        first_value(keyed.content_key) over (
            partition by keyed.is_held_out, keyed.declaration_no, keyed.line_no
            order by
                keyed.status_rank desc,
                keyed.file_sequence desc,
                keyed.sheet desc,
                keyed.row_no desc,
                keyed.row_id desc
        ) as current_content_key,
        row_number() over (
            partition by keyed.is_held_out, keyed.declaration_no, keyed.line_no, keyed.content_key
            order by keyed.file_sequence, keyed.sheet, keyed.row_no, keyed.row_id
        ) as copy_no
    from keyed
),

standing as (
    select
        contents_ranked.*,
        case
            when contents_ranked.is_held_out then 'held_out'
            when contents_ranked.content_key <> contents_ranked.current_content_key then 'superseded_version'
            when contents_ranked.copy_no > 1 then 'duplicate'
            when contents_ranked.status not in ('registered', 'amended') then 'not_registered'
            else 'counted'
        end as outcome
    from contents_ranked
),

-- A declaration that amends another replaces, line by line, what that one said. An amendment is never older than what it
-- amends, and of two declarations of one day that name each other the one with the greater number stands.
amended_rows as (
    select distinct amended.row_id
    from standing as amended
    inner join standing as amending
        on
            amended.declaration_no = amending.amends
            and amended.line_no = amending.line_no
            and amended.declaration_no <> amending.declaration_no
            and (
                amended.registered_on < amending.registered_on
                or (
                    amended.registered_on = amending.registered_on
                    and (
                        coalesce(amended.amends, '') <> amending.declaration_no
                        or amended.declaration_no < amending.declaration_no
                    )
                )
            )
    where
        amended.outcome = 'counted'
        and amending.outcome = 'counted'
),

final as (
    select
        standing.row_id,
        standing.member_id,
        standing.declaration_no,
        standing.line_no,
        standing.registered_on,
        standing.status,
        standing.regime,
        standing.hs10,
        standing.cn8,
        standing.description,
        standing.destination_country,
        standing.consignee_name,
        standing.consignee_eori,
        standing.incoterm,
        standing.net_mass_kg,
        standing.gross_mass_kg,
        standing.supplementary_quantity,
        standing.supplementary_unit,
        standing.fob_value_mad,
        standing.invoice_value,
        standing.invoice_currency,
        standing.product_id,
        standing.amends,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.batch_id,
        standing.file_sequence,
        standing.received_at,
        case when amended_rows.row_id is not null then 'amended' else standing.outcome end as outcome
    from standing
    left join amended_rows on standing.row_id = amended_rows.row_id
)

select * from final
