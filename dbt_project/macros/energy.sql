{#- Whether a bill line states energy: its component is energy or losses, and its register is not of another quantity. -#}
{% macro is_energy_line(relation) -%}
    ({{ relation }}.component in ('energy', 'losses') and {{ relation }}.register not in ('reactive', 'demand', 'delivery'))
{%- endmacro %}


{#- A supplier's name as a key: without case, accents, punctuation and legal form, so that LYDEC is Lydec S.A. -#}
{% macro supplier_key(name) -%}
    translate(
        regexp_replace(lower(trim({{ name }})), '[ ,]+(s[.]?a[.]?|s[.]?a[.]?r[.]?l[.]?)$', ''),
        'àâäçéèêëîïôöùûü .,-_/()&''', 'aaaceeeeiioouuu'
    )
{%- endmacro %}


{#- What a meter counted between two indexes, or from the first over zero to the second when `digits` is given. -#}
{% macro index_consumption(index_start, index_end, multiplier, digits=none) -%}
    (
        cast({{ index_end }} as decimal(19, 6)) - {{ index_start }}
        {%- if digits %} + cast('1' || repeat('0', {{ digits }}) as decimal(19, 6)){% endif %}
    ) * coalesce({{ multiplier }}, 1)
{%- endmacro %}
