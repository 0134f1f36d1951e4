"""The nasty inputs of domain/inputs.md 3c that lie in a cell or a row, by their number: each with its treatment and code.

Tables are in `test_nasty_files`, containers in `test_nasty_containers`, what needs other rows or a register in
`test_nasty_night`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import MEMBER, bill, codes, column, csv_bytes, outcome_of, read, read_bills
from workbook_files import workbook_bytes

from ingestion.identifiers import parse_identifier, parse_text
from ingestion.mapping import MappingInvalid, load_mapping
from orchestration.output import _cell

EXPORT = {
    "member_id": MEMBER, "declaration_no": "D1", "line_no": "1", "registered_on": "2025-02-01", "status": "registered",
    "regime": "060", "hs10": "3105300000", "destination_country": "FR", "net_mass_kg": "900", "gross_mass_kg": "1000",
    "fob_value_mad": "5000",
}  # fmt: skip


def quantity(folder: Path, cell: str) -> tuple[str | None, Decimal | None, set[str]]:
    """The reason code, or the value of a quantity and the flags of its row."""
    code, row = outcome_of(folder, quantity=cell)
    return (code, None, set()) if code else (None, row["quantity"], set(row["flags"].split(",")) - {""})


def export(folder: Path, **changes: str) -> tuple[str | None, dict]:
    """The reason code of an export line, or the line as accepted."""
    rows = read(folder, csv_bytes([EXPORT | {"line_no": "9"}, EXPORT | changes]), feed="exports")
    return (next(iter(codes(rows))), {}) if rows.refused else (None, rows.accepted.to_pylist()[1])


def test_25_one_key_with_two_values_quarantines_both(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(), bill(quantity="1600"), bill(bill_no="F2"))
    assert codes(rows) == {"KEY_CONFLICT": 2}
    assert column(rows, "bill_no") == ["F2"]


def test_26_a_company_number_that_lost_its_zeros(tmp_path: Path) -> None:
    code, row = outcome_of(tmp_path, member_id="1561191000066")
    assert (code, row["member_id"]) == (None, "001561191000066")
    assert "ICE_PADDED" in row["flags"]


def test_27_a_company_number_that_lost_its_digits(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, member_id="1,56119E+12")[0] == "ICE_LOST_DIGITS"


def test_28_a_company_number_with_spaces(tmp_path: Path) -> None:
    code, row = outcome_of(tmp_path, member_id="99 99 00 00 00 00 057")
    assert (code, row["member_id"]) == (None, MEMBER)
    assert "ICE_SPACED" in row["flags"]


def test_29_a_company_number_with_a_wrong_checksum(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, member_id="999900000000058")[0] == "ICE_INVALID"


def test_30_another_member_in_a_member_s_file(tmp_path: Path) -> None:
    content = csv_bytes([bill(), bill(bill_no="F2", member_id="999900000000154")])
    assert codes(read(tmp_path, content, f"{MEMBER}_bills.csv")) == {"TENANT_MISMATCH": 1}


@pytest.mark.parametrize("cell", ["1234567", "12345678", "RC 45123 Casablanca", "IF 1234567"])
def test_31_a_tax_or_register_number_in_the_column_of_the_ice(tmp_path: Path, cell: str) -> None:
    assert outcome_of(tmp_path, member_id=cell)[0] == "ID_WRONG_KIND"


def test_37_na_is_namibia(tmp_path: Path) -> None:
    code, row = export(tmp_path, destination_country="NA")
    assert (code, row["destination_country"]) == (None, "NA")


@pytest.mark.parametrize(
    ("cell", "country"),
    [("FRANCE METROPOLITAINE", "FR"), ("Côte d'Ivoire", "CI"), ("EU", None), ("CEE", None), ("", None)],
)
def test_38_countries_by_name_or_not_at_all(tmp_path: Path, cell: str, country: str | None) -> None:
    code, row = export(tmp_path, destination_country=cell)
    if country is None:
        assert code == ("COUNTRY_UNKNOWN" if cell else "REQUIRED_MISSING")
    else:
        assert (code, row["destination_country"]) == (None, country)
        assert "COUNTRY_NAMED" in row["flags"]


@pytest.mark.parametrize("cell", ["1 234 567,89", "1\u00a0234\u00a0567,89", "1\u202f234\u202f567,89"])
def test_39_spaces_group_thousands(tmp_path: Path, cell: str) -> None:
    assert quantity(tmp_path, cell) == (None, Decimal("1234567.89"), {"NUM_GROUP"})


@pytest.mark.parametrize("cell", ["1.234.567,89", "1,234,567.89"])
def test_40_both_separators_in_one_cell(tmp_path: Path, cell: str) -> None:
    assert quantity(tmp_path, cell) == (None, Decimal("1234567.89"), {"NUM_GROUP"})


@pytest.mark.parametrize("cell", ["1,234", "1.234"])
def test_41_an_ambiguous_number_is_never_guessed(tmp_path: Path, cell: str) -> None:
    assert quantity(tmp_path, cell)[0] == "NUM_AMBIGUOUS"


@pytest.mark.parametrize(("proof", "value"), [("0,5", "1.234"), ("0.5", "1234")])
def test_41_other_cells_of_the_column_may_prove_the_sign(tmp_path: Path, proof: str, value: str) -> None:
    rows = read_bills(tmp_path, bill(quantity=proof), bill(bill_no="F2", quantity="1,234"))
    assert column(rows, "quantity") == [Decimal("0.5"), Decimal(value)]


def test_42_two_decimal_signs_in_one_column(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(quantity="304.51"), bill(bill_no="F2", quantity="320,16"))
    assert column(rows, "quantity") == [Decimal("304.51"), Decimal("320.16")]
    assert all("NUM_MIXED" in flags for flags in column(rows, "flags"))


def test_43_arabic_indic_digits(tmp_path: Path) -> None:
    assert quantity(tmp_path, "١٢٣٤٫٥٦") == (None, Decimal("1234.56"), {"ARABIC_DIGITS"})


def test_44_a_unit_in_the_cell_is_checked_against_the_column(tmp_path: Path) -> None:
    assert quantity(tmp_path, "450 kWh") == (None, Decimal(450), {"UNIT_IN_CELL"})
    assert quantity(tmp_path, "450 MWh")[0] == "UNIT_CLASH"
    code, row = outcome_of(tmp_path, amount_excl_vat="12 345,60 DH")
    assert (code, row["amount_excl_vat"]) == (None, Decimal("12345.60"))


@pytest.mark.parametrize("cell", ["(1 234,00)", "1 234-", "\u22121234"])
def test_45_negative_numbers_of_other_styles(tmp_path: Path, cell: str) -> None:
    rows = read_bills(tmp_path, bill(bill_type="credit_note", corrects_bill_no="F0", quantity=cell))
    assert column(rows, "quantity") == [Decimal(-1234)]
    assert "NEG_STYLE" in column(rows, "flags")[0]


@pytest.mark.parametrize("cell", ["-", "n/a", "néant", "NC", "Not Available"])
def test_46_tokens_of_absence_are_null_and_never_zero(tmp_path: Path, cell: str) -> None:
    code, row = outcome_of(tmp_path, amount_excl_vat=cell)
    assert (code, row["amount_excl_vat"]) == (None, None)
    assert "NULL_TOKEN" in row["flags"]
    assert quantity(tmp_path, cell)[0] == "REQUIRED_MISSING"
    assert quantity(tmp_path, "0") == (None, Decimal(0), set())


@pytest.mark.parametrize("cell", ["*", "Q", "W"])
def test_46_marks_that_no_layout_explains_are_refused(tmp_path: Path, cell: str) -> None:
    assert quantity(tmp_path, cell)[0] == "NUM_INVALID"


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#VALUE!"])
def test_47_spreadsheet_errors(tmp_path: Path, cell: str) -> None:
    assert quantity(tmp_path, cell)[0] == "EXCEL_ERROR"


@pytest.mark.parametrize("column_name", ["member_id", "bill_no", "bill_type", "issued_on", "carrier", "unit"])
def test_47_a_spreadsheet_error_in_any_column(tmp_path: Path, column_name: str) -> None:
    assert outcome_of(tmp_path, **{column_name: "#N/A"})[0] == "EXCEL_ERROR"


def test_48_numbers_stored_as_text_in_a_workbook(tmp_path: Path) -> None:
    content = workbook_bytes([bill(quantity="1500"), bill(bill_no="F2") | {"quantity": 1600}])
    rows = read(tmp_path, content, "bills.xlsx")
    assert column(rows, "quantity") == [Decimal(1500), Decimal(1600)]
    assert ["TEXT_NUMBER" in flags for flags in column(rows, "flags")] == [True, False]


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "@SUM(A1)"])
def test_49_a_formula_stays_text_and_is_escaped_on_export(cell: str) -> None:
    value, flags = parse_text(cell)
    assert (value, flags) == (cell, {"FORMULA_TEXT"})
    assert _cell(value) == f"'{cell}"


def test_49_the_apostrophe_that_marks_a_text_is_taken_off() -> None:
    assert parse_identifier("'00123") == ("00123", {"FORMULA_TEXT"})


@pytest.mark.parametrize(
    ("cell", "code"), [("NaN", "NUM_NONFINITE"), ("inf", "NUM_NONFINITE"), ("1e308", "NUM_NONFINITE")]
)
def test_50_numbers_that_are_none(tmp_path: Path, cell: str, code: str) -> None:
    assert quantity(tmp_path, cell)[0] == code


@pytest.mark.parametrize(
    ("first", "uses_1904_dates", "flag"), [(45658, False, "DATE_SERIAL"), (44196, True, "DATE_1904")]
)
def test_51_and_52_serials_by_the_date_system_of_the_workbook(
    tmp_path: Path, first: int, uses_1904_dates: bool, flag: str
) -> None:
    row = bill() | {"period_start": first, "period_end": first + 30}
    rows = read(tmp_path, workbook_bytes([row], uses_1904_dates=uses_1904_dates), "bills.xlsx")
    assert column(rows, "period_start") == [date(2025, 1, 1)]
    assert column(rows, "period_end") == [date(2025, 1, 31)]
    assert flag in column(rows, "flags")[0]


def test_51_a_serial_in_a_text_file_proves_no_date(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, period_start="45658")[0] == "DATE_INVALID"


def test_53_two_orders_of_day_and_month_in_one_column(tmp_path: Path) -> None:
    rows = read_bills(
        tmp_path, bill(issued_on="13/02/2025"), bill(bill_no="F2", issued_on="02/13/2025"), bill(bill_no="F3")
    )
    assert column(rows, "issued_on") == [date(2025, 2, 13), date(2025, 2, 3)]
    assert codes(rows) == {"DATE_ORDER": 1}


def test_54_a_layout_that_does_not_say_its_order_is_no_layout(tmp_path: Path) -> None:
    layout = tmp_path / "unordered.yml"
    layout.write_text('mapping: unordered\nversion: "1"\nfeed: sites\ndescription: x\ndecimal: "."\nperiod_end: inclusive\n'
                      'nulls: []\ncolumns: {site_id: {headers: [Site]}}\n')  # fmt: skip
    with pytest.raises(MappingInvalid, match="'dates' is a required property"):
        load_mapping(layout)


@pytest.mark.parametrize(
    ("start", "end"), [("janv.-25", "janv.-25"), ("Janvier 2025", "janvier 2025"), ("يناير 2025", "يناير 2025")]
)
def test_55_months_in_letters(tmp_path: Path, start: str, end: str) -> None:
    code, row = outcome_of(tmp_path, period_start=start, period_end=end)
    assert (code, row["period_start"], row["period_end"]) == (None, date(2025, 1, 1), date(2025, 1, 31))
    assert "MONTH_NAME" in row["flags"]


@pytest.mark.parametrize("cell", ["31/02/2025", "29/02/2023", "01/01/0024", "01/01/2204"])
def test_56_impossible_dates(tmp_path: Path, cell: str) -> None:
    assert outcome_of(tmp_path, issued_on=cell)[0] == "DATE_INVALID"


@pytest.mark.parametrize(
    ("start", "end"), [("2025-02-01", "2025-01-31"), ("2024-01-01", "2025-02-28"), ("2023-12-01", "2025-01-31")]
)
def test_58_periods_that_end_before_they_start_or_last_too_long(tmp_path: Path, start: str, end: str) -> None:
    assert outcome_of(tmp_path, period_start=start, period_end=end)[0] == "PERIOD_INVALID"


def test_59_a_period_beyond_the_day_of_receipt(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, period_start="2026-01-01", period_end="2026-01-31")[0] == "PERIOD_FUTURE"


@pytest.mark.parametrize("unit", ["kVArh", "kVA", "kW"])
def test_69_reactive_energy_and_power_are_no_energy(tmp_path: Path, unit: str) -> None:
    assert outcome_of(tmp_path, unit=unit)[0] == "NOT_ENERGY"


@pytest.mark.parametrize("unit", ["Some Unknown Unit", "EA"])
def test_72_unknown_units(tmp_path: Path, unit: str) -> None:
    assert outcome_of(tmp_path, unit=unit)[0] == "UNIT_UNKNOWN"


def test_74_a_credit_note_without_its_bill(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, bill_type="credit_note", quantity="-5")[0] == "CREDIT_UNLINKED"


def test_74_a_credit_note_printed_in_positive_figures(tmp_path: Path) -> None:
    code, row = outcome_of(tmp_path, bill_type="credit_note", corrects_bill_no="F0", quantity="450")
    assert (code, row["quantity"]) == (None, Decimal(-450))
    assert "CREDIT_SIGNED" in row["flags"]


def test_79_masses_that_cannot_be(tmp_path: Path) -> None:
    assert export(tmp_path, gross_mass_kg="800")[0] == "MASS_INVALID"
    assert export(tmp_path, net_mass_kg="0")[0] == "MASS_INVALID"


def test_a_bill_of_zero_kilowatt_hours_with_a_fixed_charge_is_a_bill(tmp_path: Path) -> None:
    code, row = outcome_of(tmp_path, quantity="0", amount_excl_vat="120.00")
    assert (code, row["quantity"]) == (None, Decimal(0))


def test_a_leap_day_and_a_bill_across_the_year_end(tmp_path: Path) -> None:
    code, row = outcome_of(tmp_path, period_start="2024-02-29", period_end="2024-02-29")
    assert (code, row["period_start"]) == (None, date(2024, 2, 29))
    assert outcome_of(tmp_path, period_start="2024-12-10", period_end="2025-01-09")[0] is None
