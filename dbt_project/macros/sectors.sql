{#- The first of January of a year that is a whole number. -#}
{% macro first_day_of_year(year) -%}
    cast(cast({{ year }} as string) || '-01-01' as date)
{%- endmacro %}


{#- The indicators of a sector that are measures of rpt_member_years, and their units. -#}
{% macro sector_member_indicators() -%}
    {{ return({
        'energy_gj': 'GJ',
        'scope1_kgco2e': 'kgco2e',
        'scope2_location_kgco2e': 'kgco2e',
        'scope2_market_kgco2e': 'kgco2e',
        'biogenic_co2_kg': 'kg',
    }) }}
{%- endmacro %}


{#- The indicators of a sector that are sums of fct_exports: the column and its unit. -#}
{% macro sector_export_indicators() -%}
    {{ return({
        'exports_fob_value_mad': ('fob_value_mad', 'MAD'),
        'exports_net_mass_kg': ('net_mass_kg', 'kg'),
    }) }}
{%- endmacro %}
