with member_months as (
    select * from {{ ref('int_member_months') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

holdings as (
    select * from {{ ref('int_site_holdings') }}
),

member_years as (
    select distinct
        member_months.member_id,
        cast(extract(year from member_months.month) as int) as year
    from member_months
),

years as (
    select
        member_years.member_id,
        member_years.year,
        {{ first_day_of_year('member_years.year') }} as first_day,
        {{ last_day_of_year('member_years.year') }} as last_day
    from member_years
),

site_years as (
    select
        years.member_id,
        years.year,
        holdings.site_id,
        {{ dbt.datediff('years.first_day', 'years.last_day', 'day') }} + 1 as days_in_year,
        sum({{ days_shared('holdings.in_service_from', 'holdings.in_service_to', 'years.first_day', 'years.last_day') }})
            as days_in_service
    from years
    inner join holdings on years.member_id = holdings.member_id
    group by years.member_id, years.year, holdings.site_id, years.first_day, years.last_day
),

site_counts as (
    select
        site_years.member_id,
        site_years.year,
        count(case when site_years.days_in_service > 0 then 1 end) as sites_in_service,
        count(case when site_years.days_in_service between 1 and site_years.days_in_year - 1 then 1 end)
            as sites_part_of_year
    from site_years
    group by site_years.member_id, site_years.year
),

membership as (
    select
        years.member_id,
        years.year,
        {{ days_shared('members.joined_on', 'members.left_on', 'years.first_day', 'years.last_day') }} as days_in_membership,
        greatest(
            0,
            {{ dbt.datediff(
                'greatest(members.joined_on, years.first_day)',
                'least(coalesce(members.left_on, years.last_day), years.last_day)',
                'month'
            ) }} + 1
        ) as months_in_membership
    from years
    inner join members on years.member_id = members.member_id
),

final as (
    select
        membership.member_id,
        membership.year,
        cast(membership.days_in_membership as int) as days_in_membership,
        cast(case when membership.days_in_membership > 0 then membership.months_in_membership else 0 end as int)
            as months_in_membership,
        cast(coalesce(site_counts.sites_in_service, 0) as int) as sites_in_service,
        cast(coalesce(site_counts.sites_part_of_year, 0) as int) as sites_part_of_year
    from membership
    left join site_counts on membership.member_id = site_counts.member_id and membership.year = site_counts.year
)

select * from final
