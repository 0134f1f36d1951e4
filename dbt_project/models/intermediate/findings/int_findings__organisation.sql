with emissions as (
    select * from {{ ref('fct_emissions') }}
    where
        scope = 1
        or method = 'location'
),

members as (
    select * from {{ ref('dim_members') }}
),

sites as (
    select * from {{ ref('dim_sites') }}
),

site_shares as (
    select * from {{ ref('dim_site_shares') }}
),

shares_by_month as (
    select * from {{ ref('int_site_shares__by_month') }}
),

bill_lines as (
    select * from {{ ref('stg_energy_bills__bill_lines') }}
),

process_records as (
    select * from {{ ref('stg_process_activity__records') }}
),

receipts as (
    select
        bill_lines.row_id,
        bill_lines.received_at
    from bill_lines
    union all
    select
        process_records.row_id,
        process_records.received_at
    from process_records
),

facts as (
    select
        emissions.row_id,
        emissions.member_id,
        emissions.site_id,
        emissions.month,
        cast({{ dbt.last_day('emissions.month', 'month') }} as date) as last_day,
        cast(extract(year from emissions.month) as int) as year,
        emissions.kgco2e,
        receipts.received_at
    from emissions
    inner join receipts on emissions.row_id = receipts.row_id
),

-- A month counts as outside when no day of it is inside.
outside as (
    select
        'O01' as check_id,
        case when facts.last_day < sites.opened_on then 'before' else 'after' end as side,
        case when facts.last_day < sites.opened_on then sites.opened_on else sites.closed_on end as boundary_on,
        cast(null as string) as detail,
        facts.site_id as site_concerned,
        facts.*
    from facts
    inner join sites on facts.site_id = sites.site_id
    where
        facts.last_day < sites.opened_on
        or facts.month > sites.closed_on
    union all
    select
        'O02' as check_id,
        case when facts.last_day < members.joined_on then 'before' else 'after' end as side,
        case when facts.last_day < members.joined_on then members.joined_on else members.left_on end as boundary_on,
        cast(null as string) as detail,
        cast(null as string) as site_concerned,
        facts.*
    from facts
    inner join members on facts.member_id = members.member_id
    where
        facts.last_day < members.joined_on
        or facts.month > members.left_on
    union all
    select
        case when shares_by_month.is_held then 'O04' else 'O03' end as check_id,
        'none' as side,
        cast(null as date) as boundary_on,
        shares_by_month.consolidation_approach as detail,
        facts.site_id as site_concerned,
        facts.*
    from facts
    inner join shares_by_month
        on
            facts.member_id = shares_by_month.member_id
            and facts.site_id = shares_by_month.site_id
            and facts.month = shares_by_month.month
    where
        not shares_by_month.is_held
        or shares_by_month.consolidated_share is null
),

outside_years as (
    select
        outside.check_id,
        outside.side,
        outside.boundary_on,
        outside.member_id,
        outside.site_concerned as site_id,
        outside.year,
        outside.detail,
        min(outside.month) as first_month,
        max(outside.last_day) as last_day,
        sum(outside.kgco2e) as kgco2e,
        count(distinct outside.row_id) as row_count,
        {{ sorted_list('outside.row_id') }} as row_ids,
        max(outside.received_at) as last_received_at
    from outside
    group by
        outside.check_id,
        outside.side,
        outside.boundary_on,
        outside.member_id,
        outside.site_concerned,
        outside.year,
        outside.detail
),

worded_years as (
    select
        outside_years.*,
        'du ' || {{ french_date('outside_years.first_month') }} || ' au ' || {{ french_date('outside_years.last_day') }}
        || ' (lignes : ' || cast(outside_years.row_count as string) || ', '
        || coalesce({{ french_number('outside_years.kgco2e') }}, '?') || ' kgCO2e)' as extent_fr,
        'from ' || {{ iso_date('outside_years.first_month') }} || ' to ' || {{ iso_date('outside_years.last_day') }}
        || ' (rows: ' || cast(outside_years.row_count as string) || ', '
        || coalesce({{ number_text('outside_years.kgco2e') }}, '?') || ' kgCO2e)' as extent_en
    from outside_years
),

activity_findings as (
    select
        worded_years.check_id,
        worded_years.member_id,
        worded_years.site_id,
        worded_years.first_month as month,
        worded_years.row_ids,
        case
            when worded_years.check_id = 'O01' and worded_years.side = 'before'
                then
                    'Le site ' || worded_years.site_id || ' est ouvert depuis le ' || {{ french_date('worded_years.boundary_on') }}
                    || ' ; activité avant son ouverture, ' || worded_years.extent_fr || '.'
            when worded_years.check_id = 'O01'
                then
                    'Le site ' || worded_years.site_id || ' est fermé depuis le ' || {{ french_date('worded_years.boundary_on') }}
                    || ' ; activité après sa fermeture, ' || worded_years.extent_fr || '.'
            when worded_years.check_id = 'O02' and worded_years.side = 'before'
                then
                    'Membre depuis le ' || {{ french_date('worded_years.boundary_on') }} || ' ; activité avant l''adhésion, '
                    || worded_years.extent_fr || '.'
            when worded_years.check_id = 'O02'
                then
                    'Membre jusqu''au ' || {{ french_date('worded_years.boundary_on') }} || ' ; activité après le départ, '
                    || worded_years.extent_fr || '.'
            when worded_years.check_id = 'O03'
                then
                    'Le membre ne détenait pas le site ' || worded_years.site_id || ' ; activité non consolidée, '
                    || worded_years.extent_fr || '.'
            else
                'Contrôle du site ' || worded_years.site_id || ' non déclaré pour l''approche ' || worded_years.detail
                || ' ; activité non consolidée, ' || worded_years.extent_fr || '.'
        end as message_fr,
        case
            when worded_years.check_id = 'O01' and worded_years.side = 'before'
                then
                    'Site ' || worded_years.site_id || ' opened on ' || {{ iso_date('worded_years.boundary_on') }}
                    || '; activity before that, ' || worded_years.extent_en || '.'
            when worded_years.check_id = 'O01'
                then
                    'Site ' || worded_years.site_id || ' closed on ' || {{ iso_date('worded_years.boundary_on') }}
                    || '; activity after that, ' || worded_years.extent_en || '.'
            when worded_years.check_id = 'O02' and worded_years.side = 'before'
                then
                    'A member since ' || {{ iso_date('worded_years.boundary_on') }} || '; activity before joining, '
                    || worded_years.extent_en || '.'
            when worded_years.check_id = 'O02'
                then
                    'A member until ' || {{ iso_date('worded_years.boundary_on') }} || '; activity after leaving, '
                    || worded_years.extent_en || '.'
            when worded_years.check_id = 'O03'
                then
                    'The member did not hold site ' || worded_years.site_id || '; activity not consolidated, '
                    || worded_years.extent_en || '.'
            else
                'Control of site ' || worded_years.site_id || ' not stated for the approach ' || worded_years.detail
                || '; activity not consolidated, ' || worded_years.extent_en || '.'
        end as message_en,
        cast(worded_years.last_received_at as date) as first_seen_on
    from worded_years
),

broken_references as (
    select
        'O05' as check_id,
        site_shares.member_id,
        site_shares.site_id,
        {{ month_of('site_shares.valid_from') }} as month,
        site_shares.row_id as row_ids,
        'La part du membre ' || site_shares.member_id || ' dans le site ' || site_shares.site_id
        || ' nomme un membre ou un site absent du registre.' as message_fr,
        'The share of member ' || site_shares.member_id || ' in site ' || site_shares.site_id
        || ' names a member or a site that is not in the register.' as message_en,
        cast(site_shares.received_at as date) as first_seen_on
    from site_shares
    left join members on site_shares.member_id = members.member_id
    left join sites on site_shares.site_id = sites.site_id
    where
        members.member_id is null
        or sites.site_id is null
),

-- On the first day of each row: whether another row of the same member speaks of that day, and what all members own together.
shares_together as (
    select
        site_shares.site_id,
        site_shares.member_id,
        site_shares.valid_from,
        sum(others.control_share) as owned_share,
        count(case when others.member_id = site_shares.member_id then 1 end) as rows_of_member,
        {{ sorted_list('others.row_id') }} as row_ids,
        max(others.received_at) as last_received_at
    from site_shares
    inner join site_shares as others
        on
            site_shares.site_id = others.site_id
            and site_shares.valid_from >= others.valid_from
            and coalesce(site_shares.valid_from <= others.valid_to, true)
    group by site_shares.site_id, site_shares.member_id, site_shares.valid_from
),

contradictions as (
    select
        'O06' as check_id,
        shares_together.member_id,
        shares_together.site_id,
        {{ month_of('shares_together.valid_from') }} as month,
        shares_together.row_ids,
        case
            when shares_together.rows_of_member > 1
                then
                    'Deux parts du même membre dans le site ' || shares_together.site_id || ' le '
                    || {{ french_date('shares_together.valid_from') }} || '.'
            else
                'Les parts du site ' || shares_together.site_id || ' font ensemble '
                || {{ french_number('shares_together.owned_share') }} || ' le '
                || {{ french_date('shares_together.valid_from') }} || '.'
        end as message_fr,
        case
            when shares_together.rows_of_member > 1
                then
                    'Two shares of the same member in site ' || shares_together.site_id || ' on '
                    || {{ iso_date('shares_together.valid_from') }} || '.'
            else
                'The shares of site ' || shares_together.site_id || ' are '
                || {{ number_text('shares_together.owned_share') }} || ' together on '
                || {{ iso_date('shares_together.valid_from') }} || '.'
        end as message_en,
        cast(shares_together.last_received_at as date) as first_seen_on
    from shares_together
    where
        shares_together.rows_of_member > 1
        or shares_together.owned_share > 1
),

found as (
    select * from activity_findings
    union all
    select * from broken_references
    union all
    select * from contradictions
),

final as (
    select
        found.check_id,
        found.member_id,
        found.site_id,
        cast(null as string) as meter_id,
        found.month,
        found.row_ids,
        found.message_fr,
        found.message_en,
        found.first_seen_on
    from found
)

select * from final
