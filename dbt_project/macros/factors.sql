{#- What a factor is chosen for, as text: a fuel, a process with its material and parameter (without regard to case), or the grid. -#}
{% macro factor_subject_of_carrier(carrier) -%}
    'carrier:' || {{ carrier }}
{%- endmacro %}

{% macro factor_subject_of_process(relation) -%}
    'process:' || {{ relation }}.process || ':' || coalesce(lower({{ relation }}.material), '') || ':' || coalesce({{ relation }}.parameter, '')
{%- endmacro %}

{% macro factor_subject_of_grid() -%}
    'grid:MA'
{%- endmacro %}


{#- The calendar year of a date, as a whole number. -#}
{% macro year_of(date) -%}
    cast(extract(year from {{ date }}) as int)
{%- endmacro %}


{#- How much of the basis of a fuel's factor (GJ of net calorific value, or t) one unit of the carrier holds. -#}
{% macro fuel_basis_per_unit(factors, conversions) -%}
    cast(
        case {{ factors }}.basis
            when 'GJ' then {{ conversions }}.gj_per_unit
            when 't' then cast({{ conversions }}.t_per_unit as decimal(20, 15))
        end as decimal(20, 15)
    )
{%- endmacro %}


{#-
    What an activity emits by its factor, as columns of a select: each gas in kg, rounded half up once from the quantity as stated, and
    the potentials that `co2e_of_gases` weighs them with. `activities` has quantity and basis_per_unit, `factors` is `dim_factors`.
-#}
{% macro gases_of_activity(activities, factors) -%}
    {{ factors }}.ch4_gwp,
    {{ factors }}.n2o_gwp,
    {{ factors }}.ch4_gwp_ar5,
    {{ factors }}.n2o_gwp_ar5,
    {%- for gas in ['co2_kg', 'ch4_kg', 'n2o_kg', 'biogenic_co2_kg', 'other_kgco2e', 'other_kgco2e_ar5'] %}
    {{ round_half_up(
        activities ~ '.quantity * ' ~ activities ~ '.basis_per_unit * cast(' ~ factors ~ '.' ~ gas ~ '_per_basis as decimal(18, 6))'
    ) }} as {{ gas }}{% if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}


{#- The CO2e of rounded gases, kg, rounded half up once. `suffix` is empty for the set in use or `_ar5`. -#}
{% macro co2e_of_gases(gases, suffix='') -%}
    {{ round_half_up(
        gases ~ '.co2_kg + cast(' ~ gases ~ '.ch4_kg as decimal(20, 6)) * ' ~ gases ~ '.ch4_gwp' ~ suffix
        ~ ' + cast(' ~ gases ~ '.n2o_kg as decimal(20, 6)) * ' ~ gases ~ '.n2o_gwp' ~ suffix
        ~ ' + ' ~ gases ~ '.other_kgco2e' ~ suffix
    ) }}
{%- endmacro %}
