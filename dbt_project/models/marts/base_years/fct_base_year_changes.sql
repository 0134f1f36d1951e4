with effects as (
    select * from {{ ref('int_base_year_changes__effects') }}
),

final as (
    select
        effects.change_id,
        effects.measure,
        effects.member_id,
        effects.base_year,
        effects.kind,
        effects.cause,
        effects.is_trigger,
        effects.effective_on,
        effects.site_id,
        effects.reason,
        effects.document_sha256,
        effects.held_by_statement_of,
        effects.is_pending,
        effects.effect_basis,
        effects.effect_kgco2e,
        effects.row_id
    from effects
)

select * from final
