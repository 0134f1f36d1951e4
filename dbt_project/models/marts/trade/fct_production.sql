with statement_months as (
    select * from {{ ref('int_production__by_month') }}
),

numbered as (
    select
        statement_months.*,
        row_number() over (
            partition by
                statement_months.site_id,
                statement_months.product_id,
                coalesce(statement_months.process_id, ''),
                statement_months.month
            order by
                statement_months.file_sequence,
                statement_months.sheet,
                statement_months.row_no,
                statement_months.row_id
        ) as statement_no
    from statement_months
),

product_months as (
    select
        numbered.site_id,
        numbered.product_id,
        numbered.process_id,
        numbered.month,
        max(case when numbered.statement_no = 1 then numbered.row_id end) as row_id,
        max(case when numbered.statement_no = 1 then numbered.member_id end) as member_id,
        max(case when numbered.statement_no = 1 then numbered.file_sha256 end) as file_sha256,
        max(case when numbered.statement_no = 1 then numbered.sheet end) as sheet,
        max(case when numbered.statement_no = 1 then numbered.row_no end) as row_no,
        max(numbered.declared_unit) as declared_unit,
        count(distinct numbered.unit) as units_stated,
        max(numbered.unit) as unit,
        sum(numbered.quantity) as quantity,
        case when count(*) = count(numbered.quantity_declared) then sum(numbered.quantity_declared) end
            as quantity_declared,
        case when count(*) = count(numbered.quantity_t) then sum(numbered.quantity_t) end as quantity_t,
        {{ sorted_list('numbered.row_id') }} as row_ids,
        -- Of several statements the least settled and the least reliable speaks for the month.
        max(case numbered.status when 'provisional' then 3 when 'restated' then 2 when 'final' then 1 end)
            as status_rank,
        max(
            case numbered.measure_method
                when 'estimate' then 4
                when 'erp' then 3
                when 'counter' then 2
                when 'weighbridge' then 1
            end
        ) as method_rank
    from numbered
    group by numbered.site_id, numbered.product_id, numbered.process_id, numbered.month
),

final as (
    select
        {{ surrogate_key([
            'product_months.site_id', 'product_months.product_id', 'product_months.process_id', 'product_months.month'
        ]) }} as production_id,
        product_months.row_id,
        product_months.member_id,
        product_months.site_id,
        product_months.product_id,
        product_months.process_id,
        product_months.month,
        -- Statements in different units add up in the declared unit only.
        cast(
            case
                when product_months.units_stated = 1 then product_months.quantity
                else product_months.quantity_declared
            end
            as decimal(18, 6)
        ) as quantity,
        cast(
            case when product_months.units_stated = 1 then product_months.unit else product_months.declared_unit end
            as string
        ) as unit,
        cast(product_months.quantity_declared as decimal(18, 6)) as quantity_declared,
        cast(product_months.declared_unit as string) as declared_unit,
        cast(product_months.quantity_t as decimal(18, 6)) as quantity_t,
        cast(
            case product_months.status_rank when 3 then 'provisional' when 2 then 'restated' when 1 then 'final' end
            as string
        ) as status,
        cast(
            case product_months.method_rank
                when 4 then 'estimate'
                when 3 then 'erp'
                when 2 then 'counter'
                when 1 then 'weighbridge'
            end
            as string
        ) as measure_method,
        product_months.row_ids,
        product_months.file_sha256,
        product_months.sheet,
        cast(product_months.row_no as int) as row_no
    from product_months
)

select * from final
