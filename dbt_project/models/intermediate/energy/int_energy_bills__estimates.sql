with standing as (
    select
        versions.*,
        corrections.target_bill_key
    from {{ ref('int_energy_bills__versions') }} as versions
    inner join {{ ref('int_energy_bills__corrections') }} as corrections on versions.row_id = corrections.row_id
    where corrections.correction_outcome is null and versions.is_energy
),

estimates as (
    select *
    from standing
    where is_estimated and bill_type <> 'credit_note' and meter_id is not null
),

readings as (
    select
        standing.*,
        {{ index_consumption('standing.index_start', 'standing.index_end', 'standing.multiplier') }} as index_difference
    from standing
    where
        not standing.is_estimated
        and standing.bill_type in ('invoice', 'corrective')
        and standing.meter_id is not null
),

-- An estimate gives way to a bill on readings of the same meter that covers its days, whichever came first and whoever billed.
pairs as (
    select
        estimates.row_id,
        estimates.bill_key,
        estimates.period_start,
        estimates.index_start,
        readings.row_id as reading_row_id,
        readings.period_start as reading_start,
        readings.period_end as reading_end,
        readings.index_start as reading_index_start,
        readings.index_end as reading_index_end,
        estimates.period_start >= readings.period_start and estimates.period_end <= readings.period_end as is_covered,
        estimates.register = readings.register
        and coalesce(abs(readings.index_difference - readings.quantity_of_index) <= 1, false) as is_use_between_indexes,
        readings.period_start > estimates.period_end as is_after,
        readings.period_end < estimates.period_start as is_before
    from estimates
    inner join readings
        on
            estimates.member_id = readings.member_id
            and estimates.meter_id = readings.meter_id
            and estimates.carrier = readings.carrier
            and estimates.component = readings.component
            and (
                estimates.register = readings.register
                or estimates.register = 'total'
                or readings.register = 'total'
            )
),

neighbours as (
    select
        pairs.row_id,
        min(case when pairs.is_after then pairs.reading_start end) as next_reading_start,
        max(case when pairs.is_before then pairs.reading_end end) as last_reading_end
    from pairs
    group by pairs.row_id
),

indexes_before as (
    select
        pairs.row_id,
        max(pairs.reading_index_end) as index_before
    from pairs
    inner join neighbours
        on pairs.row_id = neighbours.row_id and pairs.reading_end = neighbours.last_reading_end
    where pairs.is_before
    group by pairs.row_id
),

-- The next bill on readings may state its own month only, but count from the index before the estimate: then its use holds the estimate.
counted_from_before as (
    select
        pairs.row_id,
        pairs.bill_key,
        pairs.period_start,
        pairs.reading_row_id
    from pairs
    inner join neighbours
        on pairs.row_id = neighbours.row_id and pairs.reading_start = neighbours.next_reading_start
    left join indexes_before on pairs.row_id = indexes_before.row_id
    where
        pairs.is_after
        and pairs.is_use_between_indexes
        and case
            when pairs.index_start is not null
                then pairs.index_start >= pairs.reading_index_start and pairs.index_start <= pairs.reading_index_end
            else pairs.reading_index_start = indexes_before.index_before
        end
),

superseded as (
    select
        pairs.row_id,
        pairs.bill_key,
        cast(null as string) as reading_row_id,
        cast(null as date) as use_start
    from pairs
    where pairs.is_covered
    union distinct
    select
        counted_from_before.row_id,
        counted_from_before.bill_key,
        counted_from_before.reading_row_id,
        counted_from_before.period_start as use_start
    from counted_from_before
),

-- The credit note that took the estimate back goes with it.
superseded_credits as (
    select distinct standing.row_id
    from standing
    inner join superseded on standing.target_bill_key = superseded.bill_key
    where standing.bill_type = 'credit_note'
),

final as (
    select
        superseded.row_id,
        max(superseded.reading_row_id) as reading_row_id,
        min(superseded.use_start) as use_start
    from superseded
    group by superseded.row_id
    union all
    select
        superseded_credits.row_id,
        cast(null as string) as reading_row_id,
        cast(null as date) as use_start
    from superseded_credits
)

select * from final
