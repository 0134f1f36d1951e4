with production_records as (
    select * from {{ ref('int_production__classified') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

checks as (
    select * from {{ ref('checks') }}
),

counted_records as (
    select
        production_records.*,
        {{ number_text('production_records.quantity_gross') }} || ' ' || production_records.unit as quantity_text
    from production_records
    where production_records.outcome = 'counted'
),

-- P01: one statement, several quantities.
statements_at_odds as (
    select
        counted_records.site_id,
        counted_records.product_id,
        counted_records.process_id,
        counted_records.period_start,
        max(counted_records.member_id) as member_id,
        {{ sorted_list('counted_records.row_id') }} as row_ids,
        {{ sorted_list('counted_records.quantity_text', ' / ') }} as quantities,
        max(case when counted_records.carries_quantity then counted_records.quantity_text end) as quantity_used,
        max(counted_records.received_at) as last_received_at
    from counted_records
    group by
        counted_records.site_id,
        counted_records.product_id,
        counted_records.process_id,
        counted_records.period_start
    having count(distinct counted_records.quantity_text) > 1
),

-- P02: two statements, the same days.
statements_overlapping as (
    select
        checks.check_id,
        earlier.member_id,
        earlier.site_id,
        earlier.product_id,
        least(earlier.row_id, later.row_id) || ',' || greatest(earlier.row_id, later.row_id) as row_ids,
        earlier.quantity_text as quantity_a,
        later.quantity_text as quantity_b,
        later.period_start as first_day,
        least(earlier.period_end, later.period_end) as last_day,
        greatest(earlier.received_at, later.received_at) as last_received_at
    from counted_records as earlier
    inner join counted_records as later
        on
            earlier.site_id = later.site_id
            and earlier.product_id = later.product_id
            and coalesce(earlier.process_id, '') = coalesce(later.process_id, '')
            and earlier.period_start < later.period_start
            and earlier.period_end >= later.period_start
    inner join checks on checks.check_id = 'P02'
    where
        earlier.carries_quantity
        and later.carries_quantity
        and {{ dbt.datediff('later.period_start', 'least(earlier.period_end, later.period_end)', 'day') }} + 1
        >= checks.threshold
),

-- P03: production of what the register does not know for the member, once per product and site.
products_unknown as (
    select
        counted_records.member_id,
        counted_records.site_id,
        counted_records.product_id,
        min(counted_records.period_start) as period_start,
        {{ sorted_list('counted_records.row_id') }} as row_ids,
        max(counted_records.received_at) as last_received_at
    from counted_records
    left join products
        on
            counted_records.product_id = products.product_id
            and counted_records.member_id = products.member_id
    where products.product_id is null
    group by counted_records.member_id, counted_records.site_id, counted_records.product_id
),

final as (
    select
        'P01' as check_id,
        statements_at_odds.member_id,
        statements_at_odds.site_id,
        cast(null as string) as meter_id,
        {{ month_of('statements_at_odds.period_start') }} as month,
        statements_at_odds.row_ids,
        'Produit ' || statements_at_odds.product_id || ', période commençant le '
        || {{ french_date('statements_at_odds.period_start') }} || ' : les lignes disent '
        || replace(statements_at_odds.quantities, '.', ',') || ' ; ' || replace(statements_at_odds.quantity_used, '.', ',')
        || ' est compté.' as message_fr,
        'Product ' || statements_at_odds.product_id || ', period that begins on '
        || {{ iso_date('statements_at_odds.period_start') }} || ': the rows say ' || statements_at_odds.quantities
        || '; ' || statements_at_odds.quantity_used || ' is counted.' as message_en,
        cast(statements_at_odds.last_received_at as date) as first_seen_on
    from statements_at_odds
    union all
    select
        statements_overlapping.check_id,
        statements_overlapping.member_id,
        statements_overlapping.site_id,
        cast(null as string) as meter_id,
        {{ month_of('statements_overlapping.first_day') }} as month,
        statements_overlapping.row_ids,
        'Produit ' || statements_overlapping.product_id || ' : deux déclarations ('
        || replace(statements_overlapping.quantity_a, '.', ',') || ' et '
        || replace(statements_overlapping.quantity_b, '.', ',') || ') couvrent la période du '
        || {{ french_date('statements_overlapping.first_day') }}
        || ' au ' || {{ french_date('statements_overlapping.last_day') }} || '.' as message_fr,
        'Product ' || statements_overlapping.product_id || ': two statements ('
        || statements_overlapping.quantity_a || ' and ' || statements_overlapping.quantity_b || ') cover '
        || {{ iso_date('statements_overlapping.first_day') }}
        || ' to ' || {{ iso_date('statements_overlapping.last_day') }} || '.' as message_en,
        cast(statements_overlapping.last_received_at as date) as first_seen_on
    from statements_overlapping
    union all
    select
        'P03' as check_id,
        products_unknown.member_id,
        products_unknown.site_id,
        cast(null as string) as meter_id,
        {{ month_of('products_unknown.period_start') }} as month,
        products_unknown.row_ids,
        'Produit ' || products_unknown.product_id || ' : production du site ' || products_unknown.site_id
        || ' à partir du ' || {{ french_date('products_unknown.period_start') }}
        || ', mais le registre ne connaît pas ce produit pour le membre ' || products_unknown.member_id || '.'
            as message_fr,
        'Product ' || products_unknown.product_id || ': production of site ' || products_unknown.site_id
        || ' from ' || {{ iso_date('products_unknown.period_start') }}
        || ', but the register does not know this product for member ' || products_unknown.member_id || '.'
            as message_en,
        cast(products_unknown.last_received_at as date) as first_seen_on
    from products_unknown
)

select * from final
