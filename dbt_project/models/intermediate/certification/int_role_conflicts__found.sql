with applications as (
    select * from {{ ref('int_applications__current') }}
),

case_events as (
    select * from {{ ref('int_case_events__standing') }}
),

programmes_received as (
    select * from {{ ref('stg_programmes__programmes') }}
),

programmes as (
    {{ latest_by_key('programmes_received', ['programme_id', 'member_id', 'starts_on']) }}
),

role_incompatibilities as (
    select * from {{ ref('role_incompatibilities') }}
),

-- Who acted in which role, for which client, and when. A programme without an end is still running.
roles_held as (
    select
        case_events.application_id,
        applications.member_id,
        case_events.person_id,
        case_events.role,
        case_events.occurred_on as held_from,
        case_events.occurred_on as held_until
    from case_events
    inner join applications on case_events.application_id = applications.application_id
    union all
    select
        cast(null as string) as application_id,
        programmes.member_id,
        programmes.person_id,
        'ACCOMPANIER_OR_TRAINER' as role,
        programmes.starts_on as held_from,
        coalesce(programmes.ends_on, cast('9000-12-31' as date)) as held_until
    from programmes
    where
        programmes.kind in ('accompaniment', 'training')
        and programmes.person_id is not null
),

-- The case log names no unit finer than the case, so incompatibilities on one record or one row are looked for in one
-- case.
final as (
    select distinct
        second_role.application_id,
        second_role.person_id,
        role_incompatibilities.role_a,
        role_incompatibilities.role_b
    from roles_held as second_role
    inner join applications on second_role.application_id = applications.application_id
    inner join role_incompatibilities
        on
            second_role.role = role_incompatibilities.role_b
            and applications.scheme_version = role_incompatibilities.scheme_version
    inner join roles_held as first_role
        on
            role_incompatibilities.role_a = first_role.role
            and second_role.person_id = first_role.person_id
            and (
                role_incompatibilities.same = 'any'
                or (
                    role_incompatibilities.same in ('case', 'record', 'row')
                    and second_role.application_id = first_role.application_id
                )
                or (
                    role_incompatibilities.same = 'client'
                    and second_role.member_id = first_role.member_id
                    and second_role.held_from >= first_role.held_from
                    and second_role.held_from <= cast(
                        {{ dbt.dateadd('month', 'role_incompatibilities.lookback_months', 'first_role.held_until') }}
                        as date
                    )
                )
            )
)

select * from final
