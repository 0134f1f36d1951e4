{#- The factor of a fuel that a laboratory measured, as a text: its certificate, and the published factor whose other gases it takes. -#}
{% macro certificate_factor_id(certificate_id, published_factor_id) -%}
    'certificate:' || {{ certificate_id }} || ':' || {{ published_factor_id }}
{%- endmacro %}
