with register_rows as (
    select * from {{ ref('stg_fuel_certificates__certificates') }}
),

sites as (
    select * from {{ ref('dim_sites') }}
),

site_shares as (
    select distinct
        site_id,
        member_id
    from {{ ref('dim_site_shares') }}
),

carriers as (
    select * from {{ ref('int_carrier_properties') }}
),

holds as (
    select distinct row_id
    from {{ ref('stg_checks__holds') }}
    where feed = 'fuel_certificates'
),

checks as (
    select * from {{ ref('checks') }}
),

standing as (
    {{ latest_by_key('register_rows', ['certificate_id']) }}
),

looked_up as (
    select
        standing.*,
        carriers.carrier is not null as is_fuel,
        sites.site_id is not null as is_site_known,
        coalesce(sites.member_id = standing.member_id, false) or site_shares.site_id is not null as is_held_by_member,
        coalesce(
            standing.ncv_gj_per_t,
            standing.density_kg_per_m3,
            standing.carbon_content_t_per_t,
            standing.biogenic_carbon_share
        ) is null as is_without_value,
        holds.row_id is not null
        or coalesce(standing.ncv_gj_per_t > standing.gcv_gj_per_t, false)
        or least(
            coalesce(standing.ncv_gj_per_t, 1),
            coalesce(standing.gcv_gj_per_t, 1),
            coalesce(standing.density_kg_per_m3, 1),
            coalesce(standing.carbon_content_t_per_t, 1)
        ) <= 0
        {%- for value in ['ncv_gj_per_t', 'density_kg_per_m3', 'carbon_content_t_per_t'] %}
        or coalesce(cast(standing.{{ value }} as decimal(20, 6)) > carriers.{{ value }} * checks.threshold_upper, false)
        or coalesce(cast(standing.{{ value }} as decimal(20, 6)) * checks.threshold_upper < carriers.{{ value }}, false)
        {%- endfor %} as is_impossible
    from standing
    inner join checks on checks.check_id = 'G02'
    left join carriers on standing.carrier = carriers.carrier
    left join sites on standing.site_id = sites.site_id
    left join site_shares on standing.site_id = site_shares.site_id and standing.member_id = site_shares.member_id
    left join holds on standing.row_id = holds.row_id
),

final as (
    select
        looked_up.certificate_id,
        looked_up.member_id,
        looked_up.site_id,
        looked_up.carrier,
        looked_up.valid_from,
        looked_up.valid_to,
        looked_up.ncv_gj_per_t,
        looked_up.gcv_gj_per_t,
        looked_up.density_kg_per_m3,
        looked_up.carbon_content_t_per_t,
        looked_up.biogenic_carbon_share,
        looked_up.laboratory,
        looked_up.method,
        looked_up.document_sha256,
        cast(
            case
                when looked_up.document_sha256 is null then 'no_document'
                when not looked_up.is_fuel then 'unknown_fuel'
                when not looked_up.is_site_known then 'unknown_site'
                when not looked_up.is_held_by_member then 'site_of_another_member'
                when looked_up.is_without_value then 'nothing_measured'
                when looked_up.is_impossible then 'impossible_value'
            end as string
        ) as refusal,
        looked_up.row_id,
        looked_up.file_sha256,
        looked_up.file_sequence,
        looked_up.sheet,
        looked_up.row_no,
        looked_up.received_at
    from looked_up
)

select * from final
