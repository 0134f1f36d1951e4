with base_years as (
    select * from {{ ref('rpt_base_years') }}
),

effects as (
    select * from {{ ref('int_base_year_changes__effects') }}
),

statements as (
    select * from {{ ref('dim_base_year_statements') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

-- Of the two totals of a base year the one that changed most is told of, and the one that is explained least.
totals as (
    select
        base_years.*,
        row_number() over (
            partition by base_years.member_id, base_years.base_year
            order by abs(base_years.change_share) desc nulls last, base_years.measure
        ) as rank_of_change,
        row_number() over (
            partition by base_years.member_id, base_years.base_year
            order by
                abs({{ decimal_divide('base_years.unexplained_kgco2e', 'base_years.stated_kgco2e', 12) }}) desc nulls last,
                base_years.measure
        ) as rank_of_unexplained
    from base_years
    where
        base_years.measure in ('total_location_kgco2e', 'total_market_kgco2e')
        and base_years.stated_kgco2e is not null
),

standing_statements as (
    select * from statements
    where is_standing
),

pending_rows as (
    select
        effects.member_id,
        effects.base_year,
        max(effects.effective_on) as effective_on,
        {{ sorted_list('effects.row_id') }} as row_ids,
        max(effects.received_at) as received_at
    from effects
    where
        effects.is_pending
        and effects.is_trigger
    group by effects.member_id, effects.base_year
),

due as (
    select
        'O07' as check_id,
        totals.member_id,
        {{ month_of('pending_rows.effective_on') }} as month,
        pending_rows.row_ids,
        'L''année de référence ' || cast(totals.base_year as string) || ' est à recalculer : de '
        || {{ french_number('totals.stated_kgco2e') }} || ' à ' || {{ french_number('totals.recalculated_kgco2e') }}
        || ' kgCO2e (' || replace({{ change_in_percent('totals.recalculated_kgco2e', 'totals.stated_kgco2e') }}, '.', ',')
        || ' %) ; motifs : ' || totals.change_reasons || '.' as message_fr,
        'Base year ' || cast(totals.base_year as string) || ' is due for recalculation: from '
        || {{ number_text('totals.stated_kgco2e') }} || ' to ' || {{ number_text('totals.recalculated_kgco2e') }}
        || ' kgCO2e (' || {{ change_in_percent('totals.recalculated_kgco2e', 'totals.stated_kgco2e') }}
        || ' %); reasons: ' || totals.change_reasons || '.' as message_en,
        pending_rows.received_at
    from totals
    inner join pending_rows on totals.member_id = pending_rows.member_id and totals.base_year = pending_rows.base_year
    where
        totals.is_recalculation_due
        and totals.rank_of_change = 1
),

unknown_effects as (
    select
        effects.change_id,
        effects.member_id,
        effects.site_id,
        effects.base_year,
        effects.kind,
        effects.effective_on,
        effects.row_id,
        effects.received_at,
        {{ sorted_list('effects.measure', ', ') }} as unknown_measures
    from effects
    inner join base_years
        on
            effects.member_id = base_years.member_id
            and effects.base_year = base_years.base_year
            and effects.measure = base_years.measure
    where
        effects.effect_basis = 'unknown'
        and effects.is_pending
        and base_years.stated_kgco2e is not null
    group by
        effects.change_id,
        effects.member_id,
        effects.site_id,
        effects.base_year,
        effects.kind,
        effects.effective_on,
        effects.row_id,
        effects.received_at
),

unknown as (
    select
        'O08' as check_id,
        unknown_effects.member_id,
        unknown_effects.site_id,
        {{ month_of('unknown_effects.effective_on') }} as month,
        unknown_effects.row_id as row_ids,
        'Effet inconnu du changement ' || unknown_effects.change_id || ' (' || unknown_effects.kind || ', '
        || {{ french_date('unknown_effects.effective_on') }} || ') sur l''année de référence '
        || cast(unknown_effects.base_year as string) || ' : ' || unknown_effects.unknown_measures || '.' as message_fr,
        'Unknown effect of change ' || unknown_effects.change_id || ' (' || unknown_effects.kind || ', '
        || {{ iso_date('unknown_effects.effective_on') }} || ') on base year '
        || cast(unknown_effects.base_year as string) || ': ' || unknown_effects.unknown_measures || '.' as message_en,
        unknown_effects.received_at
    from unknown_effects
),

unexplained as (
    select
        'O09' as check_id,
        totals.member_id,
        cast(null as string) as site_id,
        {{ month_of('totals.stated_on') }} as month,
        standing_statements.row_id as row_ids,
        'Année de référence ' || cast(totals.base_year as string) || ' : ' || {{ french_number('totals.stated_kgco2e') }}
        || ' kgCO2e déclarés, ' || {{ french_number('totals.warehouse_kgco2e') }}
        || ' calculés, dont ' || {{ french_number('totals.unexplained_kgco2e') }}
        || ' qu''aucun changement déclaré n''explique (' || totals.measure || ').' as message_fr,
        'Base year ' || cast(totals.base_year as string) || ': ' || {{ number_text('totals.stated_kgco2e') }}
        || ' kgCO2e stated, ' || {{ number_text('totals.warehouse_kgco2e') }}
        || ' computed, of which ' || {{ number_text('totals.unexplained_kgco2e') }}
        || ' that no stated change explains (' || totals.measure || ').' as message_en,
        standing_statements.received_at
    from totals
    inner join standing_statements
        on totals.member_id = standing_statements.member_id and totals.base_year = standing_statements.base_year
    where
        abs(totals.unexplained_kgco2e) >= totals.threshold_share * cast(totals.stated_kgco2e as decimal(24, 6))
        and totals.unexplained_kgco2e <> 0
        and totals.rank_of_unexplained = 1
),

orphans as (
    select distinct
        'O10' as check_id,
        effects.member_id,
        effects.site_id,
        {{ month_of('effects.effective_on') }} as month,
        effects.row_id as row_ids,
        'Le changement ' || effects.change_id || ' nomme l''année de référence ' || cast(effects.base_year as string)
        || ', que le membre n''a pas déclarée.' as message_fr,
        'Change ' || effects.change_id || ' names base year ' || cast(effects.base_year as string)
        || ', which the member has not stated.' as message_en,
        effects.received_at
    from effects
    left join standing_statements
        on effects.member_id = standing_statements.member_id and effects.base_year = standing_statements.base_year
    where standing_statements.member_id is null
    union all
    select
        'O10' as check_id,
        statements.member_id,
        cast(null as string) as site_id,
        {{ month_of('statements.stated_on') }} as month,
        statements.row_id as row_ids,
        'L''année de référence ' || cast(statements.base_year as string) || ' nomme le membre ' || statements.member_id
        || ', absent du registre.' as message_fr,
        'Base year ' || cast(statements.base_year as string) || ' names member ' || statements.member_id
        || ', which is not in the register.' as message_en,
        statements.received_at
    from statements
    left join members on statements.member_id = members.member_id
    where members.member_id is null
),

found as (
    select
        due.check_id,
        due.member_id,
        cast(null as string) as site_id,
        due.month,
        due.row_ids,
        due.message_fr,
        due.message_en,
        due.received_at
    from due
    union all
    select * from unknown
    union all
    select * from unexplained
    union all
    select * from orphans
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
        cast(found.received_at as date) as first_seen_on
    from found
)

select * from final
