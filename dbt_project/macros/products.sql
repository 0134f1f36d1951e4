{#-
    Kilograms per unit of quantity, DECIMAL(18, 6). Null for a quantity so small that the quotient would leave that type: such a
    figure says nothing, and it must not stop the night.
-#}
{% macro kg_per_unit(kilograms, quantity) -%}
    case
        when abs({{ kilograms }}) < abs(cast({{ quantity }} as decimal(19, 6))) * cast(100000000000 as decimal(12, 0))
            then {{ decimal_divide(kilograms, quantity, 6) }}
    end
{%- endmacro %}


{#-
    What of a site goes to its products: the measures that are split to pools and from these to products, each with the emissions that it
    holds and the kilograms it takes of each. `primary_data` and the ratings weigh the direct and indirect (location) emissions.
-#}
{% macro allocated_measures() -%}
    {%- set both = "emissions.scope = 1 or emissions.method = 'location'" -%}
    {{ return({
        'direct': ["emissions.scope = 1", 'emissions.kgco2e'],
        'indirect': ["emissions.method = 'location'", 'emissions.kgco2e'],
        'indirect_market': ["emissions.method = 'market'", 'emissions.kgco2e'],
        'biogenic_co2': ["emissions.scope = 1", 'emissions.biogenic_co2_kg'],
        'primary_data': [both, 'case when emissions.is_estimated then 0 * emissions.kgco2e else emissions.kgco2e end'],
        'technological': [both, 'emissions.kgco2e * cast(ratings.technological_rating as decimal(20, 0))'],
        'geographical': [both, 'emissions.kgco2e * cast(ratings.geographical_rating as decimal(20, 0))'],
        'temporal': [both, 'emissions.kgco2e * cast(ratings.temporal_rating as decimal(20, 0))'],
    }) }}
{%- endmacro %}


{#- The measures of a product that a product made from it takes over, by tonne. -#}
{% macro embedded_measures() -%}
    {{ return(['direct', 'indirect', 'primary_data', 'technological', 'geographical', 'temporal']) }}
{%- endmacro %}


{#-
    Kilograms per tonne, DECIMAL(18, 9), rounded half up once. Null for a mass so small that the quotient would leave that type.
-#}
{% macro kg_per_tonne(kilograms, tonnes) -%}
    case
        when abs({{ kilograms }}) < abs(cast({{ tonnes }} as decimal(19, 6))) * cast(100000000 as decimal(9, 0))
            then {{ decimal_divide(kilograms, tonnes, 9) }}
    end
{%- endmacro %}


{#-
    A weighted mean: `part` / `whole`, DECIMAL(18, `scale`). Part and whole are split apart, so that a part may pass a bound by the last places:
    a tenth of a gram is taken for the bound itself. Null when it is further out (credit notes), or when the whole is not positive.
-#}
{% macro share_within(part, whole, lowest, highest, scale) -%}
    {%- set floor = 'cast(' ~ whole ~ ' as decimal(20, 6)) * ' ~ lowest -%}
    {%- set ceiling = 'cast(' ~ whole ~ ' as decimal(20, 6)) * ' ~ highest -%}
    case
        when
            {{ whole }} > 0
            and {{ part }} between {{ floor }} - cast('0.0001' as decimal(20, 6)) and {{ ceiling }} + cast('0.0001' as decimal(20, 6))
            then {{ decimal_divide('greatest(least(' ~ part ~ ', ' ~ ceiling ~ '), ' ~ floor ~ ')', whole, scale) }}
    end
{%- endmacro %}


{#-
    One step along the precursors that are the member's own products: the emissions per tonne of what is resolved so far (specific_n), what
    they bring into the products made from it (own_n), and the products resolved now (embedded_n). Three CTEs of int_products__embedded.
-#}
{% macro embedded_step(step) %}
    specific_{{ step }} as (
        select
            embedded_{{ step - 1 }}.product_id,
            embedded_{{ step - 1 }}.year,
            {% for measure in embedded_measures() %}
                {{ kg_per_tonne(
                    'case when count(*) = count(embedded_' ~ (step - 1) ~ '.' ~ measure
                    ~ ') then sum(embedded_' ~ (step - 1) ~ '.' ~ measure ~ ') end',
                    'case when count(*) = count(embedded_' ~ (step - 1) ~ '.produced_t) then sum(embedded_'
                    ~ (step - 1) ~ '.produced_t) end'
                ) }} as {{ measure }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from embedded_{{ step - 1 }}
        group by embedded_{{ step - 1 }}.product_id, embedded_{{ step - 1 }}.year
        having count(*) = max(embedded_{{ step - 1 }}.sites)
    ),

    own_{{ step }} as (
        select
            own_uses.site_id,
            own_uses.product_id,
            own_uses.year,
            count(*) - count(specific_{{ step }}.product_id) as uses_not_resolved,
            {% for measure in embedded_measures() %}
                sum({{ round_half_up(
                    'cast(own_uses.quantity_t as decimal(20, 6)) * specific_' ~ step ~ '.' ~ measure
                ) }}) as {{ measure }},
                count(*) - count(
                    cast(own_uses.quantity_t as decimal(20, 6)) * specific_{{ step }}.{{ measure }}
                ) as unknown_{{ measure }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from own_uses
        left join specific_{{ step }}
            on own_uses.precursor_id = specific_{{ step }}.product_id and own_uses.year = specific_{{ step }}.year
        group by own_uses.site_id, own_uses.product_id, own_uses.year
    ),

    embedded_{{ step }} as (
        select
            without_own.site_id,
            without_own.product_id,
            without_own.year,
            without_own.produced_t,
            without_own.sites,
            {% for measure in embedded_measures() %}
                cast(
                    without_own.{{ measure }}
                    + case
                        when own_{{ step }}.product_id is null then 0
                        when own_{{ step }}.unknown_{{ measure }} = 0 then own_{{ step }}.{{ measure }}
                    end as decimal(38, 6)
                ) as {{ measure }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from without_own
        left join own_{{ step }}
            on
                without_own.site_id = own_{{ step }}.site_id
                and without_own.product_id = own_{{ step }}.product_id
                and without_own.year = own_{{ step }}.year
        where coalesce(own_{{ step }}.uses_not_resolved, 0) = 0
    ),
{% endmacro %}


{#- What a product itself emits of a measure: nothing in a scope in which its site has no activity. -#}
{% macro own_emissions(relation, measure) -%}
    {%- if measure in ['direct', 'indirect'] -%}
        case
            when {{ relation }}.is_allocated and {{ relation }}.is_measured and not {{ relation }}.has_{{ measure }} then 0
            else {{ relation }}.{{ measure }}
        end
    {%- else -%}
        {{ relation }}.{{ measure }}
    {%- endif -%}
{%- endmacro %}
