{%- set refusals = {
    'no_document': ["aucun document n'en est connu", "its document is not known"],
    'unknown_fuel': ["ce vecteur n'est pas un combustible connu", "this carrier is no known fuel"],
    'unknown_site': ["le site n'est pas dans le registre", "the site is not in the register"],
    'site_of_another_member': ["le site n'est pas à ce membre", "the site is not of this member"],
    'nothing_measured': [
        "il n'indique ni PCI, ni masse volumique, ni carbone, ni part biogénique",
        'it states no net calorific value, density, carbon or biogenic share'
    ],
    'impossible_value': ['une valeur est impossible ou contredit les autres', 'a value is impossible or contradicts the others'],
} -%}
{%- set values = {
    'ncv_gj_per_t': ['PCI', 'net calorific value', 'GJ/t'],
    'density_kg_per_m3': ['masse volumique', 'density', 'kg/m3'],
    'carbon_content_t_per_t': ['carbone', 'carbon', 't/t'],
} -%}

with certificates as (
    select * from {{ ref('dim_fuel_certificates') }}
),

carrier_properties as (
    select * from {{ ref('int_carrier_properties') }}
),

certificates_of_lines as (
    select * from {{ ref('int_energy_bills__certificates') }}
),

bill_lines as (
    select * from {{ ref('stg_energy_bills__bill_lines') }}
),

checks as (
    select * from {{ ref('checks') }}
),

named as (
    select
        certificates.*,
        'Certificat ' || certificates.certificate_id || ' (' || certificates.carrier || ', du '
        || {{ french_date('certificates.valid_from') }} || ' au ' || {{ french_date('certificates.valid_to') }} || ')' as name_fr,
        'Certificate ' || certificates.certificate_id || ' (' || certificates.carrier || ', '
        || {{ iso_date('certificates.valid_from') }} || ' to ' || {{ iso_date('certificates.valid_to') }} || ')' as name_en
    from certificates
),

refused as (
    select
        case when named.refusal = 'no_document' then 'G01' else 'G02' end as check_id,
        named.member_id,
        named.site_id,
        {{ month_of('named.valid_from') }} as month,
        named.row_id as row_ids,
        named.name_fr || ' : pas utilisé, '
        || case named.refusal
            {% for refusal, words in refusals.items() -%}
            when '{{ refusal }}' then '{{ words[0] | replace("'", "''") }}'
            {% endfor -%}
        end || '.' as message_fr,
        named.name_en || ': not used, '
        || case named.refusal
            {% for refusal, words in refusals.items() -%}
            when '{{ refusal }}' then '{{ words[1] }}'
            {% endfor -%}
        end || '.' as message_en,
        cast(named.received_at as date) as first_seen_on
    from named
    where named.refusal is not null
),

compared as (
    {% for value, words in values.items() -%}
    select
        named.certificate_id,
        named.member_id,
        named.site_id,
        named.valid_from,
        named.row_id,
        named.name_fr,
        named.name_en,
        named.received_at,
        '{{ words[0] }}' as value_fr,
        '{{ words[1] }}' as value_en,
        '{{ words[2] }}' as unit,
        named.{{ value }} as measured,
        carrier_properties.{{ value }} as published
    from named
    inner join carrier_properties on named.carrier = carrier_properties.carrier
    where named.refusal is null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

far_off as (
    select
        'G03' as check_id,
        compared.member_id,
        compared.site_id,
        {{ month_of('compared.valid_from') }} as month,
        compared.row_id as row_ids,
        {{ sorted_list(
            "compared.value_fr || ' ' || " ~ french_number('compared.measured') ~ " || ' ' || compared.unit || ', publié '"
            ~ " || " ~ french_number('compared.published') ~ " || ' (' || replace("
            ~ change_in_percent("cast(compared.measured as decimal(20, 6))", 'compared.published') ~ ", '.', ',') || ' %)'", ' ; '
        ) }} as values_fr,
        {{ sorted_list(
            "compared.value_en || ' ' || " ~ number_text('compared.measured') ~ " || ' ' || compared.unit || ', published '"
            ~ " || " ~ number_text('compared.published') ~ " || ' ('  || "
            ~ change_in_percent("cast(compared.measured as decimal(20, 6))", 'compared.published') ~ " || ' %)'", '; '
        ) }} as values_en,
        compared.name_fr,
        compared.name_en,
        cast(compared.received_at as date) as first_seen_on
    from compared
    inner join checks on checks.check_id = 'G03'
    where
        abs(cast(compared.measured as decimal(20, 6)) - compared.published) * 100
        > cast(checks.threshold as decimal(20, 6)) * compared.published
    group by
        compared.member_id,
        compared.site_id,
        compared.valid_from,
        compared.row_id,
        compared.name_fr,
        compared.name_en,
        cast(compared.received_at as date)
),

-- Months of a line for which certificates speak, and none of them for all of its days.
uncovered as (
    select
        certificates_of_lines.row_id,
        certificates_of_lines.month,
        max(certificates_of_lines.first_day) as first_day,
        max(certificates_of_lines.last_day) as last_day,
        {{ sorted_list('certificates_of_lines.certificate_id', ', ') }} as certificate_ids
    from certificates_of_lines
    group by certificates_of_lines.row_id, certificates_of_lines.month
    having max(case when certificates_of_lines.is_of_all_days then 1 else 0 end) = 0
),

partly_covered as (
    select
        'G04' as check_id,
        bill_lines.member_id,
        max(named.site_id) as site_id,
        bill_lines.meter_id,
        uncovered.month,
        uncovered.row_id as row_ids,
        'Facture ' || bill_lines.bill_no || ' (' || bill_lines.carrier || '), jours du ' || {{ french_date('uncovered.first_day') }}
        || ' au ' || {{ french_date('uncovered.last_day') }} || ' : le certificat ' || uncovered.certificate_ids
        || ' n''en couvre qu''une partie, les valeurs publiées sont prises.' as message_fr,
        'Bill ' || bill_lines.bill_no || ' (' || bill_lines.carrier || '), days ' || {{ iso_date('uncovered.first_day') }}
        || ' to ' || {{ iso_date('uncovered.last_day') }} || ': certificate ' || uncovered.certificate_ids
        || ' covers a part of them only, the published values are taken.' as message_en,
        cast(greatest(bill_lines.received_at, max(named.received_at)) as date) as first_seen_on
    from uncovered
    inner join bill_lines on uncovered.row_id = bill_lines.row_id
    inner join certificates_of_lines
        on uncovered.row_id = certificates_of_lines.row_id and uncovered.month = certificates_of_lines.month
    inner join named on certificates_of_lines.certificate_id = named.certificate_id
    group by
        bill_lines.member_id,
        bill_lines.meter_id,
        bill_lines.bill_no,
        bill_lines.carrier,
        bill_lines.received_at,
        uncovered.row_id,
        uncovered.month,
        uncovered.first_day,
        uncovered.last_day,
        uncovered.certificate_ids
),

-- Two of one member, site and fuel: the one that begins last is used, then the one received last.
in_order as (
    select
        named.*,
        row_number() over (order by named.valid_from asc, named.file_sequence asc, named.certificate_id desc) as position
    from named
    where named.refusal is null
),

of_same_days as (
    select
        'G05' as check_id,
        later.member_id,
        later.site_id,
        {{ month_of('later.valid_from') }} as month,
        least(earlier.row_id, later.row_id) || ',' || greatest(earlier.row_id, later.row_id) as row_ids,
        later.name_fr || ' et certificat ' || earlier.certificate_id || ' (du ' || {{ french_date('earlier.valid_from') }} || ' au '
        || {{ french_date('earlier.valid_to') }} || ') : les mêmes jours ; le premier est utilisé.' as message_fr,
        later.name_en || ' and certificate ' || earlier.certificate_id || ' (' || {{ iso_date('earlier.valid_from') }} || ' to '
        || {{ iso_date('earlier.valid_to') }} || '): the same days; the first is used.' as message_en,
        cast(greatest(earlier.received_at, later.received_at) as date) as first_seen_on
    from in_order as later
    inner join in_order as earlier
        on
            later.member_id = earlier.member_id
            and later.site_id = earlier.site_id
            and later.carrier = earlier.carrier
            and later.position > earlier.position
            and later.valid_from <= earlier.valid_to
            and later.valid_to >= earlier.valid_from
),

final as (
    select
        refused.check_id,
        refused.member_id,
        refused.site_id,
        cast(null as string) as meter_id,
        refused.month,
        refused.row_ids,
        refused.message_fr,
        refused.message_en,
        refused.first_seen_on
    from refused
    union all
    select
        far_off.check_id,
        far_off.member_id,
        far_off.site_id,
        cast(null as string) as meter_id,
        far_off.month,
        far_off.row_ids,
        far_off.name_fr || ' : ' || far_off.values_fr || '. Il est utilisé.' as message_fr,
        far_off.name_en || ': ' || far_off.values_en || '. It is used.' as message_en,
        far_off.first_seen_on
    from far_off
    union all
    select
        partly_covered.check_id,
        partly_covered.member_id,
        partly_covered.site_id,
        partly_covered.meter_id,
        partly_covered.month,
        partly_covered.row_ids,
        partly_covered.message_fr,
        partly_covered.message_en,
        partly_covered.first_seen_on
    from partly_covered
    union all
    select
        of_same_days.check_id,
        of_same_days.member_id,
        of_same_days.site_id,
        cast(null as string) as meter_id,
        of_same_days.month,
        of_same_days.row_ids,
        of_same_days.message_fr,
        of_same_days.message_en,
        of_same_days.first_seen_on
    from of_same_days
)

select * from final
