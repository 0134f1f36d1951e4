"""Totals are compared with what they total, a second table is not read as the first, damaged text identifies nothing."""

from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import bill, codes, column, csv_bytes, read, read_bills

from ingestion.cells import FileRefused
from ingestion.files import FileRows

LABELS = list(bill())


def _total(quantity: str, word: str = "Total") -> dict[str, str]:
    return {**dict.fromkeys(LABELS, ""), "member_id": word, "quantity": quantity}


def _bills(*quantities: str) -> list[dict[str, str]]:
    return [bill(bill_no=f"F{number}", quantity=quantity) for number, quantity in enumerate(quantities)]


def _counts(rows: FileRows) -> tuple[int, int, int]:
    return rows.rows_accepted, rows.rows_quarantined, rows.dropped.total()


def test_a_right_total_is_dropped(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, *_bills("1500", "250.5"), _total("1750.5", "TOTAL GENERAL"))
    assert rows.dropped == {"SUBTOTAL_DROPPED": 1}
    assert _counts(rows) == (2, 0, 1)


def test_a_wrong_total_is_refused_and_names_both_figures(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, *_bills("1500", "250.5"), _total("2000"))
    (cell,) = rows.refused
    assert (cell.code, cell.row_no, cell.column, cell.cell) == ("SUBTOTAL_MISMATCH", 4, "quantity", "2000")
    assert cell.details == {"total": "1750.5"}
    (table,) = rows.refusals.tables("batch")
    assert table.column("message_en").to_pylist() == [
        'Row 4, column "quantity": the printed total "2000" is not the sum of the rows above (1750.5). '
        "Check that no row is missing or doubled."
    ]
    assert _counts(rows) == (2, 1, 0)


def test_subtotals_and_totals_of_subtotals(tmp_path: Path) -> None:
    first, second, third = _bills("10", "20"), [bill(bill_no="G", quantity="5")], [bill(bill_no="H", quantity="7")]
    rows = read_bills(
        tmp_path, *first, _total("30", "Sous-total"), *second, _total("5", "Sous-total"), _total("35"), *third,
        _total("7", "Sous-total"), _total("42"), _total("41"),
    )  # fmt: skip
    assert codes(rows) == {"SUBTOTAL_MISMATCH": 1}
    assert [cell.cell for cell in rows.refused] == ["41"]
    assert rows.dropped == {"SUBTOTAL_DROPPED": 5}


def test_printed_cents_may_have_been_rounded(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, *_bills(*["0.33"] * 9), _total("2.98"))
    assert rows.dropped == {"SUBTOTAL_DROPPED": 1}
    rows = read_bills(tmp_path, *_bills(*["0.33"] * 9), _total("3.05"))
    assert codes(rows) == {"SUBTOTAL_MISMATCH": 1}


def test_nothing_is_said_of_a_total_when_a_cell_above_cannot_be_read(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, *_bills("1500", "abc"), _total("2000"))
    assert codes(rows) == {"NUM_INVALID": 1}
    assert rows.dropped == {"SUBTOTAL_DROPPED": 1}


def test_rows_refused_for_another_cell_still_count_in_the_total(tmp_path: Path) -> None:
    rows = read_bills(
        tmp_path, *_bills("1500"), bill(bill_no="G", quantity="500", issued_on="31/02/2025"), _total("2000")
    )
    assert codes(rows) == {"DATE_INVALID": 1}
    assert rows.dropped == {"SUBTOTAL_DROPPED": 1}


def test_a_table_below_the_first_is_refused_from_its_header_on(tmp_path: Path) -> None:
    good = csv_bytes(_bills("1", "2")).decode()
    other = "nom,ville,pays\nUsine A,Rabat,MA\nUsine B,Fès,MA\n"
    rows = read(tmp_path, (good + "\n" + other).encode())
    assert codes(rows) == {"MULTI_TABLE": 3}
    assert [cell.row_no for cell in rows.refused] == [5, 6, 7]
    assert (rows.dropped, rows.rows_accepted) == ({"BLANK_ROW": 1}, 2)


def test_a_total_above_another_table_is_held_against_the_sum(tmp_path: Path) -> None:
    good = csv_bytes([*_bills("1", "2"), _total("4")]).decode()
    rows = read(tmp_path, f"{good}\nnom,ville,pays\nUsine A,Rabat,MA\n".encode())
    assert codes(rows) == {"SUBTOTAL_MISMATCH": 1, "MULTI_TABLE": 2}
    assert rows.rows_accepted == 2


def test_a_second_header_with_fewer_columns_is_another_table(tmp_path: Path) -> None:
    good = csv_bytes(_bills("1", "2")).decode()
    header, first = good.splitlines()[:2]
    shorter = "\n".join(",".join(line.split(",")[:-3]) for line in (header, first))
    rows = read(tmp_path, f"{good}{shorter}\n{header}\n{first.replace('F0', 'F9')}\n".encode())
    assert codes(rows) == {"MULTI_TABLE": 2}
    assert rows.dropped == {"HEADER_REPEATED": 1}
    assert column(rows, "bill_no") == ["F0", "F1", "F9"]


def test_a_header_in_two_rows_is_read_where_the_two_together_are_known(tmp_path: Path) -> None:
    labels, row = list(bill()), ",".join(bill().values())
    groups = ["Facture" if name.startswith("bill") else "" for name in labels]
    upper = [name if place % 2 else group for place, (name, group) in enumerate(zip(labels, groups, strict=True))]
    lower = ["" if place % 2 else name for place, name in enumerate(labels)]
    rows = read(tmp_path, "\n".join([",".join(upper), ",".join(lower), row, ""]).encode())
    assert column(rows, "bill_no") == ["F1"]
    assert column(rows, "row_no") == [3]


def test_a_header_in_two_rows_that_lacks_a_column_is_refused_as_such(tmp_path: Path) -> None:
    labels = [name for name in bill() if name != "carrier"]
    upper = [name if place % 2 else "" for place, name in enumerate(labels)]
    lower = ["" if place % 2 else name for place, name in enumerate(labels)]
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, "\n".join([",".join(upper), ",".join(lower), ",".join(labels)[::-1]]).encode())
    assert caught.value.code == "HEADER_MULTI"
    assert caught.value.details == {"row": 2, "missing": "carrier"}


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    content = csv_bytes(_bills("1", "2")).split(b"\n", 1)[1]
    with pytest.raises(FileRefused, match="SCHEMA_DRIFT"):
        read(tmp_path, content)


@pytest.mark.parametrize("text", ["RÃ©fÃ©rence 7", "m\u00c2\u00b2 7", "Lâ€™usine", "Ø§Ù„Ø¯Ø§Ø±"])
def test_damaged_text_identifies_nothing(tmp_path: Path, text: str) -> None:
    rows = read_bills(tmp_path, bill(meter_id=text), bill(bill_no="F2", evidence_ref=text), bill(bill_no="F3"))
    assert [(cell.column, cell.code) for cell in rows.refused] == [("meter_id", "MOJIBAKE")]
    assert column(rows, "evidence_ref") == [text, None]
    assert column(rows, "flags") == ["LABEL_MOJIBAKE", ""]


@pytest.mark.parametrize(
    "text", ["Référence", "SÃO PAULO", "Âge", "Île d'Oléron", "الدار البيضاء", "m² – 5 €", "Œuvre"]
)
def test_accents_are_no_damage(tmp_path: Path, text: str) -> None:
    rows = read_bills(tmp_path, bill(meter_id=text, quantity="12.5"))
    assert column(rows, "meter_id") == [text]
    assert column(rows, "quantity") == [Decimal("12.5")]
