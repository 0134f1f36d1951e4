with flows as (
    select * from {{ ref('stg_partner_trade__flows') }}
),

editions_ranked as (
    select
        flows.*,
        row_number() over (
            partition by
                coalesce(flows.source, ''),
                coalesce(flows.reporter, ''),
                coalesce(flows.partner, ''),
                coalesce(flows.second_partner, ''),
                coalesce(flows.flow, ''),
                coalesce(flows.classification, ''),
                coalesce(flows.product_code, ''),
                coalesce(flows.sitc, ''),
                coalesce(flows.procedure, ''),
                coalesce(flows.transport, ''),
                coalesce(flows.period, '')
            order by flows.file_sequence desc, flows.sheet desc, flows.row_no desc, flows.row_id desc
        ) as edition_no
    from flows
),

final as (
    select
        editions_ranked.row_id,
        editions_ranked.source,
        editions_ranked.edition,
        editions_ranked.reporter,
        editions_ranked.reporter_name,
        editions_ranked.partner,
        editions_ranked.partner_name,
        editions_ranked.second_partner,
        editions_ranked.flow,
        editions_ranked.classification,
        editions_ranked.product_code,
        editions_ranked.product_name,
        editions_ranked.sitc,
        editions_ranked.procedure,
        editions_ranked.transport,
        editions_ranked.period,
        editions_ranked.net_mass_kg,
        editions_ranked.supplementary_quantity,
        editions_ranked.supplementary_unit,
        editions_ranked.value,
        editions_ranked.currency,
        case
            when length(editions_ranked.product_code) >= 6 and substr(editions_ranked.product_code, 1, 6) not like '%X%'
                then substr(editions_ranked.product_code, 1, 6)
        end as hs6,
        editions_ranked.product_code like '%X%' as is_confidential,
        cast(substr(editions_ranked.period, 1, 4) as int) as year,
        case
            when substr(editions_ranked.period, 5, 2) between '01' and '12'
                then cast(
                    substr(editions_ranked.period, 1, 4) || '-' || substr(editions_ranked.period, 5, 2) || '-01' as date
                )
        end as month,
        editions_ranked.file_sha256,
        editions_ranked.sheet,
        editions_ranked.row_no
    from editions_ranked
    where editions_ranked.edition_no = 1
)

select * from final
