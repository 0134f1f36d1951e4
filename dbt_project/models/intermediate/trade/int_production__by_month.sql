{{ config(materialized='table') }}

with production_records as (
    select * from {{ ref('int_production__classified') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

units as (
    select * from {{ ref('units') }}
),

statements as (
    select *
    from production_records
    where carries_quantity
),

statement_months as (
    {{ months_of_period('statements') }}
),

split as (
    {{ largest_remainder(
        'statement_months', whole='quantity_gross', weight='days', partition_by=['row_id'], tie_breaker='month'
    ) }}
),

stated as (
    select
        split.row_id,
        split.member_id,
        split.site_id,
        split.product_id,
        split.process_id,
        split.month,
        split.part as quantity,
        -- DuckDB multiplies two DECIMAL(18, x) within 18 digits; a wider factor makes room for the product.
        cast(split.part as decimal(19, 6)) as wide_quantity,
        split.unit,
        split.status,
        split.measure_method,
        split.file_sha256,
        split.sheet,
        split.row_no,
        split.file_sequence,
        split.received_at,
        products.declared_unit,
        nullif(products.unit_mass_kg, 0) as unit_mass_kg,
        stated_units.dimension as stated_dimension,
        stated_units.factor_to_base as stated_factor,
        declared_units.dimension as declared_dimension,
        declared_units.factor_to_base as declared_factor
    from split
    left join products on split.product_id = products.product_id
    left join units as stated_units on split.unit = stated_units.unit
    left join units as declared_units on products.declared_unit = declared_units.unit
),

-- The base of mass is the kilogram, so a stated mass in base units divides by the mass of one declared unit.
in_declared_unit as (
    select
        stated.*,
        case
            when stated.unit = stated.declared_unit then stated.quantity
            when stated.stated_dimension = stated.declared_dimension
                then {{ decimal_divide('stated.wide_quantity * stated.stated_factor', 'stated.declared_factor', 6) }}
            when stated.stated_dimension = 'mass'
                then {{ decimal_divide('stated.wide_quantity * stated.stated_factor', 'stated.unit_mass_kg', 6) }}
        end as quantity_declared
    from stated
),

final as (
    select
        in_declared_unit.row_id,
        in_declared_unit.member_id,
        in_declared_unit.site_id,
        in_declared_unit.product_id,
        in_declared_unit.process_id,
        in_declared_unit.month,
        in_declared_unit.quantity,
        in_declared_unit.unit,
        cast(in_declared_unit.quantity_declared as decimal(18, 6)) as quantity_declared,
        in_declared_unit.declared_unit,
        case
            when in_declared_unit.stated_dimension = 'mass'
                then {{ round_half_up('in_declared_unit.wide_quantity * in_declared_unit.stated_factor * 0.001') }}
            else
                {{ round_half_up(
                    'cast(in_declared_unit.quantity_declared as decimal(19, 6)) * in_declared_unit.unit_mass_kg * 0.001'
                ) }}
        end as quantity_t,
        in_declared_unit.status,
        in_declared_unit.measure_method,
        in_declared_unit.file_sha256,
        in_declared_unit.sheet,
        in_declared_unit.row_no,
        in_declared_unit.file_sequence,
        in_declared_unit.received_at
    from in_declared_unit
)

select * from final
