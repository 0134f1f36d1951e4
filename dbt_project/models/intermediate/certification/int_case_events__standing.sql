with events as (
    select * from {{ ref('stg_case_events__events') }}
),

-- The case log is append only: of two rows of one number, the one received first stands.
numbered as (
    select
        events.*,
        row_number() over (
            partition by events.application_id, events.sequence
            order by events.file_sequence, events.sheet, events.row_no, events.row_id
        ) as receipt_no
    from events
),

final as (
    select
        numbered.application_id,
        numbered.sequence,
        numbered.event,
        numbered.person_id,
        upper(numbered.role) as role,
        numbered.occurred_at,
        cast(numbered.occurred_at as date) as occurred_on,
        numbered.reason_code,
        numbered.row_id
    from numbered
    where numbered.receipt_no = 1
)

select * from final
