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
    What an activity emits by its factor, as columns of a select: each gas in kg, rounded half up once from the quantity as stated (to
    six places, fluorinated gases to nine: a gram of SF6 weighs 24 kg of CO2), and the potentials that `co2e_of_gases` weighs them with.
    `activities` has quantity and basis_per_unit, `factors` is `dim_factors`, `in_use` and `fifth` are rows of `int_gas_potentials`.
    other_kgco2e is the rounded fluorinated gases times their potentials, or what a rate of CO2e gives (grid, contracts).
-#}
{% macro gases_of_activity(activities, factors, in_use, fifth) -%}
    {%- set basis = activities ~ '.quantity * ' ~ activities ~ '.basis_per_unit' -%}
    {{ factors }}.ch4_gwp,
    {{ factors }}.n2o_gwp,
    {{ factors }}.ch4_gwp_ar5,
    {{ factors }}.n2o_gwp_ar5,
    {%- for gas in ['co2_kg', 'ch4_kg', 'n2o_kg', 'biogenic_co2_kg'] %}
    {{ round_half_up(basis ~ ' * cast(' ~ factors ~ '.' ~ gas ~ '_per_basis as decimal(18, 6))') }} as {{ gas }},
    {%- endfor %}
    {%- for gas in fluorinated_gases() | list + ['hcfc_22'] %}
    {{ mass_of_gas(basis, factors, gas) }} as {{ gas }}_kg,
    {%- endfor %}
    {%- for suffix, potentials in {'': in_use, '_ar5': fifth}.items() %}
    case
        when {{ factors }}.kind = 'process'
            then
                {%- set weighed = [] -%}
                {%- for gas in fluorinated_gases() -%}
                    {%- do weighed.append(
                        'cast(' ~ mass_of_gas(basis, factors, gas) ~ ' as decimal(24, 9)) * ' ~ potentials ~ '.' ~ gas ~ '_gwp'
                    ) -%}
                {%- endfor %}
                {{ round_half_up(weighed | join('\n                + ')) }}
        else
            {{ round_half_up(basis ~ ' * cast(' ~ factors ~ '.other_kgco2e' ~ suffix ~ '_per_basis as decimal(18, 6))') }}
    end as other_kgco2e{{ suffix }}{% if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}


{#- The mass of one fluorinated gas, kg, rounded half up once to nine places. -#}
{% macro mass_of_gas(basis, factors, gas) -%}
    {{ round_half_up(basis ~ ' * cast(' ~ factors ~ '.' ~ gas ~ '_kg_per_basis as decimal(18, 6))', scale=9) }}
{%- endmacro %}


{#- The CO2e of rounded gases, kg, rounded half up once. `suffix` is empty for the set in use or `_ar5`. -#}
{% macro co2e_of_gases(gases, suffix='') -%}
    {{ round_half_up(
        gases ~ '.co2_kg + cast(' ~ gases ~ '.ch4_kg as decimal(20, 6)) * ' ~ gases ~ '.ch4_gwp' ~ suffix
        ~ ' + cast(' ~ gases ~ '.n2o_kg as decimal(20, 6)) * ' ~ gases ~ '.n2o_gwp' ~ suffix
        ~ ' + ' ~ gases ~ '.other_kgco2e' ~ suffix
    ) }}
{%- endmacro %}
