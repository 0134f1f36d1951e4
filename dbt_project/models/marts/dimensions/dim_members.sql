with register_rows as (
    select * from {{ ref('stg_members__members') }}
),

standing as (
    {{ latest_by_key('register_rows', ['member_id']) }}
),

final as (
    select
        standing.member_id,
        standing.legal_name,
        standing.activity_code,
        standing.sector,
        standing.region,
        standing.size_class,
        standing.holding_id,
        standing.joined_on,
        standing.left_on,
        cast(coalesce(standing.consolidation_approach, 'operational_control') as string) as consolidation_approach,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
)

select * from final
