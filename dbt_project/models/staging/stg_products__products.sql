with source as (
    select * from {{ source('raw', 'products') }}
),

typed as (
    select
        cast(product_id as string) as product_id,
        cast(member_id as string) as member_id,
        cast(site_id as string) as site_id,
        cast(name as string) as name,
        cast(hs6 as string) as hs6,
        cast(cn8 as string) as cn8,
        cast(declared_unit as string) as declared_unit,
        cast(unit_mass_kg as decimal(18, 6)) as unit_mass_kg,
        cast(unit_energy_gj as decimal(18, 6)) as unit_energy_gj,
        cast(unit_value_mad as decimal(18, 6)) as unit_value_mad,
        cast(production_route as string) as production_route,
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
