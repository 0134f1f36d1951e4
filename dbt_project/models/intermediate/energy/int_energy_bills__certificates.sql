{{ config(materialized='table') }}

with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

line_months as (
    select * from {{ ref('int_energy_bills__by_month') }}
),

certificates as (
    select *
    from {{ ref('dim_fuel_certificates') }}
    where refusal is null
),

-- The days of a line in each of its months.
uses as (
    select
        line_months.row_id,
        line_months.month,
        bill_lines.member_id,
        bill_lines.site_id,
        bill_lines.carrier,
        greatest(bill_lines.use_start, line_months.month) as first_day,
        least(bill_lines.period_end, cast({{ dbt.last_day('line_months.month', 'month') }} as date)) as last_day
    from line_months
    inner join bill_lines on line_months.row_id = bill_lines.row_id
),

speaking as (
    select
        uses.row_id,
        uses.month,
        uses.first_day,
        uses.last_day,
        certificates.certificate_id,
        certificates.valid_from,
        certificates.file_sequence,
        certificates.valid_from <= uses.first_day and certificates.valid_to >= uses.last_day as is_of_all_days
    from uses
    inner join certificates
        on
            uses.member_id = certificates.member_id
            and uses.site_id = certificates.site_id
            and uses.carrier = certificates.carrier
            and uses.last_day >= certificates.valid_from
            and uses.first_day <= certificates.valid_to
),

-- Of several that cover all days, the one that begins last stands, then the one received last.
ranked as (
    select
        speaking.*,
        row_number() over (
            partition by speaking.row_id, speaking.month
            order by
                case when speaking.is_of_all_days then 0 else 1 end asc,
                speaking.valid_from desc,
                speaking.file_sequence desc,
                speaking.certificate_id asc
        ) as standing
    from speaking
),

final as (
    select
        ranked.row_id,
        ranked.month,
        ranked.certificate_id,
        ranked.first_day,
        ranked.last_day,
        ranked.is_of_all_days,
        ranked.standing = 1 and ranked.is_of_all_days as is_used
    from ranked
)

select * from final
