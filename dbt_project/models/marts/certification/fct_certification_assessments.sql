with applications as (
    select * from {{ ref('int_applications__current') }}
),

criteria as (
    select * from {{ ref('fct_certification_criteria') }}
),

scheme_versions as (
    select * from {{ ref('scheme_versions') }}
),

reason_codes as (
    select * from {{ ref('certification_reason_codes') }}
),

files as (
    select * from {{ ref('stg_ledger__files') }}
),

known as (
    select max(files.received_at) as known_at
    from files
),

-- A criterion of every level counts as one of level 0: without it no level is held.
graded as (
    select
        criteria.*,
        case when criteria.level = '*' then 0 else try_cast(criteria.level as int) end as level_no,
        criteria.verdict in ('PASS', 'WAIVED') as is_held,
        reason_codes.text_fr,
        reason_codes.text_en
    from criteria
    left join reason_codes on criteria.reason_code = reason_codes.code
),

tallies as (
    select
        graded.application_id,
        count(distinct case when graded.level_no > 0 then graded.level_no end) as levels_with_criteria,
        sum(case when graded.kind = 'INTEG' and graded.verdict = 'FAIL' then 1 else 0 end) as integrity_failures,
        sum(case when graded.kind = 'ELIG' and graded.verdict = 'FAIL' then 1 else 0 end) as eligibility_failures,
        sum(case when graded.kind in ('CONF', 'PERF') and graded.verdict = 'FAIL' then 1 else 0 end) as failures,
        sum(case when graded.verdict = 'UNKNOWN' then 1 else 0 end) as unknowns,
        min(case when not graded.is_held then graded.level_no end) as lowest_level_not_held,
        {{ sorted_list('graded.reason_code') }} as reason_codes,
        {{ sorted_list('graded.text_fr', ' ; ') }} as reasons_fr,
        {{ sorted_list('graded.text_en', '; ') }} as reasons_en
    from graded
    group by graded.application_id
),

assessed as (
    select
        applications.application_id,
        applications.member_id,
        applications.track,
        applications.level,
        applications.scheme_version,
        scheme_versions.scheme_version is not null as is_version_known,
        coalesce(tallies.levels_with_criteria = applications.level, false) as has_criteria,
        tallies.integrity_failures,
        tallies.eligibility_failures,
        tallies.failures,
        tallies.unknowns,
        tallies.lowest_level_not_held,
        tallies.reason_codes,
        tallies.reasons_fr,
        tallies.reasons_en
    from applications
    left join scheme_versions on applications.scheme_version = scheme_versions.scheme_version
    left join tallies on applications.application_id = tallies.application_id
),

-- Strong Kleene logic: a failure decides whatever is unknown beside it; nothing compensates for anything.
final as (
    select
        assessed.application_id,
        assessed.member_id,
        assessed.track,
        assessed.level,
        assessed.scheme_version,
        cast(
            case
                when not assessed.is_version_known or not assessed.has_criteria then 'NOT_DECIDABLE'
                when assessed.integrity_failures > 0 then 'BLOCKED'
                when assessed.eligibility_failures > 0 then 'INADMISSIBLE'
                when assessed.failures > 0 then 'REFUSE'
                when assessed.unknowns > 0 then 'NOT_DECIDABLE'
                else 'GRANT'
            end as string
        ) as verdict,
        cast(
            case
                when not assessed.is_version_known or not assessed.has_criteria then 0
                when assessed.lowest_level_not_held = 0 then 0
                else coalesce(assessed.lowest_level_not_held - 1, assessed.level)
            end as int
        ) as highest_level_held,
        cast(
            case
                when not assessed.is_version_known then 'UNKNOWN_SCHEME_VERSION'
                when not assessed.has_criteria then 'NO_CRITERIA'
                else coalesce(assessed.reason_codes, '')
            end as string
        ) as reason_codes,
        cast(
            case
                when not assessed.is_version_known
                    then 'La version ' || assessed.scheme_version || ' du référentiel est inconnue'
                when not assessed.has_criteria
                    then
                        'La version ' || assessed.scheme_version
                        || ' du référentiel n''a pas de critères pour chaque niveau de la demande'
                else coalesce(assessed.reasons_fr, '')
            end as string
        ) as reasons_fr,
        cast(
            case
                when not assessed.is_version_known
                    then 'Version ' || assessed.scheme_version || ' of the scheme is unknown'
                when not assessed.has_criteria
                    then
                        'Version ' || assessed.scheme_version
                        || ' of the scheme has no criteria for each level of the application'
                else coalesce(assessed.reasons_en, '')
            end as string
        ) as reasons_en,
        known.known_at as as_known_at
    from assessed
    cross join known
)

select * from final
