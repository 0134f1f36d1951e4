with statements as (
    select * from {{ ref('stg_evidence__statements') }}
),

standing as (
    {{ latest_by_key('statements', ['evidence_id']) }}
),

statements_ranked as (
    select
        standing.evidence_id,
        standing.application_id,
        standing.metric_id,
        trim(standing.value) as value_text,
        standing.lower,
        standing.upper,
        standing.document_sha256,
        row_number() over (
            partition by standing.application_id, standing.metric_id
            order by
                standing.stated_on desc,
                standing.file_sequence desc,
                standing.sheet desc,
                standing.row_no desc,
                standing.row_id desc
        ) as statement_no
    from standing
),

read as (
    select
        statements_ranked.*,
        case
            when lower(statements_ranked.value_text) in ('true', 'yes', 'vrai', 'oui') then cast(1 as decimal(28, 12))
            when lower(statements_ranked.value_text) in ('false', 'no', 'faux', 'non') then cast(0 as decimal(28, 12))
            else try_cast(statements_ranked.value_text as decimal(28, 12))
        end as value
    from statements_ranked
    where statements_ranked.statement_no = 1
),

final as (
    select
        read.application_id,
        read.metric_id,
        read.value_text,
        read.value,
        cast(coalesce(read.lower, read.value) as decimal(28, 12)) as lower,
        cast(coalesce(read.upper, read.value) as decimal(28, 12)) as upper,
        'evidence ' || read.evidence_id || coalesce(', sha256 ' || read.document_sha256, '') as evidence
    from read
)

select * from final
