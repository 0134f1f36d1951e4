with applications as (
    select * from {{ ref('stg_applications__applications') }}
),

latest as (
    {{ latest_by_key('applications', ['application_id']) }}
),

final as (
    select
        latest.application_id,
        latest.member_id,
        latest.track,
        latest.level,
        latest.product_id,
        latest.period_from,
        latest.period_to,
        latest.scheme_version,
        latest.submitted_on,
        latest.signed_by,
        {{ month_of('latest.period_from') }} as first_month,
        {{ month_of('latest.period_to') }} as last_month,
        latest.row_id
    from latest
)

select * from final
