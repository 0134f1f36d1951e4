-- A day of a meter is counted once, by its total or its parts, unless a finding says which bills share it. Shows the pairs of lines.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_findings'}}}) }}

with counted_lines as (
    select *
    from {{ ref('int_energy_bills__classified') }}
    where outcome = 'counted' and bill_type <> 'credit_note' and meter_id is not null
),

overlap_findings as (
    select
        findings.member_id,
        findings.meter_id,
        findings.row_ids
    from {{ ref('rpt_findings') }} as findings
    where findings.check_id in ('B01', 'B09')
)

select
    earlier.member_id,
    earlier.meter_id,
    earlier.row_id,
    later.row_id as other_row_id
from counted_lines as earlier
inner join counted_lines as later
    on
        earlier.member_id = later.member_id
        and earlier.meter_id = later.meter_id
        and earlier.component = later.component
        and (earlier.register = later.register or earlier.register = 'total' or later.register = 'total')
        and earlier.row_id < later.row_id
        and earlier.period_start <= later.period_end
        and earlier.period_end >= later.period_start
left join overlap_findings
    on
        earlier.member_id = overlap_findings.member_id
        and earlier.meter_id = overlap_findings.meter_id
        and overlap_findings.row_ids like '%' || earlier.row_id || '%'
        and overlap_findings.row_ids like '%' || later.row_id || '%'
where
    overlap_findings.row_ids is null
    and not (
        earlier.supplier = later.supplier
        and earlier.bill_no = later.bill_no
        and earlier.line_no is not null
        and later.line_no is not null
    )
