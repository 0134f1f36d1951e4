with register_rows as (
    select * from {{ ref('stg_site_shares__shares') }}
),

standing as (
    {{ latest_by_key('register_rows', ['site_id', 'member_id', 'valid_from']) }}
),

final as (
    select
        standing.site_id,
        standing.member_id,
        standing.valid_from,
        standing.valid_to,
        standing.control_share,
        cast(coalesce(standing.operational_control, 'yes') as string) as operational_control,
        standing.financial_control,
        standing.reason,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
)

select * from final
