"""The nasty inputs of domain/inputs.md 3c that only a night can judge, by their number: they need other rows or a register.

One small association of two members, a meter for each case, one night. What lies in a cell or a row is in
`test_nasty_cells`, what lies in a file in `test_nasty_files`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bill_files import csv_bytes

from orchestration.night import run_night
from warehouse.database import connect, rows
from warehouse.home import Home

MEMBER, OTHER, STRANGER = "999900000000057", "999900000000154", "999900000000251"
SITE = "S1"
METERS: dict[str, dict[str, str]] = {
    "GAP": {}, "OVERLAP": {}, "LOWVOLT": {}, "FLAT": {}, "DIGITS5": {"index_digits": "5"}, "NODIGITS": {},
    "OLD": {"closed_on": "2025-01-15"}, "NEW": {"opened_on": "2025-01-16", "replaces_meter_id": "OLD"}, "INDEX": {},
    "TOU": {}, "SCALE": {}, "GAS": {"carrier": "natural_gas"}, "CREDIT": {}, "VAT": {}, "TAKEOVER": {"supplier": "LYDEC"},
    "AGAIN": {}, "YEAREND": {}, "LEAP": {}, "LINES": {},
}  # fmt: skip


def month_end(first: date) -> date:
    """The last day of the month."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def bill(meter: str, month: int, quantity: str, **changes: str) -> dict[str, str]:
    """A bill of a month of 2025 of a meter."""
    first = date(2025, month, 1)
    last = month_end(first)
    return {
        "member_id": MEMBER, "site_id": SITE, "supplier": "ONEE", "meter_id": meter, "bill_no": f"{meter}-{month}",
        "bill_type": "invoice", "issued_on": (last + timedelta(days=3)).isoformat(), "period_start": first.isoformat(),
        "period_end": last.isoformat(), "carrier": "electricity", "quantity": quantity, "unit": "kWh",
    } | changes  # fmt: skip


BILLS = [
    # 24: the same rows come again in a wider file (see AGAIN below).
    bill("AGAIN", 1, "1000"),
    # 30: a valid company number of nobody.
    bill("GAP", 6, "1", member_id=STRANGER, bill_no="STRANGER"),
    # 60: March is missing.
    *(bill("GAP", month, str(1000 + month)) for month in (1, 2, 4)),
    # 61: two bills share ten days.
    bill("OVERLAP", 1, "3100"),
    bill("OVERLAP", 2, "3800", period_start="2025-01-22"),
    # 62: an estimate, then a reading over both months.
    bill("LOWVOLT", 1, "700", bill_type="estimated", reading_end="estimated"),
    bill("LOWVOLT", 2, "1500", period_start="2025-01-01", reading_end="actual"),
    # 63: the same use per day three months running.
    *(bill("FLAT", month, str(100 * month_end(date(2025, month, 1)).day)) for month in (1, 2, 3, 4)),
    # 64: an index that passes its last digit.
    bill("DIGITS5", 1, "130", index_start="99990", index_end="120"),
    bill("NODIGITS", 1, "130", index_start="99990", index_end="120"),
    # 65: a meter replaced in the middle of a month.
    bill("OLD", 1, "500", period_end="2025-01-15"),
    bill("NEW", 1, "510", period_start="2025-01-16"),
    # 66: an index that does not give the quantity.
    bill("INDEX", 1, "1500", index_start="1000", index_end="2000"),
    # 67: what several lines of a bill repeat, and two parts that happen to be equal.
    *(
        bill("LINES", 1, quantity, line_no=number, line_label=label)
        for number, label, quantity in (
            ("1", "Consommation", "450"),
            ("2", "Énergie verte", "450"),
            ("3", "P1", "50"),
            ("4", "P2", "50"),
        )
    ),
    # 68: the parts and their total.
    *(
        bill("TOU", 1, quantity, register=register)
        for register, quantity in (("peak", "100"), ("normal", "200"), ("off_peak", "300"), ("total", "600"))
    ),
    # 70: MWh entered as kWh.
    *(bill("SCALE", month, "900000") for month in (1, 2, 3, 4, 5)),
    bill("SCALE", 6, "900"),
    # 71, 73: gas without a heating value basis; gas in a unit that no gas has.
    bill("GAS", 1, "1000", carrier="natural_gas"),
    bill("GAS", 2, "1000", carrier="natural_gas", unit="piece"),
    # 74, 75: a credit note on a bill that never came; one larger than its bill.
    bill("CREDIT", 1, "1000"),
    bill("CREDIT", 1, "-200", bill_no="CN1", bill_type="credit_note", corrects_bill_no="NEVER"),
    bill("CREDIT", 1, "-1200", bill_no="CN2", bill_type="credit_note", corrects_bill_no="CREDIT-1"),
    # 76: the rate of 2023 in 2025, and amounts that do not add up.
    bill("VAT", 1, "1000", amount_excl_vat="1000", vat_rate="14", vat_amount="140", amount_incl_vat="1140"),
    bill("VAT", 2, "1000", amount_excl_vat="1000", vat_rate="18", vat_amount="180", amount_incl_vat="1190"),
    # 77: LYDEC, then the regional company that took over.
    bill(
        "TAKEOVER",
        1,
        "1000",
        supplier="LYDEC",
        period_start="2024-09-01",
        period_end="2024-09-30",
        issued_on="2024-10-02",
    ),
    bill(
        "TAKEOVER",
        2,
        "1000",
        supplier="SRM-CS",
        period_start="2024-10-01",
        period_end="2024-10-31",
        issued_on="2024-11-02",
    ),
    # Boundaries: across the end of the year, and the leap day.
    bill("YEAREND", 1, "3100", period_start="2024-12-16", period_end="2025-01-15"),
    bill("LEAP", 1, "2900", period_start="2024-02-01", period_end="2024-02-29", issued_on="2024-03-02"),
]
WIDER = [bill("AGAIN", 1, "1000"), bill("AGAIN", 2, "1100")]

EXPORT = {
    "member_id": MEMBER, "line_no": "1", "registered_on": "2025-03-01", "regime": "060", "hs10": "3105300000",
    "destination_country": "FR", "net_mass_kg": "900", "gross_mass_kg": "1000", "fob_value_mad": "5000", "product_id": "DAP",
}  # fmt: skip
EXPORTS = [
    EXPORT | {"declaration_no": "SAVED", "status": "saved"},
    EXPORT | {"declaration_no": "CANCELLED", "status": "cancelled"},
    EXPORT | {"declaration_no": "REGISTERED", "status": "registered"},
    EXPORT | {"declaration_no": "REEXPORT", "status": "registered", "regime": "069"},
    EXPORT | {"declaration_no": "TOOMUCH", "status": "registered", "net_mass_kg": "900000", "gross_mass_kg": "900000",
              "fob_value_mad": "5000000"},
]  # fmt: skip
REGISTERS: dict[str, list[dict[str, str]]] = {
    "members": [
        {"member_id": member, "legal_name": name, "activity_code": "2015", "sector": "Chimie", "region": "Casablanca-Settat",
         "joined_on": "2024-01-01"}
        for member, name in ((MEMBER, "Épreuve SA"), (OTHER, "Témoin SARL"))
    ],
    "sites": [
        {"site_id": site, "member_id": member, "name": site, "region": "Casablanca-Settat"}
        for site, member in ((SITE, MEMBER), ("S2", OTHER))
    ],
    "meters": [
        {"meter_id": meter, "site_id": SITE, "carrier": "electricity", "supplier": "ONEE"} | facts
        for meter, facts in METERS.items()
    ],
    "products": [{"product_id": "DAP", "member_id": MEMBER, "site_id": SITE, "name": "DAP", "hs6": "310530",
                  "declared_unit": "t"}],
    "production": [{"member_id": MEMBER, "site_id": SITE, "product_id": "DAP", "period_start": "2024-04-01",
                    "period_end": "2025-03-31", "quantity_gross": "100", "unit": "t", "measure_method": "weighbridge",
                    "status": "final"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home of the association after its night."""
    home = Home.at(tmp_path_factory.mktemp("nasty"))
    landed = {f"{feed}/{feed}.csv": found for feed, found in REGISTERS.items()}
    landed |= {"energy_bills/bills.csv": BILLS, "energy_bills/wider.csv": WIDER, "exports/exports.csv": EXPORTS}
    for name, found in landed.items():
        path = home.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(csv_bytes(found))
    run_night(home)
    return home


@pytest.fixture
def ask(nasty: Home) -> Iterator[Any]:
    """Rows of the database that the night built."""
    with connect(nasty.build_database, read_only=True) as connection:
        yield lambda sql, *parameters: rows(connection, sql, parameters)


@pytest.fixture
def used(ask: Any) -> Any:
    """What counts of a meter, in kWh."""
    return lambda meter: ask("select sum(quantity) as q from marts.fct_energy_use where meter_id = ?", meter)[0]["q"]


@pytest.fixture
def held(ask: Any) -> Any:
    """The reason codes of the quarantine by bill number."""
    return lambda bill_no: {
        row["reason_code"]
        for row in ask(
            "select q.reason_code from marts.ops_quarantine as q inner join raw.energy_bills as b using (row_id) "
            "where b.bill_no = ?",
            bill_no,
        )
    }


@pytest.fixture
def found(ask: Any) -> Any:
    """The checks that found something on a meter."""
    return lambda meter: {
        row["check_id"] for row in ask("select check_id from marts.rpt_findings where meter_id = ?", meter)
    }


def test_24_rows_that_come_again_in_a_wider_file_count_once(used: Any) -> None:
    assert used("AGAIN") == Decimal(2100)


def test_30_a_valid_company_number_of_nobody(held: Any) -> None:
    assert held("STRANGER") == {"MEMBER_UNKNOWN"}


def test_60_a_month_without_a_bill(used: Any, found: Any) -> None:
    assert "B08" in found("GAP")
    assert used("GAP") == Decimal(1001 + 1002 + 1004)


def test_61_an_overlap_holds_the_later_bill_out(used: Any, held: Any, found: Any) -> None:
    assert held("OVERLAP-2") == {"BILL_OVERLAP"}
    assert used("OVERLAP") == Decimal(3100)
    assert "B09" in found("OVERLAP")


def test_62_an_estimate_gives_way_to_the_reading(used: Any) -> None:
    assert used("LOWVOLT") == Decimal(1500)


def test_63_the_same_use_per_day_three_months_running(found: Any) -> None:
    assert "B19" in found("FLAT")


def test_64_an_index_that_passes_its_last_digit(used: Any, held: Any) -> None:
    assert used("DIGITS5") == Decimal(130)
    assert held("NODIGITS-1") == {"METER_ROLLOVER"}
    assert used("NODIGITS") is None


def test_65_a_meter_replaced_in_the_middle_of_a_month(used: Any, found: Any) -> None:
    assert (used("OLD"), used("NEW")) == (Decimal(500), Decimal(510))
    assert "B08" not in found("OLD") | found("NEW")


def test_66_an_index_that_does_not_give_the_quantity(used: Any, held: Any, found: Any) -> None:
    assert held("INDEX-1") == {"INDEX_QTY_MISMATCH"}
    assert used("INDEX") is None
    assert "B24" in found("INDEX")


def test_67_a_quantity_on_several_lines_counts_once_and_equal_parts_add_up(used: Any, ask: Any) -> None:
    assert used("LINES") == Decimal(550)
    outcomes = ask(
        "select line_no, outcome from intermediate.int_energy_bills__classified where meter_id = 'LINES' order by line_no"
    )
    assert [row["outcome"] for row in outcomes] == ["counted", "quantity_repeated", "counted", "counted"]


def test_68_the_parts_count_and_their_total_does_not(used: Any) -> None:
    assert used("TOU") == Decimal(600)


def test_70_a_unit_slip_is_held_out(used: Any, held: Any, found: Any) -> None:
    assert held("SCALE-6") == {"UNIT_SCALE"}
    assert used("SCALE") == Decimal(5 * 900000)
    assert "B28" in found("SCALE")


def test_71_gas_without_a_heating_value_basis(held: Any) -> None:
    assert held("GAS-1") == {"HEATING_VALUE_BASIS_MISSING"}


def test_73_a_unit_that_the_carrier_does_not_have(held: Any) -> None:
    assert held("GAS-2") == {"UNIT_CARRIER_CLASH"}


def test_74_a_credit_note_on_a_bill_that_never_came(held: Any) -> None:
    assert held("CN1") == {"CREDIT_TARGET_UNKNOWN"}


def test_75_a_credit_note_larger_than_its_bill(used: Any, held: Any) -> None:
    assert held("CN2") == {"NEGATIVE_NET"}
    assert used("CREDIT") == Decimal(1000)


def test_76_value_added_tax_that_cannot_be(used: Any, ask: Any) -> None:
    wrong = ask("select message_en from marts.rpt_findings where check_id = 'B07' and meter_id = 'VAT' order by month")
    assert len(wrong) == 2
    assert used("VAT") == Decimal(2000)


def test_77_a_take_over_keeps_the_meter_s_history_whole(used: Any, found: Any) -> None:
    assert used("TAKEOVER") == Decimal(2000)
    assert found("TAKEOVER") & {"B08", "B09", "B25"} == set()


def test_78_and_80_only_registered_declarations_count(ask: Any) -> None:
    counted = ask("select declaration_no, regime from marts.fct_exports order by declaration_no")
    assert [row["declaration_no"] for row in counted] == ["REEXPORT", "REGISTERED", "TOOMUCH"]
    assert counted[0]["regime"] == "069"


def test_81_more_exported_than_made(ask: Any) -> None:
    wrong = ask("select severity, owner, message_en from marts.rpt_findings where check_id = 'X01'")
    assert [(row["severity"], row["owner"]) for row in wrong] == [("warning", "certifier")]
    assert "901.8 t exported" in wrong[0]["message_en"]


def test_a_bill_across_the_year_end_is_split_by_its_days(ask: Any) -> None:
    months = ask(
        "select month, sum(quantity) as q from marts.fct_energy_use where meter_id = 'YEAREND' group by month order by month"
    )
    assert [(row["month"], row["q"]) for row in months] == [
        (date(2024, 12, 1), Decimal(1600)),
        (date(2025, 1, 1), Decimal(1500)),
    ]


def test_the_leap_day_counts(used: Any) -> None:
    assert used("LEAP") == Decimal(2900)


def test_every_row_received_has_one_outcome(ask: Any) -> None:
    (counts,) = ask(
        "select sum(rows_read) as read, sum(rows_accepted) + sum(rows_quarantined) + sum(rows_dropped) as told "
        "from marts.ops_files"
    )
    assert counts["read"] == counts["told"]
