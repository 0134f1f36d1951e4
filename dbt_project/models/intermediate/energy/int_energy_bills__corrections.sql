{{ config(materialized='table') }}

with standing as (
    select *
    from {{ ref('int_energy_bills__versions') }}
    where version_outcome is null
),

targets as (
    select * from {{ ref('int_energy_bills__targets') }}
),

successions as (
    select
        {{ supplier_key('predecessor') }} as predecessor_key,
        {{ supplier_key('successor') }} as successor_key
    from {{ ref('supplier_successions') }}
),

-- A void takes back the lines of the bill on the meter that it states, and all of them where it states none.
voided as (
    select
        standing.row_id,
        standing.bill_key,
        max(voids.issued_on) as voided_on
    from standing
    inner join targets on standing.bill_key = targets.target_bill_key and targets.bill_type = 'void'
    inner join standing as voids on targets.row_id = voids.row_id
    where
        coalesce(standing.issued_on <= voids.issued_on, true)
        and coalesce(standing.meter_id = voids.meter_id, true)
    group by standing.row_id, standing.bill_key
),

voided_bills as (
    select
        voided.bill_key,
        max(voided.voided_on) as voided_on
    from voided
    group by voided.bill_key
),

valid as (
    select standing.*
    from standing
    left join voided on standing.row_id = voided.row_id
    where standing.bill_type <> 'void' and voided.row_id is null
),

-- Which bill each corrective bill replaces, and of which meters it states the energy anew.
correctives as (
    select
        valid.bill_key,
        valid.bill_no,
        targets.target_bill_key,
        max(valid.issued_on) as issued_on
    from valid
    inner join targets on valid.row_id = targets.row_id
    where valid.bill_type = 'corrective'
    group by valid.bill_key, valid.bill_no, targets.target_bill_key
),

scopes as (
    select
        valid.bill_key,
        max(case when valid.is_energy then 1 else 0 end) as has_energy,
        max(case when valid.is_energy and valid.meter_id is null then 1 else 0 end) as has_energy_without_meter
    from valid
    where valid.bill_type = 'corrective'
    group by valid.bill_key
),

meters_of_scopes as (
    select distinct
        valid.bill_key,
        valid.meter_id
    from valid
    where valid.bill_type = 'corrective' and valid.is_energy and valid.meter_id is not null
),

-- A corrective bill takes the place of the bill that it names, and of earlier corrections of the same bill.
replacements as (
    select
        correctives.target_bill_key as replaced_key,
        correctives.bill_key as replacing_key,
        correctives.issued_on as replaced_on
    from correctives
    union distinct
    select
        earlier.bill_key as replaced_key,
        later.bill_key as replacing_key,
        later.issued_on as replaced_on
    from correctives as earlier
    inner join correctives as later
        on
            earlier.target_bill_key = later.target_bill_key
            and earlier.bill_key <> later.bill_key
            and (
                earlier.issued_on < later.issued_on
                or (earlier.issued_on = later.issued_on and earlier.bill_no < later.bill_no)
            )
),

corrected as (
    select distinct valid.row_id
    from valid
    inner join replacements on valid.bill_key = replacements.replaced_key
    inner join scopes on replacements.replacing_key = scopes.bill_key
    left join meters_of_scopes
        on replacements.replacing_key = meters_of_scopes.bill_key and valid.meter_id = meters_of_scopes.meter_id
    where
        not valid.is_energy
        or scopes.has_energy_without_meter = 1
        or meters_of_scopes.meter_id is not null
        or (valid.meter_id is null and scopes.has_energy = 1)
),

-- So do the credit notes issued on that bill until then; those on a voided bill go with it.
credits as (
    select
        valid.row_id,
        valid.bill_no,
        valid.issued_on,
        valid.meter_id,
        valid.is_energy,
        valid.quantity,
        valid.gj_per_unit,
        targets.target_bill_key
    from valid
    left join targets on valid.row_id = targets.row_id
    where valid.bill_type = 'credit_note'
),

settled_credits as (
    select
        credits.row_id,
        case when max(voided_bills.voided_on) >= max(credits.issued_on) then 'voided' else 'corrected' end as outcome
    from credits
    left join voided_bills on credits.target_bill_key = voided_bills.bill_key
    left join replacements on credits.target_bill_key = replacements.replaced_key
    left join scopes on replacements.replacing_key = scopes.bill_key
    where
        credits.issued_on <= voided_bills.voided_on
        or (credits.issued_on <= replacements.replaced_on and (scopes.has_energy = 1 or not credits.is_energy))
    group by credits.row_id
),

-- The company that took over a region may bill its predecessor's days again under a number of its own.
billed_again as (
    select distinct earlier.row_id
    from valid as earlier
    inner join successions on earlier.supplier_key = successions.predecessor_key
    inner join valid as later
        on
            successions.successor_key = later.supplier_key
            and earlier.member_id = later.member_id
            and earlier.meter_id = later.meter_id
            and earlier.carrier = later.carrier
            and earlier.register = later.register
            and earlier.component = later.component
            and earlier.period_start = later.period_start
            and earlier.period_end = later.period_end
    left join corrected on later.row_id = corrected.row_id
    where
        earlier.is_energy
        and earlier.bill_type <> 'credit_note'
        and later.bill_type <> 'credit_note'
        and (earlier.is_estimated or not later.is_estimated)
        and corrected.row_id is null
),

-- A bill and its corrections are a family, known by the bill at its root; three corrections of corrections are followed.
parents as (
    select
        correctives.bill_key,
        min(correctives.target_bill_key) as parent_key
    from correctives
    group by correctives.bill_key
),

family_0 as (
    select distinct
        valid.bill_key,
        valid.bill_key as family_key
    from valid
),

{% for hop in range(1, 4) -%}
family_{{ hop }} as (
    select
        family_{{ hop - 1 }}.bill_key,
        coalesce(parents.parent_key, family_{{ hop - 1 }}.family_key) as family_key
    from family_{{ hop - 1 }}
    left join parents on family_{{ hop - 1 }}.family_key = parents.bill_key
),

{% endfor -%}
-- What is billed and what is credited, in GJ, so that units do not matter.
energy_lines as (
    select
        coalesce(family_3.family_key, valid.bill_key) as family_key,
        valid.meter_id,
        cast(null as string) as credit_row_id,
        cast(null as string) as credit_no,
        cast(null as date) as issued_on,
        {{ round_half_up('valid.quantity * valid.gj_per_unit') }} as billed_gj,
        cast(0 as decimal(18, 6)) as credited_gj
    from valid
    inner join family_3 on valid.bill_key = family_3.bill_key
    left join corrected on valid.row_id = corrected.row_id
    left join billed_again on valid.row_id = billed_again.row_id
    where
        valid.is_energy
        and valid.bill_type <> 'credit_note'
        and valid.repeat_outcome is null
        and corrected.row_id is null
        and billed_again.row_id is null
    union all
    select
        coalesce(family_3.family_key, credits.target_bill_key) as family_key,
        credits.meter_id,
        credits.row_id as credit_row_id,
        credits.bill_no as credit_no,
        credits.issued_on,
        cast(0 as decimal(18, 6)) as billed_gj,
        {{ round_half_up('-credits.quantity * credits.gj_per_unit') }} as credited_gj
    from credits
    left join family_3 on credits.target_bill_key = family_3.bill_key
    left join settled_credits on credits.row_id = settled_credits.row_id
    left join corrected on credits.row_id = corrected.row_id
    where
        credits.is_energy
        and credits.target_bill_key is not null
        and settled_credits.row_id is null
        and corrected.row_id is null
),

-- Each meter has its own balance, unless a line of the family does not name its meter.
balanced as (
    select
        energy_lines.*,
        case
            when min(case when energy_lines.meter_id is null then 0 else 1 end) over (partition by energy_lines.family_key) = 1
                then energy_lines.meter_id
        end as balance
    from energy_lines
),

-- Credit notes are taken in the order of their issue; 0.0036 GJ is one kilowatt hour, for what bills round.
net as (
    select
        balanced.credit_row_id,
        sum(balanced.billed_gj) over (partition by balanced.family_key, balanced.balance) as billed_gj,
        sum(balanced.credited_gj) over (
            partition by balanced.family_key, balanced.balance
            order by balanced.issued_on nulls first, balanced.credit_no nulls first
        ) as credited_gj
    from balanced
),

overdrawn as (
    select
        net.credit_row_id as row_id,
        cast(net.billed_gj as decimal(18, 6)) as billed_gj,
        cast(net.credited_gj as decimal(18, 6)) as credited_gj
    from net
    where net.credit_row_id is not null and net.credited_gj > net.billed_gj + cast('0.0036' as decimal(5, 4))
),

named as (
    select
        targets.row_id,
        min(targets.target_bill_key) as target_bill_key
    from targets
    group by targets.row_id
),

final as (
    select
        standing.row_id,
        named.target_bill_key,
        case
            when voided.row_id is not null then 'voided'
            when corrected.row_id is not null then 'corrected'
            when settled_credits.outcome is not null then settled_credits.outcome
            when billed_again.row_id is not null then 'corrected'
            when standing.bill_type in ('void', 'credit_note') and named.target_bill_key is null then 'held_out'
            when overdrawn.row_id is not null then 'held_out'
            when standing.bill_type = 'void' then 'void_statement'
        end as correction_outcome,
        case
            when voided.row_id is not null or corrected.row_id is not null or settled_credits.outcome is not null then null
            when standing.bill_type in ('void', 'credit_note') and named.target_bill_key is null then 'CREDIT_TARGET_UNKNOWN'
            when overdrawn.row_id is not null then 'NEGATIVE_NET'
        end as reason_code,
        overdrawn.billed_gj,
        overdrawn.credited_gj
    from standing
    left join named on standing.row_id = named.row_id
    left join voided on standing.row_id = voided.row_id
    left join corrected on standing.row_id = corrected.row_id
    left join settled_credits on standing.row_id = settled_credits.row_id
    left join billed_again on standing.row_id = billed_again.row_id
    left join overdrawn on standing.row_id = overdrawn.row_id
)

select * from final
