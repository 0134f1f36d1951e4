{{ config(materialized='table') }}

with months as (
    select * from {{ ref('int_association_months') }}
),

members as (
    select * from {{ ref('dim_members') }}
),

energy_use as (
    select * from {{ ref('fct_energy_use') }}
),

energy_exports as (
    select * from {{ ref('fct_energy_exports') }}
),

emissions as (
    select * from {{ ref('fct_emissions') }}
),

-- A fact outside the membership, such as a bill of the months before joining, still needs its month.
final as (
    select
        members.member_id,
        months.month
    from members
    inner join months
        on
            members.joined_on <= months.last_day
            and coalesce(members.left_on >= months.month, true)
    union distinct
    select
        energy_use.member_id,
        energy_use.month
    from energy_use
    union distinct
    select
        energy_exports.member_id,
        energy_exports.month
    from energy_exports
    union distinct
    select
        emissions.member_id,
        emissions.month
    from emissions
)

select * from final
