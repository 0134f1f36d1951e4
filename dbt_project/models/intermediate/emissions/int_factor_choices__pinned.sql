{{ config(materialized='table') }}

with pinned as (
    select * from {{ ref('int_factor_releases__pinned') }}
),

choices as (
    select * from {{ ref('dim_factor_choices') }}
),

final as (
    select
        choices.subject,
        pinned.year,
        pinned.factor_release,
        choices.factor_id,
        choices.match_level,
        choices.fallback_path
    from pinned
    inner join choices
        on
            pinned.factor_release = choices.factor_release
            and pinned.year = coalesce(choices.year, pinned.year)
)

select * from final
