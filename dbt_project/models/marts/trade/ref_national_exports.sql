with flows as (
    select * from {{ ref('stg_national_exports__flows') }}
),

editions_ranked as (
    select
        flows.*,
        coalesce(flows.country_code, '') || '|' || coalesce(flows.country_name, '') as country_key,
        row_number() over (
            partition by
                coalesce(flows.country_code, ''), coalesce(flows.country_name, ''), flows.flow_code, flows.year,
                coalesce(flows.month, '')
            order by flows.file_sequence desc, flows.sheet desc, flows.row_no desc, flows.row_id desc
        ) as edition_no
    from flows
),

standing as (
    select
        editions_ranked.*,
        count(case when editions_ranked.month is null then 1 end) over (
            partition by editions_ranked.country_key, editions_ranked.flow_code, editions_ranked.year
        ) as years_stated,
        sum(editions_ranked.value_mad) over (
            partition by editions_ranked.country_key, editions_ranked.flow_code, editions_ranked.year
        ) as value_of_months_mad,
        count(editions_ranked.month) over (
            partition by editions_ranked.country_key, editions_ranked.flow_code, editions_ranked.year
        ) as months_stated,
        row_number() over (
            partition by editions_ranked.country_key, editions_ranked.flow_code, editions_ranked.year
            order by editions_ranked.month desc, editions_ranked.row_id desc
        ) as month_no
    from editions_ranked
    where editions_ranked.edition_no = 1
),

final as (
    select
        standing.row_id,
        standing.country_code,
        standing.country_name,
        standing.flow_code,
        standing.flow_name,
        cast(standing.year as int) as year,
        cast(case when standing.month is null then standing.value_mad else standing.value_of_months_mad end as decimal(18, 6))
            as value_mad,
        cast(case when standing.month is not null then standing.months_stated end as int) as months,
        standing.file_sha256,
        standing.sheet,
        standing.row_no
    from standing
    where
        standing.month is null
        -- A year that is stated as such stands; else its months are added up, and their last one names the row.
        or (standing.years_stated = 0 and standing.month_no = 1)
)

select * from final
