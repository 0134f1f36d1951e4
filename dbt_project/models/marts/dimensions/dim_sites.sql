with register_rows as (
    select * from {{ ref('stg_sites__sites') }}
),

standing as (
    {{ latest_by_key('register_rows', ['site_id']) }}
),

final as (
    select
        standing.site_id,
        standing.member_id,
        standing.name,
        standing.region,
        standing.latitude,
        standing.longitude,
        standing.unlocode,
        standing.control_share,
        cast(coalesce(standing.operational_control, 'yes') as string) as operational_control,
        standing.financial_control,
        standing.opened_on,
        standing.closed_on,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
)

select * from final
