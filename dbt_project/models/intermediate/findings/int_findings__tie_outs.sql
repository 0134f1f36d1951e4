with tie_outs as (
    select *
    from {{ ref('rpt_tie_outs') }}
    where status = 'not_tied'
),

statements as (
    select * from {{ ref('stg_account_statements__statements') }}
),

final as (
    select
        tie_outs.check_id,
        tie_outs.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        {{ first_day_of_year('tie_outs.year') }} as month,
        statements.row_id as row_ids,
        case tie_outs.check_id
            when 'T01' then 'Coût de l''énergie de '
            when 'T02' then 'Électricité de '
            else 'Exportations de '
        end
        || cast(tie_outs.year as string) || coalesce(' (' || tie_outs.subject || ')', '') || ' : '
        || {{ french_number('tie_outs.stated_amount') }} || ' ' || tie_outs.unit
        || case tie_outs.check_id
            when 'T03' then ' déclarés, pour '
            else ' selon ' || coalesce(statements.document_ref, 'le document') || ', contre '
        end
        || {{ french_number('tie_outs.warehouse_amount') }} || ' ' || tie_outs.unit
        || case tie_outs.check_id when 'T03' then ' produits et prélevés du stock.' else ' dans l''entrepôt.' end as message_fr,
        case tie_outs.check_id
            when 'T01' then 'Cost of energy of '
            when 'T02' then 'Electricity of '
            else 'Exports of '
        end
        || cast(tie_outs.year as string) || coalesce(' (' || tie_outs.subject || ')', '') || ': '
        || {{ number_text('tie_outs.stated_amount') }} || ' ' || tie_outs.unit
        || case tie_outs.check_id
            when 'T03' then ' declared, against '
            else ' by ' || coalesce(statements.document_ref, 'the document') || ', against '
        end
        || {{ number_text('tie_outs.warehouse_amount') }} || ' ' || tie_outs.unit
        || case tie_outs.check_id when 'T03' then ' produced and taken from the stock.' else ' in the warehouse.' end as message_en,
        cast(statements.received_at as date) as first_seen_on
    from tie_outs
    inner join statements on tie_outs.row_id = statements.row_id
)

select * from final
