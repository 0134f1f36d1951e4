with site_years as (
    select * from {{ ref('int_site_years__measured') }}
),

statement_months as (
    select * from {{ ref('int_production__by_month') }}
),

statements_of_site_years as (
    select
        statement_months.site_id,
        cast(extract(year from statement_months.month) as int) as year,
        {{ sorted_list('statement_months.row_id') }} as row_ids,
        max(statement_months.received_at) as last_received_at
    from statement_months
    group by statement_months.site_id, cast(extract(year from statement_months.month) as int)
),

unallocated as (
    select
        site_years.*,
        cast(site_years.year as string) as year_text,
        statements_of_site_years.row_ids,
        statements_of_site_years.last_received_at
    from site_years
    inner join statements_of_site_years
        on site_years.site_id = statements_of_site_years.site_id and site_years.year = statements_of_site_years.year
),

final as (
    select
        'A01' as check_id,
        unallocated.member_id,
        unallocated.site_id,
        cast(null as string) as meter_id,
        unallocated.first_month as month,
        unallocated.row_ids,
        'Site ' || unallocated.site_id || ', année ' || unallocated.year_text || ' : '
        || coalesce(
            'masse inconnue pour ' || unallocated.products_without_mass, 'la masse produite est nulle'
        ) || ' ; les émissions du site ne sont pas réparties entre ses produits.' as message_fr,
        'Site ' || unallocated.site_id || ', year ' || unallocated.year_text || ': '
        || coalesce(
            'mass unknown for ' || unallocated.products_without_mass, 'the produced mass is zero'
        ) || '; the emissions of the site are not allocated to its products.' as message_en,
        cast(unallocated.last_received_at as date) as first_seen_on
    from unallocated
    where not unallocated.is_mass_known
    union all
    select
        'A02' as check_id,
        unallocated.member_id,
        unallocated.site_id,
        cast(null as string) as meter_id,
        unallocated.first_month as month,
        unallocated.row_ids,
        'Site ' || unallocated.site_id || ', année ' || unallocated.year_text || ', émissions sans facteur : '
        || cast(unallocated.unknown_facts as string)
        || ' ; le total du site et l''empreinte de ses produits restent inconnus.' as message_fr,
        'Site ' || unallocated.site_id || ', year ' || unallocated.year_text || ', emissions without a factor: '
        || cast(unallocated.unknown_facts as string)
        || '; the total of the site and the footprint of its products stay unknown.'
            as message_en,
        cast(unallocated.last_received_at as date) as first_seen_on
    from unallocated
    where unallocated.unknown_facts > 0
)

select * from final
