{{ config(materialized='table') }}

with received as (
    select * from {{ ref('int_energy_bills__received') }}
),

-- What nobody has confirmed is no history of a meter.
unconfirmed as (
    select row_id
    from {{ ref('int_rows_to_confirm') }}
    where feed = 'energy_bills' and coalesce(decision <> 'accept', true)
),

bill_lines as (
    select received.*
    from received
    left join unconfirmed on received.row_id = unconfirmed.row_id
    where
        unconfirmed.row_id is null
        and received.is_energy
        and received.meter_id is not null
        and received.bill_type <> 'credit_note'
        and not received.is_negative_correction
        and received.gj_per_unit is not null
),

checks as (
    select *
    from {{ ref('checks') }}
    where check_id = 'B28'
),

-- One use of a register, whatever the lines and units in which a bill states it.
uses as (
    select
        bill_lines.member_id,
        bill_lines.meter_id,
        bill_lines.register,
        bill_lines.supplier_key,
        bill_lines.bill_no,
        bill_lines.period_start,
        bill_lines.period_end,
        bill_lines.file_sha256,
        cast(sum({{ round_half_up('bill_lines.quantity * bill_lines.gj_per_unit') }}) as decimal(18, 6)) as energy_gj,
        cast({{ dbt.datediff('bill_lines.period_start', 'bill_lines.period_end', 'day') }} + 1 as decimal(18, 0)) as days
    from bill_lines
    group by
        bill_lines.member_id,
        bill_lines.meter_id,
        bill_lines.register,
        bill_lines.supplier_key,
        bill_lines.bill_no,
        bill_lines.period_start,
        bill_lines.period_end,
        bill_lines.file_sha256
    having sum({{ round_half_up('bill_lines.quantity * bill_lines.gj_per_unit') }}) > 0 and bill_lines.period_end >= bill_lines.period_start
),

uses_per_day as (
    select
        uses.*,
        {{ decimal_divide('uses.energy_gj', 'uses.days', 6) }} as gj_per_day
    from uses
),

medians as (
    {{ exact_medians('uses_per_day', 'gj_per_day', ['member_id', 'meter_id', 'register']) }}
),

-- DuckDB multiplies two DECIMAL(18, x) within 18 digits; a wider factor makes room for the product.
slips as (
    select
        uses_per_day.*,
        medians.median_value as median_gj_per_day,
        uses_per_day.gj_per_day > medians.median_value as is_above
    from uses_per_day
    inner join medians
        on
            uses_per_day.member_id = medians.member_id
            and uses_per_day.meter_id = medians.meter_id
            and uses_per_day.register = medians.register
    cross join checks
    where
        medians.observations >= checks.minimum_count
        and (
            uses_per_day.gj_per_day >= cast(medians.median_value as decimal(19, 6)) * checks.threshold
            or medians.median_value >= cast(uses_per_day.gj_per_day as decimal(19, 6)) * checks.threshold
        )
        and medians.median_value > 0
),

final as (
    select
        bill_lines.row_id,
        bill_lines.member_id,
        bill_lines.site_id,
        bill_lines.meter_id,
        bill_lines.register,
        bill_lines.bill_no,
        bill_lines.period_start,
        bill_lines.period_end,
        bill_lines.received_at,
        slips.gj_per_day,
        slips.median_gj_per_day,
        slips.is_above
    from slips
    inner join bill_lines
        on
            slips.member_id = bill_lines.member_id
            and slips.meter_id = bill_lines.meter_id
            and slips.register = bill_lines.register
            and slips.supplier_key = bill_lines.supplier_key
            and slips.bill_no = bill_lines.bill_no
            and slips.period_start = bill_lines.period_start
            and slips.period_end = bill_lines.period_end
            and slips.file_sha256 = bill_lines.file_sha256
)

select * from final
