with facilities as (
    select * from {{ ref('stg_facility_emissions__facilities') }}
),

editions_ranked as (
    select
        facilities.*,
        row_number() over (
            partition by
                coalesce(facilities.source, ''),
                coalesce(facilities.country, ''),
                facilities.year,
                coalesce(facilities.company, ''),
                coalesce(facilities.facility_id, ''),
                coalesce(facilities.facility_name, ''),
                coalesce(facilities.region, '')
            order by facilities.file_sequence desc, facilities.sheet desc, facilities.row_no desc, facilities.row_id desc
        ) as edition_no
    from facilities
),

final as (
    select
        editions_ranked.row_id,
        editions_ranked.source,
        editions_ranked.edition,
        editions_ranked.country,
        editions_ranked.region,
        cast(editions_ranked.year as int) as year,
        editions_ranked.facility_id,
        editions_ranked.facility_name,
        editions_ranked.company,
        editions_ranked.ownership_percent,
        editions_ranked.activity_code,
        editions_ranked.activity,
        editions_ranked.scope1_tco2e,
        editions_ranked.scope2_tco2e,
        editions_ranked.electricity_produced_gj,
        editions_ranked.file_sha256,
        editions_ranked.sheet,
        editions_ranked.row_no
    from editions_ranked
    where editions_ranked.edition_no = 1
)

select * from final
