"""What each row must satisfy, seen through whole files: one refused cell, one code, and nothing else touched."""

from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import MEMBER, bill, codes, column, csv_bytes, read, read_bills

from ingestion.reasons import load_reasons

EXPORT = {
    "member_id": MEMBER, "declaration_no": "D1", "line_no": "1", "registered_on": "2025-02-01", "status": "registered",
    "regime": "060", "hs10": "3105300000", "destination_country": "NA", "net_mass_kg": "900", "gross_mass_kg": "1000",
    "fob_value_mad": "5000",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "at"),
    [
        ({"site_id": "", "meter_id": ""}, "REQUIRED_MISSING", "site_id"),
        ({"site_id": "n/a", "meter_id": ""}, "REQUIRED_MISSING", "site_id"),
        ({"quantity": ""}, "REQUIRED_MISSING", "quantity"),
        ({"bill_type": "proforma"}, "VALUE_UNKNOWN", "bill_type"),
        ({"currency": "dirham"}, "PATTERN_INVALID", "currency"),
        ({"multiplier": "-1"}, "OUT_OF_RANGE", "multiplier"),
        ({"member_id": "001561191000065"}, "ICE_INVALID", "member_id"),
        ({"quantity": "#REF!"}, "EXCEL_ERROR", "quantity"),
        ({"quantity": "1,234"}, "NUM_AMBIGUOUS", "quantity"),
        ({"quantity": "NaN"}, "NUM_NONFINITE", "quantity"),
        ({"quantity": "1e15"}, "NUM_SCIENTIFIC", "quantity"),
        ({"quantity": "9999999999999"}, "NUM_TOO_LARGE", "quantity"),
        ({"quantity": "450 MWh"}, "UNIT_CLASH", "quantity"),
        ({"quantity": "450 apples"}, "NUM_INVALID", "quantity"),
        ({"amount_excl_vat": "12,5 €"}, "UNIT_CLASH", "amount_excl_vat"),
        ({"unit": "EA"}, "UNIT_UNKNOWN", "unit"),
        ({"unit": ""}, "UNIT_MISSING", "unit"),
        ({"unit": "kVArh"}, "NOT_ENERGY", "unit"),
        ({"member_id": "1234567"}, "ID_WRONG_KIND", "member_id"),
        ({"member_id": "RC 12345 Casablanca"}, "ID_WRONG_KIND", "member_id"),
        ({"issued_on": "31/02/2025"}, "DATE_INVALID", "issued_on"),
        ({"issued_on": "02/13/2025"}, "DATE_ORDER", "issued_on"),
        ({"period_end": "2024-12-31"}, "PERIOD_INVALID", "period_end"),
        ({"period_start": "2023-12-01"}, "PERIOD_INVALID", "period_end"),
        ({"period_start": "2026-01-10", "period_end": "2026-02-10"}, "PERIOD_FUTURE", "period_end"),
        ({"quantity": "-5"}, "NEGATIVE_QUANTITY", "quantity"),
        ({"bill_type": "credit_note", "quantity": "-5"}, "CREDIT_UNLINKED", "corrects_bill_no"),
        ({"bill_type": "corrective"}, "CREDIT_UNLINKED", "corrects_bill_no"),
    ],
)
def test_one_fault_refuses_one_row(tmp_path: Path, changes: dict[str, str], code: str, at: str) -> None:
    blank = dict.fromkeys(("currency", "multiplier", "amount_excl_vat"), "")
    rows = read_bills(tmp_path, bill(**blank), bill(**blank, bill_no="F2") | changes, bill(**blank, bill_no="F3"))
    (refused,) = rows.refused
    assert (refused.code, refused.column, refused.row_no) == (code, at, 3)
    assert refused.cell == {**bill(), **changes}[at]
    assert (rows.rows_read, rows.accepted.num_rows, rows.rows_quarantined) == (3, 2, 1)
    assert column(rows, "quantity") == [Decimal(1500), Decimal(1500)]


def test_a_row_with_two_refused_cells_counts_once(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(), bill(bill_no="F2", quantity="x", unit="EA"))
    assert codes(rows) == {"NUM_INVALID": 1, "UNIT_UNKNOWN": 1}
    assert (rows.rows_quarantined, rows.rows_read) == (1, 2)


def test_defaults_fill_empty_cells_only(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(register="", multiplier="40"), bill(bill_no="F2", register="peak", multiplier=""))
    assert column(rows, "register") == ["total", "peak"]
    assert column(rows, "component") == ["energy", "energy"]
    assert column(rows, "multiplier") == [Decimal(40), Decimal(1)]
    assert column(rows, "currency") == ["MAD", "MAD"]


def test_lines_that_are_not_energy_need_no_quantity(tmp_path: Path) -> None:
    rows = read_bills(
        tmp_path,
        bill(component="fixed", quantity="", unit=""),
        bill(component="energy", register="reactive", quantity="", unit=""),
        bill(component="tax", bill_no="F3", quantity="12", unit=""),
    )
    assert codes(rows) == {}


@pytest.mark.parametrize("printed", ["500", "-500"])
def test_a_credit_note_is_negative_however_it_is_printed(tmp_path: Path, printed: str) -> None:
    credit = bill(bill_type="credit_note", corrects_bill_no="F0", quantity=printed)
    rows = read_bills(tmp_path, credit | {"amount_excl_vat": printed})
    assert column(rows, "quantity") == [Decimal(-500)]
    assert column(rows, "amount_excl_vat") == [Decimal(-500)]
    assert column(rows, "quantity_as_printed") == [printed]
    assert ("CREDIT_SIGNED" in column(rows, "flags")[0]) == (printed == "500")


def test_a_unit_in_the_cell_fills_or_agrees_with_the_column(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(quantity="450 kWh", unit=""), bill(bill_no="F2", quantity="2 MWh", unit="MWH"))
    assert column(rows, "unit") == ["kWh", "MWh"]
    assert column(rows, "quantity") == [Decimal(450), Decimal(2)]
    assert column(rows, "quantity_as_printed") == ["450 kWh", "2 MWh"]
    assert column(rows, "unit_as_printed") == [None, "MWH"]


def test_a_void_says_no_quantity_and_names_a_bill_or_is_known_by_its_own_number(tmp_path: Path) -> None:
    rows = read_bills(
        tmp_path,
        bill(bill_type="Annulation", quantity="", unit="", bill_no="A1", corrects_bill_no="F1"),
        bill(bill_type="Annulée", bill_no="F2"),
        bill(bill_type="Void", quantity="-500", bill_no="F3"),
        bill(bill_type="invoice", quantity="", bill_no="F4"),
    )
    assert column(rows, "bill_type") == ["void", "void", "void"]
    assert column(rows, "quantity") == [None, Decimal(1500), Decimal(-500)]
    assert codes(rows) == {"REQUIRED_MISSING": 1}


def test_an_index_that_falls_is_judged_with_the_register_of_meters(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(index_start="99990", index_end="120"))
    assert column(rows, "index_end") == [Decimal(120)]
    assert codes(rows) == {}


def test_french_words_for_choices_carriers_and_units(tmp_path: Path) -> None:
    french = {"Type de facture": "Avoir", "Énergie": "gazole", "Unité": "litres", "Quantité": "1 200,5"}
    names = {"bill_type": "Type de facture", "carrier": "Énergie", "unit": "Unité", "quantity": "Quantité"}
    row = {names.get(name, name): value for name, value in bill(corrects_bill_no="F0").items()} | french
    rows = read(tmp_path, csv_bytes([row], ";", "cp1252"))
    assert column(rows, "bill_type") == ["credit_note"]
    assert column(rows, "carrier") == ["diesel"]
    assert column(rows, "unit") == ["L"]
    assert column(rows, "quantity") == [Decimal("-1200.5")]
    assert set(column(rows, "flags")[0].split(",")) >= {"ENC_CP1252", "NUM_GROUP", "CREDIT_SIGNED"}


def test_exports(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        csv_bytes(
            [
                EXPORT,
                EXPORT | {"line_no": "2", "gross_mass_kg": "800"},
                EXPORT | {"line_no": "8", "net_mass_kg": "0"},
                EXPORT | {"line_no": "3", "destination_country": "Atlantide"},
                EXPORT | {"line_no": "4", "hs10": "31053"},
                EXPORT | {"line_no": "5.5"},
                EXPORT | {"line_no": "6", "net_mass_kg": "900 kg"},
                EXPORT | {"line_no": "7", "net_mass_kg": "900 t"},
                EXPORT | {"line_no": "8", "fob_value_mad": "5000 DH"},
            ]
        ),
        feed="exports",
    )
    assert [cell.code for cell in sorted(rows.refused, key=lambda cell: cell.row_no)] == [
        "MASS_INVALID", "MASS_INVALID", "COUNTRY_UNKNOWN", "PATTERN_INVALID", "NUM_NOT_WHOLE", "UNIT_CLASH",
    ]  # fmt: skip
    assert column(rows, "destination_country") == ["NA", "NA", "NA"]
    assert column(rows, "unit_as_printed") == [None, None, None]


def test_a_register_may_look_into_the_future(tmp_path: Path) -> None:
    row = {
        "instrument_id": "I1", "member_id": MEMBER, "kind": "ppa", "carrier": "electricity", "valid_from": "2024-01-01",
        "valid_to": "2034-12-31", "quantity_kwh": "1000", "kgco2e_per_kwh": "0",
    }  # fmt: skip
    backwards = row | {"instrument_id": "I2", "valid_to": "2023-01-01"}
    rows = read(tmp_path, csv_bytes([row, backwards]), feed="instruments")
    assert rows.accepted.num_rows == 1
    assert codes(rows) == {"PERIOD_INVALID": 1}


def test_every_reason_speaks_both_languages_and_names_its_cell() -> None:
    for reason in load_reasons().values():
        french, english = reason.messages(row=7, column="Quantité", cell="x")
        assert french
        assert english
        assert french != english
        if reason.severity == "quarantine":
            assert "7" in french
            assert "7" in english


def test_a_member_s_own_file_speaks_of_no_other_member(tmp_path: Path) -> None:
    other = bill(bill_no="F2", member_id="999900000000154")
    content = csv_bytes([bill(), other])
    assert read(tmp_path, content, "bills.csv").rows_quarantined == 0
    for name in (f"{MEMBER}/bills.csv", f"{MEMBER}_bills.csv"):
        (refused,) = read(tmp_path, content, name).refused
        assert (refused.code, refused.column, refused.cell) == ("TENANT_MISMATCH", "member_id", other["member_id"])


def test_a_bill_that_names_its_meter_need_not_name_its_site(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(site_id=""))
    assert (column(rows, "site_id"), rows.rows_quarantined) == ([None], 0)
