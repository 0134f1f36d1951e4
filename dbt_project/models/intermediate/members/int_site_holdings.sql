with sites as (
    select * from {{ ref('dim_sites') }}
),

site_shares as (
    select * from {{ ref('dim_site_shares') }}
),

sites_with_history as (
    select distinct site_shares.site_id
    from site_shares
),

-- A site with a history is held as it says and not otherwise; any other site is held by its member for all time.
held as (
    select
        site_shares.site_id,
        site_shares.member_id,
        site_shares.valid_from,
        coalesce(site_shares.valid_to, cast('9000-12-31' as date)) as valid_to,
        site_shares.control_share,
        site_shares.operational_control,
        site_shares.financial_control
    from site_shares
    union all
    select
        sites.site_id,
        sites.member_id,
        cast('0001-01-01' as date) as valid_from,
        cast('9000-12-31' as date) as valid_to,
        sites.control_share,
        sites.operational_control,
        sites.financial_control
    from sites
    left join sites_with_history on sites.site_id = sites_with_history.site_id
    where sites_with_history.site_id is null
),

final as (
    select
        held.site_id,
        held.member_id,
        held.valid_from,
        held.valid_to,
        held.control_share,
        held.operational_control,
        held.financial_control,
        greatest(held.valid_from, coalesce(sites.opened_on, held.valid_from)) as in_service_from,
        least(held.valid_to, coalesce(sites.closed_on, held.valid_to)) as in_service_to
    from held
    left join sites on held.site_id = sites.site_id
)

select * from final
