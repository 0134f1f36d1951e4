"""Readers: the container, the encoding and the dialect come from the content, and no cell changes on the way."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.cells import CellKind, Cells, FileRefused
from ingestion.readers import open_sheets
from ingestion.readers.excel import number_text


def _table(cells: Cells) -> list[list[str]]:
    return [list(row) for row in zip(*(column.text.to_pylist() for column in cells.columns), strict=True)]


def _workbook(path: Path, **properties: object) -> Path:
    book = openpyxl.Workbook()
    for name, value in properties.items():
        setattr(book, name, value)
    sheet = book.active
    sheet.append(["id", "day", "number", "text", "flag"])
    sheet.append(["007", date(2024, 5, 6), 274925.3, "450 kWh", True])
    sheet.append([1561191000066, datetime.fromisoformat("2024-01-02T03:04"), 0.1 + 0.2, None, False])
    sheet["D3"] = "#N/A"
    sheet["D3"].data_type = "e"
    book.save(path)
    return path


def test_workbook_cells_keep_their_types(tmp_path: Path) -> None:
    (sheet,) = open_sheets(_workbook(tmp_path / "file.csv"))
    cells = sheet.body(0)
    assert _table(cells) == [
        ["007", "2024-05-06", "274925.3", "450 kWh", "TRUE"],
        ["1561191000066", "2024-01-02T03:04:00", "0.3", "#N/A", "FALSE"],
    ]
    assert [column.kind(1) for column in cells.columns] == [
        CellKind.NUMBER,
        CellKind.DATE,
        CellKind.NUMBER,
        CellKind.ERROR,
        CellKind.BOOLEAN,
    ]
    assert cells.row_numbers.tolist() == [2, 3]
    assert cells.uses_1904_dates is False


def test_the_date_system_of_a_workbook_is_known(tmp_path: Path) -> None:
    (sheet,) = open_sheets(_workbook(tmp_path / "mac.xlsx", epoch=datetime.fromisoformat("1904-01-01")))
    assert sheet.body(0).uses_1904_dates is True


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5, allow_nan=False))
def test_workbook_numbers_are_spelled_as_shown(value: Decimal) -> None:
    assert Decimal(number_text(float(value))) == value


def test_parquet_types_become_exact_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    columns = {
        "id": ["007", None],
        "amount": pa.array([Decimal("12.340000"), None], pa.decimal128(18, 6)),
        "meter": pa.array([139067318, 1], pa.int64()),
        "as_float": pa.array([139067318.0, 0.1], pa.float64()),
        "day": pa.array([date(2024, 5, 6), None], pa.date32()),
        "at": pa.array(
            [datetime.fromisoformat("2024-01-02T03:04"), datetime.fromisoformat("2024-01-02")], pa.timestamp("us")
        ),
    }
    pq.write_table(pa.table(columns), path)
    (sheet,) = open_sheets(path)
    assert [head.cells for head in sheet.head()] == [tuple(columns)]
    assert _table(sheet.body(0)) == [
        ["007", "12.340000", "139067318", "139067318", "2024-05-06", "2024-01-02T03:04:00"],
        ["", "", "1", "0.1", "", "2024-01-02"],
    ]
    assert sheet.body(0).row_numbers.tolist() == [1, 2]


def _zip(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "NO_DATA"),
        (b" \n \n", "NO_DATA"),
        (b"a,b\0,c\n", "NOT_TEXT"),
        (b"\x00\x01\x02\xff", "NOT_TEXT"),
        (b"%PDF-1.7 ...", "CORRUPT"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Invoice/>", "XML_UNKNOWN"),
        (_zip("readme.txt"), "TYPE_UNKNOWN"),
        (_zip("xl/workbook.xml"), "CORRUPT"),
        (_zip("xl/workbook.xml")[:-30], "CORRUPT"),
        (b"PK\x03\x04" + b"\0" * 40, "CORRUPT"),
        (b"PAR1" + b"\0" * 40, "CORRUPT"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "CORRUPT"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 40, "ENCRYPTED"),
    ],
)
def test_refusals(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "bills.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        open_sheets(path)
    assert caught.value.code == code


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bills.csv"
    with path.open("wb") as handle:
        handle.truncate(500 * 1024 * 1024 + 1)
    with pytest.raises(FileRefused, match="TOO_LARGE"):
        open_sheets(path)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
)
def test_any_bytes_are_sheets_or_a_coded_refusal(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, magic: bytes
) -> None:
    path = tmp_path_factory.mktemp("bytes") / "file"
    path.write_bytes(magic + data)
    try:
        for sheet in open_sheets(path):
            if sheet.head():
                sheet.body(0)
    except FileRefused:
        pass
