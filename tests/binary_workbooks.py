"""Workbooks in the formats that no library here writes: XLS, XLSB and ODS, as small as readers take them.

A cell is a text, a number, None, or an `ErrorCell`.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

SECTOR = 512
END_OF_CHAIN, FAT_SECTOR, FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
ERROR_CODES = {"#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#N/A": 0x2A}


@dataclass(frozen=True)
class ErrorCell:
    """An error, entered or as the last result of a formula."""

    text: str
    is_formula: bool = False


Cell = str | float | ErrorCell | None
Rows = Sequence[Sequence[Cell]]


def zipped(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


# --- XLS


def xls_bytes(
    rows: Rows, *, uses_1904_dates: bool = False, hidden_row: int | None = None, merged: Sequence[tuple[int, ...]] = ()
) -> bytes:
    """The rows as a BIFF8 workbook of one sheet; `merged` are ranges as first and last row, first and last column."""
    cells = []
    for row, values in enumerate(rows):
        cells.append(
            _biff(0x0208, struct.pack("<6HL", row, 0, len(values), 255, 0, 0, 0x20 if row == hidden_row else 0))
        )
        cells.extend(_biff_cell(row, column, value) for column, value in enumerate(values) if value is not None)
    width = max(map(len, rows), default=0)
    ranges = b"".join(struct.pack("<4H", *places) for places in merged)
    sheet = b"".join(
        [
            _biff(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 0, 0, 0)),
            _biff(0x0200, struct.pack("<LLHHH", 0, len(rows), 0, width, 0)),
            *cells,
            _biff(0x00E5, struct.pack("<H", len(merged)) + ranges),
            _biff(0x000A),
        ]
    )
    return compound_file(biff_book([sheet], uses_1904_dates=uses_1904_dates))


def biff_book(sheets: Sequence[bytes], *, uses_1904_dates: bool = False, texts: bytes = b"") -> bytes:
    """A workbook stream of these sheets, named Sheet1 and so on."""
    names = [f"Sheet{number}".encode() for number in range(1, len(sheets) + 1)]
    before = _biff(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 0, 0, 0))
    before += _biff(0x0022, struct.pack("<H", uses_1904_dates))
    start = len(before) + sum(len(name) + 12 for name in names) + len(texts) + 4
    listed = b""
    for name, sheet in zip(names, sheets, strict=True):
        listed += _biff(0x0085, struct.pack("<LBBBB", start, 0, 0, len(name), 0) + name)
        start += len(sheet)
    return before + listed + texts + _biff(0x000A) + b"".join(sheets)


def _biff(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _biff_cell(row: int, column: int, value: Cell) -> bytes:
    place = struct.pack("<3H", row, column, 0)
    if isinstance(value, ErrorCell):
        code = ERROR_CODES[value.text]
        if value.is_formula:
            return _biff(0x0006, place + bytes([2, 0, code, 0, 0, 0, 0xFF, 0xFF]) + bytes(8))
        return _biff(0x0205, place + bytes([code, 1]))
    if isinstance(value, str):
        return _biff(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _biff(0x0203, place + struct.pack("<d", value))


def compound_file(stream: bytes, *, name: str = "Workbook", next_of_last: int = END_OF_CHAIN) -> bytes:
    """A compound file with one stream, whose last sector may lead to another than the end."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // SECTOR)
    fats = 1
    while fats * SECTOR // 4 < fats + 1 + count:
        fats += 1
    first = fats + 1
    chain = [*range(first + 1, first + count), next_of_last]
    fat = [FAT_SECTOR] * fats + [END_OF_CHAIN, *chain]
    fat += [FREE] * (fats * SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<LLLLLLLLL", 0, fats, fats, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0)
    header += struct.pack("<109L", *range(fats), *[FREE] * (109 - fats))
    entries = _directory_entry("Root Entry", 5, 1, END_OF_CHAIN, 0) + _directory_entry(
        name, 2, FREE, first, len(stream)
    )
    directory = entries.ljust(SECTOR, b"\0")
    return header + struct.pack(f"<{len(fat)}L", *fat) + directory + stream.ljust(count * SECTOR, b"\0")


def _directory_entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    spelled = (name + "\0").encode("utf-16-le")
    entry = spelled.ljust(64, b"\0") + struct.pack("<HBBLLL", len(spelled), kind, 1, FREE, FREE, child)
    return entry + bytes(16 + 4 + 16) + struct.pack("<LQ", first, size)


# --- XLSB


def xlsb_bytes(rows: Rows, *, uses_1904_dates: bool = False, hidden_row: int | None = None) -> bytes:
    """The rows as an XLSB of one sheet."""
    body = [_brt(129), _brt(148, struct.pack("<4L", 0, max(len(rows) - 1, 0), 0, max(map(len, rows)) - 1)), _brt(145)]
    for row, values in enumerate(rows):
        body.append(brt_row(row, is_hidden=row == hidden_row))
        body.extend(brt_cell(column, value) for column, value in enumerate(values) if value is not None)
    return xlsb_package(b"".join([*body, _brt(146), _brt(130)]), uses_1904_dates=uses_1904_dates)


def xlsb_package(sheet: bytes, *, uses_1904_dates: bool = False) -> bytes:
    """A package around the records of one sheet."""
    book = b"".join(
        [
            _brt(131),
            _brt(153, struct.pack("<LL", uses_1904_dates, 0) + struct.pack("<L", 0)),
            _brt(143),
            _brt(156, struct.pack("<LL", 0, 1) + _wide("rId1") + _wide("Sheet1")),
            _brt(144),
            _brt(132),
        ]
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
            "_rels/.rels": (
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
                f'Type="{relation}/officeDocument" Target="xl/workbook.bin"/></Relationships>'
            ),
            "xl/_rels/workbook.bin.rels": (
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
                f'Type="{relation}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
            ),
            "xl/workbook.bin": book,
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def brt_row(row: int, *, is_hidden: bool = False) -> bytes:
    """The header of a row."""
    return _brt(0, struct.pack("<LLHBBBL", row, 0, 300, 0, 0x10 if is_hidden else 0, 0, 0))


def brt_cell(column: int, value: Cell) -> bytes:
    """A cell of the row whose header came last."""
    place = struct.pack("<LL", column, 0)
    if isinstance(value, ErrorCell):
        code = bytes([ERROR_CODES[value.text]])
        return _brt(11, place + code + bytes(10)) if value.is_formula else _brt(3, place + code)
    if isinstance(value, str):
        return _brt(6, place + _wide(value))
    assert value is not None
    return _brt(5, place + struct.pack("<d", value))


def _brt(kind: int, body: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(body)
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return number + length + body


def _wide(text: str) -> bytes:
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


# --- ODS


def ods_bytes(rows: Rows, *, row_attributes: str = "", table_attributes: str = "") -> bytes:
    """The rows as an ODS of one sheet, errors as LibreOffice writes them; attributes go to every row and the table."""
    body = "".join(
        f"<table:table-row {row_attributes}>{''.join(map(_ods_cell, values))}</table:table-row>" for values in rows
    )
    return ods_package(f'<table:table table:name="Sheet1" {table_attributes}>{body}</table:table>')


def ods_package(tables: str, prolog: str = "", styles: str = "") -> bytes:
    """A package around tables."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text", "style")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<office:document-content {spaces} '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": content})


def _ods_cell(value: Cell) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, ErrorCell):
        formula = 'table:formula="of:=1/0" ' if value.is_formula else ""
        return (
            f'<table:table-cell {formula}office:value-type="string" office:string-value="" calcext:value-type="error">'
            f"<text:p>{value.text}</text:p></table:table-cell>"
        )
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    shown = quoteattr(str(value))
    return (
        f'<table:table-cell office:value-type="float" office:value={shown}><text:p>{value}</text:p></table:table-cell>'
    )
