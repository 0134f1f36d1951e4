with flows as (
    select * from {{ ref('stg_national_exports__flows') }}
),

editions_ranked as (
    select
        flows.*,
        row_number() over (
            partition by
                coalesce(flows.country_code, ''), coalesce(flows.country_name, ''), flows.flow_code, flows.year
            order by flows.file_sequence desc, flows.sheet desc, flows.row_no desc, flows.row_id desc
        ) as edition_no
    from flows
),

final as (
    select
        editions_ranked.row_id,
        editions_ranked.country_code,
        editions_ranked.country_name,
        editions_ranked.flow_code,
        editions_ranked.flow_name,
        cast(editions_ranked.year as int) as year,
        editions_ranked.value_mad,
        editions_ranked.file_sha256,
        editions_ranked.sheet,
        editions_ranked.row_no
    from editions_ranked
    where editions_ranked.edition_no = 1
)

select * from final
