"""The nasty inputs of domain/inputs.md 3c that lie in a table, by their number: each with its treatment and code.

What lies in a cell or a row is in `test_nasty_cells`, in a container in `test_nasty_containers`, what needs other rows or
a register in `test_nasty_night`; the last test here holds all four against the list.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import MEMBER, RECEIVED_ON, attempt, bill, codes, column, csv_bytes, flags, read, read_bills, refusal
from invoice_files import SYNTAXES, Bill, Item
from workbook_files import workbook_bytes

from ingestion.cells import Cells
from ingestion.feeds import load_feeds
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mappings
from ingestion.readers import open_sheets

REAL = Path("/work/shared/real")
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
HEADER = list(bill())
TWO = [bill(), bill(bill_no="F2")]
LINE = ",".join(bill(bill_no="F3").values())
EXPORT = {
    "member_id": MEMBER, "declaration_no": "D1", "line_no": "1", "registered_on": "2025-02-01", "status": "registered",
    "regime": "060", "hs10": "3105300000", "cn8": "", "destination_country": "FR", "net_mass_kg": "900",
    "gross_mass_kg": "1000", "fob_value_mad": "5000",
}  # fmt: skip


def text(*lines: str) -> bytes:
    """Two good bills as CSV, and these lines below."""
    return csv_bytes(TWO) + "".join(f"{line}\n" for line in lines).encode()


def survivors(rows: FileRows) -> list[str]:
    """The numbers of the accepted bills."""
    return column(rows, "bill_no")


def first_sheet(path: Path) -> tuple[tuple[str, ...], Cells]:
    """The first labels and the cells of a real file."""
    sheet = open_sheets(path)[0]
    return sheet.head()[0].cells, sheet.body(0)


def export(folder: Path, **changes: str) -> tuple[str | None, dict, set[str]]:
    """The code, or the line as accepted and its flags, of an export declared beside a good one."""
    rows = read(folder, csv_bytes([EXPORT | {"line_no": "9"}, EXPORT | changes]), feed="exports")
    if rows.refused:
        assert column(rows, "line_no") == [9]
        return next(iter(codes(rows))), {}, set()
    return None, rows.accepted.to_pylist()[1], flags(rows)[1]


# --- text


def test_01_a_byte_order_mark(tmp_path: Path) -> None:
    rows = read(tmp_path, csv_bytes(TWO, encoding="utf-8-sig"))
    assert (survivors(rows), flags(rows)) == (["F1", "F2"], [{"BOM_STRIPPED"}] * 2)


@needs_real
def test_01_a_real_byte_order_mark() -> None:
    labels, cells = first_sheet(REAL / "trade_morocco" / "Annual.csv")
    assert labels[0] == "Code du pays"
    assert "BOM_STRIPPED" in cells.flags


def test_02_windows_1252(tmp_path: Path) -> None:
    rows = read(tmp_path, csv_bytes([bill(supplier="Régie \u2013 Énergie")], encoding="cp1252"))
    assert (column(rows, "supplier"), flags(rows)) == (["Régie \u2013 Énergie"], [{"ENC_CP1252"}])


@needs_real
def test_02_real_windows_1252() -> None:
    assert "ENC_CP1252" in first_sheet(REAL / "tabular_frictionless" / "latin1.csv")[1].flags


def test_03_unicode_text_of_a_spreadsheet(tmp_path: Path) -> None:
    rows = read(tmp_path, csv_bytes([bill(supplier="Régie")], "\t", "utf-16"), "bills.txt")
    assert (column(rows, "supplier"), flags(rows)) == (["Régie"], [{"ENC_UTF16"}])


@pytest.mark.parametrize(("encoding", "flag"), [("cp1256", "ENC_CP1256"), ("iso8859-6", "ENC_ISO8859_6")])
def test_04_arabic_of_eight_bits(tmp_path: Path, encoding: str, flag: str) -> None:
    rows = read(tmp_path, csv_bytes([bill(supplier="شركة الماء والكهرباء")], encoding=encoding))
    assert (column(rows, "supplier"), flags(rows)) == (["شركة الماء والكهرباء"], [{flag}])


def test_04_eight_bits_of_no_certain_alphabet(tmp_path: Path) -> None:
    assert refusal(tmp_path, "Единица;Количество\nкВт;12\n".encode("koi8-r")) == "ENC_UNCERTAIN"


def test_05_damaged_text_is_a_label_and_no_key(tmp_path: Path) -> None:
    rows = read_bills(tmp_path, bill(meter_id="NÂ°7Ã©"), bill(bill_no="F2", evidence_ref="reÃ§u"), bill(bill_no="F3"))
    assert codes(rows) == {"MOJIBAKE": 1}
    assert (survivors(rows), flags(rows)) == (["F2", "F3"], [{"LABEL_MOJIBAKE"}, set()])


@pytest.mark.parametrize("content", [csv_bytes(TWO) + b"\0\x01\x02\0", b"\x7fELF\x02\x01\x01\0\0\0" + bytes(50)])
def test_06_bytes_that_are_no_text(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == "NOT_TEXT"


def test_07_a_name_that_lies(tmp_path: Path) -> None:
    for name, content in {"bills.xls": csv_bytes(TWO), "bills.csv": workbook_bytes(TWO)}.items():
        rows = read(tmp_path, content, name)
        assert survivors(rows) == ["F1", "F2"]
        assert all("TYPE_MISMATCH" in found for found in flags(rows))
    assert refusal(tmp_path, b"<html><table><tr><td>1</td></tr></table></html>", "bills.xls") == "TYPE_UNKNOWN"


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", csv_bytes([bill()]).split(b"\n")[0], csv_bytes([{**dict.fromkeys(HEADER, "")}])]
)
def test_08_a_file_without_data(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == "NO_DATA"


def test_09_line_ends_of_all_kinds(tmp_path: Path) -> None:
    first, second, third, _ = csv_bytes([bill(), bill(bill_no="F2")]).split(b"\n")
    rows = read(tmp_path, first + b"\r\n" + second + b"\r" + third + b"\n" + LINE.encode())
    assert (survivors(rows), flags(rows)) == (["F1", "F2", "F3"], [set()] * 3)


def test_10_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    rows = read(tmp_path, csv_bytes([bill(quantity="1500,25")], ";"))
    assert (column(rows, "quantity"), flags(rows)) == ([Decimal("1500.25")], [set()])


def test_11_a_column_that_is_not_there(tmp_path: Path) -> None:
    rows = read(tmp_path, csv_bytes(TWO, ";").replace(b"\n", b";\n"))
    assert (survivors(rows), flags(rows)) == (["F1", "F2"], [{"PHANTOM_COL"}] * 2)


@needs_real
def test_11_a_real_column_that_is_not_there() -> None:
    assert "PHANTOM_COL" in first_sheet(REAL / "trade_morocco" / "Annual.csv")[1].flags


def test_12_more_cells_than_headers(tmp_path: Path) -> None:
    rows = read(tmp_path, text(LINE.replace("ONEE", "Régie, Agadir"), LINE.replace("F3", "F4")))
    assert (codes(rows), survivors(rows)) == ({"EXTRA_CELLS": 1}, ["F1", "F2", "F4"])


def test_13_fewer_cells_than_headers(tmp_path: Path) -> None:
    rows = read(tmp_path, text(LINE.rsplit(",", 4)[0], LINE.replace("F3", "F4")))
    assert (codes(rows), survivors(rows)) == ({"MISSING_CELLS": 1}, ["F1", "F2", "F4"])


def test_14_a_quotation_mark_that_swallows_lines(tmp_path: Path) -> None:
    lines = [LINE.replace("F3", f"G{number}") for number in range(1000)]
    lines[500] = lines[500].replace("ONEE", '"ONEE')
    lines[501] = lines[501].replace("ONEE", '"ONEE"')
    rows = read(tmp_path, text(*lines))
    assert codes(rows) == {"QUOTE_BROKEN": 2}
    assert sorted({f"G{number}" for number in range(1000)} - set(survivors(rows))) == ["G500", "G501"]
    assert refusal(tmp_path, text(LINE.replace("ONEE", '"ONEE'), *lines[:20])) == "QUOTE_BROKEN"


def test_14_a_total_with_a_quotation_mark_in_it(tmp_path: Path) -> None:
    rows = read(tmp_path, text(LINE, 'Grand Total "830,637,121",'))
    assert (survivors(rows), codes(rows), rows.dropped) == (["F1", "F2", "F3"], {}, {"SUBTOTAL_DROPPED": 1})


def test_15_a_header_with_line_breaks(tmp_path: Path) -> None:
    header = ",".join('"quantity \n"' if name == "quantity" else name for name in HEADER)
    rows = read(tmp_path, f"{header}\n{LINE}\n".encode())
    assert (column(rows, "quantity"), column(rows, "row_no"), codes(rows)) == ([Decimal(1500)], [3], {})


def test_16_lines_above_the_header(tmp_path: Path) -> None:
    rows = read(tmp_path, b"Association\n\nFactures 2025\n,\n" + csv_bytes(TWO))
    assert (survivors(rows), flags(rows)) == (["F1", "F2"], [{"HEADER_OFFSET"}] * 2)
    assert column(rows, "row_no") == [6, 7]


def test_17_a_header_of_two_rows(tmp_path: Path) -> None:
    def halves(names: list[str]) -> str:
        upper = ",".join(name if place % 2 else "" for place, name in enumerate(names))
        return upper + "\n" + ",".join("" if place % 2 else name for place, name in enumerate(names))

    rows = read(tmp_path, f"{halves(HEADER)}\n{LINE}\n".encode())
    assert (survivors(rows), column(rows, "row_no")) == (["F3"], [3])
    unknown = ["carrier of energy" if name == "carrier" else name for name in HEADER]
    assert refusal(tmp_path, f"{halves(unknown)}\n{LINE}\n".encode()) == "HEADER_MULTI"


def test_18_a_header_that_is_there_twice(tmp_path: Path) -> None:
    assert refusal(tmp_path, f"{','.join(HEADER)},quantity\n{LINE},1\n".encode()) == "DUP_HEADER"


def test_19_headers_of_another_name(tmp_path: Path) -> None:
    rows = read(tmp_path, csv_bytes(TWO).replace(b"quantity", "Quantité".encode(), 1))
    assert survivors(rows) == ["F1", "F2"]
    _, code = attempt(read, tmp_path, csv_bytes(TWO).replace(b"carrier", b"flow", 1))
    assert code == "SCHEMA_DRIFT"


@needs_real
@pytest.mark.parametrize("path", sorted((REAL / "industrial").glob("NGER_*.csv")), ids=lambda path: path.stem)
def test_19_real_headers_that_change_every_year(path: Path, tmp_path: Path) -> None:
    rows = read(tmp_path, path.read_bytes(), path.name, "facility_emissions")
    assert rows.mapping.name == "australia_nger"
    assert rows.rows_accepted > 300


def test_20_a_second_table(tmp_path: Path) -> None:
    rows = read(tmp_path, text("", "nom,ville,pays", "Usine A,Rabat,MA"))
    assert (codes(rows), survivors(rows)) == ({"MULTI_TABLE": 2}, ["F1", "F2"])


def _total(word: str, quantity: str) -> dict[str, str]:
    return {**dict.fromkeys(HEADER, ""), "member_id": word, "quantity": quantity}


@pytest.mark.parametrize("word", ["Total", "Sous-total", "Corporate Total", "TOTAL GENERAL", "المجموع"])
def test_21_totals_are_dropped_and_held_against_the_sum(tmp_path: Path, word: str) -> None:
    rows = read_bills(tmp_path, *TWO, _total(word, "3000"))
    assert (survivors(rows), rows.dropped) == (["F1", "F2"], {"SUBTOTAL_DROPPED": 1})
    rows = read_bills(tmp_path, *TWO, _total(word, "2999"))
    assert (survivors(rows), codes(rows)) == (["F1", "F2"], {"SUBTOTAL_MISMATCH": 1})


def test_22_notes_under_the_table(tmp_path: Path) -> None:
    rows = read(tmp_path, text("* relevés estimés" + "," * (len(HEADER) - 1), "Source : ONEE"))
    assert (survivors(rows), rows.dropped) == (["F1", "F2"], {"FOOTNOTE": 2})


# --- codes of goods


def test_32_a_tariff_code_that_lost_its_zero(tmp_path: Path) -> None:
    code, row, found = export(tmp_path, hs10="702000000")
    assert (code, row["hs10"], found) == (None, "0702000000", {"HS_PADDED"})
    assert export(tmp_path, hs10="310530000")[0] == "PATTERN_INVALID"  # 0310 is no heading


@pytest.mark.parametrize(
    ("cell", "code", "found"),
    [("0702.00.00.00", "0702000000", {"HS_FORMATTED"}), ("07 02 00", "070200", {"HS_FORMATTED", "HS_SHORT"}),
     ("310530", "310530", {"HS_SHORT"})],
)  # fmt: skip
def test_33_tariff_codes_with_dots_and_of_six_digits(tmp_path: Path, cell: str, code: str, found: set[str]) -> None:
    refused, row, seen = export(tmp_path, hs10=cell)
    assert (refused, row["hs10"], seen) == (None, code, found)


def test_34_a_code_of_an_edition_that_is_over(tmp_path: Path) -> None:
    """8548.10, used batteries, is 8549 since 2022."""
    assert export(tmp_path, hs10="8548100000", registered_on="2023-03-01")[0] == "HS_OBSOLETE"
    assert export(tmp_path, hs10="8549110000", registered_on="2023-03-01")[0] is None
    assert export(tmp_path, hs10="8548100000", registered_on="2021-12-31")[0] is None


def test_35_a_moroccan_code_cut_to_eight_digits(tmp_path: Path) -> None:
    assert export(tmp_path, hs10="7604291000", cn8="76042910")[0] == "CN8_FROM_NGP"
    assert export(tmp_path, hs10="7604291000", cn8="76042990")[0] is None
    assert export(tmp_path, hs10="3105300010", cn8="31053000")[0] is None  # neither tariff divides 3105.30


def test_36_a_confidential_code(tmp_path: Path) -> None:
    content = (
        b"REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,PRODUCT_BEC5,"
        b"PRODUCT_SECTION,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT\n"
        b"FR,MA,E,39XXXXXX,,,,,,07,1,1,,202402,100,,50,\nFR,MA,E,39011000,,,,,,07,1,1,,202402,10,,5,\n"
    )
    rows = read(tmp_path, content, "full_202402.dat", "partner_trade")
    assert column(rows, "product_code") == ["39XXXXXX", "39011000"]
    assert flags(rows) == [{"CN8_CONFIDENTIAL"}, set()]


def test_57_an_end_that_is_not_included(tmp_path: Path) -> None:
    """Each layout says whether its last day is included."""
    path, feed = tmp_path / "bills.csv", load_feeds()["energy_bills"]
    path.write_bytes(csv_bytes([bill(period_end="2025-02-01")]))
    found = {}
    for is_inclusive in (True, False):
        layouts = [
            replace(layout, period_end_is_inclusive=is_inclusive)
            for layout in load_mappings()["energy_bills"]
            if layout.name == "template_energy_bills"
        ]
        rows = read_file(path, path.name, "0" * 64, feed, RECEIVED_ON, layouts)
        found[is_inclusive] = (*column(rows, "period_end"), *flags(rows))
    assert found == {True: (date(2025, 2, 1), set()), False: (date(2025, 1, 31), {"PERIOD_NORMALISED"})}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_67_one_quantity_on_lines_of_energy_grid_and_tax(tmp_path: Path, syntax: str) -> None:
    names = ("Consommation d'électricité", "Électricité verte", "Utilisation du réseau", "Taxe sur l'électricité")
    rows = read(tmp_path, SYNTAXES[syntax](Bill([Item(name, "450", "KWH") for name in names])), "facture.xml")
    assert (codes(rows), column(rows, "quantity")) == ({}, [Decimal(450)] * 4)
    assert column(rows, "component") == ["energy", "other", "grid", "tax"]
    assert ["QTY_REPEATED" in found for found in flags(rows)] == [False, True, False, False]


# --- all of them

MODULES = (
    Path(__file__),
    Path(__file__).with_name("test_nasty_cells.py"),
    Path(__file__).with_name("test_nasty_containers.py"),
    Path(__file__).parents[2] / "integration" / "test_nasty_night.py",
)


def numbers_of(name: str) -> list[int]:
    """The numbers that the name of a test begins with: `test_51_and_52_serials` is of two."""
    found = re.match(r"test_(\d\d(?:_and_\d\d)*)_", name)
    return [int(number) for number in found[1].split("_and_")] if found else []


def test_every_number_of_the_list_has_a_test() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MODULES]
    names = [node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    found = Counter(number for name in names for number in numbers_of(name))
    assert sorted(found) == list(range(1, 95))
