{%- set statuses = {
    'saved': ['enregistrées en brouillon', 'saved'],
    'validated': ['validées', 'validated'],
    'cancelled': ['annulées', 'cancelled'],
} -%}

with declaration_lines as (
    select * from {{ ref('int_exports__classified') }}
),

production as (
    select * from {{ ref('fct_production') }}
),

checks as (
    select * from {{ ref('checks') }}
),

counted_lines as (
    select
        declaration_lines.*,
        cast(left(declaration_lines.hs10, 6) as string) as hs6,
        {{ month_of('declaration_lines.registered_on') }} as month
    from declaration_lines
    where declaration_lines.outcome = 'counted'
),

-- X01: twelve months of a product, up to each month for which its production is stated.
production_months as (
    select
        production.member_id,
        production.product_id,
        production.month,
        case when count(*) = count(production.quantity_t) then cast(sum(production.quantity_t) as decimal(18, 6)) end as quantity_t
    from production
    group by production.member_id, production.product_id, production.month
),

windows_of_production as (
    select
        last_months.member_id,
        last_months.product_id,
        last_months.month,
        cast(sum(months.quantity_t) as decimal(18, 6)) as produced_t
    from production_months as last_months
    inner join production_months as months
        on
            last_months.member_id = months.member_id
            and last_months.product_id = months.product_id
            and last_months.month >= months.month
            and last_months.month < {{ dbt.dateadd('month', 12, 'months.month') }}
    inner join checks on checks.check_id = 'X01'
    group by last_months.member_id, last_months.product_id, last_months.month
    having count(months.quantity_t) = count(*) and count(*) >= max(checks.minimum_count)
),

windows_of_exports as (
    select
        windows_of_production.member_id,
        windows_of_production.product_id,
        windows_of_production.month,
        windows_of_production.produced_t,
        cast(sum(counted_lines.net_mass_kg) * cast('0.001' as decimal(3, 3)) as decimal(24, 6)) as exported_t,
        count(distinct counted_lines.declaration_no) as declarations,
        {{ sorted_list('counted_lines.row_id') }} as row_ids,
        max(counted_lines.received_at) as last_received_at
    from windows_of_production
    inner join counted_lines
        on
            windows_of_production.member_id = counted_lines.member_id
            and windows_of_production.product_id = counted_lines.product_id
            and windows_of_production.month >= counted_lines.month
            and windows_of_production.month < {{ dbt.dateadd('month', 12, 'counted_lines.month') }}
    group by
        windows_of_production.member_id,
        windows_of_production.product_id,
        windows_of_production.month,
        windows_of_production.produced_t
),

exports_beyond as (
    select
        windows_of_exports.*,
        row_number() over (
            partition by
                windows_of_exports.member_id,
                windows_of_exports.product_id,
                {{ dbt.date_trunc('year', 'windows_of_exports.month') }}
            order by windows_of_exports.month desc
        ) as rank_in_year
    from windows_of_exports
    inner join checks on checks.check_id = 'X01'
    where
        windows_of_exports.exported_t * 100
        > windows_of_exports.produced_t * cast(100 + checks.threshold as decimal(20, 6))
),

-- X02: less than a kilogram has no value per kilogram that says anything.
valued_lines as (
    select
        counted_lines.*,
        cast({{ decimal_divide('counted_lines.fob_value_mad', 'counted_lines.net_mass_kg', 6) }} as decimal(18, 6)) as mad_per_kg
    from counted_lines
    inner join checks on checks.check_id = 'X02'
    where
        counted_lines.net_mass_kg >= 1
        and {{ reaches_minimum_value('counted_lines.fob_value_mad') }}
),

medians_of_codes as (
    {{ exact_medians('valued_lines', 'mad_per_kg', ['hs6']) }}
),

medians_of_members as (
    {{ exact_medians('valued_lines', 'mad_per_kg', ['member_id', 'hs6']) }}
),

ranked_lines as (
    select
        valued_lines.*,
        row_number() over (partition by valued_lines.hs6 order by valued_lines.mad_per_kg, valued_lines.row_id) as position
    from valued_lines
),

-- Of any lines some are the first and last hundredth: only those far from the median too are told of.
values_compared as (
    select
        ranked_lines.*,
        medians_of_members.median_value as own_median,
        medians_of_codes.observations,
        medians_of_codes.observations >= checks.minimum_count
        and (
            (
                100 * (ranked_lines.position - 1) < medians_of_codes.observations
                and cast(ranked_lines.mad_per_kg as decimal(24, 6)) * 100
                < medians_of_codes.median_value * cast(100 + checks.threshold as decimal(20, 6))
            )
            or (
                100 * (medians_of_codes.observations - ranked_lines.position) < medians_of_codes.observations
                and cast(ranked_lines.mad_per_kg as decimal(24, 6)) * 100
                > medians_of_codes.median_value * cast(100 + checks.threshold_upper as decimal(20, 6))
            )
        ) as is_extreme,
        -- A kilogram for a tonne, as B28 judges a unit of energy.
        medians_of_members.observations >= unit_slips.minimum_count
        and (
            ranked_lines.mad_per_kg >= cast(medians_of_members.median_value as decimal(24, 6)) * unit_slips.threshold
            or medians_of_members.median_value >= cast(ranked_lines.mad_per_kg as decimal(24, 6)) * unit_slips.threshold
        ) as is_slip
    from ranked_lines
    inner join medians_of_codes on ranked_lines.hs6 = medians_of_codes.hs6
    inner join medians_of_members
        on ranked_lines.member_id = medians_of_members.member_id and ranked_lines.hs6 = medians_of_members.hs6
    inner join checks on checks.check_id = 'X02'
    inner join checks as unit_slips on unit_slips.check_id = 'B28'
),

-- What others export for is theirs: the message gives the figures of the member only.
value_texts as (
    select
        values_compared.*,
        values_compared.declaration_no || ' ligne ' || cast(values_compared.line_no as string) || ' : '
        || {{ french_number('values_compared.fob_value_mad') }} || ' MAD pour ' || {{ french_number('values_compared.net_mass_kg') }}
        || ' kg, soit ' || {{ french_number('values_compared.mad_per_kg') }} || ' MAD par kg'
        || case when values_compared.is_slip then ' (kg et t confondus ?)' else '' end as text_fr,
        values_compared.declaration_no || ' line ' || cast(values_compared.line_no as string) || ': '
        || {{ number_text('values_compared.fob_value_mad') }} || ' MAD for ' || {{ number_text('values_compared.net_mass_kg') }}
        || ' kg, which is ' || {{ number_text('values_compared.mad_per_kg') }} || ' MAD per kg'
        || case when values_compared.is_slip then ' (kg and t confused?)' else '' end as text_en
    from values_compared
    where values_compared.is_extreme or values_compared.is_slip
),

values_off as (
    select
        value_texts.member_id,
        value_texts.hs6,
        value_texts.month,
        max(value_texts.own_median) as own_median,
        max(value_texts.observations) as observations,
        {{ sorted_list('value_texts.text_fr', ' ; ') }} as texts_fr,
        {{ sorted_list('value_texts.text_en', '; ') }} as texts_en,
        {{ sorted_list('value_texts.row_id') }} as row_ids,
        max(value_texts.received_at) as last_received_at
    from value_texts
    group by value_texts.member_id, value_texts.hs6, value_texts.month
),

-- X03
not_registered as (
    select
        declaration_lines.member_id,
        {{ dbt.date_trunc('year', 'declaration_lines.registered_on') }} as first_day_of_year,
        max(declaration_lines.registered_on) as last_day,
        {% for status in statuses -%}
        {{ sorted_list(
            "case when declaration_lines.status = '" ~ status ~ "' then declaration_lines.declaration_no end", ', '
        ) }} as {{ status }}_nos,
        {% endfor -%}
        cast(sum(declaration_lines.net_mass_kg) as decimal(24, 6)) as net_mass_kg,
        cast(sum(declaration_lines.fob_value_mad) as decimal(24, 6)) as fob_value_mad,
        {{ sorted_list('declaration_lines.row_id') }} as row_ids,
        max(declaration_lines.received_at) as last_received_at
    from declaration_lines
    where declaration_lines.outcome = 'not_registered'
    group by declaration_lines.member_id, {{ dbt.date_trunc('year', 'declaration_lines.registered_on') }}
),

final as (
    select
        'X01' as check_id,
        exports_beyond.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        exports_beyond.month,
        exports_beyond.row_ids,
        'Produit ' || exports_beyond.product_id || ' : ' || {{ french_number('exports_beyond.exported_t') }}
        || ' t exportées dans les douze mois jusqu''à celui commençant le ' || {{ french_date('exports_beyond.month') }}
        || ' (déclarations : ' || cast(exports_beyond.declarations as string) || '), pour '
        || {{ french_number('exports_beyond.produced_t') }} || ' t produites ; le stock n''est pas connu.' as message_fr,
        'Product ' || exports_beyond.product_id || ': ' || {{ number_text('exports_beyond.exported_t') }}
        || ' t exported in the twelve months up to the one that begins on ' || {{ iso_date('exports_beyond.month') }}
        || ' (declarations: ' || cast(exports_beyond.declarations as string) || '), against '
        || {{ number_text('exports_beyond.produced_t') }} || ' t produced; the stock is not known.' as message_en,
        cast(exports_beyond.last_received_at as date) as first_seen_on
    from exports_beyond
    where exports_beyond.rank_in_year = 1
    union all
    select
        'X02' as check_id,
        values_off.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        values_off.month,
        values_off.row_ids,
        'SH6 ' || values_off.hs6 || ', ' || values_off.texts_fr || ' ; médiane du membre : '
        || {{ french_number('values_off.own_median') }} || ' MAD par kg ; lignes de ce SH6 à l''association : '
        || cast(values_off.observations as string) || '.' as message_fr,
        'HS6 ' || values_off.hs6 || ', ' || values_off.texts_en || '; median of the member: '
        || {{ number_text('values_off.own_median') }} || ' MAD per kg; lines of this HS6 in the association: '
        || cast(values_off.observations as string) || '.' as message_en,
        cast(values_off.last_received_at as date) as first_seen_on
    from values_off
    union all
    select
        'X03' as check_id,
        not_registered.member_id,
        cast(null as string) as site_id,
        cast(null as string) as meter_id,
        {{ month_of('not_registered.last_day') }} as month,
        not_registered.row_ids,
        'Déclarations de ' || substr({{ iso_date('not_registered.last_day') }}, 1, 4) || ' qui ne comptent pas'
        {%- for status, words in statuses.items() %}
        || coalesce(' ; {{ words[0] }} : ' || not_registered.{{ status }}_nos, '')
        {%- endfor %}
        || ' (' || {{ french_number('not_registered.net_mass_kg') }} || ' kg, '
        || {{ french_number('not_registered.fob_value_mad') }} || ' MAD).' as message_fr,
        'Declarations of ' || substr({{ iso_date('not_registered.last_day') }}, 1, 4) || ' that do not count'
        {%- for status, words in statuses.items() %}
        || coalesce('; {{ words[1] }}: ' || not_registered.{{ status }}_nos, '')
        {%- endfor %}
        || ' (' || {{ number_text('not_registered.net_mass_kg') }} || ' kg, '
        || {{ number_text('not_registered.fob_value_mad') }} || ' MAD).' as message_en,
        cast(not_registered.last_received_at as date) as first_seen_on
    from not_registered
)

select * from final
