{{ config(materialized='table') }}

with bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

-- Energy makes bills in different units comparable.
energy_of_lines as (
    select
        energy_use.row_id,
        case when count(*) = count(energy_use.energy_gj) then sum(energy_use.energy_gj) end as energy_gj
    from energy_use
    group by energy_use.row_id
),

-- Fees, taxes and further charges on the same quantity are part of what the bill costs; only counted lines are use.
standing_lines as (
    select
        bill_lines.*,
        bill_lines.outcome = 'counted' as is_counted,
        coalesce(
            bill_lines.amount_incl_vat, bill_lines.amount_excl_vat + bill_lines.vat_amount, bill_lines.amount_excl_vat
        ) as amount,
        energy_of_lines.energy_gj
    from bill_lines
    left join energy_of_lines on bill_lines.row_id = energy_of_lines.row_id
    where
        bill_lines.outcome in ('counted', 'not_energy', 'quantity_repeated')
        and bill_lines.meter_id is not null
),

periods as (
    select
        standing_lines.member_id,
        max(standing_lines.site_id) as site_id,
        standing_lines.meter_id,
        standing_lines.supplier,
        standing_lines.bill_no,
        standing_lines.bill_type,
        max(standing_lines.issued_on) as issued_on,
        standing_lines.period_start,
        standing_lines.period_end,
        min(case when standing_lines.is_counted then standing_lines.use_start end) as use_start,
        max(case when standing_lines.is_counted then standing_lines.carrier end) as carrier,
        -- A sum with an unknown part is unknown.
        case
            when
                sum(case when standing_lines.is_counted then 1 else 0 end)
                = count(case when standing_lines.is_counted then standing_lines.energy_gj end)
                then sum(case when standing_lines.is_counted then standing_lines.energy_gj end)
        end as energy_gj,
        case
            when
                count(distinct standing_lines.currency) = 1
                and sum(case when standing_lines.is_counted then 1 else 0 end)
                = count(case when standing_lines.is_counted then standing_lines.amount_excl_vat end)
                then sum(case when standing_lines.is_counted then standing_lines.amount_excl_vat end)
        end as energy_amount_excl_vat,
        case
            when
                count(distinct standing_lines.currency) = 1
                and sum(case when standing_lines.is_counted then 1 else 0 end)
                = count(case when standing_lines.is_counted then standing_lines.amount end)
                then sum(standing_lines.amount)
        end as amount,
        case when count(distinct standing_lines.currency) = 1 then max(standing_lines.currency) end as currency,
        max(case when standing_lines.is_counted and standing_lines.is_estimated then 1 else 0 end) = 1 as is_estimated,
        {{ sorted_list('case when standing_lines.is_counted then standing_lines.row_id end') }} as row_ids,
        max(standing_lines.received_at) as last_received_at
    from standing_lines
    group by
        standing_lines.member_id,
        standing_lines.meter_id,
        standing_lines.supplier,
        standing_lines.bill_no,
        standing_lines.bill_type,
        standing_lines.period_start,
        standing_lines.period_end
    having max(case when standing_lines.is_counted then 1 else 0 end) = 1
),

measured as (
    select
        periods.*,
        {{ dbt.datediff('periods.period_start', 'periods.period_end', 'day') }} + 1 as days,
        {{ dbt.datediff('periods.use_start', 'periods.period_end', 'day') }} + 1 as days_of_use
    from periods
),

final as (
    select
        measured.member_id,
        measured.site_id,
        measured.meter_id,
        measured.supplier,
        measured.bill_no,
        measured.bill_type,
        measured.issued_on,
        measured.period_start,
        measured.period_end,
        cast(measured.days as int) as days,
        measured.use_start,
        measured.carrier,
        carriers.kind <> 'fuel' or carriers.carrier = 'natural_gas' as is_metered,
        cast(measured.energy_gj as decimal(18, 6)) as energy_gj,
        {{ decimal_divide('cast(measured.energy_gj as decimal(18, 6))', 'cast(measured.days_of_use as decimal(18, 0))', 6) }}
            as gj_per_day,
        cast(measured.energy_amount_excl_vat as decimal(18, 6)) as energy_amount_excl_vat,
        cast(measured.amount as decimal(18, 6)) as amount,
        measured.currency,
        measured.is_estimated,
        measured.row_ids,
        measured.last_received_at
    from measured
    left join carriers on measured.carrier = carriers.carrier
)

select * from final
