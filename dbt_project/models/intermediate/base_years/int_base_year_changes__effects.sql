with register_rows as (
    select * from {{ ref('stg_base_year_changes__changes') }}
),

changes as (
    {{ latest_by_key('register_rows', ['change_id']) }}
),

statements as (
    select * from {{ ref('dim_base_year_statements') }}
),

triggers as (
    select * from {{ ref('base_year_triggers') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

sites as (
    select * from {{ ref('dim_sites') }}
),

holdings as (
    select * from {{ ref('int_site_holdings') }}
),

site_years as (
    select * from {{ ref('int_site_years__emitted') }}
),

-- A statement of the day of a change, or of a later one, already holds it.
statements_that_hold as (
    select
        changes.change_id,
        min(statements.stated_on) as stated_on
    from changes
    inner join statements
        on
            changes.member_id = statements.member_id
            and changes.base_year = statements.base_year
            and changes.effective_on <= statements.stated_on
    group by changes.change_id
),

changes_by_measure as (
    {% for measure, condition, tonnes in base_year_measures() -%}
    select
        changes.change_id,
        changes.member_id,
        changes.base_year,
        changes.kind,
        changes.effective_on,
        changes.site_id,
        changes.reason,
        changes.document_sha256,
        changes.row_id,
        changes.received_at,
        '{{ measure }}' as measure,
        {{ tonnes_in_kg('changes.' ~ tonnes) }} as stated_effect_kgco2e
    from changes
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

standing_values as (
    {% for measure, condition, tonnes in base_year_measures() -%}
    select
        statements.member_id,
        statements.base_year,
        '{{ measure }}' as measure,
        statements.{{ measure }} as stated_kgco2e
    from statements
    where statements.is_standing
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

site_totals as (
    select
        site_years.site_id,
        site_years.year,
        site_years.measure,
        case when count(*) = count(site_years.gross_kgco2e) then sum(site_years.gross_kgco2e) end as gross_kgco2e
    from site_years
    where site_years.has_every_month
    group by site_years.site_id, site_years.year, site_years.measure
),

member_totals as (
    select
        site_years.member_id,
        site_years.year,
        site_years.measure,
        case
            when count(*) = count(case when site_years.has_every_month then site_years.consolidated_kgco2e end)
                then sum(site_years.consolidated_kgco2e)
        end as consolidated_kgco2e
    from site_years
    group by site_years.member_id, site_years.year, site_years.measure
),

-- What the member holds of the site on the day of the change.
shares_on_the_day as (
    select
        changes.change_id,
        max({{ consolidated_share('members.consolidation_approach', 'holdings') }}) as share
    from changes
    inner join members on changes.member_id = members.member_id
    inner join holdings
        on
            changes.member_id = holdings.member_id
            and changes.site_id = holdings.site_id
            and changes.effective_on between holdings.valid_from and holdings.valid_to
    group by changes.change_id
),

described as (
    select
        changes_by_measure.*,
        triggers.cause,
        triggers.is_trigger,
        statements_that_hold.stated_on as held_by_statement_of,
        statements_that_hold.stated_on is null as is_pending,
        changes_by_measure.kind in ('acquisition', 'merger', 'insourcing') as is_addition,
        coalesce(sites.opened_on > {{ last_day_of_year('changes_by_measure.base_year') }}, false) as is_site_younger,
        standing_values.stated_kgco2e,
        site_totals.gross_kgco2e as site_gross_kgco2e,
        coalesce(own_site_years.consolidated_kgco2e, case when own_site_years.member_id is null then 0 end)
            as site_consolidated_kgco2e,
        shares_on_the_day.share,
        member_totals.consolidated_kgco2e as warehouse_kgco2e
    from changes_by_measure
    inner join triggers on changes_by_measure.kind = triggers.kind
    left join statements_that_hold on changes_by_measure.change_id = statements_that_hold.change_id
    left join sites on changes_by_measure.site_id = sites.site_id
    left join standing_values
        on
            changes_by_measure.member_id = standing_values.member_id
            and changes_by_measure.base_year = standing_values.base_year
            and changes_by_measure.measure = standing_values.measure
    left join site_totals
        on
            changes_by_measure.site_id = site_totals.site_id
            and changes_by_measure.base_year = site_totals.year
            and changes_by_measure.measure = site_totals.measure
    left join site_years as own_site_years
        on
            changes_by_measure.member_id = own_site_years.member_id
            and changes_by_measure.site_id = own_site_years.site_id
            and changes_by_measure.base_year = own_site_years.year
            and changes_by_measure.measure = own_site_years.measure
    left join member_totals
        on
            changes_by_measure.member_id = member_totals.member_id
            and changes_by_measure.base_year = member_totals.year
            and changes_by_measure.measure = member_totals.measure
    left join shares_on_the_day on changes_by_measure.change_id = shares_on_the_day.change_id
),

-- A method or an error without a figure is what the warehouse computes today less what was stated, if it is the only one.
remainders as (
    select
        described.*,
        sum(case when described.cause in ('method', 'error') and described.is_pending then described.stated_effect_kgco2e end)
            over (partition by described.member_id, described.base_year, described.measure) as explained_kgco2e,
        sum(
            case
                when
                    described.cause in ('method', 'error')
                    and described.is_pending
                    and described.stated_effect_kgco2e is null
                    then 1
                else 0
            end
        ) over (partition by described.member_id, described.base_year, described.measure) as changes_without_figure
    from described
),

judged as (
    select
        remainders.*,
        case
            when not remainders.is_trigger then 'organic'
            when remainders.stated_effect_kgco2e is not null then 'stated'
            when remainders.cause = 'structural' and remainders.is_site_younger then 'site_younger_than_base_year'
            when
                remainders.cause = 'structural'
                and remainders.site_gross_kgco2e is not null
                and remainders.site_consolidated_kgco2e is not null
                and (remainders.share is not null or not remainders.is_addition)
                then 'computed_from_site'
            when
                remainders.cause in ('method', 'error')
                and remainders.is_pending
                and remainders.changes_without_figure = 1
                and remainders.warehouse_kgco2e is not null
                and remainders.stated_kgco2e is not null
                then 'computed_from_warehouse'
            else 'unknown'
        end as effect_basis
    from remainders
),

final as (
    select
        judged.change_id,
        cast(judged.measure as string) as measure,
        judged.member_id,
        judged.base_year,
        judged.kind,
        cast(judged.cause as string) as cause,
        judged.is_trigger,
        judged.effective_on,
        judged.site_id,
        judged.reason,
        judged.document_sha256,
        judged.held_by_statement_of,
        judged.is_pending,
        cast(judged.effect_basis as string) as effect_basis,
        cast(
            case judged.effect_basis
                when 'organic' then 0
                when 'stated' then judged.stated_effect_kgco2e
                when 'site_younger_than_base_year' then 0
                when 'computed_from_site'
                    then case
                        when judged.is_addition
                            then {{ consolidated('judged.site_gross_kgco2e', 'judged.share') }} - judged.site_consolidated_kgco2e
                        else -judged.site_consolidated_kgco2e
                    end
                when 'computed_from_warehouse'
                    then judged.warehouse_kgco2e - judged.stated_kgco2e - coalesce(judged.explained_kgco2e, 0)
            end as decimal(18, 6)
        ) as effect_kgco2e,
        judged.row_id,
        judged.received_at
    from judged
)

select * from final
