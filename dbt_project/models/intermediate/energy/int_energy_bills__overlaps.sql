{{ config(materialized='table') }}

with versions as (
    select * from {{ ref('int_energy_bills__versions') }}
),

corrections as (
    select * from {{ ref('int_energy_bills__corrections') }}
),

superseded_estimates as (
    select * from {{ ref('int_energy_bills__estimates') }}
),

checks as (
    select *
    from {{ ref('checks') }}
    where check_id = 'B09'
),

-- Lines that would count. A corrective bill goes first, then a reading before an estimate, then what was issued first.
ranked as (
    select
        versions.row_id,
        versions.member_id,
        versions.meter_id,
        versions.carrier,
        versions.register,
        versions.component,
        versions.bill_key,
        versions.bill_no,
        versions.line_no,
        versions.period_start,
        versions.period_end,
        row_number() over (
            partition by versions.member_id, versions.meter_id
            order by
                case versions.bill_type when 'corrective' then 0 else 1 end,
                case when versions.is_estimated then 1 else 0 end,
                versions.issued_on,
                versions.file_sequence,
                versions.row_id
        ) as precedence
    from versions
    left join corrections on versions.row_id = corrections.row_id
    left join superseded_estimates on versions.row_id = superseded_estimates.row_id
    where
        versions.version_outcome is null
        and corrections.correction_outcome is null
        and superseded_estimates.row_id is null
        and versions.repeat_outcome is null
        and versions.is_energy
        and versions.meter_id is not null
        and versions.bill_type <> 'credit_note'
),

-- Many suppliers print the day of the reading in both bills: that one day is found, and counted.
final as (
    select
        later.row_id,
        min(earlier.bill_no) as other_bill_no,
        min(greatest(earlier.period_start, later.period_start)) as first_day,
        max(least(earlier.period_end, later.period_end)) as last_day
    from ranked as earlier
    inner join ranked as later
        on
            earlier.member_id = later.member_id
            and earlier.meter_id = later.meter_id
            and earlier.carrier = later.carrier
            and earlier.component = later.component
            and (earlier.register = later.register or earlier.register = 'total' or later.register = 'total')
            and earlier.precedence < later.precedence
            and earlier.period_start <= later.period_end
            and earlier.period_end >= later.period_start
    cross join checks
    where
        not (earlier.bill_key = later.bill_key and earlier.line_no is not null and later.line_no is not null)
        and {{ dbt.datediff(
            'greatest(earlier.period_start, later.period_start)', 'least(earlier.period_end, later.period_end)', 'day'
        ) }} + 1 >= checks.threshold_upper
    group by later.row_id
)

select * from final
