"""What a mapping can say as data: copies, joined and cleared cells, rows left out, words of a wide layout."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from ingestion.feeds import load_feeds
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mapping, load_mappings

MEMBER = "999900000000057"
DOCUMENT: dict[str, Any] = {
    "mapping": "readings",
    "version": "1",
    "feed": "energy_bills",
    "description": "Made up.",
    "dates": "day_first",
    "decimal": ",",
    "period_end": "inclusive",
    "nulls": ["n/d"],
    "constants": {
        "member_id": MEMBER,
        "supplier": "Régie",
        "bill_type": "invoice",
        "carrier": "electricity",
        "unit": "kWh",
    },
    "copies": {"bill_no": "meter_id", "issued_on": "period_end"},
    "columns": {
        "meter_id": {"headers": ["Compteur"]},
        "period_start": {"headers": ["Début"]},
        "period_end": {"headers": ["Fin"]},
        "quantity": {"headers": ["kWh"]},
    },
}


def _read(folder: Path, text: str, columns: dict | None = None, **changes: Any) -> FileRows:
    document = {**DOCUMENT, **changes, "columns": {**DOCUMENT["columns"], **(columns or {})}}
    document["columns"] = {name: rule for name, rule in document["columns"].items() if rule}
    path = folder / "readings.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    file = folder / "readings.csv"
    file.write_text(text, encoding="utf-8")
    feed = load_feeds()["energy_bills"]
    return read_file(file, file.name, "0" * 64, feed, date(2026, 1, 15), [load_mapping(path)])


def test_a_column_takes_the_value_of_another(tmp_path: Path) -> None:
    rows = _read(tmp_path, "Compteur;Début;Fin;kWh\n0012;01/01/2025;31/01/2025;10,5\n")
    (row,) = rows.accepted.to_pylist()
    assert (row["bill_no"], row["issued_on"]) == ("0012", date(2025, 1, 31))


def test_a_copy_fills_only_what_the_rows_leave_empty_and_sees_the_last_day(tmp_path: Path) -> None:
    text = "Compteur;Début;Fin;kWh;Facture\n0012;01/01/2025;01/02/2025;10;F1\n0012;01/02/2025;01/03/2025;11;\n"
    rows = _read(tmp_path, text, {"bill_no": {"headers": ["Facture"]}}, period_end="exclusive")
    found = [(row["bill_no"], row["issued_on"]) for row in rows.accepted.to_pylist()]
    assert found == [("F1", date(2025, 1, 31)), ("0012", date(2025, 2, 28))]


def test_two_columns_make_one(tmp_path: Path) -> None:
    text = "Compteur;Mois;Année;kWh\n0012;février;2024;10\n0012;mars;;11\n"
    month = {"headers": ["Mois"], "joined_with": ["Année", "An"]}
    rows = _read(tmp_path, text, {"period_start": month, "period_end": month})
    (row,) = rows.accepted.to_pylist()
    assert (row["period_start"], row["period_end"]) == (date(2024, 2, 1), date(2024, 2, 29))
    assert {(cell.row_no, cell.column, cell.cell) for cell in rows.refused if cell.code == "DATE_INVALID"} == {
        (3, "period_start", "mars"),
        (3, "period_end", "mars"),
    }
    assert rows.unused_headers == ()


def test_what_a_layout_writes_around_a_value_is_removed(tmp_path: Path) -> None:
    text = "Compteur;Début;Fin;kWh\nCIL 1071324-101;01/01/2025;31/01/2025;10\n"
    rows = _read(tmp_path, text, {"meter_id": {"headers": ["Compteur"], "remove": "^CIL "}})
    assert rows.accepted.column("meter_id").to_pylist() == ["1071324-101"]


def test_rows_are_left_out_when_every_column_that_tells_them_is_marked(tmp_path: Path) -> None:
    rows_of_file = ("1;01/01/2025;31/01/2025;10;relevé", "2;;;;relevé", "3;01/01/2025;31/01/2025;30;CUMUL", "4;;;5;x")
    text = "\n".join(["Compteur;Début;Fin;kWh;Type", *rows_of_file, ""])
    drops = [
        {"headers": ["Type"], "words": ["Cumul"], "reason": "SUBTOTAL_DROPPED"},
        {"headers": ["Début", "Fin", "kWh"], "patterns": ["^$"], "reason": "BLANK_ROW"},
    ]
    rows = _read(tmp_path, text, drop=drops)
    assert rows.accepted.column("meter_id").to_pylist() == ["1"]
    assert rows.dropped == Counter({"SUBTOTAL_DROPPED": 1, "BLANK_ROW": 1})
    assert {cell.row_no for cell in rows.refused} == {5}
    assert rows.rows_read == 4


def test_a_wide_layout_names_carrier_and_unit_in_its_headers(tmp_path: Path) -> None:
    text = "Site;Mois;Électricité (kWh);Gaz (MWh)\nS1;janv.-25;10;2\nS1;févr.-25;n/d;3\n"
    rows = _read(
        tmp_path,
        text,
        {
            "meter_id": None,
            "site_id": {"headers": ["Site"], "required": True},
            "period_start": {"headers": ["Mois"]},
            "period_end": {"headers": ["Mois"]},
            "quantity": None,
            "carrier": {"values": {"electricity": ["electricite"], "natural_gas": ["gaz"]}},
            "unit": {"values": {"MWh": ["mwh"]}},
        },
        copies={"bill_no": "site_id", "line_no": "carrier", "issued_on": "period_end"},
        constants={"member_id": MEMBER, "supplier": "Régie", "bill_type": "invoice"},
        unpivot={"headers": "(?P<carrier>electricite|gaz) (?P<unit>kwh|mwh)", "value": "quantity"},
    )
    found = [(row["carrier"], row["unit"], row["quantity"], row["period_end"]) for row in rows.accepted.to_pylist()]
    assert found == [
        ("electricity", "kWh", Decimal(10), date(2025, 1, 31)),
        ("natural_gas", "MWh", Decimal(2), date(2025, 1, 31)),
        ("natural_gas", "MWh", Decimal(3), date(2025, 2, 28)),
    ]
    assert rows.dropped == Counter({"EMPTY_VALUE": 1})
    assert rows.rows_read == 4


def test_a_header_may_be_absent_when_a_constant_fills_its_column(tmp_path: Path) -> None:
    rule = {"bill_type": {"headers": ["Nature"], "values": {"credit_note": ["Avoir"]}}}
    without = _read(tmp_path, "Compteur;Début;Fin;kWh\n1;01/01/2025;31/01/2025;10\n", rule)
    assert without.accepted.column("bill_type").to_pylist() == ["invoice"]
    text = "Compteur;Début;Fin;kWh;Nature;N° corrigé\n1;01/01/2025;31/01/2025;10;;\n1;01/01/2025;31/01/2025;4;Avoir;1\n"
    rule |= {"corrects_bill_no": {"headers": ["N° corrigé"]}, "line_no": {"headers": ["kWh"]}}
    assert _read(tmp_path, text, rule).accepted.column("bill_type").to_pylist() == ["invoice", "credit_note"]


TRADE = "reporterCode,partnerCode,flowCode,period,classificationCode,cmdCode,isLeaf,isAggregate,netWgt,primaryValue"


def _trade(folder: Path, *records: str) -> FileRows:
    file = folder / "trade.csv"
    file.write_text("\n".join([TRADE, *records]) + "\n", encoding="utf-8")
    feed = load_feeds()["partner_trade"]
    return read_file(file, file.name, "0" * 64, feed, date(2026, 1, 15), load_mappings()["partner_trade"])


def test_aggregates_are_dropped_beside_their_detail(tmp_path: Path) -> None:
    rows = _trade(
        tmp_path,
        "251,504,M,2023,H6,TOTAL,false,true,,600",
        "251,504,M,2023,H6,31,false,true,9,600",
        "251,504,M,2023,H6,310530,true,false,7,400",
        "251,504,M,2023,H6,310540,true,false,,200",
        "251,0,M,2023,H6,310530,true,false,8,900",
        "251,504,M,2022,H6,TOTAL,false,true,,550",
    )
    kept = [(row["period"], row["product_code"], row["net_mass_kg"], row["value"]) for row in rows.accepted.to_pylist()]
    assert kept == [
        ("2023", "310530", Decimal(7), Decimal(400)),
        ("2023", "310540", None, Decimal(200)),
        ("2022", "TOTAL", None, Decimal(550)),
    ]
    assert rows.dropped == Counter({"AGGREGATE_DROPPED": 3})


def test_an_aggregate_without_detail_is_what_was_asked_for(tmp_path: Path) -> None:
    rows = _trade(tmp_path, "251,0,X,2023,H6,TOTAL,false,true,,600")
    assert rows.accepted.column("value").to_pylist() == [Decimal(600)]
    assert not rows.dropped
