{{ config(materialized='table') }}

with members as (
    select * from {{ ref('dim_members') }}
),

holdings as (
    select * from {{ ref('int_site_holdings') }}
),

bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

line_months as (
    select * from {{ ref('int_energy_bills__by_month') }}
),

process_records as (
    select * from {{ ref('int_process_activity__classified') }}
),

exports as (
    select * from {{ ref('int_energy_exports__by_month') }}
),

record_months as (
    select * from {{ ref('int_process_activity__by_month') }}
),

-- The months in which a member has activity at a site: those whose share is needed.
active_months as (
    select
        bill_lines.member_id,
        bill_lines.site_id,
        line_months.month
    from line_months
    inner join bill_lines on line_months.row_id = bill_lines.row_id
    union distinct
    select
        exports.member_id,
        exports.site_id,
        exports.month
    from exports
    union distinct
    select
        process_records.member_id,
        process_records.site_id,
        record_months.month
    from record_months
    inner join process_records on record_months.row_id = process_records.row_id
),

held_in_month as (
    select
        active_months.member_id,
        active_months.site_id,
        active_months.month,
        members.consolidation_approach,
        holdings.site_id is not null as is_held,
        {{ consolidated_share('members.consolidation_approach', 'holdings') }} as share,
        {{ dbt.datediff(
            'greatest(holdings.valid_from, active_months.month)',
            'least(holdings.valid_to, cast(' ~ dbt.last_day('active_months.month', 'month') ~ ' as date))',
            'day'
        ) }} + 1 as days
    from active_months
    inner join members on active_months.member_id = members.member_id
    left join holdings
        on
            active_months.member_id = holdings.member_id
            and active_months.site_id = holdings.site_id
            and cast({{ dbt.last_day('active_months.month', 'month') }} as date) >= holdings.valid_from
            and active_months.month <= holdings.valid_to
),

by_month as (
    select
        held_in_month.member_id,
        held_in_month.site_id,
        held_in_month.month,
        held_in_month.consolidation_approach,
        count(case when held_in_month.is_held then 1 end) as holdings_held,
        count(case when held_in_month.is_held and held_in_month.share is null then 1 end) as holdings_unknown,
        min(held_in_month.share) as smallest_share,
        max(held_in_month.share) as largest_share,
        cast(sum(held_in_month.share * held_in_month.days) as decimal(18, 6)) as share_days,
        cast(sum(case when held_in_month.is_held then held_in_month.days end) as decimal(18, 6)) as held_days
    from held_in_month
    group by
        held_in_month.member_id,
        held_in_month.site_id,
        held_in_month.month,
        held_in_month.consolidation_approach
),

final as (
    select
        by_month.member_id,
        by_month.site_id,
        by_month.month,
        cast(by_month.consolidation_approach as string) as consolidation_approach,
        by_month.holdings_held > 0 as is_held,
        -- The mean over the days on which the member held the site; an unknown part leaves the whole unknown.
        cast(
            case
                when by_month.holdings_held = 0 then 0
                when by_month.holdings_unknown > 0 then null
                when by_month.smallest_share = by_month.largest_share then by_month.smallest_share
                else {{ decimal_divide('by_month.share_days', 'by_month.held_days', 12) }}
            end as decimal(18, 12)
        ) as consolidated_share
    from by_month
)

select * from final
