{%- set text = dbt.type_string() -%}

with expected_months as (
    select * from {{ ref('int_meter_months__expected') }}
),

meters as (
    select * from {{ ref('dim_meters') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

conversions as (
    select * from {{ ref('int_carrier_conversions') }}
),

use_per_day as (
    select * from {{ ref('int_meters__use_per_day') }}
),

emission_rates as (
    select * from {{ ref('int_emission_rates') }}
),

holdings as (
    select * from {{ ref('int_site_holdings') }}
),

parameters as (
    select
        {{ quality_parameter('gap_minimum_observations') }} as minimum_observations,
        {{ quality_parameter('hours_per_day') }} as hours_per_day,
        {{ quality_parameter('subscribed_power_factor') }} as kw_per_kva
    from {{ ref('data_quality_parameters') }}
),

kilowatt_hour as (
    select conversions.gj_per_unit
    from conversions
    where conversions.carrier = 'electricity' and conversions.unit = 'kWh'
),

measures as (
    select
        1 as scope,
        'scope1' as measure
    union all
    select
        2 as scope,
        'scope2_location' as measure
    union all
    select
        2 as scope,
        'scope2_market' as measure
),

missing_months as (
    select
        expected_months.member_id,
        meters.site_id,
        expected_months.meter_id,
        meters.carrier,
        expected_months.month,
        {{ year_of('expected_months.month') }} as year,
        expected_months.days_expected,
        carriers.scope,
        coalesce(use_per_day.observations, 0) as observations,
        case
            when use_per_day.observations >= parameters.minimum_observations then 'own_history'
            when meters.carrier = 'electricity' and meters.subscribed_kva is not null then 'subscribed_power'
            else 'unknown'
        end as rule,
        use_per_day.lower_gj_per_day,
        use_per_day.upper_gj_per_day,
        cast(meters.subscribed_kva as decimal(24, 6)) * cast(parameters.kw_per_kva as decimal(6, 3)) as subscribed_kw,
        cast(parameters.hours_per_day as int) as hours_per_day
    from expected_months
    cross join parameters
    inner join meters on expected_months.meter_id = meters.meter_id
    inner join carriers on meters.carrier = carriers.carrier
    left join use_per_day
        on expected_months.member_id = use_per_day.member_id and expected_months.meter_id = use_per_day.meter_id
    where not expected_months.is_present
),

bounded_energy as (
    select
        missing_months.*,
        cast(
            case
                when missing_months.rule = 'own_history' then greatest(missing_months.lower_gj_per_day, 0) * missing_months.days_expected
                else 0
            end as decimal(18, 6)
        ) as lower_gj,
        cast(
            case missing_months.rule
                when 'own_history' then greatest(missing_months.upper_gj_per_day, 0) * missing_months.days_expected
                when 'subscribed_power'
                    then {{ round_half_up(
                        'missing_months.subscribed_kw * missing_months.hours_per_day * missing_months.days_expected'
                        ~ ' * cast(kilowatt_hour.gj_per_unit as decimal(9, 6))'
                    ) }}
            end as decimal(18, 6)
        ) as upper_gj
    from missing_months
    left join kilowatt_hour on missing_months.rule = 'subscribed_power'
),

-- The largest and the smallest share of the site that the member may consolidate in the month; an unknown one lies between 0 and 1.
shares as (
    select
        bounded_energy.meter_id,
        bounded_energy.month,
        min(coalesce({{ consolidated_share('members.consolidation_approach', 'holdings') }}, 0)) as lower_share,
        max(coalesce({{ consolidated_share('members.consolidation_approach', 'holdings') }}, 1)) as upper_share
    from bounded_energy
    inner join members on bounded_energy.member_id = members.member_id
    inner join holdings
        on
            bounded_energy.member_id = holdings.member_id
            and bounded_energy.site_id = holdings.site_id
            and cast({{ dbt.last_day('bounded_energy.month', 'month') }} as date) >= holdings.valid_from
            and bounded_energy.month <= holdings.valid_to
    group by bounded_energy.meter_id, bounded_energy.month
),

-- The member's own rates of the carrier and year, or those of the whole association where it has none.
bounded_emissions as (
    select
        bounded_energy.*,
        measures.measure,
        cast(coalesce(shares.lower_share, 0) as decimal(18, 12)) as lower_share,
        cast(coalesce(shares.upper_share, 0) as decimal(18, 12)) as upper_share,
        {{ round_half_up(
            'cast(bounded_energy.lower_gj as decimal(20, 6)) * greatest(coalesce(own_rates.lower_kgco2e_per_gj, all_rates.lower_kgco2e_per_gj, 0), 0)'
        ) }} as lower_kgco2e,
        {{ round_half_up(
            'cast(bounded_energy.upper_gj as decimal(20, 6)) * coalesce(own_rates.upper_kgco2e_per_gj, all_rates.upper_kgco2e_per_gj)'
        ) }} as upper_kgco2e
    from bounded_energy
    inner join measures on bounded_energy.scope = measures.scope
    left join shares on bounded_energy.meter_id = shares.meter_id and bounded_energy.month = shares.month
    left join emission_rates as own_rates
        on
            bounded_energy.member_id = own_rates.member_id
            and bounded_energy.carrier = own_rates.carrier
            and bounded_energy.year = own_rates.year
            and measures.measure = own_rates.measure
    left join emission_rates as all_rates
        on
            all_rates.member_id is null
            and bounded_energy.carrier = all_rates.carrier
            and bounded_energy.year = all_rates.year
            and measures.measure = all_rates.measure
),

final as (
    select
        {{ surrogate_key(['bounded_emissions.meter_id', 'bounded_emissions.month', 'bounded_emissions.measure']) }} as gap_id,
        bounded_emissions.member_id,
        bounded_emissions.site_id,
        bounded_emissions.meter_id,
        bounded_emissions.carrier,
        bounded_emissions.month,
        bounded_emissions.measure,
        bounded_emissions.days_expected,
        cast(bounded_emissions.observations as int) as observations,
        cast(bounded_emissions.rule as {{ text }}) as rule,
        bounded_emissions.lower_gj,
        bounded_emissions.upper_gj,
        bounded_emissions.lower_kgco2e,
        bounded_emissions.upper_kgco2e,
        {{ consolidated('bounded_emissions.lower_kgco2e', 'bounded_emissions.lower_share') }} as consolidated_lower_kgco2e,
        {{ consolidated('bounded_emissions.upper_kgco2e', 'bounded_emissions.upper_share') }} as consolidated_upper_kgco2e
    from bounded_emissions
)

select * from final
