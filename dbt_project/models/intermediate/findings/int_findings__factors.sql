with emissions as (
    select * from {{ ref('fct_emissions') }}
),

bill_lines as (
    select * from {{ ref('stg_energy_bills__bill_lines') }}
),

process_records as (
    select * from {{ ref('stg_process_activity__records') }}
),

sources as (
    select
        bill_lines.row_id,
        bill_lines.meter_id,
        'facture ' || bill_lines.bill_no as document_fr,
        'bill ' || bill_lines.bill_no as document_en,
        bill_lines.received_at
    from bill_lines
    union all
    select
        process_records.row_id,
        cast(null as string) as meter_id,
        'procédé ' || process_records.process as document_fr,
        'process ' || process_records.process as document_en,
        process_records.received_at
    from process_records
),

-- One row per source row and month: purchased electricity has two facts, one by each method.
unknown_emissions as (
    select
        emissions.row_id,
        emissions.member_id,
        emissions.site_id,
        emissions.month,
        coalesce(emissions.carrier, emissions.category) as subject,
        emissions.unit,
        max(emissions.quantity) as quantity
    from emissions
    where emissions.kgco2e is null
    group by
        emissions.row_id,
        emissions.member_id,
        emissions.site_id,
        emissions.month,
        coalesce(emissions.carrier, emissions.category),
        emissions.unit
),

unknown_months as (
    select
        unknown_emissions.member_id,
        unknown_emissions.site_id,
        case when count(distinct sources.meter_id) = 1 then max(sources.meter_id) end as meter_id,
        unknown_emissions.month,
        unknown_emissions.subject,
        unknown_emissions.unit,
        sum(unknown_emissions.quantity) as quantity,
        {{ sorted_list('unknown_emissions.row_id') }} as row_ids,
        {{ sorted_list('sources.meter_id', ', ') }} as meter_ids,
        {{ sorted_list('sources.document_fr', ', ') }} as documents_fr,
        {{ sorted_list('sources.document_en', ', ') }} as documents_en,
        max(sources.received_at) as last_received_at
    from unknown_emissions
    inner join sources on unknown_emissions.row_id = sources.row_id
    group by
        unknown_emissions.member_id,
        unknown_emissions.site_id,
        unknown_emissions.month,
        unknown_emissions.subject,
        unknown_emissions.unit
),

final as (
    select
        'F01' as check_id,
        unknown_months.member_id,
        unknown_months.site_id,
        unknown_months.meter_id,
        unknown_months.month,
        unknown_months.row_ids,
        'Aucun facteur connu pour ' || coalesce(unknown_months.subject, '?') || ' au mois commençant le '
        || {{ french_date('unknown_months.month') }} || ' : '
        || coalesce({{ french_number('unknown_months.quantity') }}, '?') || ' '
        || coalesce(unknown_months.unit, '') || ' sans émissions calculées ('
        || coalesce('compteur ' || unknown_months.meter_ids || ', ', '') || unknown_months.documents_fr || ').'
            as message_fr,
        'No known factor for ' || coalesce(unknown_months.subject, '?') || ' in the month that begins on '
        || {{ iso_date('unknown_months.month') }} || ': '
        || coalesce({{ number_text('unknown_months.quantity') }}, '?') || ' '
        || coalesce(unknown_months.unit, '') || ' without computed emissions ('
        || coalesce('meter ' || unknown_months.meter_ids || ', ', '') || unknown_months.documents_en || ').'
            as message_en,
        cast(unknown_months.last_received_at as date) as first_seen_on
    from unknown_months
)

select * from final
