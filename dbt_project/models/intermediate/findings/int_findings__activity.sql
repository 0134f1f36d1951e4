{#- Iglewicz and Hoaglin (1993): the median of the distances is 0.6745 standard deviations of a normal distribution. -#}
{%- set mad_of_normal = "cast('0.6745' as decimal(20, 4))" -%}

with meter_months as (
    select * from {{ ref('int_meter_months__used') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

production as (
    select * from {{ ref('fct_production') }}
),

production_records as (
    select * from {{ ref('stg_production__records') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- What a meter reads every month; deliveries say when fuel came, not when it was used.
read_carriers as (
    select carriers.carrier
    from carriers
    where carriers.kind <> 'fuel' or carriers.carrier = 'natural_gas'
),

production_months as (
    select
        production.member_id,
        production.site_id,
        production.month,
        sum(production.quantity) as quantity,
        case when count(*) = count(production.quantity_t) then cast(sum(production.quantity_t) as decimal(18, 6)) end as quantity_t,
        case when count(distinct production.unit) = 1 then max(production.unit) end as unit,
        {{ sorted_list('production.row_ids') }} as row_ids
    from production
    group by production.member_id, production.site_id, production.month
),

last_receipts as (
    select
        production_records.member_id,
        production_records.site_id,
        max(production_records.received_at) as last_received_at
    from production_records
    group by production_records.member_id, production_records.site_id
),

-- B21: use against production in whole months on readings. The sun does not follow production.
points as (
    select
        meter_months.*,
        production_months.quantity_t
    from meter_months
    inner join production_months
        on
            meter_months.member_id = production_months.member_id
            and meter_months.site_id = production_months.site_id
            and meter_months.month = production_months.month
    inner join read_carriers on meter_months.carrier = read_carriers.carrier
    where
        meter_months.is_whole
        and not meter_months.is_estimated
        and meter_months.energy_gj >= 0
        and production_months.quantity_t >= 0
        and meter_months.carrier <> 'electricity_self_generated'
),

-- The line of Theil and Sen: the median of the slopes between any two months, at least a tonne apart.
slopes_of_pairs as (
    select
        earlier.member_id,
        earlier.meter_id,
        cast({{ decimal_divide(
            '(later.energy_gj - earlier.energy_gj) * cast(1000 as decimal(20, 0))',
            'later.quantity_t - earlier.quantity_t', 6
        ) }} as decimal(18, 6)) as mj_per_t
    from points as earlier
    inner join points as later
        on
            earlier.member_id = later.member_id
            and earlier.meter_id = later.meter_id
            and earlier.month < later.month
            and abs(later.quantity_t - earlier.quantity_t) >= 1
),

slopes as (
    {{ exact_medians('slopes_of_pairs', 'mj_per_t', ['member_id', 'meter_id']) }}
),

above_slope as (
    select
        points.*,
        cast({{ round_half_up(
            "cast(slopes.median_value as decimal(24, 6)) * points.quantity_t * cast('0.001' as decimal(3, 3))"
        ) }} as decimal(18, 6)) as gj_of_production
    from points
    inner join slopes on points.member_id = slopes.member_id and points.meter_id = slopes.meter_id
),

offsets as (
    select
        above_slope.*,
        cast(above_slope.energy_gj - above_slope.gj_of_production as decimal(18, 6)) as gj_beside_production
    from above_slope
),

base_loads as (
    {{ exact_medians('offsets', 'gj_beside_production', ['member_id', 'meter_id']) }}
),

residuals as (
    select
        offsets.*,
        base_loads.observations,
        cast(greatest(offsets.gj_of_production + base_loads.median_value, 0) as decimal(18, 6)) as expected_gj,
        cast(offsets.gj_beside_production - base_loads.median_value as decimal(18, 6)) as residual_gj,
        cast(abs(offsets.gj_beside_production - base_loads.median_value) as decimal(18, 6)) as distance_gj
    from offsets
    inner join base_loads on offsets.member_id = base_loads.member_id and offsets.meter_id = base_loads.meter_id
),

spreads as (
    {{ exact_medians('residuals', 'distance_gj', ['member_id', 'meter_id']) }}
),

-- A meter that always follows production closely must not be told of each small difference: the distance has a minimum too.
far_months as (
    select
        residuals.*,
        {{ decimal_divide(mad_of_normal ~ ' * residuals.residual_gj', 'spreads.median_value', 1) }} as z_score
    from residuals
    inner join spreads on residuals.member_id = spreads.member_id and residuals.meter_id = spreads.meter_id
    inner join checks on checks.check_id = 'B21'
    where
        residuals.observations >= checks.minimum_count
        and cast(residuals.distance_gj as decimal(24, 6)) * 100
        >= residuals.expected_gj * cast(checks.minimum_value as decimal(20, 6))
        and residuals.distance_gj * {{ mad_of_normal }} > spreads.median_value * cast(checks.threshold as decimal(20, 6))
),

-- What the same month of the year before or after shows too is the season.
outliers as (
    select far_months.*
    from far_months
    left join far_months as other_year
        on
            far_months.member_id = other_year.member_id
            and far_months.meter_id = other_year.meter_id
            and sign(far_months.residual_gj) = sign(other_year.residual_gj)
            and abs({{ dbt.datediff('far_months.month', 'other_year.month', 'month') }}) = 12
    where other_year.meter_id is null
),

-- B34: the energy of site-months, and of it what meters read.
energy_months as (
    select
        energy_use.member_id,
        energy_use.site_id,
        energy_use.month,
        sum(case when read_carriers.carrier is not null then energy_use.energy_gj end) as read_gj,
        {{ sorted_list('case when read_carriers.carrier is not null then energy_use.row_id end') }} as row_ids,
        {{ sorted_list('case when read_carriers.carrier is not null then energy_use.bill_no end', ', ') }} as bill_nos,
        max(bill_lines.received_at) as last_received_at
    from energy_use
    inner join bill_lines on energy_use.row_id = bill_lines.row_id
    left join read_carriers on energy_use.carrier = read_carriers.carrier
    group by energy_use.member_id, energy_use.site_id, energy_use.month
),

read_while_producing as (
    select
        energy_months.member_id,
        energy_months.site_id,
        cast(energy_months.read_gj as decimal(18, 6)) as read_gj
    from energy_months
    inner join production_months
        on
            energy_months.member_id = production_months.member_id
            and energy_months.site_id = production_months.site_id
            and energy_months.month = production_months.month
    where production_months.quantity > 0 and energy_months.read_gj > 0
),

usual_energy as (
    {{ exact_medians('read_while_producing', 'read_gj', ['member_id', 'site_id']) }}
),

calendars_of_production as (
    select
        production_months.member_id,
        production_months.site_id,
        min(production_months.month) as first_month,
        max(production_months.month) as last_month
    from production_months
    group by production_months.member_id, production_months.site_id
),

-- Between the first and the last month that a site stated, a month without a statement made nothing that is known.
idle_months as (
    select
        energy_months.*,
        usual_energy.median_value,
        production_months.row_ids as production_row_ids
    from energy_months
    inner join calendars_of_production
        on
            energy_months.member_id = calendars_of_production.member_id
            and energy_months.site_id = calendars_of_production.site_id
            and energy_months.month between calendars_of_production.first_month and calendars_of_production.last_month
    inner join usual_energy
        on energy_months.member_id = usual_energy.member_id and energy_months.site_id = usual_energy.site_id
    inner join checks on checks.check_id = 'B34'
    left join production_months
        on
            energy_months.member_id = production_months.member_id
            and energy_months.site_id = production_months.site_id
            and energy_months.month = production_months.month
    where
        coalesce(production_months.quantity, 0) = 0
        and usual_energy.observations >= checks.minimum_count
        and cast(energy_months.read_gj as decimal(24, 6)) * 100
        > usual_energy.median_value * cast(checks.threshold as decimal(20, 6))
),

newest_month as (
    select max(energy_use.month) as month
    from energy_use
),

-- The bills of the newest month may be on their way.
months_by_energy as (
    select
        production_months.*,
        energy_months.month is null as is_without_energy,
        sum(case when energy_months.month is null then 0 else 1 end) over (
            partition by production_months.member_id, production_months.site_id
            order by production_months.month
            rows between unbounded preceding and current row
        ) as months_with_energy
    from production_months
    inner join newest_month on production_months.month < newest_month.month
    left join energy_months
        on
            production_months.member_id = energy_months.member_id
            and production_months.site_id = energy_months.site_id
            and production_months.month = energy_months.month
    where production_months.quantity > 0
),

production_without_energy as (
    select
        months_by_energy.member_id,
        months_by_energy.site_id,
        count(*) as months,
        min(months_by_energy.month) as first_month,
        max(months_by_energy.month) as last_month,
        case
            when count(distinct months_by_energy.unit) = 1 and count(*) = count(months_by_energy.unit)
                then cast(sum(months_by_energy.quantity) as decimal(18, 6))
        end as quantity,
        max(months_by_energy.unit) as unit,
        {{ sorted_list('months_by_energy.row_ids') }} as row_ids
    from months_by_energy
    where months_by_energy.is_without_energy
    group by months_by_energy.member_id, months_by_energy.site_id, months_by_energy.months_with_energy
),

final as (
    select
        'B21' as check_id,
        outliers.member_id,
        outliers.site_id,
        outliers.meter_id,
        outliers.month,
        outliers.row_ids,
        'Compteur ' || outliers.meter_id || ', mois commençant le ' || {{ french_date('outliers.month') }} || ' : '
        || {{ french_number(round_half_up('outliers.energy_gj', 3)) }} || ' GJ pour ' || {{ french_number('outliers.quantity_t') }}
        || ' t produites, contre ' || {{ french_number(round_half_up('outliers.expected_gj', 3)) }}
        || ' GJ selon les autres mois'
        || coalesce(' (écart de ' || {{ french_number('outliers.z_score') }} || ' écarts types robustes)', '')
        || ' ; factures : ' || outliers.bill_nos || '.' as message_fr,
        'Meter ' || outliers.meter_id || ', month that begins on ' || {{ iso_date('outliers.month') }} || ': '
        || {{ number_text(round_half_up('outliers.energy_gj', 3)) }} || ' GJ for ' || {{ number_text('outliers.quantity_t') }}
        || ' t made, against ' || {{ number_text(round_half_up('outliers.expected_gj', 3)) }}
        || ' GJ by the other months'
        || coalesce(' (' || {{ number_text('outliers.z_score') }} || ' robust standard deviations away)', '')
        || '; bills: ' || outliers.bill_nos || '.' as message_en,
        cast(outliers.last_received_at as date) as first_seen_on
    from outliers
    union all
    select
        'B34' as check_id,
        idle_months.member_id,
        idle_months.site_id,
        cast(null as string) as meter_id,
        idle_months.month,
        idle_months.row_ids || coalesce(',' || idle_months.production_row_ids, '') as row_ids,
        'Site ' || idle_months.site_id || ', mois commençant le ' || {{ french_date('idle_months.month') }} || ' : '
        || case when idle_months.production_row_ids is null then 'aucune production déclarée' else 'production nulle' end
        || ', mais ' || {{ french_number(round_half_up('idle_months.read_gj', 3)) }} || ' GJ relevés, contre '
        || {{ french_number(round_half_up('idle_months.median_value', 3)) }}
        || ' pour la médiane des mois de production ; factures : ' || idle_months.bill_nos || '.' as message_fr,
        'Site ' || idle_months.site_id || ', month that begins on ' || {{ iso_date('idle_months.month') }} || ': '
        || case when idle_months.production_row_ids is null then 'no production stated' else 'zero production' end
        || ', but ' || {{ number_text(round_half_up('idle_months.read_gj', 3)) }} || ' GJ read, against '
        || {{ number_text(round_half_up('idle_months.median_value', 3)) }}
        || ' for the median of the months with production; bills: ' || idle_months.bill_nos || '.' as message_en,
        cast(idle_months.last_received_at as date) as first_seen_on
    from idle_months
    union all
    select
        'B34' as check_id,
        production_without_energy.member_id,
        production_without_energy.site_id,
        cast(null as string) as meter_id,
        production_without_energy.first_month as month,
        production_without_energy.row_ids,
        'Site ' || production_without_energy.site_id || ' : production'
        || coalesce(
            ' de ' || {{ french_number('production_without_energy.quantity') }} || ' ' || production_without_energy.unit, ''
        )
        || ' sans aucune énergie, du mois commençant le ' || {{ french_date('production_without_energy.first_month') }}
        || ' à celui commençant le ' || {{ french_date('production_without_energy.last_month') }} || ' (mois : '
        || cast(production_without_energy.months as string) || ').' as message_fr,
        'Site ' || production_without_energy.site_id || ': production'
        || coalesce(
            ' of ' || {{ number_text('production_without_energy.quantity') }} || ' ' || production_without_energy.unit, ''
        )
        || ' without any energy, from the month that begins on ' || {{ iso_date('production_without_energy.first_month') }}
        || ' to the one that begins on ' || {{ iso_date('production_without_energy.last_month') }} || ' (months: '
        || cast(production_without_energy.months as string) || ').' as message_en,
        cast(last_receipts.last_received_at as date) as first_seen_on
    from production_without_energy
    left join last_receipts
        on
            production_without_energy.member_id = last_receipts.member_id
            and production_without_energy.site_id = last_receipts.site_id
)

select * from final
