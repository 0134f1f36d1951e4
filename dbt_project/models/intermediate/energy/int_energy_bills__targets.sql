{{ config(materialized='table') }}

with standing as (
    select *
    from {{ ref('int_energy_bills__versions') }}
    where version_outcome is null
),

successions as (
    select * from {{ ref('supplier_successions') }}
),

-- Whose bills a supplier speaks of: its own first, then those of the companies that it took over.
reach as (
    select distinct
        standing.supplier_key,
        standing.supplier_key as reached_key,
        0 as hops
    from standing
    union distinct
    select
        {{ supplier_key('successions.successor') }} as supplier_key,
        {{ supplier_key('successions.predecessor') }} as reached_key,
        1 as hops
    from successions
),

bills as (
    select
        standing.member_id,
        standing.supplier_key,
        standing.bill_no,
        standing.bill_key,
        max(case when standing.bill_type = 'credit_note' then 1 else 0 end) as is_credit,
        max(case when standing.corrects_bill_no = standing.bill_no then 1 else 0 end) as is_on_itself,
        min(standing.issued_on) as issued_on
    from standing
    where standing.bill_type <> 'void'
    group by standing.member_id, standing.supplier_key, standing.bill_no, standing.bill_key
),

naming as (
    select
        standing.row_id,
        standing.member_id,
        standing.supplier_key,
        standing.bill_key,
        standing.bill_type,
        standing.issued_on,
        case when standing.bill_type = 'void' then coalesce(standing.corrects_bill_no, standing.bill_no) else standing.corrects_bill_no end
            as named_bill_no
    from standing
    where standing.bill_type in ('corrective', 'credit_note', 'void')
),

-- A void takes back all that was issued under a number until then; a correction and a credit note speak of one bill.
candidates as (
    select
        naming.row_id,
        naming.bill_key,
        naming.bill_type,
        bills.bill_key as target_bill_key,
        row_number() over (
            partition by naming.row_id, case when naming.bill_type = 'void' then bills.bill_key end
            order by reach.hops, bills.is_on_itself, reach.reached_key, bills.bill_key
        ) as choice
    from naming
    inner join reach on naming.supplier_key = reach.supplier_key
    inner join bills
        on
            naming.member_id = bills.member_id
            and naming.named_bill_no = bills.bill_no
            and reach.reached_key = bills.supplier_key
            and naming.bill_key <> bills.bill_key
    where
        naming.bill_type = 'corrective'
        or (naming.bill_type = 'credit_note' and bills.is_credit = 0)
        or (naming.bill_type = 'void' and coalesce(bills.issued_on <= naming.issued_on, true))
),

final as (
    select
        candidates.row_id,
        candidates.bill_key,
        candidates.bill_type,
        candidates.target_bill_key
    from candidates
    where candidates.choice = 1
)

select * from final
