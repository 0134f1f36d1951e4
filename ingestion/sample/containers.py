"""Files of each container, byte for byte the same for the same rows.

A table goes in as its sender means it (headers, cells, the lines above and below) and comes out as the bytes of one
CSV, XLSX or Parquet file. Which rows a file holds and what is wrong with them is decided elsewhere.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from ingestion.feeds import FeedColumn
from ingestion.sample.rows import Cell

# The date that XLSX files carry as the day of their making.
MADE_ON = datetime(2026, 1, 5)  # noqa: DTZ001
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Table:
    """What one file shows: lines above, headers, rows, lines below. `columns` are those of the feed that it has."""

    columns: tuple[FeedColumn, ...]
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    above: tuple[str, ...] = ()
    below: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True)
class CsvStyle:
    """How a program or a person writes CSV."""

    encoding: str
    delimiter: str
    decimal_comma: bool
    grouped: bool
    day_first: bool
    line_end: str


ENGLISH_CSV = CsvStyle("utf-8", ",", decimal_comma=False, grouped=False, day_first=False, line_end="\n")
FRENCH_CSV = CsvStyle("utf-8-sig", ";", decimal_comma=True, grouped=False, day_first=True, line_end="\r\n")
FRENCH_ANSI_CSV = CsvStyle("cp1252", ";", decimal_comma=True, grouped=True, day_first=True, line_end="\r\n")


def csv_bytes(table: Table, style: CsvStyle) -> bytes:
    """The table as CSV."""
    lines = [[line] for line in table.above]
    lines.append(list(table.headers))
    lines += [
        [_csv_cell(value, style, column.type) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    lines += [[_csv_cell(value, style, "decimal") for value in row] for row in table.below]
    text = "".join(
        style.delimiter.join(_quoted(cell, style.delimiter) for cell in line) + style.line_end for line in lines
    )
    return text.encode(style.encoding)


def _csv_cell(value: Cell, style: CsvStyle, column_type: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y" if style.day_first else "%Y-%m-%d")
    if isinstance(value, (int, Decimal)):
        return _csv_number(value, style, grouped=style.grouped and column_type == "decimal")
    return value


def _csv_number(value: int | Decimal, style: CsvStyle, *, grouped: bool) -> str:
    number_format = ("," if grouped else "") + ("f" if isinstance(value, Decimal) else "d")
    text = format(value, number_format)
    whole, _, fraction = text.partition(".")
    whole = whole.replace(",", NO_BREAK_SPACE)
    return f"{whole}{',' if style.decimal_comma else '.'}{fraction}" if fraction else whole


def _quoted(cell: str, delimiter: str) -> str:
    if any(mark in cell for mark in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


class _Exact(float):
    """A number that XlsxWriter prints as the decimal it was made from, not as the nearest binary fraction."""

    def __new__(cls, value: int | Decimal) -> _Exact:
        made = super().__new__(cls, value)
        made.printed = format(value, "f") if isinstance(value, Decimal) else str(value)
        return made

    printed: str

    def __format__(self, specification: str) -> str:
        return self.printed


def xlsx_bytes(table: Table, sheet_name: str, language: str) -> bytes:
    """The table as a workbook of one sheet with typed cells."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    workbook.set_properties({"created": MADE_ON, "author": "Exemple", "title": "Exemple (fictif)"})
    bold = workbook.add_format({"bold": True})
    day = workbook.add_format({"num_format": "dd/mm/yyyy" if language == "fr" else "yyyy-mm-dd"})
    sheet = workbook.add_worksheet(sheet_name)
    row_no = 0
    for line in table.above:
        sheet.write_string(row_no, 0, line, bold)
        row_no += 1
    for column_no, text in enumerate(table.headers):
        sheet.write_string(row_no, column_no, text, bold)
    for row in (*table.rows, *table.below):
        row_no += 1
        for column_no, value in enumerate(row):
            _xlsx_cell(sheet, row_no, column_no, value, day)
    sheet.set_column(0, len(table.headers) - 1, 16)
    workbook.close()
    return _stored(stream.getvalue())


def _xlsx_cell(sheet: xlsxwriter.worksheet.Worksheet, row_no: int, column_no: int, value: Cell, day: object) -> None:
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(row_no, column_no, value, day)
    elif isinstance(value, (int, Decimal)):
        sheet.write_number(row_no, column_no, _Exact(value))
    else:
        sheet.write_string(row_no, column_no, value)


def _stored(archive: bytes) -> bytes:
    """The same archive without compression, whose output differs from one library to another."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as target:
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            target.writestr(info, source.read(entry))
    return stream.getvalue()


def parquet_bytes(table: Table) -> bytes:
    """The table as Parquet, with the types of the feed and a row group for all."""
    convert: dict[str, Callable[[Cell], object]] = {
        "decimal": lambda value: None if value is None else Decimal(str(value))
    }
    arrays = [
        pa.array(
            [convert.get(column.type, lambda value: value)(row[position]) for row in table.rows], column.arrow_type
        )
        for position, column in enumerate(table.columns)
    ]
    stream = io.BytesIO()
    schema = pa.schema(
        [pa.field(name, column.arrow_type) for name, column in zip(table.headers, table.columns, strict=True)]
    )
    pq.write_table(pa.table(arrays, schema=schema), stream, compression="none", use_dictionary=False)
    return stream.getvalue()
