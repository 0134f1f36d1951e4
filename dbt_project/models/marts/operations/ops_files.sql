{%- set text = dbt.type_string() -%}

with files as (
    select * from {{ ref('stg_ledger__files') }}
),

rows_held_out as (
    select * from {{ ref('int_rows_held_out') }}
),

held_by_file as (
    select
        rows_held_out.feed,
        rows_held_out.file_sha256,
        count(*) as rows_held_out
    from rows_held_out
    group by rows_held_out.feed, rows_held_out.file_sha256
),

-- A row that dbt holds out was accepted by ingestion, and is in quarantine all the same.
counted as (
    select
        files.*,
        coalesce(held_by_file.rows_held_out, 0) as rows_held_out
    from files
    left join held_by_file
        on
            files.feed = held_by_file.feed
            and files.file_sha256 = held_by_file.file_sha256
            and files.status in ('accepted', 'partial')
),

final as (
    select
        counted.file_sha256,
        counted.name,
        counted.feed,
        counted.mapping,
        counted.received_at,
        case when counted.rows_held_out > 0 then 'partial' else counted.status end as status,
        counted.reason_code,
        counted.rows_read,
        cast(counted.rows_accepted - counted.rows_held_out as bigint) as rows_accepted,
        cast(counted.rows_quarantined + counted.rows_held_out as bigint) as rows_quarantined,
        counted.rows_dropped,
        case
            when counted.rows_held_out > 0
                then
                    coalesce(counted.message_fr || ' ', '') || 'Lignes retenues à la construction : '
                    || cast(counted.rows_held_out as {{ text }}) || ' (voir ops_quarantine).'
            else counted.message_fr
        end as message_fr,
        case
            when counted.rows_held_out > 0
                then
                    coalesce(counted.message_en || ' ', '') || 'Rows held out by the build: '
                    || cast(counted.rows_held_out as {{ text }}) || ' (see ops_quarantine).'
            else counted.message_en
        end as message_en
    from counted
)

select * from final
