with process_records as (
    select * from {{ ref('int_process_activity__classified') }}
),

multipliers as (
    select * from {{ ref('int_process_multipliers') }}
),

record_months as (
    select * from {{ ref('int_process_activity__by_month') }}
),

process_formulas as (
    select * from {{ ref('process_formulas') }}
),

process_overlaps as (
    select * from {{ ref('process_overlaps') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

emissions as (
    select * from {{ ref('fct_emissions') }}
    where activity = 'process'
),

standing_records as (
    select
        process_records.*,
        process_records.process || coalesce(' ' || process_records.material, '') as activity_text,
        {{ number_text('process_records.quantity') }} || ' ' || process_records.unit as quantity_text
    from process_records
    where process_records.outcome in ('counted', 'modifier', 'superseded_by_parameter')
),

activities as (
    select
        standing_records.activity_key,
        max(standing_records.member_id) as member_id,
        max(standing_records.site_id) as site_id,
        max(standing_records.process) as process,
        max(standing_records.material) as material,
        max(standing_records.activity_text) as activity_text,
        min(standing_records.period_start) as period_start,
        max(standing_records.period_end) as period_end,
        count(distinct standing_records.quantity_text) as quantities_stated,
        count(distinct standing_records.period_end) as ends_stated,
        {{ sorted_list('standing_records.quantity_text', ' / ') }} as quantities,
        {{ sorted_list('standing_records.row_id') }} as row_ids,
        max(standing_records.received_at) as last_received_at
    from standing_records
    group by standing_records.activity_key
),

-- P05: what a formula needs and no row states, what is not believed, and what no formula uses.
faults as (
    select
        standing_records.activity_key,
        {{ sorted_list('multipliers.missing_parameters', ', ') }} as missing_parameters,
        {{ sorted_list('multipliers.parameters_out_of_range', ', ') }} as parameters_out_of_range,
        cast(null as string) as unused_parameters
    from standing_records
    inner join multipliers on standing_records.row_id = multipliers.row_id
    where multipliers.missing_parameters is not null or multipliers.parameters_out_of_range is not null
    group by standing_records.activity_key
    union all
    select
        standing_records.activity_key,
        cast(null as string) as missing_parameters,
        cast(null as string) as parameters_out_of_range,
        {{ sorted_list('standing_records.parameter', ', ') }} as unused_parameters
    from standing_records
    where
        standing_records.outcome = 'modifier'
        and not exists (
            select 1
            from standing_records as terms
            inner join process_formulas
                on
                    terms.process = process_formulas.process
                    and coalesce(terms.parameter, '') = coalesce(process_formulas.term, '')
            where
                terms.activity_key = standing_records.activity_key
                and terms.outcome = 'counted'
                and process_formulas.parameter = standing_records.parameter
        )
    group by standing_records.activity_key
),

faults_of_activities as (
    select
        faults.activity_key,
        max(faults.missing_parameters) as missing_parameters,
        max(faults.parameters_out_of_range) as parameters_out_of_range,
        max(faults.unused_parameters) as unused_parameters
    from faults
    group by faults.activity_key
),

process_months as (
    select
        standing_records.*,
        record_months.month,
        cast({{ dbt.date_trunc('year', 'record_months.month') }} as date) as first_day_of_year
    from record_months
    inner join standing_records on record_months.row_id = standing_records.row_id
),

-- P06: a fuel whose carbon the factor of a process holds is billed at the site in the same months.
fuels_beside as (
    select
        process_months.member_id,
        process_months.site_id,
        process_months.process,
        process_months.activity_text,
        process_months.first_day_of_year,
        min(process_months.month) as first_month,
        energy_use.carrier,
        max(process_overlaps.reason_fr) as reason_fr,
        max(process_overlaps.reason_en) as reason_en,
        count(distinct process_months.month) as months,
        {{ sorted_list('process_months.row_id') }} as process_row_ids,
        {{ sorted_list('energy_use.row_id') }} as fuel_row_ids,
        max(greatest(process_months.received_at, bill_lines.received_at)) as last_received_at
    from process_months
    inner join process_overlaps
        on
            process_overlaps.kind = 'carrier'
            and process_months.process = process_overlaps.process
            and lower(coalesce(process_months.material, '')) = coalesce(process_overlaps.material, '')
    inner join energy_use
        on
            process_months.member_id = energy_use.member_id
            and process_months.site_id = energy_use.site_id
            and process_months.month = energy_use.month
            and process_overlaps.other = energy_use.carrier
    inner join bill_lines on energy_use.row_id = bill_lines.row_id
    group by
        process_months.member_id,
        process_months.site_id,
        process_months.process,
        process_months.activity_text,
        process_months.first_day_of_year,
        energy_use.carrier
),

site_fuel_years as (
    select
        energy_use.site_id,
        energy_use.carrier,
        cast({{ dbt.date_trunc('year', 'energy_use.month') }} as date) as first_day_of_year,
        cast(sum(energy_use.energy_gj) as decimal(18, 6)) as energy_gj
    from energy_use
    group by energy_use.site_id, energy_use.carrier, {{ dbt.date_trunc('year', 'energy_use.month') }}
),

-- P07: two processes of a site and year that hold the same carbon.
processes_beside as (
    select
        process_months.member_id,
        process_months.site_id,
        process_months.first_day_of_year,
        process_months.activity_text,
        other_months.activity_text as other_text,
        max(process_overlaps.reason_fr) as reason_fr,
        max(process_overlaps.reason_en) as reason_en,
        {{ sorted_list('process_months.row_id') }} as process_row_ids,
        {{ sorted_list('other_months.row_id') }} as other_row_ids,
        max(greatest(process_months.received_at, other_months.received_at)) as last_received_at
    from process_months
    inner join process_overlaps
        on
            process_overlaps.kind = 'process'
            and process_months.process = process_overlaps.process
            and (process_overlaps.material is null or lower(process_months.material) = process_overlaps.material)
    inner join process_months as other_months
        on
            process_months.site_id = other_months.site_id
            and process_months.member_id = other_months.member_id
            and process_months.first_day_of_year = other_months.first_day_of_year
            and process_overlaps.other = other_months.process
            and (
                process_overlaps.other_material is null or lower(other_months.material) = process_overlaps.other_material
            )
    group by
        process_months.member_id,
        process_months.site_id,
        process_months.first_day_of_year,
        process_months.activity_text,
        other_months.activity_text
),

-- P08: more carbon is taken off in a year (bound in urea, leaving in products) than came in. Unknown emissions say nothing.
balances as (
    select
        emissions.member_id,
        emissions.site_id,
        cast({{ dbt.date_trunc('year', 'emissions.month') }} as date) as first_day_of_year,
        case when process_records.process in ('ammonia', 'urea') then 'ammonia, urea' else 'mass_balance' end as balance,
        sum(case when emissions.co2_kg > 0 then emissions.co2_kg else 0 end) as added_kg,
        -sum(case when emissions.co2_kg < 0 then emissions.co2_kg else 0 end) as taken_kg,
        {{ sorted_list('emissions.row_id') }} as row_ids,
        max(process_records.received_at) as last_received_at
    from emissions
    inner join process_records on emissions.row_id = process_records.row_id
    where process_records.process in ('ammonia', 'urea', 'mass_balance_in', 'mass_balance_out')
    group by
        emissions.member_id,
        emissions.site_id,
        {{ dbt.date_trunc('year', 'emissions.month') }},
        case when process_records.process in ('ammonia', 'urea') then 'ammonia, urea' else 'mass_balance' end
    having sum(emissions.co2_kg) < 0 and count(emissions.co2_kg) = count(*)
),

-- P09: two records of one process and material that share days. Leaks are events and may.
activities_twice as (
    select
        earlier.member_id,
        earlier.site_id,
        earlier.activity_text,
        earlier.quantities as quantities_a,
        later.quantities as quantities_b,
        later.period_start as first_day,
        least(earlier.period_end, later.period_end) as last_day,
        earlier.row_ids || ',' || later.row_ids as row_ids,
        greatest(earlier.last_received_at, later.last_received_at) as last_received_at
    from activities as earlier
    inner join activities as later
        on
            earlier.member_id = later.member_id
            and earlier.site_id = later.site_id
            and earlier.process = later.process
            and lower(coalesce(earlier.material, '')) = lower(coalesce(later.material, ''))
            and earlier.period_start < later.period_start
            and earlier.period_end >= later.period_start
    where earlier.process not like '%_leak'
),

final as (
    select
        'P04' as check_id,
        activities.member_id,
        activities.site_id,
        cast(null as string) as meter_id,
        {{ month_of('activities.period_start') }} as month,
        activities.row_ids,
        'Procédé ' || activities.activity_text || ', période commençant le ' || {{ french_date('activities.period_start') }}
        || case
            when activities.quantities_stated > 1
                then ' : les lignes disent ' || replace(activities.quantities, '.', ',')
            else ' : les lignes ne finissent pas le même jour'
        end || '. Chaque ligne compte avec ce qu''elle dit.' as message_fr,
        'Process ' || activities.activity_text || ', period that begins on ' || {{ iso_date('activities.period_start') }}
        || case
            when activities.quantities_stated > 1 then ': the rows say ' || activities.quantities
            else ': the rows do not end on the same day'
        end || '. Each row counts with what it says.' as message_en,
        cast(activities.last_received_at as date) as first_seen_on
    from activities
    where activities.quantities_stated > 1 or activities.ends_stated > 1
    union all
    select
        'P05' as check_id,
        activities.member_id,
        activities.site_id,
        cast(null as string) as meter_id,
        {{ month_of('activities.period_start') }} as month,
        activities.row_ids,
        'Procédé ' || activities.activity_text || ', période commençant le ' || {{ french_date('activities.period_start') }}
        || ', ' || replace(activities.quantities, '.', ',') || coalesce(' ; manquant : ' || faults_of_activities.missing_parameters, '')
        || coalesce(' ; vide ou hors de la plage : ' || faults_of_activities.parameters_out_of_range, '')
        || coalesce(' ; sans emploi : ' || faults_of_activities.unused_parameters, '') || '.' as message_fr,
        'Process ' || activities.activity_text || ', period that begins on ' || {{ iso_date('activities.period_start') }}
        || ', ' || activities.quantities || coalesce('; missing: ' || faults_of_activities.missing_parameters, '')
        || coalesce('; empty or out of range: ' || faults_of_activities.parameters_out_of_range, '')
        || coalesce('; used by no formula: ' || faults_of_activities.unused_parameters, '') || '.' as message_en,
        cast(activities.last_received_at as date) as first_seen_on
    from activities
    inner join faults_of_activities on activities.activity_key = faults_of_activities.activity_key
    union all
    select
        'P06' as check_id,
        fuels_beside.member_id,
        fuels_beside.site_id,
        cast(null as string) as meter_id,
        fuels_beside.first_month as month,
        fuels_beside.process_row_ids || ',' || fuels_beside.fuel_row_ids as row_ids,
        'Site ' || fuels_beside.site_id || ', année ' || substr({{ iso_date('fuels_beside.first_day_of_year') }}, 1, 4) || ' : '
        || fuels_beside.activity_text || ' et ' || fuels_beside.carrier || ' (' || {{ french_number('site_fuel_years.energy_gj') }}
        || ' GJ facturés) comptent ensemble dans ' || cast(fuels_beside.months as string) || ' mois ; '
        || fuels_beside.reason_fr || '.' as message_fr,
        'Site ' || fuels_beside.site_id || ', year ' || substr({{ iso_date('fuels_beside.first_day_of_year') }}, 1, 4) || ': '
        || fuels_beside.activity_text || ' and ' || fuels_beside.carrier || ' (' || {{ number_text('site_fuel_years.energy_gj') }}
        || ' GJ billed) count together in ' || cast(fuels_beside.months as string) || ' months; '
        || fuels_beside.reason_en || '.' as message_en,
        cast(fuels_beside.last_received_at as date) as first_seen_on
    from fuels_beside
    inner join site_fuel_years
        on
            fuels_beside.site_id = site_fuel_years.site_id
            and fuels_beside.carrier = site_fuel_years.carrier
            and fuels_beside.first_day_of_year = site_fuel_years.first_day_of_year
    union all
    select
        'P07' as check_id,
        processes_beside.member_id,
        processes_beside.site_id,
        cast(null as string) as meter_id,
        processes_beside.first_day_of_year as month,
        processes_beside.process_row_ids || ',' || processes_beside.other_row_ids as row_ids,
        'Site ' || processes_beside.site_id || ', année '
        || substr({{ iso_date('processes_beside.first_day_of_year') }}, 1, 4) || ' : ' || processes_beside.activity_text || ' et '
        || processes_beside.other_text || ' comptent ensemble ; ' || processes_beside.reason_fr || '.' as message_fr,
        'Site ' || processes_beside.site_id || ', year '
        || substr({{ iso_date('processes_beside.first_day_of_year') }}, 1, 4) || ': ' || processes_beside.activity_text || ' and '
        || processes_beside.other_text || ' count together; ' || processes_beside.reason_en || '.' as message_en,
        cast(processes_beside.last_received_at as date) as first_seen_on
    from processes_beside
    union all
    select
        'P08' as check_id,
        balances.member_id,
        balances.site_id,
        cast(null as string) as meter_id,
        balances.first_day_of_year as month,
        balances.row_ids,
        'Site ' || balances.site_id || ', année ' || substr({{ iso_date('balances.first_day_of_year') }}, 1, 4) || ', '
        || balances.balance || ' : ' || {{ french_number('balances.taken_kg') }} || ' kg de CO2 retirés, mais '
        || {{ french_number('balances.added_kg') }} || ' kg entrés.' as message_fr,
        'Site ' || balances.site_id || ', year ' || substr({{ iso_date('balances.first_day_of_year') }}, 1, 4) || ', '
        || balances.balance || ': ' || {{ number_text('balances.taken_kg') }} || ' kg of CO2 taken off, but '
        || {{ number_text('balances.added_kg') }} || ' kg that came in.' as message_en,
        cast(balances.last_received_at as date) as first_seen_on
    from balances
    union all
    select
        'P09' as check_id,
        activities_twice.member_id,
        activities_twice.site_id,
        cast(null as string) as meter_id,
        {{ month_of('activities_twice.first_day') }} as month,
        activities_twice.row_ids,
        'Procédé ' || activities_twice.activity_text || ' : deux déclarations (' || replace(activities_twice.quantities_a, '.', ',')
        || ' et ' || replace(activities_twice.quantities_b, '.', ',') || ') couvrent la période du '
        || {{ french_date('activities_twice.first_day') }} || ' au ' || {{ french_date('activities_twice.last_day') }}
        || '.' as message_fr,
        'Process ' || activities_twice.activity_text || ': two records (' || activities_twice.quantities_a || ' and '
        || activities_twice.quantities_b || ') cover ' || {{ iso_date('activities_twice.first_day') }} || ' to '
        || {{ iso_date('activities_twice.last_day') }} || '.' as message_en,
        cast(activities_twice.last_received_at as date) as first_seen_on
    from activities_twice
)

select * from final
