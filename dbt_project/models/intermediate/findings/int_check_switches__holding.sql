with switches as (
    select * from {{ ref('check_switches') }}
),

files as (
    select * from {{ ref('stg_ledger__files') }}
),

-- The day of the data, not of the clock: the same files give the same findings whenever they are built.
newest_receipt as (
    select cast(max(files.received_at) as date) as received_on
    from files
),

holding as (
    select
        switches.*,
        newest_receipt.received_on,
        row_number() over (
            partition by switches.check_id, switches.meter_id
            order by switches.expires_on desc, switches.switched_off_on desc
        ) as recency
    from switches
    cross join newest_receipt
    where newest_receipt.received_on between switches.switched_off_on and switches.expires_on
),

final as (
    select
        holding.check_id,
        holding.meter_id,
        holding.reason,
        holding.owner,
        holding.switched_off_on,
        holding.expires_on
    from holding
    where holding.recency = 1
)

select * from final
