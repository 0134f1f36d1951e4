with source as (
    select * from {{ source('raw', 'fuel_certificates') }}
),

typed as (
    select
        cast(certificate_id as string) as certificate_id,
        cast(member_id as string) as member_id,
        cast(site_id as string) as site_id,
        cast(carrier as string) as carrier,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        cast(ncv_gj_per_t as decimal(18, 6)) as ncv_gj_per_t,
        cast(gcv_gj_per_t as decimal(18, 6)) as gcv_gj_per_t,
        cast(density_kg_per_m3 as decimal(18, 6)) as density_kg_per_m3,
        cast(carbon_content_t_per_t as decimal(18, 6)) as carbon_content_t_per_t,
        cast(biogenic_carbon_share as decimal(18, 6)) as biogenic_carbon_share,
        cast(laboratory as string) as laboratory,
        cast(method as string) as method,
        cast(document_sha256 as string) as document_sha256,
        cast(row_id as string) as row_id,
        cast(file_sha256 as string) as file_sha256,
        cast(sheet as string) as sheet,
        cast(row_no as int) as row_no,
        cast(batch_id as string) as batch_id,
        cast(file_sequence as bigint) as file_sequence,
        cast(received_at as timestamp) as received_at,
        cast(mapping as string) as mapping,
        cast(mapping_version as string) as mapping_version,
        cast(flags as string) as flags
    from source
)

select * from typed
