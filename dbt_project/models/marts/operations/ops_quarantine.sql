with refused_cells as (
    select * from {{ ref('stg_ledger__quarantine') }}
),

files as (
    select * from {{ ref('stg_ledger__files') }}
),

rows_held_out as (
    select * from {{ ref('int_rows_held_out') }}
),

-- A refused cell does not say its feed; its file does.
feeds_of_files as (
    select
        files.file_sha256,
        min(files.feed) as feed
    from files
    where files.rows_quarantined > 0
    group by files.file_sha256
),

final as (
    select
        feeds_of_files.feed,
        refused_cells.row_id,
        refused_cells.file_sha256,
        refused_cells.sheet,
        refused_cells.row_no,
        refused_cells.column_name,
        refused_cells.cell,
        refused_cells.reason_code,
        refused_cells.message_fr,
        refused_cells.message_en,
        'ingestion' as stage
    from refused_cells
    left join feeds_of_files on refused_cells.file_sha256 = feeds_of_files.file_sha256
    union all
    select
        rows_held_out.feed,
        rows_held_out.row_id,
        rows_held_out.file_sha256,
        rows_held_out.sheet,
        rows_held_out.row_no,
        rows_held_out.column_name,
        rows_held_out.cell,
        rows_held_out.reason_code,
        rows_held_out.message_fr,
        rows_held_out.message_en,
        'build' as stage
    from rows_held_out
)

select * from final
