with register_rows as (
    select * from {{ ref('stg_base_years__statements') }}
),

received_last as (
    {{ latest_by_key('register_rows', ['member_id', 'base_year', 'stated_on']) }}
),

ordered as (
    select
        received_last.*,
        row_number() over (
            partition by received_last.member_id, received_last.base_year
            order by received_last.stated_on
        ) as statement_no,
        row_number() over (
            partition by received_last.member_id, received_last.base_year
            order by received_last.stated_on desc
        ) as from_last,
        row_number() over (
            partition by received_last.member_id
            order by received_last.stated_on desc, received_last.base_year desc
        ) as from_last_of_member
    from received_last
),

current_years as (
    select
        ordered.member_id,
        ordered.base_year
    from ordered
    where ordered.from_last_of_member = 1
),

final as (
    select
        ordered.member_id,
        ordered.base_year,
        ordered.stated_on,
        cast(ordered.statement_no as int) as statement_no,
        ordered.from_last = 1 as is_standing,
        current_years.member_id is not null as is_current_base_year,
        {{ tonnes_in_kg('ordered.scope1_tco2e') }} as scope1_kgco2e,
        {{ tonnes_in_kg('ordered.scope2_location_tco2e') }} as scope2_location_kgco2e,
        {{ tonnes_in_kg('ordered.scope2_market_tco2e') }} as scope2_market_kgco2e,
        ordered.reason,
        ordered.stated_by,
        ordered.document_sha256,
        ordered.row_id,
        ordered.file_sha256,
        ordered.sheet,
        ordered.row_no,
        ordered.received_at
    from ordered
    left join current_years
        on ordered.member_id = current_years.member_id and ordered.base_year = current_years.base_year
)

select * from final
