"""Delimited text: encoding and dialect come from the content, no cell changes, and the size of the blocks is not seen."""

import contextlib
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.cells import Cells, FileRefused
from ingestion.readers.csv import TextSheet, open_sheets
from ingestion.readers.text_dialect import Dialect
from ingestion.readers.text_encoding import find_encoding

BLOCK = 1 << 20
function_scoped = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def _sheet(folder: Path, content: bytes, block: int = BLOCK) -> TextSheet:
    path = folder / "table.txt"
    path.write_bytes(content)
    (sheet,) = open_sheets(path, block)
    return sheet


def _body(folder: Path, content: bytes, header: int = 0, block: int = BLOCK) -> Cells:
    return _sheet(folder, content, block).body(header)


def _table(cells: Cells) -> list[list[str]]:
    return [list(row) for row in zip(*(column.text.to_pylist() for column in cells.columns), strict=True)]


def _refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        _body(folder, content)
    return caught.value.code


@pytest.mark.parametrize(
    ("encoding", "flags"),
    [
        ("utf-8", set()),
        ("utf-8-sig", {"BOM_STRIPPED"}),
        ("cp1252", {"ENC_CP1252"}),
        ("utf-16", {"ENC_UTF16"}),
        ("utf-16-le", {"ENC_UTF16"}),
        ("utf-16-be", {"ENC_UTF16"}),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, flags: set[str]) -> None:
    cells = _body(tmp_path, "Énergie;Unité\nÉlectricité – été;m³\n".encode(encoding))
    assert _table(cells) == [["Électricité – été", "m³"]]
    assert cells.flags == flags


@pytest.mark.parametrize(("encoding", "flag"), [("cp1256", "ENC_CP1256"), ("iso-8859-6", "ENC_ISO8859_6")])
def test_arabic_is_read_where_only_one_encoding_makes_words_of_it(tmp_path: Path, encoding: str, flag: str) -> None:
    cells = _body(tmp_path, "الوحدة;الكمية\nكيلوواط;12,5\n".encode(encoding))
    assert _table(cells) == [["كيلوواط", "12,5"]]
    assert cells.flags == {flag}


def test_eight_bit_text_of_several_readings_is_refused(tmp_path: Path) -> None:
    assert _refusal(tmp_path, "Единица;Количество\nкВт;12\n".encode("koi8-r")) == "ENC_UNCERTAIN"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["a", "b", "c"]) + "\n" + delimiter.join(['"1,5"', "x; y" if delimiter != ";" else "x", "z"])
    assert _sheet(tmp_path, text.encode()).dialect.delimiter == delimiter


def test_spaces_before_quotation_marks(tmp_path: Path) -> None:
    cells = _body(tmp_path, b'a, b, c\n1, "x, y", 3\n2, "z", 4\n')
    assert _table(cells) == [["1", "x, y", "3"], ["2", "z", "4"]]


def test_apostrophes_as_quotation_marks(tmp_path: Path) -> None:
    cells = _body(tmp_path, b"a,b,c\n1,'x, y',3\n2,'l''eau',4\n")
    assert _table(cells) == [["1", "x, y", "3"], ["2", "l'eau", "4"]]


def test_an_apostrophe_that_keeps_zeros_is_no_quotation_mark(tmp_path: Path) -> None:
    assert _table(_body(tmp_path, b"a,b\n'0012,3\n'0013,4\n")) == [["'0012", "3"], ["'0013", "4"]]


def test_marks_escaped_by_a_backslash(tmp_path: Path) -> None:
    cells = _body(tmp_path, b'a,b\n"10\\" pipe, steel",1\n"x",2\n')
    assert _table(cells) == [['10" pipe, steel', "1"], ["x", "2"]]
    cells = _body(tmp_path, b'a,b\n"C:\\bills\\",1\n"x",2\n')
    assert _table(cells) == [["C:\\bills\\", "1"], ["x", "2"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [1, 5, BLOCK])
def test_line_ends_and_row_numbers(tmp_path: Path, end: str, block: int) -> None:
    cells = _body(tmp_path, end.join(["a,b", "1,2", "", '"x', 'y",4', "5,6"]).encode(), block=block)
    assert _table(cells) == [["1", "2"], ["", ""], [f"x{end}y", "4"], ["5", "6"]]
    assert cells.row_numbers.tolist() == [2, 3, 4, 6]


def test_line_ends_of_three_kinds_in_one_file(tmp_path: Path) -> None:
    cells = _body(tmp_path, b"a,b\r\n1,2\n3,4\r5,6\r\n7,8")
    assert _table(cells) == [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8"]]
    assert cells.row_numbers.tolist() == [2, 3, 4, 5]


def test_records_that_do_not_fit_the_header(tmp_path: Path) -> None:
    cells = _body(tmp_path, b"a,b,\n1,2,\n1,2,3,4\n1\n1,2,x\n")
    assert cells.flags == {"PHANTOM_COL"}
    assert {row: code for row, (code, _) in cells.faults.items()} == {
        1: "EXTRA_CELLS", 2: "MISSING_CELLS", 3: "EXTRA_CELLS"
    }  # fmt: skip


def test_records_may_all_end_in_a_delimiter_that_the_header_lacks(tmp_path: Path) -> None:
    cells = _body(tmp_path, b"a,b\n1,2,\n3,4,\n")
    assert (_table(cells), cells.faults) == ([["1", "2"], ["3", "4"]], {})
    cells = _body(tmp_path, b"a,b\n1,2\n3,4,\n3,4,\n")
    assert {row: code for row, (code, _) in cells.faults.items()} == {1: "EXTRA_CELLS", 2: "EXTRA_CELLS"}


def test_header_under_a_preamble_is_reached(tmp_path: Path) -> None:
    cells = _body(tmp_path, b"Association\nListe\n\na,b,c\n1,2,3\n4,5,6\n", header=3)
    assert _table(cells) == [["1", "2", "3"], ["4", "5", "6"]]
    assert cells.row_numbers.tolist() == [5, 6]
    assert "HEADER_OFFSET" in cells.flags


def test_a_header_without_records_has_an_empty_body(tmp_path: Path) -> None:
    cells = _body(tmp_path, b"a,b\n")
    assert (len(cells), len(cells.columns)) == (0, 2)


@pytest.mark.parametrize("block", [40, 700, BLOCK])
def test_the_lines_that_an_unclosed_quote_swallows_are_refused_and_no_others(tmp_path: Path, block: int) -> None:
    rows = [f"{number},text {number},3" for number in range(2000)]
    rows[500] = '500,"never closed,3'
    rows[502] = '502,"closed",3'
    rows[900] = '900,12" pipe,3'
    cells = _body(tmp_path, "\n".join(["a,b,c", *rows, ""]).encode(), block=block)
    assert {int(cells.row_numbers[row]): fault for row, fault in cells.faults.items()} == {
        line: ("QUOTE_BROKEN", rows[line - 2]) for line in (502, 503, 504)
    }
    assert cells.row_numbers.tolist() == list(range(2, 2002))
    expected = [["", "", ""] if number in (500, 501, 502) else row.split(",") for number, row in enumerate(rows)]
    assert _table(cells) == expected


@pytest.mark.parametrize("block", [40, BLOCK])
def test_a_quote_that_swallows_much_of_the_file_refuses_it(tmp_path: Path, block: int) -> None:
    lines = ["a,b,c", *(f"{number},x,3" for number in range(200)), '200,"x,3', *(f"{n},x,3" for n in range(20))]
    path = tmp_path / "table.txt"
    path.write_text("\n".join(lines))
    with pytest.raises(FileRefused) as caught:
        open_sheets(path, block)[0].body(0)
    assert (caught.value.code, caught.value.details) == ("QUOTE_BROKEN", {"row": 202})


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
sizes = st.sampled_from([1, 2, 3, 17, 64, BLOCK])


@function_scoped
@given(st.lists(st.lists(cell, min_size=3, max_size=3).filter(any), min_size=1, max_size=6), sizes)
def test_every_written_cell_is_read_again(tmp_path: Path, rows: list[list[str]], block: int) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
    path = tmp_path / "table.txt"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    (sheet,) = open_sheets(path, block)
    assert _table(sheet.body(0)) == rows


def _python_records(text: str) -> Iterator[tuple[int, list[str]]]:
    reader, start = csv.reader(io.StringIO(text, newline="")), 1
    for record in reader:
        yield start, record
        start = reader.line_num + 1


odd_text = st.text(st.sampled_from('ab",,\n\r '), max_size=40)


@function_scoped
@given(odd_text, sizes)
def test_any_marks_and_line_ends_are_read_as_python_reads_them(tmp_path: Path, text: str, block: int) -> None:
    content = "h,i,j\n1,2,3\n1,2,3\n" + text
    path = tmp_path / "table.txt"
    path.write_text(content, encoding="utf-8", newline="")
    parts = []
    with contextlib.suppress(FileRefused):  # at the end, for too many broken lines
        for part in TextSheet(path, find_encoding(path), Dialect(), block).parts(0):
            parts.append(part)
    cells = Cells.joined(parts)
    expected = {line: record for line, record in _python_records(content) if line > 1}
    broken = {row for row, (code, _) in cells.faults.items() if code == "QUOTE_BROKEN"}
    for row, (line, found) in enumerate(zip(cells.row_numbers.tolist(), _table(cells), strict=True)):
        if row not in broken:
            assert found == (expected[line] + [""] * 3)[:3]
    lines = {int(line) for line in cells.row_numbers}
    assert set(expected) <= lines
