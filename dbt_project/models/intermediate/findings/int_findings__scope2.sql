with instruments as (
    select * from {{ ref('dim_instruments') }}
),

electricity_use as (
    select * from {{ ref('int_electricity_use') }}
),

energy_exports as (
    select * from {{ ref('fct_energy_exports') }}
),

heat_supplies as (
    select * from {{ ref('dim_heat_supplies') }}
),

heat_factors as (
    select * from {{ ref('int_heat_factors') }}
),

carriers as (
    select * from {{ ref('carriers') }}
),

chp_units as (
    select * from {{ ref('dim_chp_units') }}
),

chp_years as (
    select * from {{ ref('rpt_chp_years') }}
),

claims as (
    select
        instruments.*,
        first_value(instruments.instrument_id) over (
            partition by instruments.registry_ref
            order by instruments.received_at, instruments.row_no, instruments.instrument_id
            rows between unbounded preceding and unbounded following
        ) as first_instrument_id
    from instruments
    where instruments.kind = 'eac' and instruments.registry_ref is not null
),

claimed_twice as (
    select
        'S01' as check_id,
        claims.member_id,
        claims.site_id,
        {{ month_of('claims.valid_from') }} as month,
        claims.row_id as row_ids,
        'Certificat ' || claims.instrument_id || ' (' || {{ french_number('claims.quantity_kwh') }} || ' kWh) : référence '
        || claims.registry_ref || ' déjà revendiquée par ' || claims.first_instrument_id
        || case
            when claims.repeats_instrument_id is not null then ', même quantité et même période ; il ne couvre rien.'
            else ', pour une autre quantité ou période ; les deux comptent.'
        end as message_fr,
        'Certificate ' || claims.instrument_id || ' (' || {{ number_text('claims.quantity_kwh') }} || ' kWh): reference '
        || claims.registry_ref || ' already claimed by ' || claims.first_instrument_id
        || case
            when claims.repeats_instrument_id is not null then ', same quantity and period; it covers nothing.'
            else ', for another quantity or period; both count.'
        end as message_en,
        cast(claims.received_at as date) as first_seen_on
    from claims
    where claims.instrument_id <> claims.first_instrument_id
),

-- Certificates are issued for what was made: used on the site, or delivered.
generation as (
    select
        electricity_use.member_id,
        electricity_use.site_id,
        electricity_use.month,
        electricity_use.quantity_kwh
    from electricity_use
    where not electricity_use.is_purchased
    union all
    select
        energy_exports.member_id,
        energy_exports.site_id,
        energy_exports.month,
        energy_exports.quantity_kwh
    from energy_exports
),

newest_month as (
    select cast({{ dbt.last_day('max(electricity_use.month)', 'month') }} as date) as last_day
    from electricity_use
),

sold as (
    select
        instruments.instrument_id,
        instruments.member_id,
        instruments.site_id,
        instruments.valid_from,
        instruments.valid_to,
        instruments.quantity_kwh,
        instruments.row_id,
        instruments.received_at,
        coalesce(sum(generation.quantity_kwh), 0) as generated_kwh
    from instruments
    inner join newest_month on instruments.valid_to <= newest_month.last_day
    left join generation
        on
            instruments.member_id = generation.member_id
            and coalesce(instruments.site_id = generation.site_id, true)
            and generation.month between {{ month_of('instruments.valid_from') }} and instruments.valid_to
    where instruments.kind = 'eac_sold'
    group by
        instruments.instrument_id,
        instruments.member_id,
        instruments.site_id,
        instruments.valid_from,
        instruments.valid_to,
        instruments.quantity_kwh,
        instruments.row_id,
        instruments.received_at
),

sold_beyond as (
    select
        'S02' as check_id,
        sold.member_id,
        sold.site_id,
        {{ month_of('sold.valid_from') }} as month,
        sold.row_id as row_ids,
        'Certificats vendus ' || sold.instrument_id || ' : ' || {{ french_number('sold.quantity_kwh') }} || ' kWh du '
        || {{ french_date('sold.valid_from') }} || ' au ' || {{ french_date('sold.valid_to') }} || ', pour '
        || coalesce(nullif({{ french_number('cast(sold.generated_kwh as decimal(24, 6))') }}, ''), '0')
        || ' kWh produits (consommés ou livrés).' as message_fr,
        'Certificates sold ' || sold.instrument_id || ': ' || {{ number_text('sold.quantity_kwh') }} || ' kWh from '
        || {{ iso_date('sold.valid_from') }} || ' to ' || {{ iso_date('sold.valid_to') }} || ', against '
        || coalesce(nullif({{ number_text('cast(sold.generated_kwh as decimal(24, 6))') }}, ''), '0')
        || ' kWh made (used or delivered).' as message_en,
        cast(sold.received_at as date) as first_seen_on
    from sold
    where sold.quantity_kwh > sold.generated_kwh
),

usable_supplies as (
    select distinct heat_factors.heat_supply_id
    from heat_factors
),

unusable_supplies as (
    select
        'S03' as check_id,
        heat_supplies.member_id,
        heat_supplies.site_id,
        {{ month_of('heat_supplies.valid_from') }} as month,
        heat_supplies.row_id as row_ids,
        'Fourniture de chaleur ' || heat_supplies.heat_supply_id || ' : '
        || case
            when coalesce(carriers.kind, 'unknown') <> 'heat'
                then heat_supplies.carrier || ' n''est ni vapeur ni eau chaude ; elle ne sert à rien.'
            else 'ni taux, ni combustible connu avec un rendement de chaudière ; elle ne donne pas de facteur.'
        end as message_fr,
        'Heat supply ' || heat_supplies.heat_supply_id || ': '
        || case
            when coalesce(carriers.kind, 'unknown') <> 'heat'
                then heat_supplies.carrier || ' is neither steam nor hot water; it serves nothing.'
            else 'neither a rate, nor a known fuel with a boiler efficiency; it makes no factor.'
        end as message_en,
        cast(heat_supplies.received_at as date) as first_seen_on
    from heat_supplies
    left join carriers on heat_supplies.carrier = carriers.carrier
    left join usable_supplies on heat_supplies.heat_supply_id = usable_supplies.heat_supply_id
    where
        coalesce(carriers.kind, 'unknown') <> 'heat'
        or usable_supplies.heat_supply_id is null
    union all
    select
        'S03' as check_id,
        instruments.member_id,
        instruments.site_id,
        {{ month_of('instruments.valid_from') }} as month,
        instruments.row_id as row_ids,
        'Instrument ' || instruments.instrument_id || ' : ' || instruments.carrier
        || ' n''est pas de l''électricité achetée ; il ne couvre rien. La chaleur se déclare dans heat_supplies.' as message_fr,
        'Instrument ' || instruments.instrument_id || ': ' || instruments.carrier
        || ' is not purchased electricity; it covers nothing. Heat is stated in heat_supplies.' as message_en,
        cast(instruments.received_at as date) as first_seen_on
    from instruments
    where
        instruments.carrier <> 'electricity'
        and not (instruments.kind = 'eac_sold' and instruments.carrier = 'electricity_self_generated')
),

units_judged as (
    select
        chp_units.*,
        chp_years.year,
        case
            when chp_years.chp_id is null then 'no_fuel'
            when chp_years.contested_facts > 0 then 'contested'
            when chp_years.heat_reference is null or chp_years.electricity_reference is null then 'no_reference'
            when chp_years.heat_efficiency + chp_years.electric_efficiency > 1 then 'above_one'
            when chp_years.efficiency_basis = 'default' then 'default'
        end as reason
    from chp_units
    left join chp_years on chp_units.chp_id = chp_years.chp_id and chp_units.valid_from = chp_years.valid_from
),

units_found as (
    select
        'S04' as check_id,
        units_judged.member_id,
        units_judged.site_id,
        coalesce({{ first_day_of_year('units_judged.year') }}, {{ month_of('units_judged.valid_from') }}) as month,
        units_judged.row_id as row_ids,
        'Cogénération ' || units_judged.chp_id || ' : '
        || case units_judged.reason
            when 'no_fuel' then 'aucun combustible ' || units_judged.fuel_carrier || ' en face ; rien à partager.'
            when 'contested' then 'du combustible est revendiqué par deux unités ; il n''est à aucune.'
            when 'no_reference' then 'pas de rendement de référence pour ' || units_judged.fuel_carrier || ' ; partage inconnu.'
            when 'above_one' then 'rendements thermique et électrique au-dessus de 1 ensemble.'
            else 'rendements inconnus ; partage selon les valeurs par défaut.'
        end as message_fr,
        'Combined heat and power ' || units_judged.chp_id || ': '
        || case units_judged.reason
            when 'no_fuel' then 'no ' || units_judged.fuel_carrier || ' for it; nothing to split.'
            when 'contested' then 'fuel that two units claim; it is of neither.'
            when 'no_reference' then 'no reference efficiency for ' || units_judged.fuel_carrier || '; the split is unknown.'
            when 'above_one' then 'heat and electric efficiency above 1 together.'
            else 'efficiencies unknown; split by the defaults.'
        end as message_en,
        cast(units_judged.received_at as date) as first_seen_on
    from units_judged
    where units_judged.reason is not null
),

found as (
    select * from claimed_twice
    union all
    select * from sold_beyond
    union all
    select * from unusable_supplies
    union all
    select * from units_found
),

final as (
    select
        found.check_id,
        found.member_id,
        found.site_id,
        cast(null as string) as meter_id,
        cast(found.month as date) as month,
        found.row_ids,
        found.message_fr,
        found.message_en,
        found.first_seen_on
    from found
)

select * from final
