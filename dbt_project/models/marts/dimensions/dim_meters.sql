with register_rows as (
    select * from {{ ref('stg_meters__meters') }}
),

standing as (
    {{ latest_by_key('register_rows', ['meter_id']) }}
),

-- A meter that another replaced is out of service from the day before, whether the register says so or not.
replaced as (
    select
        replaces_meter_id as meter_id,
        cast({{ dbt.dateadd('day', -1, 'min(opened_on)') }} as date) as closed_on
    from standing
    where replaces_meter_id is not null
    group by replaces_meter_id
),

final as (
    select
        standing.meter_id,
        standing.site_id,
        standing.carrier,
        standing.supplier,
        standing.contract_no,
        standing.subscribed_kva,
        standing.multiplier,
        standing.index_digits,
        standing.tank_capacity,
        standing.tank_capacity_unit,
        standing.replaces_meter_id,
        standing.opened_on,
        coalesce(standing.closed_on, replaced.closed_on) as closed_on,
        standing.row_id,
        standing.file_sha256,
        standing.sheet,
        standing.row_no,
        standing.received_at
    from standing
    left join replaced on standing.meter_id = replaced.meter_id
)

select * from final
