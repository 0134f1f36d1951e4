{#-
    The fluorinated gases that count in CO2e, as {name in columns: name in the seed of potentials}: those with a potential in both AR5
    and AR6. HCFC-22 is a gas of the Montreal Protocol: its mass is a memo outside the scopes, and it is not among them.
-#}
{% macro fluorinated_gases() -%}
    {{ return({
        'cf4': 'CF4',
        'c2f6': 'C2F6',
        'sf6': 'SF6',
        'nf3': 'NF3',
        'hfc_23': 'HFC-23',
        'hfc_32': 'HFC-32',
        'hfc_125': 'HFC-125',
        'hfc_134a': 'HFC-134a',
        'hfc_143a': 'HFC-143a',
        'hfc_152a': 'HFC-152a',
        'hfc_227ea': 'HFC-227ea',
        'hfc_245fa': 'HFC-245fa',
    }) }}
{%- endmacro %}


{#-
    The CO2e of fluorinated gases: masses times potentials, not rounded. `masses` has the columns <gas><suffix>, `potentials` is a
    row of `int_gas_potentials`.
-#}
{% macro co2e_of_fluorinated_gases(masses, potentials, suffix) -%}
    {%- set parts = [] -%}
    {%- for gas in fluorinated_gases() -%}
        {%- do parts.append('cast(' ~ masses ~ '.' ~ gas ~ suffix ~ ' as decimal(24, 9)) * ' ~ potentials ~ '.' ~ gas ~ '_gwp') -%}
    {%- endfor -%}
    {{ parts | join('\n        + ') }}
{%- endmacro %}
