"""Four made-up members that draw their boundaries differently, their registers and two years of electricity bills.

A operates one site and not another, and sells a third to B on 15 July 2024; B reports by equity share; C, who joins on
15 July 2024, by financial control, with a site that opens and one that closes in the year; D leaves on 31 March 2024.
"""

from __future__ import annotations

import calendar
import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ingestion.sample.numbers import ice

A, B, C, D = (ice(9000 + number) for number in range(1, 5))
SALE = date(2024, 7, 15)

MEMBERS = (
    (A, "2020-01-01", "", ""),
    (B, "2020-01-01", "", "equity_share"),
    (C, "2024-07-15", "", "financial_control"),
    (D, "2020-01-01", "2024-03-31", "operational_control"),
)
# Site, member, share, who operates it, financial control, opened, closed.
SITES = (
    ("A-RUN", A, "0.4", "yes", "", "2010-01-01", ""),
    ("A-NOT-RUN", A, "0.9", "no", "", "2010-01-01", ""),
    ("SOLD", B, "1", "", "", "2010-01-01", ""),
    ("B-PART", B, "0.333333", "", "", "2010-01-01", ""),
    ("C-JOINT", C, "0.5", "", "joint", "2010-01-01", "2024-10-31"),
    ("C-UNSAID", C, "0.6", "", "", "2024-05-01", ""),
    ("D-ALL", D, "", "", "", "2010-01-01", ""),
)
SHARES = (
    ("SOLD", A, "2010-01-01", "2024-07-14", "1"),
    ("SOLD", B, "2024-07-15", "", "0.8"),
)


def bills() -> Iterator[tuple[str, str, date, date, int]]:
    """Member, site, first and last day, kWh: one bill a month and site, and two in the month of the sale."""
    for year in (2023, 2024):
        for month in range(1, 13):
            first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
            for member, site, kwh in (
                (A, "A-RUN", 1000),
                (A, "A-NOT-RUN", 500),
                (B, "B-PART", 1001),
                (C, "C-JOINT", 700),
                (C, "C-UNSAID", 300),
                (D, "D-ALL", 100),
            ):
                yield member, site, first, last, kwh + 7 * month
            if last < SALE:
                yield A, "SOLD", first, last, 2000
            elif first < SALE:
                yield A, "SOLD", first, date(2024, 7, 14), 900
                yield B, "SOLD", SALE, last, 1100
            else:
                yield B, "SOLD", first, last, 2500


def write_landing(landing: Path) -> None:
    """Write the registers, the bills, the base years of A and B and the sale as a change of both."""
    members = ("member_id", "joined_on", "left_on", "consolidation_approach")
    sites = (
        "site_id",
        "member_id",
        "control_share",
        "operational_control",
        "financial_control",
        "opened_on",
        "closed_on",
    )
    place = {"region": "Souss-Massa"}
    company = {**place, "legal_name": "Exemple SA", "activity_code": "10.39", "sector": "agri_food"}
    _write(landing, "members", [{**company, **dict(zip(members, row, strict=True))} for row in MEMBERS])
    _write(landing, "sites", [{**place, "name": row[0], **dict(zip(sites, row, strict=True))} for row in SITES])
    shares = ("site_id", "member_id", "valid_from", "valid_to", "control_share")
    _write(landing, "site_shares", [dict(zip(shares, row, strict=True)) for row in SHARES])
    meter = {"carrier": "electricity", "supplier": "ONEE"}
    _write(landing, "meters", [{**meter, "meter_id": f"M-{row[0]}", "site_id": row[0]} for row in SITES])
    bill = {**meter, "bill_type": "invoice", "unit": "kWh"}
    rows = [
        {**bill, "member_id": member, "site_id": site, "meter_id": f"M-{site}", "bill_no": f"F{number}"}
        | {"issued_on": last, "period_start": first, "period_end": last, "quantity": kwh}
        for number, (member, site, first, last, kwh) in enumerate(bills(), start=1)
    ]
    _write(landing, "energy_bills", rows)
    statement = {"base_year": 2023, "stated_on": "2024-02-01", "scope1_tco2e": 0, "reason": "x", "stated_by": "x"}
    figures = {A: 25, B: 3}
    _write(
        landing,
        "base_years",
        [
            {**statement, "member_id": member, "scope2_location_tco2e": tonnes, "scope2_market_tco2e": tonnes}
            for member, tonnes in figures.items()
        ],
    )
    change = {"base_year": 2023, "effective_on": SALE, "site_id": "SOLD", "reason": "the plant is sold"}
    sides = {A: "divestment", B: "acquisition"}
    _write(
        landing,
        "base_year_changes",
        [{**change, "change_id": kind, "member_id": member, "kind": kind} for member, kind in sides.items()],
    )


def _write(landing: Path, feed: str, rows: list[dict[str, Any]], name: str = "first.csv") -> None:
    (landing / feed).mkdir(parents=True, exist_ok=True)
    with (landing / feed / name).open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def change_approach(landing: Path, member_id: str, approach: str) -> None:
    """Send the register row of one member again, with another consolidation approach."""
    (joined_on,) = (row[1] for row in MEMBERS if row[0] == member_id)
    company = {"legal_name": "Exemple SA", "activity_code": "10.39", "sector": "agri_food", "region": "Souss-Massa"}
    row = {**company, "member_id": member_id, "joined_on": joined_on, "consolidation_approach": approach}
    _write(landing, "members", [row], "second.csv")
