with register_rows as (
    select * from {{ ref('stg_instruments__instruments') }}
),

standing as (
    {{ latest_by_key('register_rows', ['instrument_id']) }}
),

-- A certificate has one owner: the same one under a second id is claimed twice, by whomever, and the first received stands.
claimed as (
    select
        standing.*,
        first_value(standing.instrument_id) over (
            partition by
                standing.kind, standing.registry_ref, standing.valid_from, standing.valid_to, standing.quantity_kwh
            order by standing.file_sequence, standing.row_no, standing.instrument_id
            rows between unbounded preceding and unbounded following
        ) as first_instrument_id
    from standing
),

final as (
    select
        claimed.instrument_id,
        claimed.member_id,
        claimed.site_id,
        claimed.kind,
        claimed.carrier,
        claimed.valid_from,
        claimed.valid_to,
        claimed.quantity_kwh,
        claimed.kgco2e_per_kwh,
        claimed.retired_on,
        claimed.registry_ref,
        claimed.row_id,
        claimed.file_sha256,
        claimed.sheet,
        claimed.row_no,
        claimed.received_at,
        case
            when
                claimed.kind = 'eac'
                and claimed.registry_ref is not null
                and claimed.instrument_id <> claimed.first_instrument_id
                then claimed.first_instrument_id
        end as repeats_instrument_id
    from claimed
)

select * from final
