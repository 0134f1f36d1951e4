with statements as (
    select * from {{ ref('dim_base_year_statements') }}
),

effects as (
    select * from {{ ref('int_base_year_changes__effects') }}
),

site_years as (
    select * from {{ ref('int_site_years__emitted') }}
),

policies as (
    select * from {{ ref('base_year_policies') }}
),

last_policy as (
    select max(policies.valid_from) as valid_from
    from policies
),

policy as (
    select policies.threshold_share
    from policies
    inner join last_policy on policies.valid_from = last_policy.valid_from
),

stated as (
    {% for measure, condition, tonnes in base_year_measures() -%}
    select
        statements.member_id,
        statements.base_year,
        '{{ measure }}' as measure,
        statements.is_current_base_year,
        statements.statement_no,
        statements.is_standing,
        statements.stated_on,
        statements.reason,
        statements.{{ measure }} as kgco2e
    from statements
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

first_statements as (
    select * from stated
    where statement_no = 1
),

standing_statements as (
    select * from stated
    where is_standing
),

-- The pending effects by cause. One that is unknown leaves its cause unknown.
causes as (
    select
        effects.member_id,
        effects.base_year,
        effects.measure,
        {% for cause in ['structural', 'method', 'error'] -%}
        case
            when count(case when effects.cause = '{{ cause }}' and effects.effect_kgco2e is null then 1 end) = 0
                then coalesce(sum(case when effects.cause = '{{ cause }}' then effects.effect_kgco2e end), 0)
        end as {{ cause }}_kgco2e,
        {% endfor -%}
        count(case when effects.is_trigger then 1 end) as pending_changes,
        {{ sorted_list("case when effects.is_trigger then effects.kind || ': ' || effects.reason end", '; ') }}
            as change_reasons
    from effects
    where effects.is_pending
    group by effects.member_id, effects.base_year, effects.measure
),

warehouse as (
    select
        site_years.member_id,
        site_years.year,
        site_years.measure,
        case
            when count(*) = count(case when site_years.has_every_month then site_years.consolidated_kgco2e end)
                then sum(site_years.consolidated_kgco2e)
        end as kgco2e
    from site_years
    group by site_years.member_id, site_years.year, site_years.measure
),

by_scope as (
    select
        standing_statements.member_id,
        standing_statements.base_year,
        standing_statements.measure,
        standing_statements.is_current_base_year,
        first_statements.stated_on as first_stated_on,
        first_statements.kgco2e as first_stated_kgco2e,
        standing_statements.stated_on,
        standing_statements.reason as stated_reason,
        standing_statements.kgco2e as stated_kgco2e,
        case when causes.member_id is null then 0 else causes.structural_kgco2e end as structural_kgco2e,
        case when causes.member_id is null then 0 else causes.method_kgco2e end as method_kgco2e,
        case when causes.member_id is null then 0 else causes.error_kgco2e end as error_kgco2e,
        coalesce(causes.pending_changes, 0) as pending_changes,
        causes.change_reasons,
        warehouse.kgco2e as warehouse_kgco2e
    from standing_statements
    inner join first_statements
        on
            standing_statements.member_id = first_statements.member_id
            and standing_statements.base_year = first_statements.base_year
            and standing_statements.measure = first_statements.measure
    left join causes
        on
            standing_statements.member_id = causes.member_id
            and standing_statements.base_year = causes.base_year
            and standing_statements.measure = causes.measure
    left join warehouse
        on
            standing_statements.member_id = warehouse.member_id
            and standing_statements.base_year = warehouse.year
            and standing_statements.measure = warehouse.measure
),

-- The threshold is held against the whole of scope 1 and 2, by each method of scope 2.
totals as (
    {% for method in ['location', 'market'] -%}
    select
        scope1.member_id,
        scope1.base_year,
        'total_{{ method }}_kgco2e' as measure,
        scope1.is_current_base_year,
        scope1.first_stated_on,
        scope1.first_stated_kgco2e + scope2.first_stated_kgco2e as first_stated_kgco2e,
        scope1.stated_on,
        scope1.stated_reason,
        scope1.stated_kgco2e + scope2.stated_kgco2e as stated_kgco2e,
        scope1.structural_kgco2e + scope2.structural_kgco2e as structural_kgco2e,
        scope1.method_kgco2e + scope2.method_kgco2e as method_kgco2e,
        scope1.error_kgco2e + scope2.error_kgco2e as error_kgco2e,
        scope1.pending_changes,
        scope1.change_reasons,
        scope1.warehouse_kgco2e + scope2.warehouse_kgco2e as warehouse_kgco2e
    from by_scope as scope1
    inner join by_scope as scope2
        on scope1.member_id = scope2.member_id and scope1.base_year = scope2.base_year
    where
        scope1.measure = 'scope1_kgco2e'
        and scope2.measure = 'scope2_{{ method }}_kgco2e'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

measures as (
    select * from by_scope
    union all
    select * from totals
),

recalculated as (
    select
        measures.*,
        policy.threshold_share,
        measures.structural_kgco2e + measures.method_kgco2e + measures.error_kgco2e as change_kgco2e,
        measures.stated_kgco2e + measures.structural_kgco2e + measures.method_kgco2e + measures.error_kgco2e
            as recalculated_kgco2e
    from measures
    cross join policy
),

compared as (
    select
        recalculated.*,
        abs(recalculated.change_kgco2e) >= recalculated.threshold_share * cast(recalculated.stated_kgco2e as decimal(24, 6))
        and recalculated.change_kgco2e <> 0 as reaches_threshold
    from recalculated
),

-- One answer for a base year: a total that reaches the threshold moves all its figures.
decisions as (
    select
        compared.member_id,
        compared.base_year,
        case
            when count(case when compared.reaches_threshold then 1 end) > 0 then true
            when count(compared.stated_kgco2e) = 0 then null
            when count(case when compared.stated_kgco2e is not null and compared.reaches_threshold is null then 1 end) > 0 then null
            else false
        end as is_recalculation_due
    from compared
    where compared.measure in ('total_location_kgco2e', 'total_market_kgco2e')
    group by compared.member_id, compared.base_year
),

final as (
    select
        compared.member_id,
        compared.base_year,
        cast(compared.measure as string) as measure,
        compared.is_current_base_year,
        compared.first_stated_on,
        cast(compared.first_stated_kgco2e as decimal(18, 6)) as first_stated_kgco2e,
        compared.stated_on,
        compared.stated_reason,
        cast(compared.stated_kgco2e as decimal(18, 6)) as stated_kgco2e,
        cast(compared.structural_kgco2e as decimal(18, 6)) as structural_kgco2e,
        cast(compared.method_kgco2e as decimal(18, 6)) as method_kgco2e,
        cast(compared.error_kgco2e as decimal(18, 6)) as error_kgco2e,
        cast(compared.pending_changes as int) as pending_changes,
        compared.change_reasons,
        cast(compared.recalculated_kgco2e as decimal(18, 6)) as recalculated_kgco2e,
        cast({{ decimal_divide('compared.change_kgco2e', 'compared.stated_kgco2e', 12) }} as decimal(18, 12)) as change_share,
        compared.threshold_share,
        decisions.is_recalculation_due,
        cast(case when decisions.is_recalculation_due then 'recalculated' else 'stated' end as string) as standing_basis,
        cast(
            case when decisions.is_recalculation_due then compared.recalculated_kgco2e else compared.stated_kgco2e end
            as decimal(18, 6)
        ) as standing_kgco2e,
        cast(compared.warehouse_kgco2e as decimal(18, 6)) as warehouse_kgco2e,
        cast(
            compared.warehouse_kgco2e - compared.stated_kgco2e - compared.method_kgco2e - compared.error_kgco2e
            as decimal(18, 6)
        ) as unexplained_kgco2e
    from compared
    inner join decisions on compared.member_id = decisions.member_id and compared.base_year = decisions.base_year
)

select * from final
