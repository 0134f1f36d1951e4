with applications as (
    select * from {{ ref('int_applications__current') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

sites as (
    select * from {{ ref('dim_sites') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

factors as (
    select * from {{ ref('dim_factors') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

emissions as (
    select * from {{ ref('fct_emissions') }}
),

emission_quality as (
    select * from {{ ref('fct_emission_quality') }}
),

meter_gaps as (
    select * from {{ ref('fct_meter_gaps') }}
),

parameters as (
    select
        {{ quality_parameter('score_of_missing') }} as score_of_missing,
        {{ quality_parameter('best_score') }} as best_score
    from {{ ref('data_quality_parameters') }}
),

member_months as (
    select * from {{ ref('rpt_member_months') }}
),

findings as (
    select * from {{ ref('rpt_findings') }}
),

role_conflicts as (
    select * from {{ ref('int_role_conflicts__found') }}
),

case_events as (
    select * from {{ ref('int_case_events__standing') }}
),

case_event_counts as (
    select * from {{ ref('case_event_counts') }}
),

active_members as (
    select
        applications.application_id,
        'is_active_member' as metric_id,
        cast(
            case
                when
                    members.joined_on <= applications.submitted_on
                    and coalesce(members.left_on >= applications.submitted_on, true)
                    then 1
                else 0
            end as decimal(28, 12)
        ) as value,
        'dim_members: ' || applications.member_id as evidence
    from applications
    left join members on applications.member_id = members.member_id
),

open_meters as (
    select
        applications.application_id,
        meters.meter_id,
        max(case when energy_use.meter_id is not null then 1 else 0 end) as has_bill
    from applications
    inner join sites on applications.member_id = sites.member_id
    inner join meters on sites.site_id = meters.site_id
    left join energy_use
        on
            meters.meter_id = energy_use.meter_id
            and energy_use.month between applications.first_month and applications.last_month
    where
        coalesce(meters.opened_on <= applications.period_to, true)
        and coalesce(meters.closed_on >= applications.period_from, true)
    group by applications.application_id, meters.meter_id
),

source_coverage as (
    select
        open_meters.application_id,
        's12_source_coverage' as metric_id,
        cast(
            {{ decimal_divide(
                'cast(sum(open_meters.has_bill) as decimal(18, 0))', 'cast(count(*) as decimal(18, 0))', 12
            ) }} as decimal(28, 12)
        ) as value,
        'dim_meters, fct_energy_use: ' || cast(sum(open_meters.has_bill) as string)
        || '/' || cast(count(*) as string) as evidence
    from open_meters
    group by open_meters.application_id
),

meter_months as (
    select
        applications.application_id,
        'meter_month_completeness' as metric_id,
        cast(
            {{ decimal_divide(
                'cast(sum(member_months.meter_months_present) as decimal(18, 0))',
                'cast(sum(member_months.meter_months_expected) as decimal(18, 0))',
                12
            ) }} as decimal(28, 12)
        ) as value,
        'rpt_member_months: ' || cast(sum(member_months.meter_months_present) as string)
        || '/' || cast(sum(member_months.meter_months_expected) as string) as evidence
    from applications
    inner join member_months
        on
            applications.member_id = member_months.member_id
            and member_months.month between applications.first_month and applications.last_month
    group by applications.application_id
),

period_emissions as (
    select
        applications.application_id,
        emissions.emission_id,
        emissions.energy_use_id,
        emissions.scope,
        emissions.method,
        emissions.kgco2e,
        emissions.is_estimated,
        coalesce(factors.status = 'approved', false) as is_pinned
    from applications
    inner join emissions
        on
            applications.member_id = emissions.member_id
            and emissions.month between applications.first_month and applications.last_month
    left join factors on emissions.factor_id = factors.factor_id
),

-- The inventory of a period: scope 1, and scope 2 by location. A share of an inventory of which a part is unknown is
-- unknown.
estimated_emissions as (
    select
        period_emissions.application_id,
        count(*) - count(period_emissions.kgco2e) as unknown_facts,
        sum(period_emissions.kgco2e) as total_kgco2e,
        sum(case when period_emissions.is_estimated then period_emissions.kgco2e else 0 end) as estimated_kgco2e
    from period_emissions
    where
        period_emissions.scope = 1
        or period_emissions.method = 'location'
    group by period_emissions.application_id
),

-- What the missing meter-months of a period emitted at most; unknown where one of them has no upper bound.
period_gaps as (
    select
        applications.application_id,
        count(meter_gaps.gap_id) as missing_months,
        case
            when count(meter_gaps.gap_id) = count(meter_gaps.upper_kgco2e)
                then cast(coalesce(sum(meter_gaps.upper_kgco2e), 0) as decimal(18, 6))
        end as gap_upper_kgco2e
    from applications
    left join meter_gaps
        on
            applications.member_id = meter_gaps.member_id
            and meter_gaps.month between applications.first_month and applications.last_month
            and meter_gaps.measure in ('scope1', 'scope2_location')
    group by applications.application_id
),

gap_texts as (
    select
        period_gaps.*,
        case
            when period_gaps.missing_months > 0
                then
                    '; fct_meter_gaps: ' || cast(period_gaps.missing_months as string) || ' months of at most '
                    || coalesce({{ number_text('period_gaps.gap_upper_kgco2e') }}, '?') || ' kgco2e'
            else ''
        end as gap_text
    from period_gaps
),

-- Once they come, the missing months may all be measured or all be estimates.
estimated_shares as (
    select
        estimated_emissions.application_id,
        'estimated_share_of_co2e' as metric_id,
        estimated_emissions.unknown_facts = 0
        and estimated_emissions.estimated_kgco2e between 0 and estimated_emissions.total_kgco2e as is_share,
        estimated_emissions.estimated_kgco2e,
        estimated_emissions.total_kgco2e,
        gap_texts.gap_upper_kgco2e,
        'fct_emissions: ' || coalesce({{ number_text('estimated_emissions.estimated_kgco2e') }}, '?')
        || '/' || coalesce({{ number_text('estimated_emissions.total_kgco2e') }}, '?') || ' kgco2e, '
        || cast(estimated_emissions.unknown_facts as string) || ' unknown' || gap_texts.gap_text as evidence
    from estimated_emissions
    inner join gap_texts on estimated_emissions.application_id = gap_texts.application_id
),

bounded_estimated_shares as (
    select
        estimated_shares.application_id,
        estimated_shares.metric_id,
        case
            when estimated_shares.is_share
                then {{ decimal_divide('estimated_shares.estimated_kgco2e', 'estimated_shares.total_kgco2e', 12) }}
        end as value,
        case
            when not estimated_shares.is_share then null
            when estimated_shares.gap_upper_kgco2e is null then 0
            else {{ decimal_divide(
                'estimated_shares.estimated_kgco2e',
                '(estimated_shares.total_kgco2e + estimated_shares.gap_upper_kgco2e)',
                12
            ) }}
        end as lower,
        case
            when not estimated_shares.is_share then null
            when estimated_shares.gap_upper_kgco2e is null then 1
            else {{ decimal_divide(
                '(estimated_shares.estimated_kgco2e + estimated_shares.gap_upper_kgco2e)',
                '(estimated_shares.total_kgco2e + estimated_shares.gap_upper_kgco2e)',
                12
            ) }}
        end as upper,
        estimated_shares.evidence
    from estimated_shares
),

-- Weighted by what each fact of the inventory emits, whatever its sign.
scored_emissions as (
    select
        period_emissions.application_id,
        count(*) - count(period_emissions.kgco2e) as facts_unknown,
        cast(sum(abs(period_emissions.kgco2e)) as decimal(24, 6)) as weight,
        cast(sum(abs(period_emissions.kgco2e) * emission_quality.quality_score) as decimal(24, 6)) as quality_points
    from period_emissions
    inner join emission_quality on period_emissions.emission_id = emission_quality.emission_id
    where
        period_emissions.scope = 1
        or period_emissions.method = 'location'
    group by period_emissions.application_id
),

scores_and_gaps as (
    select
        scored_emissions.*,
        gap_texts.gap_upper_kgco2e,
        gap_texts.gap_text,
        parameters.best_score,
        parameters.score_of_missing
    from scored_emissions
    cross join parameters
    inner join gap_texts on scored_emissions.application_id = gap_texts.application_id
),

quality_scores as (
    select
        scores_and_gaps.application_id,
        'weighted_dq_score' as metric_id,
        case
            when scores_and_gaps.facts_unknown = 0
                then {{ decimal_divide('scores_and_gaps.quality_points', 'scores_and_gaps.weight', 6) }}
        end as value,
        {{ score_with_gaps('scores_and_gaps', 'scores_and_gaps.best_score') }} as lower,
        {{ score_with_gaps('scores_and_gaps', 'scores_and_gaps.score_of_missing') }} as upper,
        'fct_emission_quality: ' || coalesce({{ number_text('scores_and_gaps.quality_points') }}, '?')
        || '/' || coalesce({{ number_text('scores_and_gaps.weight') }}, '?') || ' kgco2e, '
        || cast(scores_and_gaps.facts_unknown as string) || ' unknown' || scores_and_gaps.gap_text as evidence
    from scores_and_gaps
),

pinned_emissions as (
    select
        period_emissions.application_id,
        count(*) - count(period_emissions.kgco2e) as unknown_facts,
        sum(abs(period_emissions.kgco2e)) as total_kgco2e,
        sum(case when period_emissions.is_pinned then abs(period_emissions.kgco2e) else 0 end) as pinned_kgco2e
    from period_emissions
    group by period_emissions.application_id
),

-- Rounding must not turn almost all into all.
pinned_shares as (
    select
        pinned_emissions.application_id,
        'factor_pinned_share' as metric_id,
        cast(
            case
                when pinned_emissions.unknown_facts > 0 or pinned_emissions.total_kgco2e = 0 then null
                when pinned_emissions.pinned_kgco2e = pinned_emissions.total_kgco2e then 1
                else least(
                    {{ decimal_divide('pinned_emissions.pinned_kgco2e', 'pinned_emissions.total_kgco2e', 12) }},
                    cast('0.999999999999' as decimal(18, 12))
                )
            end as decimal(28, 12)
        ) as value,
        'fct_emissions, dim_factors: ' || coalesce({{ number_text('pinned_emissions.pinned_kgco2e') }}, '?')
        || '/' || coalesce({{ number_text('pinned_emissions.total_kgco2e') }}, '?') || ' kgco2e, '
        || cast(pinned_emissions.unknown_facts as string) || ' unknown' as evidence
    from pinned_emissions
),

blocking_findings as (
    select
        applications.application_id,
        'open_blocking_dq_issues' as metric_id,
        cast(count(findings.finding_id) as decimal(28, 12)) as value,
        'rpt_findings: ' || cast(count(findings.finding_id) as string) as evidence
    from applications
    left join findings
        on
            applications.member_id = findings.member_id
            and findings.is_blocking
            and not findings.is_switched_off
            and (
                findings.month is null
                or findings.month between applications.first_month and applications.last_month
            )
    group by applications.application_id
),

methods_of_use as (
    select
        period_emissions.application_id,
        period_emissions.energy_use_id,
        count(distinct period_emissions.method) as methods,
        count(*) - count(period_emissions.kgco2e) as unknown_facts
    from period_emissions
    where period_emissions.scope = 2
    group by period_emissions.application_id, period_emissions.energy_use_id
),

dual_reports as (
    select
        methods_of_use.application_id,
        'scope2_dual_reported' as metric_id,
        cast(
            case
                when min(methods_of_use.methods) < 2 then 0
                when sum(methods_of_use.unknown_facts) = 0 then 1
            end as decimal(28, 12)
        ) as value,
        'fct_emissions: ' || cast(sum(case when methods_of_use.methods = 2 then 1 else 0 end) as string)
        || '/' || cast(count(*) as string) || ' uses by both methods' as evidence
    from methods_of_use
    group by methods_of_use.application_id
),

conflicts as (
    select
        applications.application_id,
        'sod_conflicts' as metric_id,
        cast(count(role_conflicts.person_id) as decimal(28, 12)) as value,
        'int_role_conflicts__found: ' || cast(count(role_conflicts.person_id) as string)
        || coalesce(
            ' (' || {{ sorted_list(
                "role_conflicts.person_id || ' ' || role_conflicts.role_a || ' / ' || role_conflicts.role_b", '; '
            ) }} || ')', ''
        ) as evidence
    from applications
    left join role_conflicts on applications.application_id = role_conflicts.application_id
    group by applications.application_id
),

-- What is open after each event. Closing what is not open does nothing, so the balance never starts below zero.
event_balances as (
    select
        case_events.application_id,
        case_event_counts.metric_id,
        case_events.sequence,
        case_events.event,
        sum(case_event_counts.change) over (
            partition by case_events.application_id, case_event_counts.metric_id
            order by case_events.sequence
            rows between unbounded preceding and current row
        ) as balance,
        row_number() over (
            partition by case_events.application_id, case_event_counts.metric_id
            order by case_events.sequence desc
        ) as recency
    from case_events
    inner join case_event_counts on case_events.event = case_event_counts.event
),

events_open as (
    select
        event_balances.application_id,
        event_balances.metric_id,
        max(case when event_balances.recency = 1 then event_balances.balance end)
        - least(min(event_balances.balance), 0)
            as open_count,
        max(case when event_balances.recency = 1 then event_balances.sequence end) as last_sequence
    from event_balances
    group by event_balances.application_id, event_balances.metric_id
),

counted_metrics as (
    select distinct case_event_counts.metric_id
    from case_event_counts
),

open_events as (
    select
        applications.application_id,
        counted_metrics.metric_id,
        cast(coalesce(events_open.open_count, 0) as decimal(28, 12)) as value,
        'case_events'
        || coalesce(': sequence ' || cast(events_open.last_sequence as string), '') as evidence
    from applications
    cross join counted_metrics
    left join events_open
        on
            applications.application_id = events_open.application_id
            and counted_metrics.metric_id = events_open.metric_id
),

exact as (
    select * from active_members
    union all
    select * from source_coverage
    union all
    select * from meter_months
    union all
    select * from pinned_shares
    union all
    select * from blocking_findings
    union all
    select * from dual_reports
    union all
    select * from conflicts
    union all
    select * from open_events
),

-- What is counted or decided has no interval; what missing months can move has one.
final as (
    select
        exact.application_id,
        exact.metric_id,
        exact.value,
        exact.value as lower,
        exact.value as upper,
        exact.evidence
    from exact
    union all
    select
        bounded_estimated_shares.application_id,
        bounded_estimated_shares.metric_id,
        cast(bounded_estimated_shares.value as decimal(28, 12)) as value,
        cast(bounded_estimated_shares.lower as decimal(28, 12)) as lower,
        cast(bounded_estimated_shares.upper as decimal(28, 12)) as upper,
        bounded_estimated_shares.evidence
    from bounded_estimated_shares
    union all
    select
        quality_scores.application_id,
        quality_scores.metric_id,
        cast(quality_scores.value as decimal(28, 12)) as value,
        cast(quality_scores.lower as decimal(28, 12)) as lower,
        cast(quality_scores.upper as decimal(28, 12)) as upper,
        quality_scores.evidence
    from quality_scores
)

select * from final
