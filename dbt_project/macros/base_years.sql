{#- The measures of a base year: name, the facts that it sums, and its column in tCO2e in the feeds. -#}
{% macro base_year_measures() -%}
    {{ return([
        ('scope1_kgco2e', 'scope = 1', 'scope1_tco2e'),
        ('scope2_location_kgco2e', "method = 'location'", 'scope2_location_tco2e'),
        ('scope2_market_kgco2e', "method = 'market'", 'scope2_market_tco2e'),
    ]) }}
{%- endmacro %}


{#- Tonnes as kilograms: DECIMAL(18, 6). -#}
{% macro tonnes_in_kg(tonnes) -%}
    cast(cast({{ tonnes }} as decimal(24, 6)) * 1000 as decimal(18, 6))
{%- endmacro %}
