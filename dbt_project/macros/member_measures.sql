{#-
    The measures of members over their facts, summed by `period`, an expression over `month`: what the member consolidates, and beside
    it the whole of its sites (`gross_`). Renders common table expressions that begin with `energy_sums` and end with `emission_sums`;
    nothing is 0 where nothing is known.
-#}
{% macro member_sums(energy_use, emissions, period) -%}
energy_sums as (
    select
        {{ energy_use }}.member_id,
        {{ period }} as period,
        sum({{ energy_use }}.consolidated_energy_gj) as energy_gj,
        sum({{ energy_use }}.energy_gj) as gross_energy_gj,
        sum(abs({{ energy_use }}.consolidated_energy_gj)) as absolute_gj,
        sum(case when {{ energy_use }}.is_estimated then abs({{ energy_use }}.consolidated_energy_gj) else 0 end) as estimated_gj
    from {{ energy_use }}
    group by {{ energy_use }}.member_id, {{ period }}
),

emission_sums as (
    select
        {{ emissions }}.member_id,
        {{ period }} as period,
        sum(case when {{ emissions }}.scope = 1 then {{ emissions }}.consolidated_kgco2e end) as scope1_kgco2e,
        sum(case when {{ emissions }}.method = 'location' then {{ emissions }}.consolidated_kgco2e end) as scope2_location_kgco2e,
        sum(case when {{ emissions }}.method = 'market' then {{ emissions }}.consolidated_kgco2e end) as scope2_market_kgco2e,
        sum({{ emissions }}.consolidated_biogenic_co2_kg) as biogenic_co2_kg,
        sum(case when {{ emissions }}.scope = 1 then {{ emissions }}.kgco2e end) as gross_scope1_kgco2e,
        sum(case when {{ emissions }}.method = 'location' then {{ emissions }}.kgco2e end) as gross_scope2_location_kgco2e,
        sum(case when {{ emissions }}.method = 'market' then {{ emissions }}.kgco2e end) as gross_scope2_market_kgco2e,
        count(
            case
                when
                    {{ emissions }}.kgco2e is null
                    and ({{ emissions }}.scope = 1 or {{ emissions }}.method = 'location')
                    then {{ emissions }}.emission_id
            end
        ) as facts_without_factor,
        count(
            case
                when
                    {{ emissions }}.consolidated_share is null
                    and ({{ emissions }}.scope = 1 or {{ emissions }}.method = 'location')
                    then {{ emissions }}.emission_id
            end
        ) as facts_without_share
    from {{ emissions }}
    group by {{ emissions }}.member_id, {{ period }}
)
{%- endmacro %}
