with applications as (
    select * from {{ ref('int_applications__current') }}
),

metrics as (
    select * from {{ ref('int_certification_metrics') }}
),

criteria as (
    select * from {{ ref('certification_criteria') }}
),

scheme_versions as (
    select * from {{ ref('scheme_versions') }}
),

waivers as (
    select * from {{ ref('certification_waivers') }}
),

files as (
    select * from {{ ref('stg_ledger__files') }}
),

known as (
    select cast(max(files.received_at) as date) as known_on
    from files
),

-- A case keeps the version that it names. Of that version the rows of the day of submission count, or of the version's
-- first day when that is later.
criteria_in_force as (
    select
        applications.application_id,
        criteria.criterion_id,
        criteria.metric_id,
        criteria.track,
        criteria.level,
        criteria.kind,
        criteria.operator,
        criteria.threshold,
        criteria.unit,
        criteria.bound,
        criteria.undecided_values,
        criteria.fail_code,
        criteria.nd_code,
        try_cast({{ dbt.split_part('criteria.threshold', "'|'", 1) }} as decimal(28, 12)) as first_threshold,
        try_cast({{ dbt.split_part('criteria.threshold', "'|'", 2) }} as decimal(28, 12)) as second_threshold
    from applications
    inner join scheme_versions on applications.scheme_version = scheme_versions.scheme_version
    inner join criteria
        on
            scheme_versions.scheme_version = criteria.scheme_version
            and criteria.track in (applications.track, '*')
            and (
                criteria.level = '*'
                or try_cast(criteria.level as int) <= applications.level
            )
            and criteria.valid_from <= greatest(applications.submitted_on, scheme_versions.valid_from)
            and coalesce(
                criteria.valid_to >= greatest(applications.submitted_on, scheme_versions.valid_from), true
            )
),

waivers_in_force as (
    select distinct
        waivers.application_id,
        waivers.criterion_id
    from waivers
    cross join known
    where known.known_on between waivers.approved_on and waivers.expires_on
),

measured as (
    select
        criteria_in_force.*,
        metrics.value_text,
        metrics.lower as stated_lower,
        metrics.upper as stated_upper,
        case when criteria_in_force.bound = 'point' then metrics.value else metrics.lower end as compared_lower,
        case when criteria_in_force.bound = 'point' then metrics.value else metrics.upper end as compared_upper,
        metrics.evidence,
        waivers_in_force.criterion_id is not null and criteria_in_force.kind <> 'INTEG' as is_waived
    from criteria_in_force
    left join metrics
        on
            criteria_in_force.application_id = metrics.application_id
            and criteria_in_force.metric_id = metrics.metric_id
    left join waivers_in_force
        on
            criteria_in_force.application_id = waivers_in_force.application_id
            and criteria_in_force.criterion_id = waivers_in_force.criterion_id
),

-- Three values: true holds wherever the metric lies in its interval, false nowhere, null in between or without evidence.
-- An interval that contradicts itself is no evidence.
compared as (
    select
        measured.*,
        case
            when measured.unit = 'enum'
                then
                    case
                        when
                            position(
                                '|' || measured.value_text || '|'
                                in '|' || coalesce(measured.undecided_values, '') || '|'
                            ) > 0
                            then null
                        else position('|' || measured.value_text || '|' in '|' || measured.threshold || '|') > 0
                    end
            when measured.compared_lower > measured.compared_upper then null
            when measured.operator = '<='
                then
                    case
                        when measured.compared_upper <= measured.first_threshold then true
                        when measured.compared_lower > measured.first_threshold then false
                    end
            when measured.operator = '>='
                then
                    case
                        when measured.compared_lower >= measured.first_threshold then true
                        when measured.compared_upper < measured.first_threshold then false
                    end
            when measured.operator = '='
                then
                    case
                        when
                            measured.compared_lower = measured.first_threshold
                            and measured.compared_upper = measured.first_threshold
                            then true
                        when
                            measured.compared_lower > measured.first_threshold
                            or measured.compared_upper < measured.first_threshold
                            then false
                    end
            when measured.operator = 'between'
                then
                    case
                        when
                            measured.compared_lower >= measured.first_threshold
                            and measured.compared_upper <= measured.second_threshold
                            then true
                        when
                            measured.compared_lower > measured.second_threshold
                            or measured.compared_upper < measured.first_threshold
                            then false
                    end
        end as is_met
    from measured
),

decided as (
    select
        compared.*,
        case
            when compared.is_waived then 'WAIVED'
            when compared.is_met then 'PASS'
            -- Insufficient data decide nothing: they never refuse.
            when not compared.is_met and compared.kind <> 'DATA' then 'FAIL'
            else 'UNKNOWN'
        end as verdict
    from compared
),

final as (
    select
        decided.application_id,
        decided.criterion_id,
        decided.metric_id,
        decided.track,
        decided.level,
        decided.kind,
        cast(decided.value_text as string) as value,
        decided.stated_lower as lower,
        decided.stated_upper as upper,
        decided.unit,
        decided.bound,
        decided.operator,
        decided.threshold,
        cast(decided.verdict as string) as verdict,
        cast(
            case
                when decided.verdict = 'FAIL' then coalesce(decided.fail_code, decided.nd_code)
                when decided.verdict = 'UNKNOWN' then coalesce(decided.nd_code, decided.fail_code)
            end as string
        ) as reason_code,
        cast(decided.evidence as string) as evidence
    from decided
)

select * from final
