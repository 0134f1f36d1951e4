{{ config(materialized='table') }}

with computed as (
    select * from {{ ref('int_certification_metrics__computed') }}
),

stated as (
    select * from {{ ref('int_certification_metrics__stated') }}
),

-- What the warehouse computes it computes for every application: a statement about it is not heard, also where the
-- warehouse does not know the answer.
computed_metrics as (
    select metric_id
    from {{ ref('certification_computed_metrics') }}
),

final as (
    select
        computed.application_id,
        computed.metric_id,
        cast({{ number_text('computed.value') }} as string) as value_text,
        computed.value,
        computed.lower,
        computed.upper,
        computed.evidence
    from computed
    union all
    select
        stated.application_id,
        stated.metric_id,
        stated.value_text,
        stated.value,
        stated.lower,
        stated.upper,
        stated.evidence
    from stated
    left join computed_metrics on stated.metric_id = computed_metrics.metric_id
    where computed_metrics.metric_id is null
)

select * from final
