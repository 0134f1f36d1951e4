with meter_months as (
    select * from {{ ref('int_meter_months__used') }}
),

parameters as (
    select
        {{ quality_parameter('gap_lower_percentile') }} as lower_percentile,
        {{ quality_parameter('gap_upper_percentile') }} as upper_percentile
    from {{ ref('data_quality_parameters') }}
),

-- A month billed in part says less about a day than one billed whole.
whole_months as (
    select
        meter_months.member_id,
        meter_months.meter_id,
        meter_months.gj_per_day,
        row_number() over (
            partition by meter_months.member_id, meter_months.meter_id
            order by meter_months.gj_per_day, meter_months.month
        ) as position,
        count(*) over (partition by meter_months.member_id, meter_months.meter_id) as observations
    from meter_months
    where meter_months.is_whole and meter_months.gj_per_day is not null
),

-- The nearest rank: the smallest value that at least so many percent of the months do not exceed.
final as (
    select
        whole_months.member_id,
        whole_months.meter_id,
        cast(max(whole_months.observations) as int) as observations,
        max(
            case
                when 100 * (whole_months.position - 1) < parameters.lower_percentile * whole_months.observations
                    then whole_months.gj_per_day
            end
        ) as lower_gj_per_day,
        max(
            case
                when 100 * (whole_months.position - 1) < parameters.upper_percentile * whole_months.observations
                    then whole_months.gj_per_day
            end
        ) as upper_gj_per_day
    from whole_months
    cross join parameters
    group by whole_months.member_id, whole_months.meter_id
)

select * from final
