{%- set contents = {
    'member_id': ['membre', 'member', 'text'],
    'site_id': ['site', 'site', 'text'],
    'contract_no': ['contrat', 'contract', 'text'],
    'bill_type': ['type', 'kind', 'text'],
    'corrects_bill_no': ['facture corrigée', 'corrected bill', 'text'],
    'issued_on': ['émission', 'issued', 'text'],
    'period_end': ['fin de période', 'end of period', 'text'],
    'carrier': ['vecteur', 'carrier', 'text'],
    'quantity': ['quantité', 'quantity', 'number'],
    'unit': ['unité', 'unit', 'text'],
    'heating_value_basis': ['pouvoir calorifique', 'heating value', 'text'],
    'index_start': ['index de début', 'first index', 'number'],
    'index_end': ['index de fin', 'last index', 'number'],
    'multiplier': ['coefficient', 'multiplier', 'number'],
    'reading_start': ['relève de début', 'first reading', 'text'],
    'reading_end': ['relève de fin', 'last reading', 'text'],
    'amount_excl_vat': ['montant HT', 'amount without VAT', 'number'],
    'vat_rate': ['taux de TVA', 'VAT rate', 'number'],
    'vat_amount': ['TVA', 'VAT', 'number'],
    'amount_incl_vat': ['montant TTC', 'amount with VAT', 'number'],
    'bill_total_incl_vat': ['total TTC', 'total with VAT', 'number'],
    'currency': ['monnaie', 'currency', 'text'],
    'due_on': ['échéance', 'due date', 'text'],
    'line_label': ['libellé', 'label', 'text'],
    'evidence_ref': ['pièce', 'document', 'text'],
} -%}

with files as (
    select * from {{ ref('stg_ledger__files') }}
),

bill_lines as (
    select * from {{ ref('int_energy_bills__classified') }}
),

versions_of_lines as (
    select * from {{ ref('int_energy_bills__versions') }}
),

activity_rows as (
    select
        bill_lines.file_sha256,
        bill_lines.member_id,
        bill_lines.row_id
    from bill_lines
    union all
    select
        production.file_sha256,
        production.member_id,
        production.row_id
    from {{ ref('stg_production__records') }} as production
    union all
    select
        process_activity.file_sha256,
        process_activity.member_id,
        process_activity.row_id
    from {{ ref('stg_process_activity__records') }} as process_activity
    union all
    select
        declaration_lines.file_sha256,
        declaration_lines.member_id,
        declaration_lines.row_id
    from {{ ref('stg_exports__declaration_lines') }} as declaration_lines
),

-- B04: the registers are sent again and again as they are; the files of the activity feeds are sent once.
members_of_files as (
    select
        activity_rows.file_sha256,
        activity_rows.member_id,
        count(*) as rows_of_member,
        min(activity_rows.row_id) as first_row_id
    from activity_rows
    group by activity_rows.file_sha256, activity_rows.member_id
),

files_read as (
    select
        files.file_sha256,
        min(files.name) as name
    from files
    where files.status in ('accepted', 'partial')
    group by files.file_sha256
),

files_seen as (
    select
        files.file_sha256,
        {{ sorted_list('files.name', ', ') }} as names,
        count(*) as times_seen,
        max(files.received_at) as last_received_at
    from files
    where files.status = 'seen'
    group by files.file_sha256
),

files_sent_again as (
    select
        members_of_files.member_id,
        members_of_files.rows_of_member,
        members_of_files.first_row_id,
        files_read.name,
        files_seen.names,
        files_seen.times_seen,
        files_seen.last_received_at
    from files_seen
    inner join files_read on files_seen.file_sha256 = files_read.file_sha256
    inner join members_of_files on files_seen.file_sha256 = members_of_files.file_sha256
),

-- B05: the line that stands against each version before it. A later file in another layout, whose lines are other lines, is no version.
keyed as (
    select
        bill_lines.*,
        versions_of_lines.version_outcome,
        {{ surrogate_key([
            'versions_of_lines.bill_key', 'bill_lines.meter_id', 'bill_lines.register', 'bill_lines.component',
            'bill_lines.period_start', 'bill_lines.line_no',
        ]) }} as business_key
    from bill_lines
    inner join versions_of_lines on bill_lines.row_id = versions_of_lines.row_id
),

versions as (
    select
        earlier.member_id,
        earlier.site_id,
        earlier.meter_id,
        earlier.supplier,
        earlier.bill_no,
        earlier.period_start,
        earlier.register || ', ' || earlier.component || coalesce(', ' || earlier.line_no, '') as line,
        earlier.row_no as earlier_row_no,
        standing.row_no as standing_row_no,
        earlier.row_id as earlier_row_id,
        standing.row_id as standing_row_id,
        standing.received_at,
        {{ changes_between(contents, 'earlier', 'standing', 'fr') }} as changes_fr,
        {{ changes_between(contents, 'earlier', 'standing', 'en') }} as changes_en
    from keyed as earlier
    inner join keyed as standing
        on
            earlier.business_key = standing.business_key
            and standing.version_outcome is null
    where earlier.version_outcome = 'superseded_version'
),

described_lines as (
    select
        versions.*,
        versions.line || ', ligne ' || cast(versions.earlier_row_no as string)
        || ' puis ' || cast(versions.standing_row_no as string) || ' : ' || substr(versions.changes_fr, 3) as line_fr,
        versions.line || ', row ' || cast(versions.earlier_row_no as string)
        || ' then ' || cast(versions.standing_row_no as string) || ': ' || substr(versions.changes_en, 3) as line_en
    from versions
),

version_rows as (
    select
        described_lines.*,
        described_lines.earlier_row_id as row_id
    from described_lines
    union all
    select
        described_lines.*,
        described_lines.standing_row_id as row_id
    from described_lines
),

-- One finding for a bill on a meter, however many of its lines changed.
bills_changed as (
    select
        version_rows.member_id,
        max(version_rows.site_id) as site_id,
        version_rows.meter_id,
        version_rows.bill_no,
        min(version_rows.period_start) as period_start,
        {{ sorted_list('version_rows.line_fr', ' ; ') }} as changes_fr,
        {{ sorted_list('version_rows.line_en', '; ') }} as changes_en,
        {{ sorted_list('version_rows.row_id') }} as row_ids,
        max(version_rows.received_at) as last_received_at
    from version_rows
    group by version_rows.member_id, version_rows.meter_id, version_rows.supplier, version_rows.bill_no
),

final as (
    select
        'B04' as check_id,
        files_sent_again.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        cast(null as date) as month,
        files_sent_again.first_row_id as row_ids,
        'Le fichier ' || files_sent_again.name || ' (lignes du membre : ' || cast(files_sent_again.rows_of_member as string)
        || ') est arrivé de nouveau, octet pour octet : ' || files_sent_again.names || ' (fois : '
        || cast(files_sent_again.times_seen as string) || '). Rien n''est compté deux fois.' as message_fr,
        'File ' || files_sent_again.name || ' (rows of the member: ' || cast(files_sent_again.rows_of_member as string)
        || ') came again, byte for byte: ' || files_sent_again.names || ' (times: '
        || cast(files_sent_again.times_seen as string) || '). Nothing is counted twice.' as message_en,
        cast(files_sent_again.last_received_at as date) as first_seen_on
    from files_sent_again
    union all
    select
        'B05' as check_id,
        bills_changed.member_id,
        bills_changed.site_id,
        bills_changed.meter_id,
        {{ month_of('bills_changed.period_start') }} as month,
        bills_changed.row_ids,
        coalesce('Compteur ' || bills_changed.meter_id, 'Site ' || bills_changed.site_id)
        || ' : la facture ' || bills_changed.bill_no || ' est arrivée de nouveau avec un autre contenu ; la dernière version compte. '
        || bills_changed.changes_fr || '.' as message_fr,
        coalesce('Meter ' || bills_changed.meter_id, 'Site ' || bills_changed.site_id)
        || ': bill ' || bills_changed.bill_no || ' came again with another content; the last version counts. '
        || bills_changed.changes_en || '.' as message_en,
        cast(bills_changed.last_received_at as date) as first_seen_on
    from bills_changed
)

select * from final
