{#-
    The share of a site that enters a member's figures (GHG Protocol Corporate Standard, ch. 3): by operational control all or
    nothing; by equity share what the member owns; by financial control all of what it controls, of a joint venture what it owns.
    `holding` is a relation with control_share, operational_control and financial_control. Null: the control is not stated and
    the member does not own the site alone.
-#}
{% macro consolidated_share(approach, holding) -%}
    case
        when {{ approach }} = 'equity_share' then {{ holding }}.control_share
        when {{ approach }} = 'operational_control'
            then case {{ holding }}.operational_control when 'no' then 0 when 'yes' then 1 end
        when {{ holding }}.financial_control = 'full' then 1
        when {{ holding }}.financial_control = 'joint' then {{ holding }}.control_share
        when {{ holding }}.financial_control = 'no_control' then 0
        when {{ holding }}.control_share = 1 then 1
    end
{%- endmacro %}


{#- What is consolidated of an amount: `amount` times `share` (up to 12 places), rounded half up once. -#}
{% macro consolidated(amount, share) -%}
    {{ round_half_up('cast(' ~ amount ~ ' as decimal(24, 6)) * ' ~ share) }}
{%- endmacro %}
