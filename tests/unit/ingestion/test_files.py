"""Whole files: separators proven by the file, rows that state nothing, repeats and contradictions, and the count."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from bill_files import MEMBER, attempt, bill, codes, column, csv_bytes, read, read_bills
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.cells import FileRefused
from ingestion.feeds import load_feeds, raw_schema


def test_the_decimal_sign_is_proven_by_the_column(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(quantity="1,234"), bill(bill_no="F2", quantity="12,5"))
    assert column(rows, "quantity") == [Decimal("1.234"), Decimal("12.5")]
    rows = read_bills(tmp_path, bill(quantity="1,234"), bill(bill_no="F2", quantity="12.5"))
    assert column(rows, "quantity") == [Decimal(1234), Decimal("12.5")]
    assert "NUM_GROUP" in column(rows, "flags")[0]


def test_a_column_without_proof_follows_the_others_if_they_agree(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(quantity="1,234", amount_excl_vat="12,5", vat_rate="20"))
    assert column(rows, "quantity") == [Decimal("1.234")]
    rows = read_bills(tmp_path, bill(quantity="1,234", amount_excl_vat="12,5", vat_rate="20.5"))
    assert codes(rows) == {"NUM_AMBIGUOUS": 1}


def test_mixed_signs_are_read_where_each_cell_has_one_reading(tmp_path: Path) -> None:
    rows = read_bills(
        tmp_path,
        bill(quantity="304.51"),
        bill(bill_no="F2", quantity="320,16"),
        bill(bill_no="F3", quantity="1,234"),
    )
    assert column(rows, "quantity") == [Decimal("304.51"), Decimal("320.16")]
    assert codes(rows) == {"NUM_AMBIGUOUS": 1}


def test_rows_that_state_nothing_are_dropped_and_counted(tmp_path: Path) -> None:
    good = csv_bytes([bill(), bill(bill_no="F2")]).decode().splitlines()
    width = len(good[0].split(","))
    lines = [
        *good,
        "," * (width - 1),
        "Total général" + "," * (width - 5) + "3000,,,,",
        good[0],
        "* relevés estimés",
        "",
    ]
    rows = read(tmp_path, "\n".join(lines).encode())
    assert rows.dropped == {"BLANK_ROW": 1, "SUBTOTAL_DROPPED": 1, "HEADER_REPEATED": 1, "FOOTNOTE": 1}
    assert (rows.rows_read, rows.accepted.num_rows, rows.rows_quarantined) == (6, 2, 0)


def test_a_supplier_called_total_is_no_total(tmp_path: Path) -> None:
    row = {"supplier": "Total Energies Maroc", **{k: v for k, v in bill().items() if k != "supplier"}}
    rows = read(tmp_path, csv_bytes([row, row | {"bill_no": "F2", "issued_on": ""}]))
    assert rows.accepted.num_rows == 1
    assert codes(rows) == {"REQUIRED_MISSING": 1}


def test_repeats_are_dropped_and_contradictions_refused(tmp_path: Path) -> None:
    rows = read_bills(
        tmp_path, bill(), bill(), bill(bill_no="F2"), bill(bill_no="F2", quantity="1"), bill(bill_no="F3")
    )
    assert rows.dropped == {"DUPLICATE_ROW": 1}
    assert codes(rows) == {"KEY_CONFLICT": 2}
    assert column(rows, "bill_no") == ["F1", "F3"]
    assert column(rows, "row_no") == [2, 6]


def test_records_that_do_not_fit_are_refused_whole(tmp_path: Path) -> None:
    good = csv_bytes([bill()]).decode()
    line = good.splitlines()[1]
    rows = read(
        tmp_path, (good + line.replace("F1", "F2") + ",more\n" + ",".join(line.split(",")[:-4]) + "\n").encode()
    )
    assert codes(rows) == {"EXTRA_CELLS": 1, "MISSING_CELLS": 1}
    assert (rows.rows_read, rows.accepted.num_rows, rows.rows_quarantined) == (3, 1, 2)


def test_zeros_and_formulas_survive(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(meter_id="000042", evidence_ref='=HYPERLINK("x")'))
    assert column(rows, "meter_id") == ["000042"]
    assert column(rows, "evidence_ref") == ['=HYPERLINK("x")']
    assert "FORMULA_TEXT" in column(rows, "flags")[0]


def test_a_member_number_that_lost_its_zeros_is_restored(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(member_id="1561191000066"))
    assert column(rows, "member_id") == ["001561191000066"]
    assert column(rows, "flags") == ["ICE_PADDED"]


def test_every_sheet_with_the_header_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    book.active.append(["Fichier de démonstration"])
    for name, number in (("Janvier", "F1"), ("Février", "F2")):
        sheet = book.create_sheet(name)
        sheet.append(["Factures", name])
        sheet.append(list(bill()))
        row = bill(bill_no=number) | {"quantity": 1500.5, "issued_on": date(2025, 2, 3), "member_id": int(MEMBER)}
        sheet.append(list(row.values()))
    book.save(tmp_path / "book.xlsx")
    rows = read(tmp_path, (tmp_path / "book.xlsx").read_bytes(), "bills.xlsx")
    assert column(rows, "sheet") == ["Janvier", "Février"]
    assert column(rows, "row_no") == [3, 3]
    assert column(rows, "quantity") == [Decimal("1500.5")] * 2
    assert column(rows, "issued_on") == [date(2025, 2, 3)] * 2
    assert column(rows, "member_id") == [MEMBER] * 2
    assert rows.dropped == {"SHEET_SKIPPED": 1}
    assert len(set(column(rows, "row_id"))) == 2


def test_parquet_gives_the_same_rows_as_csv(tmp_path: Path) -> None:
    bills = [bill(bill_no=f"F{number}", quantity=f"{number}.25") for number in range(1, 9)]
    from_csv = read_bills(tmp_path, *bills)
    feed = load_feeds()["energy_bills"]
    pq.write_table(from_csv.accepted.select(feed.column_names), tmp_path / "typed.parquet")
    from_parquet = read(tmp_path, (tmp_path / "typed.parquet").read_bytes(), "x.csv")
    own = list(feed.column_names)
    assert from_parquet.accepted.select(own).to_pylist() == from_csv.accepted.select(own).to_pylist()
    assert set(from_csv.accepted.column_names) <= set(raw_schema(feed).names)


@pytest.mark.parametrize("rows", [[], [{}], [{}, {}]])
def test_a_file_without_data_is_refused(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    content = (",".join(bill()) + "\n" + "".join("," * (len(bill()) - 1) + "\n" for _ in rows)).encode()
    with pytest.raises(FileRefused, match="NO_DATA"):
        read(tmp_path, content)


cells = st.sampled_from(
    ["", "F1", "F2", "kWh", "12,5", "1,234", "x", "n/a", "#REF!", "2025-01-31", "31/01/2025", "Total", MEMBER]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.dictionaries(st.sampled_from(sorted(bill())), cells, max_size=5), min_size=1, max_size=12), st.data()
)
def test_no_row_is_lost_and_the_order_of_rows_does_not_matter(
    tmp_path: Path, changes: list[dict[str, str]], data: st.DataObject
) -> None:
    rows = [bill(bill_no="F9"), *(bill(**change) for change in changes)]
    found, refusal = attempt(read_bills, tmp_path, *rows)
    if refusal:
        assert refusal == "NO_DATA"
        return
    assert found.rows_read == len(rows)
    assert found.rows_read == found.accepted.num_rows + found.rows_quarantined + found.dropped.total()
    assert not set(column(found, "row_id")) & {cell.row_id for cell in found.refused}
    shuffled = read_bills(tmp_path, *data.draw(st.permutations(rows)))
    own = list(load_feeds()["energy_bills"].column_names)
    assert sorted(map(str, shuffled.accepted.select(own).to_pylist())) == sorted(
        map(str, found.accepted.select(own).to_pylist())
    )
    assert codes(shuffled) == codes(found)
