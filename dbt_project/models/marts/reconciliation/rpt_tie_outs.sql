with statements_received as (
    select * from {{ ref('stg_account_statements__statements') }}
),

statements as (
    {{ latest_by_key('statements_received', ['member_id', 'year', 'supplier', 'product_id']) }}
),

bill_lines as (
    select *
    from {{ ref('int_energy_bills__classified') }}
    where
        outcome in (
            'counted', 'not_energy', 'quantity_repeated', 'register_total_with_parts', 'energy_exported', 'superseded_estimate'
        )
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

electricity_use as (
    select *
    from {{ ref('int_electricity_use') }}
    where is_purchased
),

production as (
    select * from {{ ref('fct_production') }}
),

exports as (
    select * from {{ ref('fct_exports') }}
),

checks as (
    select * from {{ ref('checks') }}
),

-- Cost: the amounts of all lines billed in the year, as the accounts book them. A line without an amount leaves the sum unknown.
costs as (
    select
        'T01' as check_id,
        statements.member_id,
        statements.year,
        statements.supplier as subject,
        'MAD' as unit,
        case when count(bill_lines.row_id) = count(bill_lines.amount_excl_vat) then sum(bill_lines.amount_excl_vat) end
            as warehouse_amount,
        max(statements.energy_cost_mad) as stated_amount,
        statements.row_id
    from statements
    left join bill_lines
        on
            statements.member_id = bill_lines.member_id
            and statements.year = {{ year_of('bill_lines.issued_on') }}
            and coalesce({{ supplier_key('statements.supplier') }} = {{ supplier_key('bill_lines.supplier') }}, true)
    where statements.energy_cost_mad is not null
    group by statements.member_id, statements.year, statements.supplier, statements.row_id
),

-- Electricity: what was used in the year, against the supplier's annual statement.
electricity as (
    select
        'T02' as check_id,
        statements.member_id,
        statements.year,
        statements.supplier as subject,
        'kWh' as unit,
        coalesce(sum(electricity_use.quantity_kwh), 0) as warehouse_amount,
        max(statements.electricity_kwh) as stated_amount,
        statements.row_id
    from statements
    left join energy_use
        on
            statements.member_id = energy_use.member_id
            and statements.year = {{ year_of('energy_use.month') }}
            and coalesce({{ supplier_key('statements.supplier') }} = {{ supplier_key('energy_use.supplier') }}, true)
    left join electricity_use on energy_use.energy_use_id = electricity_use.energy_use_id
    where statements.electricity_kwh is not null
    group by statements.member_id, statements.year, statements.supplier, statements.row_id
),

produced as (
    select
        production.member_id,
        {{ year_of('production.month') }} as year,
        production.product_id,
        case when count(*) = count(production.quantity_t) then sum(production.quantity_t) end as produced_t
    from production
    group by production.member_id, {{ year_of('production.month') }}, production.product_id
),

exported as (
    select
        exports.member_id,
        {{ year_of('exports.month') }} as year,
        exports.product_id,
        sum(exports.net_mass_kg) * cast('0.001' as decimal(3, 3)) as exported_t
    from exports
    where exports.product_id is not null
    group by exports.member_id, {{ year_of('exports.month') }}, exports.product_id
),

-- Exports: no more can leave than was made and taken from the stock. What is not stated of the stock is not assumed.
exports_of_products as (
    select
        'T03' as check_id,
        exported.member_id,
        exported.year,
        exported.product_id as subject,
        't' as unit,
        produced.produced_t + coalesce(statements.opening_stock_t - statements.closing_stock_t, 0) as warehouse_amount,
        exported.exported_t as stated_amount,
        statements.row_id,
        statements.opening_stock_t - statements.closing_stock_t is not null as is_stock_stated
    from exported
    left join produced
        on
            exported.member_id = produced.member_id
            and exported.year = produced.year
            and exported.product_id = produced.product_id
    left join statements
        on
            exported.member_id = statements.member_id
            and exported.year = statements.year
            and exported.product_id = statements.product_id
),

compared as (
    select
        costs.*,
        cast(null as boolean) as is_stock_stated
    from costs
    union all
    select
        electricity.*,
        cast(null as boolean) as is_stock_stated
    from electricity
    union all
    select * from exports_of_products
),

measured as (
    select
        compared.*,
        checks.threshold as tolerance_percent,
        case
            when compared.check_id = 'T03' then greatest(compared.stated_amount - compared.warehouse_amount, 0)
            else abs(compared.stated_amount - compared.warehouse_amount)
        end * 100 <= cast(checks.threshold as decimal(20, 6)) * abs(compared.warehouse_amount) as is_within
    from compared
    inner join checks on compared.check_id = checks.check_id
),

final as (
    select
        {{ surrogate_key(['measured.check_id', 'measured.member_id', 'measured.year', 'measured.subject']) }} as tie_out_id,
        cast(measured.check_id as string) as check_id,
        measured.member_id,
        cast(measured.year as int) as year,
        cast(measured.subject as string) as subject,
        cast(measured.unit as string) as unit,
        cast(measured.warehouse_amount as decimal(28, 6)) as warehouse_amount,
        cast(measured.stated_amount as decimal(28, 6)) as stated_amount,
        cast(measured.warehouse_amount - measured.stated_amount as decimal(28, 6)) as difference,
        measured.tolerance_percent,
        cast(
            case
                when measured.is_within is null then 'unknown'
                when measured.is_within then 'tied'
                when measured.check_id = 'T03' and not measured.is_stock_stated then 'stock_not_stated'
                else 'not_tied'
            end as string
        ) as status,
        measured.row_id
    from measured
)

select * from final
