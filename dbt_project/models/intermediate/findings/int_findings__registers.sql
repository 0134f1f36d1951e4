{%- set registers = {
    'members': ('stg_members__members', ['member_id']),
    'sites': ('stg_sites__sites', ['site_id']),
    'meters': ('stg_meters__meters', ['meter_id']),
    'products': ('stg_products__products', ['product_id']),
    'instruments': ('stg_instruments__instruments', ['instrument_id']),
    'programmes': ('stg_programmes__programmes', ['programme_id', 'member_id', 'starts_on']),
    'applications': ('stg_applications__applications', ['application_id']),
    'evidence': ('stg_evidence__statements', ['evidence_id']),
    'case_events': ('stg_case_events__events', ['application_id', 'sequence']),
} -%}

with {% for name, (model, key) in registers.items() -%}
{{ name }}_received as (
    select * from {{ ref(model) }}
),

{{ name }} as (
    {{ latest_by_key(name ~ '_received', key) }}
),

{% endfor -%}
broken_references as (
    select
        'R01' as check_id,
        sites.member_id,
        sites.site_id,
        cast(null as string) as meter_id,
        sites.row_id,
        'Le site ' || sites.site_id || ' nomme le membre ' || sites.member_id || ', absent du registre.' as message_fr,
        'Site ' || sites.site_id || ' names member ' || sites.member_id || ', which is not in the register.'
            as message_en,
        sites.received_at
    from sites
    left join members on sites.member_id = members.member_id
    where members.member_id is null
    union all
    select
        'R02' as check_id,
        cast(null as string) as member_id,
        meters.site_id,
        meters.meter_id,
        meters.row_id,
        'Le compteur ' || meters.meter_id || ' nomme le site ' || meters.site_id || ', absent du registre.'
            as message_fr,
        'Meter ' || meters.meter_id || ' names site ' || meters.site_id || ', which is not in the register.'
            as message_en,
        meters.received_at
    from meters
    left join sites on meters.site_id = sites.site_id
    where sites.site_id is null
    union all
    select
        'R03' as check_id,
        products.member_id,
        products.site_id,
        cast(null as string) as meter_id,
        products.row_id,
        'Le produit ' || products.product_id || ' nomme le membre ' || products.member_id || ', absent du registre.'
            as message_fr,
        'Product ' || products.product_id || ' names member ' || products.member_id || ', which is not in the register.'
            as message_en,
        products.received_at
    from products
    left join members on products.member_id = members.member_id
    where members.member_id is null
    union all
    select
        'R04' as check_id,
        products.member_id,
        products.site_id,
        cast(null as string) as meter_id,
        products.row_id,
        'Le produit ' || products.product_id || ' nomme le site ' || products.site_id
        || ', que le registre ne connaît pas pour le membre ' || products.member_id || '.' as message_fr,
        'Product ' || products.product_id || ' names site ' || products.site_id
        || ', which the register does not know for member ' || products.member_id || '.' as message_en,
        products.received_at
    from products
    left join sites on products.site_id = sites.site_id and products.member_id = sites.member_id
    where sites.site_id is null
    union all
    select
        'R05' as check_id,
        instruments.member_id,
        instruments.site_id,
        cast(null as string) as meter_id,
        instruments.row_id,
        'L''instrument ' || instruments.instrument_id || ' nomme le membre ' || instruments.member_id
        || ', absent du registre.' as message_fr,
        'Instrument ' || instruments.instrument_id || ' names member ' || instruments.member_id
        || ', which is not in the register.' as message_en,
        instruments.received_at
    from instruments
    left join members on instruments.member_id = members.member_id
    where members.member_id is null
    union all
    select
        'R06' as check_id,
        instruments.member_id,
        instruments.site_id,
        cast(null as string) as meter_id,
        instruments.row_id,
        'L''instrument ' || instruments.instrument_id || ' nomme le site ' || instruments.site_id
        || ', que le registre ne connaît pas pour le membre ' || instruments.member_id || '.' as message_fr,
        'Instrument ' || instruments.instrument_id || ' names site ' || instruments.site_id
        || ', which the register does not know for member ' || instruments.member_id || '.' as message_en,
        instruments.received_at
    from instruments
    left join sites on instruments.site_id = sites.site_id and instruments.member_id = sites.member_id
    where
        instruments.site_id is not null
        and sites.site_id is null
    union all
    select
        'R07' as check_id,
        programmes.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        programmes.row_id,
        'Le programme ' || programmes.programme_id || ' nomme le membre ' || programmes.member_id
        || ', absent du registre.' as message_fr,
        'Programme ' || programmes.programme_id || ' names member ' || programmes.member_id
        || ', which is not in the register.' as message_en,
        programmes.received_at
    from programmes
    left join members on programmes.member_id = members.member_id
    where members.member_id is null
    union all
    select
        'R08' as check_id,
        applications.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        applications.row_id,
        'La demande ' || applications.application_id || ' nomme le membre ' || applications.member_id
        || ', absent du registre.' as message_fr,
        'Application ' || applications.application_id || ' names member ' || applications.member_id
        || ', which is not in the register.' as message_en,
        applications.received_at
    from applications
    left join members on applications.member_id = members.member_id
    where members.member_id is null
    union all
    select
        'R09' as check_id,
        applications.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        applications.row_id,
        'La demande ' || applications.application_id || ' nomme le produit ' || applications.product_id
        || ', que le registre ne connaît pas pour le membre ' || applications.member_id || '.' as message_fr,
        'Application ' || applications.application_id || ' names product ' || applications.product_id
        || ', which the register does not know for member ' || applications.member_id || '.' as message_en,
        applications.received_at
    from applications
    left join products
        on applications.product_id = products.product_id and applications.member_id = products.member_id
    where
        applications.product_id is not null
        and products.product_id is null
    union all
    select
        'R10' as check_id,
        cast(null as string) as member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        evidence.row_id,
        'La pièce ' || evidence.evidence_id || ' nomme la demande ' || evidence.application_id
        || ', absente du registre.' as message_fr,
        'Evidence ' || evidence.evidence_id || ' names application ' || evidence.application_id
        || ', which is not in the register.' as message_en,
        evidence.received_at
    from evidence
    left join applications on evidence.application_id = applications.application_id
    where applications.application_id is null
    union all
    select
        'R11' as check_id,
        cast(null as string) as member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        case_events.row_id,
        'L''événement ' || cast(case_events.sequence as string) || ' (' || case_events.event
        || ') nomme la demande ' || case_events.application_id || ', absente du registre.' as message_fr,
        'Event ' || cast(case_events.sequence as string) || ' (' || case_events.event
        || ') names application ' || case_events.application_id || ', which is not in the register.' as message_en,
        case_events.received_at
    from case_events
    left join applications on case_events.application_id = applications.application_id
    where applications.application_id is null
),

final as (
    select
        broken_references.check_id,
        broken_references.member_id,
        broken_references.site_id,
        broken_references.meter_id,
        cast(null as date) as month,
        broken_references.row_id as row_ids,
        broken_references.message_fr,
        broken_references.message_en,
        cast(broken_references.received_at as date) as first_seen_on
    from broken_references
)

select * from final
