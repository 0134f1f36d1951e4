with register_rows as (
    select * from {{ ref('stg_allocation_rules__rules') }}
),

standing as (
    {{ latest_by_key('register_rows', ['site_id', 'process_id', 'meter_id', 'emitting_process', 'first_year']) }}
),

final as (
    select
        standing.site_id,
        standing.process_id,
        standing.meter_id,
        standing.emitting_process,
        standing.rule,
        cast(coalesce(standing.share, 1) as decimal(18, 6)) as share,
        standing.first_year,
        standing.reason,
        standing.stated_by,
        standing.document_sha256,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
)

select * from final
