"""The dialects of delimited text, on the files of csv-spectrum, Pollock, DuckDB and frictionless."""

import json
from pathlib import Path

import pytest

from ingestion.cells import Cells, FileRefused
from ingestion.readers import open_sheets
from ingestion.readers.csv import TextSheet

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"
POLLOCK = REAL / "csv_pollock"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")


def _sheet(path: Path) -> TextSheet:
    (sheet,) = open_sheets(path)
    assert isinstance(sheet, TextSheet)
    return sheet


def _table(cells: Cells) -> list[tuple[str, ...]]:
    return list(zip(*(column.text.to_pylist() for column in cells.columns), strict=True))


# The truth of one file is of another telephone number than its table.
SPECTRUM = [path for path in sorted((REAL / "csv_spectrum").glob("*.csv")) if path.stem != "location_coordinates"]


@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_csv_spectrum(path: Path) -> None:
    sheet = _sheet(path)
    names = sheet.head()[0].cells
    found = [dict(zip(names, row, strict=True)) for row in _table(sheet.body(0))]
    # The line ends of the tables were changed on their way here, those of the truths were not.
    truth = path.with_suffix(".json").read_text(encoding="utf-8").replace("\\r\\n", "\\n")
    assert found == json.loads(truth)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("file_double_trailing_newline", 0),
        ("file_escape_char_0x5C", 0),
        ("file_field_delimiter_0x2C_0x20", 0),
        ("file_field_delimiter_0x3B", 0),
        ("file_field_delimiter_0x9", 0),
        ("file_header_multirow_2", 1),
        ("file_header_multirow_3", 2),
        ("file_no_trailing_newline", 0),
        ("file_preamble", 2),
        ("file_record_delimiter_0xA", 0),
        ("file_record_delimiter_0xD", 0),
    ],
)
def test_pollock_variants_of_one_table_have_the_same_cells(name: str, header: int) -> None:
    source = _sheet(POLLOCK / "source.csv")
    variant = _sheet(POLLOCK / f"{name}.csv")
    assert [label.strip() for label in variant.head()[header].cells] == list(source.head()[0].cells)
    cells = variant.body(header)
    found = [row for row in map(_bare, _table(cells)) if any(row)]
    assert found == [_bare(row) for row in _table(source.body(0))]
    assert not cells.faults


def _bare(row: tuple[str, ...]) -> tuple[str, ...]:
    """The cells without outer spaces, and without the backslash that one of the files takes for an escape sign."""
    return tuple(cell.strip().replace("\\", "") for cell in row)


def test_apostrophes_that_quote_texts_with_apostrophes_change_no_cell_in_silence() -> None:
    source, cells = _sheet(POLLOCK / "source.csv").body(0), _sheet(POLLOCK / "file_quotation_char_0x27.csv").body(0)
    assert 0 < len(cells.faults) < len(cells)
    assert {code for code, _ in cells.faults.values()} == {"EXTRA_CELLS"}
    for row, (found, expected) in enumerate(zip(_table(cells), _table(source), strict=True)):
        assert row in cells.faults or tuple(cell.strip("'") for cell in found) == tuple(map(str, expected))


def test_pollock_files_of_several_tables_keep_every_record() -> None:
    counts = {name: len(_sheet(POLLOCK / f"file_multitable_{name}.csv").body(0)) for name in ("less", "more", "same")}
    assert counts == {"less": 166, "more": 166, "same": 166}


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FileRefused, match="NO_DATA"):
        open_sheets(POLLOCK / "file_no_payload.csv")


@pytest.mark.parametrize("folder", ["csv_duckdb", "tabular_frictionless"])
def test_any_file_is_read_whole_or_refused_with_a_code(folder: str) -> None:
    codes: set[str] = set()
    for path in sorted((REAL / folder).glob("*.csv")):
        try:
            sheets = open_sheets(path)
        except FileRefused as refusal:
            codes.add(refusal.code)
            continue
        for sheet in sheets:
            cells = sheet.body(0)
            assert len(cells.columns) >= 1, path.name
            assert cells.row_numbers.tolist() == sorted(set(cells.row_numbers.tolist())), path.name
    assert codes <= {"NO_DATA", "ENC_UNCERTAIN", "TYPE_UNKNOWN"}
