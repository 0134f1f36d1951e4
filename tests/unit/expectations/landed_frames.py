"""Made-up batches that every check accepts, in the types that raw Parquet files give to pandas."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

MEMBER, OTHER_MEMBER = "999900001000066", "999900002000007"
MONTH_ENDS = [31, 29, 31, 30, 31, 30, 31, 31]


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"row_id": f"r{number:02d}", "received_at": datetime.fromisoformat("2024-12-01"), **row}
            for number, row in enumerate(rows)
        ]
    )


def energy_bills() -> pd.DataFrame:
    """Eight months of one electricity meter (r00 to r07), diesel, gas, coal (r08 to r10), another member (r11)."""
    common = {
        "site_id": "S1",
        "meter_id": "M1",
        "bill_type": "invoice",
        "register": "total",
        "component": "energy",
        "reading_end": "actual",
        "currency": "MAD",
        "member_id": MEMBER,
    }
    electricity = {
        "carrier": "electricity",
        "unit": "MWh",
        "quantity": Decimal("12.500000"),
        "amount_excl_vat": Decimal("15000.000000"),
    }
    rows = [
        common | electricity | {"period_start": date(2024, month, 1), "period_end": date(2024, month, last)}
        for month, last in enumerate(MONTH_ENDS, start=1)
    ]
    march = {"period_start": date(2024, 3, 1), "period_end": date(2024, 3, 31), "meter_id": None}
    for carrier, unit, quantity, amount in (
        ("diesel", "L", "1000", "12000"),
        ("natural_gas", "Nm3", "20000", "90000"),
        ("coal", "t", "300", None),
    ):
        fuel = {"carrier": carrier, "unit": unit, "quantity": Decimal(quantity)}
        rows.append(common | march | fuel | {"amount_excl_vat": None if amount is None else Decimal(amount)})
    rows.append(common | electricity | march | {"member_id": OTHER_MEMBER, "site_id": "S2", "meter_id": "M2"})
    return _frame(rows)


def production() -> pd.DataFrame:
    """Eight months of tonnes, then one month of pieces."""
    common = {
        "member_id": MEMBER,
        "site_id": "S1",
        "product_id": "P1",
        "process_id": None,
        "unit": "t",
        "quantity_gross": Decimal("900"),
        "quantity_saleable": Decimal("880"),
        "operating_hours": Decimal("500"),
        "measure_method": "weighbridge",
    }
    rows = [
        common | {"period_start": date(2024, month, 1), "period_end": date(2024, month, last)}
        for month, last in enumerate(MONTH_ENDS, start=1)
    ]
    pieces = {"product_id": "P2", "unit": "piece", "quantity_gross": Decimal("40000"), "quantity_saleable": None}
    rows.append(rows[0] | pieces)
    return _frame(rows)


def process_activity() -> pd.DataFrame:
    """Eight months of clinker with its CaO share, then one leak of refrigerant."""
    common = {
        "member_id": MEMBER,
        "site_id": "S1",
        "process": "clinker",
        "material": None,
        "quantity": Decimal("90000"),
        "unit": "t",
        "parameter": "cao_share",
        "parameter_value": Decimal("0.65"),
        "measure_method": "weighbridge",
    }
    rows = [
        common | {"period_start": date(2024, month, 1), "period_end": date(2024, month, last)}
        for month, last in enumerate(MONTH_ENDS, start=1)
    ]
    leak = {"process": "refrigerant_leak", "material": "R-410A", "quantity": Decimal("12"), "unit": "kg"}
    rows.append(rows[0] | leak | {"parameter": None, "parameter_value": None})
    return _frame(rows)


def exports() -> pd.DataFrame:
    """Three lines of different months."""
    common = {
        "member_id": MEMBER,
        "hs10": "3105300000",
        "cn8": "31053000",
        "destination_country": "NA",
        "net_mass_kg": Decimal("25000"),
        "gross_mass_kg": Decimal("25400"),
        "fob_value_mad": Decimal("150000"),
    }
    return _frame([common | {"registered_on": date(2024, month, 15)} for month in (1, 2, 3)])


REGISTERS: dict[str, list[dict[str, Any]]] = {
    "members": [{"joined_on": date(2020, 1, 1), "left_on": None, "size_class": "PME"}],
    "sites": [{"latitude": Decimal("33.5"), "longitude": Decimal("-7.6")}],
    "meters": [{"subscribed_kva": Decimal("500"), "multiplier": Decimal("1")}],
    "products": [{"hs6": "310530", "cn8": "31053000", "unit_mass_kg": Decimal("1.2")}],
    "instruments": [
        {
            "member_id": MEMBER,
            "kgco2e_per_kwh": Decimal("0.02"),
            "quantity_kwh": Decimal("100000"),
            "valid_from": date(2024, 1, 1),
            "valid_to": date(2024, 12, 31),
        }
    ],
    "fuel_certificates": [
        {
            "ncv_gj_per_t": Decimal("32.1"),
            "gcv_gj_per_t": Decimal("33.4"),
            "density_kg_per_m3": Decimal("840"),
            "carbon_content_t_per_t": Decimal("0.861"),
            "valid_from": date(2024, 1, 1),
            "valid_to": date(2024, 12, 31),
        }
    ],
    "account_statements": [{"electricity_kwh": Decimal("120000")}],
    "heat_supplies": [
        {
            "kgco2e_per_kwh": Decimal("0.25"),
            "boiler_efficiency": Decimal("0.9"),
            "valid_from": date(2024, 1, 1),
            "valid_to": date(2024, 12, 31),
        }
    ],
    "chp_units": [
        {
            "heat_efficiency": Decimal("0.45"),
            "electric_efficiency": Decimal("0.35"),
            "valid_from": date(2024, 1, 1),
            "valid_to": date(2024, 12, 31),
        }
    ],
    "allocation_rules": [{"share": Decimal("0.5")}],
    "site_shares": [{"valid_from": date(2024, 1, 1), "valid_to": date(2024, 6, 30)}],
    "base_years": [{"base_year": 2023, "stated_on": date(2024, 3, 1), "scope1_tco2e": Decimal("1200")}],
    "base_year_changes": [
        {
            "base_year": 2023,
            "effective_on": date(2024, 7, 1),
            "kind": "divestment",
            "scope1_tco2e": Decimal("-12"),
            "scope2_location_tco2e": None,
            "scope2_market_tco2e": None,
        }
    ],
    "programmes": [{"starts_on": date(2024, 1, 1), "ends_on": None}],
    "applications": [
        {"period_from": date(2023, 1, 1), "period_to": date(2023, 12, 31), "submitted_on": date(2024, 2, 1)}
    ],
    "evidence": [{"lower": Decimal("1"), "upper": Decimal("2")}],
    "case_events": [{"occurred_at": datetime.fromisoformat("2024-11-30T12:00")}],
    "national_exports": [{"value_mad": Decimal("17000")}],
    "partner_trade": [{"value": Decimal("17000")}],
    "facility_emissions": [{"scope1_tco2e": Decimal("17000")}],
}


def _register(feed: str) -> Callable[[], pd.DataFrame]:
    return lambda: _frame(REGISTERS[feed] * 2)


GOOD_FRAMES: dict[str, Callable[[], pd.DataFrame]] = {
    "energy_bills": energy_bills,
    "production": production,
    "process_activity": process_activity,
    "exports": exports,
} | {feed: _register(feed) for feed in REGISTERS}
