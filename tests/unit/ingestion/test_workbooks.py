"""Workbooks in all formats: the same cells, errors, dates, hidden and merged cells, whichever program saved them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from binary_workbooks import ErrorCell, Rows, ods_bytes, xls_bytes, xlsb_bytes
from hostile_files import HOSTILE_FILES
from hypothesis import given
from hypothesis import strategies as st

from ingestion.cells import CellKind, Cells, FileRefused
from ingestion.readers import excel, flags_of_name, open_sheets
from ingestion.readers.excel import cell_text, column_of

REAL = Path("/work/shared/real")
needs_real = pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")


def xlsx_bytes(rows: Rows, change: Callable[[openpyxl.Workbook], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column, value.text if isinstance(value, ErrorCell) else value)
            if isinstance(value, ErrorCell):
                cell.data_type = "e"
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


WRITERS = {"xlsx": xlsx_bytes, "xlsb": xlsb_bytes, "xls": xls_bytes, "ods": ods_bytes}
every_format = pytest.mark.parametrize("extension", WRITERS)


def opened(folder: Path, content: bytes, name: str = "file") -> Cells:
    (sheet,) = sheets_of(folder, content, name)
    return sheet.body(0)


def sheets_of(folder: Path, content: bytes, name: str = "file") -> list:
    path = folder / name
    path.write_bytes(content)
    return list(open_sheets(path))


def table(cells: Cells) -> list[list[str]]:
    return [list(row) for row in zip(*(column.text.to_pylist() for column in cells.columns), strict=True)]


def edited(package: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    """A package with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(old.read(name)) if name == part else old.read(name))
    return buffer.getvalue()


@every_format
def test_error_cells_are_errors_in_every_format(tmp_path: Path, extension: str) -> None:
    rows = [["id", "n", "t"], ["a", 1.5, ErrorCell("#N/A")], [ErrorCell("#REF!", is_formula=True), 2, "x"]]
    cells = opened(tmp_path, WRITERS[extension](rows), f"f.{extension}")
    assert table(cells) == [["a", "1.5", "#N/A"], ["#REF!", "2", "x"]]
    assert cells.columns[2].kind(0) is CellKind.ERROR
    assert cells.columns[0].kind(1) is CellKind.ERROR
    assert cells.columns[1].kind(0) is CellKind.NUMBER
    assert cells.row_numbers.tolist() == [2, 3]


@every_format
def test_a_file_of_any_name_is_told_by_its_content(tmp_path: Path, extension: str) -> None:
    content = WRITERS[extension]([["id"], ["a"]])
    for name in ("file", "f.csv", "f.xls", "f.xlsx", "f.ods"):
        assert table(opened(tmp_path, content, name)) == [["a"]]


@pytest.mark.parametrize(
    ("name", "content", "flags"),
    [
        ("bills.csv", b"a,b\n1,2\n", set()),
        ("bills", b"a,b\n1,2\n", set()),
        ("bills.dat", b"a,b\n1,2\n", set()),
        ("bills.xls", b"a,b\n1,2\n", {"TYPE_MISMATCH"}),
        ("bills.xls", xls_bytes([["a"]]), set()),
        ("bills.xls", xlsx_bytes([["a"]]), {"TYPE_MISMATCH"}),
        ("bills.XLSM", xlsx_bytes([["a"]]), set()),
        ("bills.csv", xlsx_bytes([["a"]]), {"TYPE_MISMATCH"}),
        ("bills.json", b'[{"a": 1}]', set()),
        ("bills.txt", b'[{"a": 1}]', {"TYPE_MISMATCH"}),
    ],
)
def test_a_name_that_promises_another_type_is_flagged(
    tmp_path: Path, name: str, content: bytes, flags: set[str]
) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(content)
    assert flags_of_name(path, name) == flags


@pytest.mark.parametrize("uses_1904", [True, False])
def test_the_date_system_is_known(tmp_path: Path, uses_1904: bool) -> None:
    for content in (
        xls_bytes([["a"], [1]], uses_1904_dates=uses_1904),
        xlsb_bytes([["a"], [1]], uses_1904_dates=uses_1904),
    ):
        assert opened(tmp_path, content).uses_1904_dates is uses_1904


def hide_row(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[3].hidden = True  # type: ignore[union-attr]


def hide_column(book: openpyxl.Workbook) -> None:
    book.active.column_dimensions["B"].hidden = True  # type: ignore[union-attr]


def hide_unused_columns(book: openpyxl.Workbook) -> None:
    book.active.column_dimensions.group("Z", "AZ", hidden=True)  # type: ignore[union-attr]


def hide_sheet(book: openpyxl.Workbook) -> None:
    book.active.sheet_state = "hidden"  # type: ignore[union-attr]
    book.create_sheet("Seen")


FILLED: Rows = [["a", "b"], ["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("content", "flags"),
    [
        (xlsx_bytes(FILLED), set()),
        (xlsx_bytes(FILLED, hide_row), {"HIDDEN_DATA"}),
        (xlsx_bytes(FILLED, hide_column), {"HIDDEN_DATA"}),
        (xlsx_bytes(FILLED, hide_unused_columns), set()),
        (xlsx_bytes(FILLED, hide_sheet), {"HIDDEN_DATA"}),
        (xls_bytes(FILLED), set()),
        (xls_bytes(FILLED, hidden_row=1), {"HIDDEN_DATA"}),
        (xlsb_bytes(FILLED), set()),
        (xlsb_bytes(FILLED, hidden_row=2), {"HIDDEN_DATA"}),
        (ods_bytes(FILLED), set()),
        (ods_bytes(FILLED, row_attributes='table:visibility="filter"'), {"HIDDEN_DATA"}),
    ],
)
def test_hidden_cells_are_read_and_flagged(tmp_path: Path, content: bytes, flags: set[str]) -> None:
    cells = opened(tmp_path, content)
    assert table(cells) == [["1", "2"], ["3", "4"]]
    assert cells.flags == flags


def merge(*ranges: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        for cells in ranges:
            book.active.merge_cells(cells)  # type: ignore[union-attr]

    return change


MERGED: Rows = [["site", "kWh"], ["S1", 10], [None, None], ["S2", 30]]


@pytest.mark.parametrize(
    "content",
    [xlsx_bytes(MERGED, merge("A2:A3", "B2:B3")), xls_bytes(MERGED, merged=[(1, 2, 0, 0), (1, 2, 1, 1)])],
    ids=["xlsx", "xls"],
)
def test_a_merged_text_holds_for_its_rows_and_a_merged_number_for_none(tmp_path: Path, content: bytes) -> None:
    cells = opened(tmp_path, content)
    assert cells.columns[0].text.to_pylist() == ["S1", "S1", "S2"]
    assert cells.record_flags == {1: frozenset({"MERGED_CELL"})}
    assert cells.faults == {0: ("MERGED_NUMBER", "10"), 1: ("MERGED_NUMBER", "10")}


def test_cells_merged_side_by_side_and_in_the_header_change_nothing(tmp_path: Path) -> None:
    cells = opened(tmp_path, xlsx_bytes([["a", None], ["x", None], ["y", "z"]], merge("A1:B1", "A2:B2")))
    assert table(cells) == [["x", ""], ["y", "z"]]
    assert (cells.faults, cells.record_flags) == ({}, {})


def test_macros_are_not_run_and_flagged(tmp_path: Path) -> None:
    buffer = io.BytesIO(xlsx_bytes([["a"], ["1"]]))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Auto_Open")
    assert opened(tmp_path, buffer.getvalue()).flags == {"MACRO"}


@pytest.mark.parametrize("dimension", [b"A1", b"A1:XFD1048576", b"C5:D9"])
def test_a_sheet_that_lies_about_its_size_is_read_whole(tmp_path: Path, dimension: bytes) -> None:
    content = edited(
        xlsx_bytes([["a"], ["1"], ["2"]]),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b'<dimension ref="A1:A3"', b'<dimension ref="%s"' % dimension),
    )
    assert table(opened(tmp_path, content)) == [["1"], ["2"]]


def test_cells_without_places_and_with_a_prefix_are_read(tmp_path: Path) -> None:
    """Some writers leave out where a cell is, others spell every tag with a prefix."""
    rows: Rows = [["a", "b"], [ErrorCell("#N/A"), 2], [3, ErrorCell("#REF!")]]

    def without_places(part: bytes) -> bytes:
        return re.sub(rb' r="[A-Z]*[0-9]+"', b"", part)

    def with_prefix(part: bytes) -> bytes:
        spelled = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", part)
        return spelled.replace(b"xmlns=", b"xmlns:x=")

    for edit in (without_places, with_prefix):
        cells = opened(tmp_path, edited(xlsx_bytes(rows), "xl/worksheets/sheet1.xml", edit))
        assert table(cells) == [["#N/A", "2"], ["3", "#REF!"]]
        assert [cells.columns[0].kind(0), cells.columns[1].kind(1)] == [CellKind.ERROR, CellKind.ERROR]


def test_a_sheet_that_the_reader_does_not_see_is_refused(tmp_path: Path) -> None:
    """Calamine looks for cells inside `sheetData` only."""
    content = edited(
        xlsx_bytes([["a"], ["1"], [5]]),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"<sheetData>", b"<sheetDaten>").replace(b"</sheetData>", b"</sheetDaten>"),
    )
    with pytest.raises(FileRefused) as caught:
        sheets_of(tmp_path, content)
    assert (caught.value.code, caught.value.details["last_row"]) == ("READER_DISAGREE", 3)


values = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False).map(float),
    st.text(max_size=5),
    st.booleans(),
    st.dates(),
    st.datetimes(),
)


@given(st.lists(values, min_size=1, max_size=30))
def test_a_column_at_once_is_read_as_its_cells_one_by_one(cells: list[object]) -> None:
    column = column_of(cells)
    assert [(column.text[row].as_py(), column.kind(row)) for row in range(len(cells))] == list(map(cell_text, cells))


@given(st.integers(min_value=1, max_value=50), st.integers(min_value=1, max_value=9), st.data())
def test_the_bytes_of_a_damaged_workbook_are_sheets_or_a_coded_refusal(
    tmp_path_factory: pytest.TempPathFactory, position: int, length: int, data: st.DataObject
) -> None:
    content = WRITERS[data.draw(st.sampled_from(sorted(WRITERS)))]([["a", "b"], [ErrorCell("#N/A"), 1], ["x", 2]])
    start = len(content) * position // 51
    damaged = content[:start] + data.draw(st.binary(min_size=length, max_size=length)) + content[start + length :]
    try:
        for sheet in sheets_of(tmp_path_factory.mktemp("damaged"), damaged):
            sheet.body(0)
    except FileRefused:
        pass


@pytest.mark.parametrize("name", ["far_cell.xls", "dimensions.xls"])
def test_a_workbook_on_which_calamine_dies_ends_another_process(tmp_path: Path, name: str) -> None:
    """What no look at the records foresees must not end the night: the memory of a whole grid is asked for unchecked."""
    path = tmp_path / name
    path.write_bytes(HOSTILE_FILES[name][0]())
    with pytest.raises(FileRefused) as caught:
        excel._try_apart(path)
    assert caught.value.code == "CORRUPT"
    path.write_bytes(xls_bytes([["a"]]))
    excel._try_apart(path)


# --- real files


def real(name: str, sheet: int = 0) -> Cells:
    return open_sheets(REAL / "xlsx_calamine" / name)[sheet].body(0)


@needs_real
@pytest.mark.parametrize("stem", ["any_sheets", "date", "date_1904", "issues"])
def test_a_real_workbook_says_the_same_in_every_format(stem: str) -> None:
    paths = [path for path in sorted((REAL / "xlsx_calamine").glob(f"{stem}.*")) if path.suffix != ".ods"]
    found = {}
    for path in paths:
        sheets = {sheet.name: [head.cells for head in sheet.head()] for sheet in open_sheets(path)}
        sheets.pop("spc_chrs", None)  # is not in all
        found[path.suffix] = (sheets, open_sheets(path)[0].body(0).uses_1904_dates)
    assert len(found) == 3
    assert found[".xlsx"] == found[".xls"] == found[".xlsb"]
    assert found[".xlsx"][1] is (stem == "date_1904")


@needs_real
def test_real_error_cells() -> None:
    (sheet,) = open_sheets(REAL / "xlsx_calamine" / "errors.xlsx")
    errors = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"]
    assert sorted(sheet.facts.errors.values()) == errors  # type: ignore[attr-defined]


@needs_real
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xlsx_calamine/pass_protected.xlsx", "ENCRYPTED"),
        ("xlsx_calamine/pass_protected.xlsb", "ENCRYPTED"),
        ("xlsx_calamine/pass_protected.ods", "ENCRYPTED"),
        ("xlsx_calamine/issue_385.xls", "ENCRYPTED"),
        ("xlsx_calamine/issue252.xlsx", "CORRUPT"),
        ("xlsx_calamine/issue_594_dos.ods", "HOSTILE"),
        ("xlsx_calamine/empty_sheet.xlsx", "NO_DATA"),
        ("xlsx_calamine/vba.xlsm", "NO_DATA"),
    ],
)
def test_real_workbooks_that_are_refused(name: str, code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        open_sheets(REAL / name)
    assert caught.value.code == code


@needs_real
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("strict_iso_paths.xlsx", 76),
        ("minimal_package.xlsx", 196),  # its parts lie in no folder
        ("nonstandard-xml-ns-prefix.xlsx", 3),
        ("biff5_write.xls", 4),
        ("sst_continue.xls", 136),
        ("number_rows_repeated.ods", 8),
        ("table_with_absolute_paths.xlsx", 5),
        ("pivots.xlsx", 5),
    ],
)
def test_real_workbooks_that_are_odd_are_read(name: str, rows: int) -> None:
    assert len(real(name)) == rows - 1


@needs_real
def test_real_macros_charts_and_hidden_columns() -> None:
    assert "MACRO" in real("issue_182.xlsb").flags
    assert [sheet.name for sheet in open_sheets(REAL / "xlsx_calamine" / "any_sheets.xlsx")] == ["Visible"]
    assert "HIDDEN_DATA" in open_sheets(REAL / "utility_bill_xml" / "CommercialCurrent.xls")[0].body(0).flags
    (espm,) = open_sheets(REAL / "portfolio_manager" / "test_espm.xls")
    assert espm.name == "DC_ESPM.csv"


def test_dates_are_dates(tmp_path: Path) -> None:
    content = xlsx_bytes([["a"], [date(2024, 5, 6)], [datetime.fromisoformat("2024-01-02T03:04")]])  # type: ignore[list-item]
    assert table(opened(tmp_path, content)) == [["2024-05-06"], ["2024-01-02T03:04:00"]]


@every_format
def test_parts_say_the_same_as_the_whole(tmp_path: Path, extension: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["id", "n"], *([f"r{n}", n if n % 3 else ErrorCell("#N/A")] for n in range(7)), [None, None], ["last", 1]]
    path = tmp_path / "file"
    path.write_bytes(WRITERS[extension](rows))
    whole = open_sheets(path)[0].body(0)
    monkeypatch.setattr(excel, "ROWS_OF_A_PART", 2)
    parts = list(open_sheets(path)[0].parts(0))  # type: ignore[attr-defined]
    assert [len(part) for part in parts] == [2, 2, 2, 2, 1]
    assert table(Cells.joined(parts)) == table(whole)
    assert Cells.joined(parts).columns[1].kinds.tolist() == whole.columns[1].kinds.tolist()  # type: ignore[union-attr]
    assert Cells.joined(parts).row_numbers.tolist() == list(range(2, 11))


def test_a_merge_may_go_on_in_the_next_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "ROWS_OF_A_PART", 2)
    rows: Rows = [["site", "kWh"], ["S1", 1], [None, 2], [None, 3], [None, 4], ["S2", 5], ["S3", None]]
    cells = opened(tmp_path, xlsx_bytes(rows, merge("A2:A5", "B6:B7")))
    assert cells.columns[0].text.to_pylist() == ["S1", "S1", "S1", "S1", "S2", "S3"]
    assert cells.record_flags == dict.fromkeys([1, 2, 3], frozenset({"MERGED_CELL"}))
    assert cells.faults == {4: ("MERGED_NUMBER", "5"), 5: ("MERGED_NUMBER", "5")}


def test_a_table_that_does_not_begin_at_a1_keeps_its_row_numbers(tmp_path: Path) -> None:
    (sheet,) = sheets_of(tmp_path, xlsx_bytes([[None] * 3, [None, None, "id"], [None, None, "x"]]))
    assert [head.cells for head in sheet.head()] == [("", "", ""), ("", "", "id"), ("", "", "x")]
    cells = sheet.body(1)
    assert (table(cells), cells.row_numbers.tolist()) == ([["", "", "x"]], [3])
