{%- set gases = fluorinated_gases() -%}

with potentials as (
    select *
    from {{ ref('global_warming_potentials') }}
    where
        horizon_years = 100
        and ar in ('AR5', 'AR6')
),

final as (
    select
        potentials.ar as gwp_set,
        {% for column, gas in gases.items() -%}
        cast(max(case when potentials.gas = '{{ gas }}' then potentials.value end) as decimal(18, 6)) as {{ column }}_gwp
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from potentials
    group by potentials.ar
)

select * from final
