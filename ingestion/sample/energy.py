"""Energy bills: electricity at medium and low voltage, own solar power, fuels and heat.

A bill covers the days between two readings or deliveries, so that most bills cross a month's end. Quantities follow
from what the site made in those days; index readings, registers and amounts agree with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import cast

from ingestion.sample.association import Association, Site, Supply
from ingestion.sample.numbers import (
    FIRST_DAY,
    LAST_DAY,
    Month,
    cents,
    first_of,
    generator,
    last_of,
    months,
    scaled,
    spread,
    vary,
)
from ingestion.sample.production import Output, site_mass_kg
from ingestion.sample.profiles import FuelKind
from ingestion.sample.rows import Row

EFFICIENCY_PERCENT = {2023: 100, 2024: 98, 2025: 96}
COOLING = (88, 88, 92, 96, 102, 110, 118, 120, 110, 100, 92, 88)
SUNSHINE = (66, 74, 96, 112, 126, 130, 132, 126, 108, 92, 72, 66)

# Centimes per kWh before tax, by register.
ELECTRICITY_PRICES = {"peak": 142, "normal": 101, "off_peak": 74, "total": 118}
KVA_PRICE = Decimal("42.50")
METER_RENTAL = Decimal("486.00")

# Two sites whose meters can often not be read: their bills rest on estimates.
OFTEN_ESTIMATED = frozenset({"TEX05-A", "AGR06-A"})
# Sites that are metered after their own transformer: its losses are estimated and billed on top.
METERED_DOWNSTREAM = frozenset({"ENG04-A", "ALU02-A", "TEX06-A", "AGR05-A", "AUT02-A", "AUT05-A"})


def vat_percent(carrier: str, issued_on: date) -> int:
    """The rate of value-added tax, in percent, on a bill of this day: electricity's rose each January."""
    if carrier == "electricity":
        return {2022: 14, 2023: 14, 2024: 16, 2025: 18}.get(issued_on.year, 20)
    return 20 if carrier in {"petcoke", "coal", "olive_pomace"} else 10


def price(row: Row, amount: Decimal) -> Row:
    """`row` with its amount before tax, the tax and the sum."""
    rate = vat_percent(str(row["carrier"]), cast(date, row["issued_on"]))
    vat = cents(amount * rate / 100)
    return row | {
        "amount_excl_vat": amount,
        "vat_rate": rate,
        "vat_amount": vat,
        "amount_incl_vat": amount + vat,
        "currency": "MAD",
    }


def energy_rows(association: Association, output: Output, seed: int) -> list[Row]:
    """All bill lines, by supply and then in time."""
    rows: list[Row] = []
    for site in association.sites:
        made_kg = site_mass_kg(association, output, site)
        solar = any(supply.billing == "solar" for supply in association.supplies_of(site.site_id))
        for supply in association.supplies_of(site.site_id):
            chance = generator(seed, "energy", supply.supply_id)
            use = monthly_use(chance, site, supply, made_kg, solar)
            if supply.billing == "mv":
                rows += _medium_voltage(chance, site, supply, use)
            elif supply.billing == "lv":
                rows += _low_voltage(chance, supply, use, trued_up=site.site_id != "TEX03-A")
            elif supply.billing == "solar":
                rows += _own_solar(supply, use)
            elif supply.fuel is not None:
                rows += _fuel(chance, supply, supply.fuel, use)
    return rows


def monthly_use(chance: Random, site: Site, supply: Supply, made_kg: dict[Month, int], solar: bool) -> dict[Month, int]:
    """What a supply delivers in each month: kWh of electricity, thousandths of the billing unit of a fuel."""
    use: dict[Month, int] = {}
    for month in months():
        year, number = month
        if supply.billing == "lv":
            quantity = 2_600 * COOLING[number - 1] // 100
        elif supply.billing == "solar":
            quantity = _solar_kwh(site, number)
        elif supply.fuel is None:
            quantity = (
                site.profile.kwh_base * site.scale_percent // 100 + site.profile.kwh_per_tonne * made_kg[month] // 1000
            )
            if site.profile.sector == "agri_food":
                quantity = quantity * COOLING[number - 1] // 100
            quantity -= _solar_kwh(site, number) if solar else 0
        else:
            quantity = supply.fuel.base * site.scale_percent // 100 + supply.fuel.per_tonne * made_kg[month] // 1000
        use[month] = vary(chance, quantity * EFFICIENCY_PERCENT[year] // 100, 3)
    return use


def _solar_kwh(site: Site, month_number: int) -> int:
    return site.profile.kwh_base * site.scale_percent // 1000 * SUNSHINE[month_number - 1] // 100


def _periods(supply: Supply, ends: list[date]) -> Iterator[tuple[date, date, str]]:
    """Start, end and seller of each bill: a takeover closes a bill the day before it."""
    start = FIRST_DAY
    takeover = supply.takeover
    closing = [takeover.on - timedelta(days=1)] if takeover else []
    for end in sorted({*ends, *closing, LAST_DAY}):
        seller = takeover.after if takeover and start >= takeover.on else supply.seller
        yield start, end, seller
        start = end + timedelta(days=1)


def _read_on(day: int) -> list[date]:
    return [date(year, month, day) for year, month in months()]


def _bill(supply: Supply, seller: str, start: date, end: date, number: int, wait: int) -> Row:
    return {
        "member_id": supply.member_id,
        "site_id": supply.site_id,
        "supplier": seller,
        "contract_no": supply.contract_no,
        "meter_id": supply.meter_id,
        "bill_no": f"{supply.supply_id}-{end:%Y%m}-{number:03d}",
        "bill_type": "invoice",
        "issued_on": end + timedelta(days=wait),
        "period_start": start,
        "period_end": end,
        "carrier": supply.carrier,
        "register": "total",
        "component": "energy",
        "unit": supply.unit,
    }


def _in_unit(kwh: int, unit: str) -> int | Decimal:
    return scaled(kwh, 3) if unit == "MWh" else kwh


def _medium_voltage(chance: Random, site: Site, supply: Supply, use: dict[Month, int]) -> list[Row]:
    """Three registers each month; power, reactive energy, rental and losses on the bills of some."""
    rows: list[Row] = []
    peak, off_peak = chance.randint(180, 240), chance.randint(260, 330)
    detailed = chance.randint(0, 2) == 0
    index = {register: chance.randint(10_000, 400_000) for register in ("peak", "normal", "off_peak")}
    reading = "actual"
    for number, (start, end, seller) in enumerate(_periods(supply, _read_on(chance.randint(5, 27))), start=1):
        bill = _bill(supply, seller, start, end, number, chance.randint(3, 8))
        previous = reading
        reading = "estimated" if site.site_id in OFTEN_ESTIMATED and chance.randint(0, 3) == 0 else "actual"
        bill["bill_type"] = "estimated" if reading == "estimated" else "invoice"
        kwh = spread(use, start, end)
        shares = {"peak": peak, "off_peak": off_peak, "normal": 1000 - peak - off_peak}
        total = 0
        for register in ("peak", "normal", "off_peak"):
            steps = kwh * shares[register] // 1000 // supply.multiplier
            counted = steps * supply.multiplier
            line = bill | {
                "register": register,
                "quantity": _in_unit(counted, supply.unit),
                "index_start": index[register],
                "index_end": index[register] + steps,
                "multiplier": supply.multiplier,
                "reading_start": previous,
                "reading_end": reading,
            }
            rows.append(price(line, scaled(counted * ELECTRICITY_PRICES[register], 2)))
            index[register] += steps
            total += counted
        if site.site_id in METERED_DOWNSTREAM:
            losses = total * 2 // 100
            line = bill | {"component": "losses", "quantity": _in_unit(losses, supply.unit)}
            rows.append(price(line, scaled(losses * ELECTRICITY_PRICES["total"], 2)))
        if detailed:
            rows += _further_lines(chance, supply, bill, total, (end - start).days + 1)
    return rows


def _further_lines(chance: Random, supply: Supply, bill: Row, kwh: int, days: int) -> list[Row]:
    """Called power, reactive energy and rental: on the bill, and no energy."""
    demand = min(kwh * chance.randint(140, 170) // 100 // (24 * days), supply.subscribed_kva or 0)
    return [
        bill | {"register": "reactive", "quantity": kwh * chance.randint(28, 52) // 100, "unit": "kvarh"},
        price(
            bill | {"register": "demand", "component": "demand", "quantity": demand, "unit": "kVA"}, demand * KVA_PRICE
        ),
        price(bill | {"component": "fixed", "unit": None}, METER_RENTAL),
    ]


def _low_voltage(chance: Random, supply: Supply, use: dict[Month, int], *, trued_up: bool) -> list[Row]:
    """The two-month cycle: an estimate of the first month, then a bill on a reading for both, which replaces it.

    The cycle under way at a takeover is closed by the company that began it.
    """
    rows: list[Row] = []
    index = chance.randint(1_000, 60_000)
    all_months = months()
    usual = sum(use.values()) // len(use)
    for position in range(0, len(all_months), 2):
        first, second = all_months[position : position + 2]
        takeover = supply.takeover
        seller = takeover.after if takeover and first_of(first) >= takeover.on else supply.seller
        estimate = _bill(supply, seller, first_of(first), last_of(first), position + 1, chance.randint(2, 5)) | {
            "bill_type": "estimated",
            "quantity": vary(chance, usual, 12),
            "reading_start": "actual",
            "reading_end": "estimated",
        }
        rows.append(price(estimate, scaled(int(str(estimate["quantity"])) * ELECTRICITY_PRICES["total"], 2)))
        if not trued_up and position + 2 == len(all_months):
            second_estimate = _bill(supply, seller, first_of(second), last_of(second), position + 2, 4) | {
                "bill_type": "estimated",
                "quantity": usual,
                "reading_start": "estimated",
                "reading_end": "estimated",
            }
            rows.append(price(second_estimate, scaled(usual * ELECTRICITY_PRICES["total"], 2)))
            break
        kwh = use[first] + use[second]
        actual = _bill(supply, seller, first_of(first), last_of(second), position + 2, chance.randint(3, 8)) | {
            "bill_type": "corrective",
            "corrects_bill_no": estimate["bill_no"],
            "quantity": kwh,
            "index_start": index,
            "index_end": index + kwh,
            "multiplier": 1,
            "reading_start": "actual",
            "reading_end": "actual",
        }
        rows.append(price(actual, scaled(kwh * ELECTRICITY_PRICES["total"], 2)))
        index += kwh
    return rows


def _own_solar(supply: Supply, use: dict[Month, int]) -> list[Row]:
    """The inverter's monthly reading: used on site, never billed."""
    return [
        _bill(supply, supply.seller, first_of(month), last_of(month), 1, 2)
        | {"quantity": use[month], "reading_start": "actual", "reading_end": "actual"}
        for month in months()
    ]


def _fuel(chance: Random, supply: Supply, fuel: FuelKind, use: dict[Month, int]) -> list[Row]:
    """Deliveries into a tank, readings of a gas or heat meter, or the month's statement of a station card."""
    if supply.billing == "tank":
        ends = _deliveries(chance)
    elif supply.billing == "read":
        ends = _read_on(chance.randint(5, 27))
    else:
        ends = [last_of(month) for month in months()]
    rows: list[Row] = []
    unit_step = 10 ** (3 - fuel.decimals)
    for number, (start, end, seller) in enumerate(_periods(supply, ends), start=1):
        counted = spread(use, start, end) // unit_step
        if counted == 0:
            continue
        bill = _bill(supply, seller, start, end, number, chance.randint(1, 9))
        bill["quantity"] = counted if fuel.decimals == 0 else scaled(counted, fuel.decimals)
        if supply.carrier == "natural_gas":
            bill["heating_value_basis"] = "gross"
        yearly_price = fuel.cents_per_unit * {2023: 104, 2024: 100, 2025: 97}[end.year] // 100
        rows.append(price(bill, cents(scaled(counted, fuel.decimals) * scaled(yearly_price, 2))))
    return rows


def _deliveries(chance: Random) -> list[date]:
    """Delivery days two to six weeks apart, up to the end of the sample."""
    days: list[date] = []
    day = FIRST_DAY + timedelta(days=chance.randint(10, 30))
    while day < LAST_DAY:
        days.append(day)
        day += timedelta(days=chance.randint(15, 36))
    return days
