-- A switch past its last day has no effect: it is to be renewed with a reason, or taken out. Shows the switches that are over on the day
-- of the newest file received, and that no other switch of the same check and meter follows.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'check_switches'}}}) }}

with newest_receipt as (
    select cast(max(files.received_at) as date) as received_on
    from {{ ref('stg_ledger__files') }} as files
),

last_switches as (
    select
        switches.check_id,
        switches.meter_id,
        max(switches.expires_on) as expires_on
    from {{ ref('check_switches') }} as switches
    group by switches.check_id, switches.meter_id
)

select
    last_switches.check_id,
    last_switches.meter_id,
    last_switches.expires_on
from last_switches
cross join newest_receipt
where last_switches.expires_on < newest_receipt.received_on
