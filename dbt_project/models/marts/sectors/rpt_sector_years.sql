with member_values as (
    select * from {{ ref('int_sector_values__by_member') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

disclosure_rules as (
    select * from {{ ref('disclosure_rules') }}
),

minimum_contributors as (
    select cast(disclosure_rules.value as int) as contributors
    from disclosure_rules
    where disclosure_rules.rule_id = 'minimum_contributors'
),

minimum_coverage as (
    select disclosure_rules.value as share
    from disclosure_rules
    where disclosure_rules.rule_id = 'minimum_coverage_share'
),

sectors as (
    select distinct members.sector
    from members
),

indicators as (
    select * from {{ ref('sector_indicators') }}
),

years as (
    select distinct member_values.year
    from member_values
),

-- Every cell is listed, so that a missing one says nothing by its absence.
cells as (
    select
        sectors.sector,
        indicators.indicator,
        indicators.unit,
        years.year
    from sectors
    cross join indicators
    cross join years
),

active_members as (
    select
        members.sector,
        years.year,
        count(*) as members_active
    from members
    cross join years
    where
        members.joined_on < {{ first_day_of_year('years.year + 1') }}
        and coalesce(members.left_on >= {{ first_day_of_year('years.year') }}, true)
    group by members.sector, years.year
),

totals as (
    select
        member_values.sector,
        member_values.indicator,
        member_values.year,
        sum(member_values.value) as value,
        count(distinct case when member_values.value <> 0 then member_values.contributor_id end) as contributors,
        count(distinct case when member_values.is_active then member_values.member_id end) as members_with_data
    from member_values
    group by member_values.sector, member_values.indicator, member_values.year
),

measured as (
    select
        cells.sector,
        cells.indicator,
        cells.unit,
        cells.year,
        totals.value,
        coalesce(totals.contributors, 0) as contributors,
        minimum_contributors.contributors as minimum_contributors,
        minimum_coverage.share as minimum_coverage_share,
        {{ decimal_divide(
            'cast(coalesce(totals.members_with_data, 0) as decimal(18, 0))',
            'cast(active_members.members_active as decimal(18, 0))',
            12
        ) }} as coverage_share
    from cells
    cross join minimum_contributors
    cross join minimum_coverage
    left join totals
        on
            cells.sector = totals.sector
            and cells.indicator = totals.indicator
            and cells.year = totals.year
    left join active_members
        on cells.sector = active_members.sector and cells.year = active_members.year
),

decided as (
    select
        measured.*,
        case
            when measured.contributors = 0 then 'n'
            when measured.contributors < measured.minimum_contributors then 'c'
            when coalesce(measured.coverage_share, 0) < measured.minimum_coverage_share then 'u'
            else 'released'
        end as status
    from measured
),

final as (
    select
        decided.sector,
        cast(decided.indicator as string) as indicator,
        cast(decided.unit as string) as unit,
        cast(decided.year as int) as year,
        cast(case when decided.status = 'released' then decided.value end as decimal(18, 6)) as value,
        cast(decided.status as string) as status,
        cast(
            case
                when decided.contributors < decided.minimum_contributors
                    then '<' || cast(decided.minimum_contributors as string)
                when decided.contributors >= 20 then '20+'
                when decided.contributors >= 10 then '10-19'
                when decided.contributors >= 5 then '5-9'
                when decided.contributors >= 3 then '3-4'
                else '<3'
            end as string
        ) as contributors_band,
        -- Of a cell with few contributors, the share of members with data would tell how few, and which.
        case when decided.status in ('released', 'u') then decided.coverage_share end as coverage_share
    from decided
)

select * from final
