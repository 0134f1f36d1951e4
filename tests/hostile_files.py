"""Files built to exhaust, to mislead or to break out, and the code with which each is refused.

All are made up here, byte by byte, and are small on disk. Nothing in them can run.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from bill_files import BILL, bill, csv_bytes
from binary_workbooks import (
    biff_book,
    brt_cell,
    brt_row,
    compound_file,
    ods_package,
    xlsb_bytes,
    xlsb_package,
    zipped,
)

from ingestion.readers.malware import EICAR

MIB = 1024 * 1024
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def xlsx(cells: dict[str, object] | None = None) -> bytes:
    """A good XLSX of one bill, with these cells besides."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(BILL))
    sheet.append(list(bill().values()))
    for place, value in (cells or {}).items():
        sheet[place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def changed(part: str, change: Callable[[bytes], bytes], package: bytes | None = None) -> bytes:
    """A package with one part changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package or xlsx())) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
        if part not in old.namelist():
            new.writestr(part, change(b""))
    return buffer.getvalue()


def after_declaration(text: str) -> Callable[[bytes], bytes]:
    """Put a text before the root element of a part."""

    def change(content: bytes) -> bytes:
        declaration = re.match(rb"\s*<\?xml[^>]*\?>", content)
        at = declaration.end() if declaration else 0
        return content[:at] + text.encode() + content[at:]

    return change


def shared_text_bomb() -> bytes:
    """One text of a mebibyte in a hundred thousand cells."""
    cells = "".join(f'<c r="A{row}" t="s"><v>0</v></c>' for row in range(1, 100_001))
    with_texts = changed(
        "xl/sharedStrings.xml",
        lambda _: (
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
            % (b"x" * MIB)
        ),
    )
    return changed(
        "xl/worksheets/sheet1.xml",
        lambda content: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>%s</sheetData>" % cells.encode(), content),
        with_texts,
    )


def xls_text_bomb() -> bytes:
    """The same in an XLS."""
    text = "x" * 30_000
    body = struct.pack("<LL", 1, 1) + struct.pack("<HB", len(text), 0)
    first, rest = text[: 8224 - len(body)], text[8224 - len(body) :]
    texts = struct.pack("<HH", 0x00FC, 8224) + body + first.encode()
    while rest:
        piece, rest = rest[:8000], rest[8000:]
        texts += struct.pack("<HHB", 0x003C, len(piece) + 1, 0) + piece.encode()
    cells = b"".join(
        struct.pack("<HHHHHL", 0x00FD, 10, row, column, 0, 0) for row in range(60_000) for column in range(2)
    )
    return compound_file(biff_book([biff_sheet(cells)], texts=texts))


def biff_sheet(cells: bytes, *, rows: int = 2, columns: int = 2) -> bytes:
    """A sheet of an XLS around its cells."""
    begin = struct.pack("<HHHHHHLL", 0x0809, 16, 0x0600, 0x0010, 0, 0, 0, 0)
    dimensions = struct.pack("<HHLLHHH", 0x0200, 14, 0, rows, 0, columns, 0)
    return begin + dimensions + cells + struct.pack("<HH", 0x000A, 0)


def biff_number(row: int, column: int) -> bytes:
    """A cell of an XLS."""
    return struct.pack("<HHHHHd", 0x0203, 14, row, column, 0, 1.0)


def ods_of(rows: str) -> bytes:
    """An ODS of one sheet."""
    return ods_package(f'<table:table table:name="a">{rows}</table:table>')


def ods_repeated(rows: int, columns: int) -> bytes:
    """An ODS with one cell, repeated."""
    return ods_of(
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string" '
        f'table:number-columns-repeated="{columns}"><text:p>x</text:p></table:table-cell></table:table-row>'
    )


def parquet(table: pa.Table, **options: object) -> bytes:
    """A table as Parquet."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def parquet_of_many_rows() -> bytes:
    """Fifty-one million rows of one value, in some kilobytes."""
    buffer = io.BytesIO()
    rows = pa.table({"a": pa.repeat(pa.scalar(1, pa.int8()), 5_100_000)})
    with pq.ParquetWriter(buffer, rows.schema) as writer:
        for _ in range(10):
            writer.write_table(rows, row_group_size=5_100_000)
    return buffer.getvalue()


def parquet_text_bomb() -> bytes:
    """One text of a mebibyte in a hundred thousand rows."""
    indices = pa.repeat(pa.scalar(0, pa.int32()), 100_000)
    texts = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * MIB]))
    bills = {name: pa.repeat(pa.scalar(value), 100_000) for name, value in BILL.items()}
    return parquet(pa.table({**bills, "evidence_ref": texts}))


def zip_of_many_entries() -> bytes:
    """A directory that takes far more memory than bytes."""
    return zipped({f"{number:01000d}": b"" for number in range(5_000)})


def quoted_overlap() -> bytes:
    """Entries that share their bytes (after David Fifield's zip bomb)."""
    content = bytearray(zipped({"a.csv": bytes(30 * MIB), "b.csv": bytes(30 * MIB)}))
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(content)


def cyclic_xls() -> bytes:
    """A stream whose chain of sectors leads back into itself."""
    return compound_file(biff_book([biff_sheet(biff_number(0, 0))]), next_of_last=3)


# What each is, and the code or codes that fit it.
HOSTILE_FILES: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "far_cell.xlsx": (lambda: xlsx({"XFD1048576": 1}), {"HOSTILE"}),
    "far_cell_two.xlsx": (
        lambda: changed("xl/worksheets/sheet1.xml", lambda c: c.replace(b'r="B2"', b'r="XFD1048576"')),
        {"HOSTILE"},
    ),
    "far_row_unsaid.xlsx": (
        lambda: changed(
            "xl/worksheets/sheet1.xml",
            lambda c: (
                c.replace(b'<row r="2"', b'<row r="1048576"').replace(b' r="O2"', b"").replace(b' r="B2"', b' r="XFD2"')
            ),
        ),
        {"HOSTILE", "CORRUPT"},
    ),
    "wide.xlsx": (
        lambda: changed(
            "xl/worksheets/sheet1.xml",
            lambda c: re.sub(
                rb"<sheetData>.*</sheetData>",
                b"<sheetData>"
                + b"".join(b'<row r="%d">' % row + b"<c><v>1</v></c>" * 16_384 + b"</row>" for row in range(1, 21))
                + b"</sheetData>",
                c,
            ),
        ),
        {"TOO_LARGE"},
    ),
    "deflated.xlsx": (lambda: changed("xl/worksheets/sheet1.xml", lambda c: c + b" " * (40 * MIB)), {"HOSTILE"}),
    "laughs.xlsx": (lambda: changed("xl/worksheets/sheet1.xml", after_declaration(LAUGHS)), {"HOSTILE_XML"}),
    "laughs_in_book.xlsx": (lambda: changed("xl/workbook.xml", after_declaration(LAUGHS)), {"HOSTILE_XML"}),
    "external.xlsx": (lambda: changed("[Content_Types].xml", after_declaration(EXTERNAL)), {"HOSTILE_XML"}),
    "external_relation.xlsx": (lambda: changed("_rels/.rels", after_declaration(EXTERNAL)), {"HOSTILE_XML"}),
    "include.xlsx": (
        lambda: changed(
            "xl/worksheets/sheet1.xml",
            lambda c: c.replace(
                b"<sheetData>",
                b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/><sheetData>',
            ),
        ),
        {"HOSTILE_XML"},
    ),
    "utf16.xlsx": (
        lambda: changed("xl/worksheets/sheet1.xml", lambda c: after_declaration(LAUGHS)(c).decode().encode("utf-16")),
        {"CORRUPT", "HOSTILE_XML"},
    ),
    "twice.xlsx": (lambda: zipped({**parts_of(xlsx()), "XL/workbook.xml": "<workbook/>"}), {"HOSTILE"}),
    "shared_text.xlsx": (shared_text_bomb, {"HOSTILE"}),
    "unclosed.xlsx": (
        lambda: changed(
            "xl/worksheets/sheet1.xml", lambda c: c.replace(b"<sheetData>", b"<sheetData>" + b"<c r=" * 5 * MIB)
        ),
        {"CORRUPT", "TOO_LARGE", "HOSTILE"},
    ),
    "malware.xlsx": (lambda: changed("docProps/app.xml", lambda c: c + b"<!--" + EICAR + b"-->"), {"MALWARE"}),
    "truncated.xlsx": (lambda: xlsx()[:-400], {"CORRUPT"}),
    "far_cell.xlsb": (
        lambda: xlsb_package(
            b"\x81\x01\x00"
            + b"\x91\x01\x00"
            + brt_row(0)
            + brt_cell(0, 1.0)
            + brt_row(1_048_575)
            + brt_cell(16_383, 1.0)
            + b"\x92\x01\x00\x82\x01\x00"
        ),
        {"HOSTILE"},
    ),
    "truncated.xlsb": (lambda: xlsb_bytes([["a"], [1.0]])[:-100], {"CORRUPT"}),
    "far_cell.xls": (
        lambda: compound_file(biff_book([biff_sheet(biff_number(0, 0) + biff_number(65_535, 65_535))])),
        {"HOSTILE"},
    ),
    "dimensions.xls": (
        lambda: compound_file(biff_book([biff_sheet(biff_number(0, 0), rows=2**32 - 1, columns=65_535)])),
        {"HOSTILE"},
    ),
    "shared_text.xls": (xls_text_bomb, {"HOSTILE"}),
    "cyclic.xls": (cyclic_xls, {"CORRUPT"}),
    "stream.xls": (
        lambda: compound_file(biff_book([biff_sheet(biff_number(0, 0))])).replace(
            struct.pack("<LQ", 2, 4096), struct.pack("<LQ", 2, 0x7FFFFFFF)
        ),
        {"CORRUPT"},
    ),
    "cells.ods": (lambda: ods_repeated(1_048_576, 16_384), {"HOSTILE"}),
    "cells_two.ods": (lambda: ods_repeated(10**18, 10**18), {"HOSTILE"}),
    "rows.ods": (
        lambda: ods_of(
            '<table:table-row table:number-rows-repeated="99999999"><table:table-cell/></table:table-row>'
            '<table:table-row><table:table-cell table:number-columns-repeated="9999"/>'
            '<table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
        ),
        {"HOSTILE"},
    ),
    "long_text.ods": (
        lambda: ods_of(
            '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string">'
            f"<text:p>{'x' * 100_000}</text:p></table:table-cell></table:table-row>"
        ),
        {"HOSTILE"},
    ),
    "laughs.ods": (lambda: ods_package("<table:table/>", prolog=LAUGHS), {"HOSTILE_XML"}),
    "external.ods": (lambda: ods_package("<table:table/>", prolog=EXTERNAL), {"HOSTILE_XML"}),
    "rows.parquet": (parquet_of_many_rows, {"TOO_LARGE"}),
    "text.parquet": (parquet_text_bomb, {"HOSTILE"}),
    "footer.parquet": (lambda: parquet(pa.table({"a": [1]}))[:-9], {"CORRUPT"}),
    "thrift.parquet": (
        lambda: b"PAR1" + b"\x15\x04\x19\xfc\xff\xff\xff\xff\x0f" + b"\x00" * 64 + struct.pack("<L", 73) + b"PAR1",
        {"CORRUPT"},
    ),
    "long_footer.parquet": (lambda: b"PAR1" + bytes(20) + struct.pack("<L", 2**31 - 1) + b"PAR1", {"CORRUPT"}),
    "deep.json": (lambda: b'{"a":' * 200_000, {"HOSTILE"}),
    "deep_list.json": (lambda: b"[" * 5_000_000, {"HOSTILE"}),
    "values.json": (lambda: b'{"data": [' + b"{}," * (9 * MIB) + b"{}]}", {"TOO_LARGE"}),
    "keys.jsonl": (lambda: b"\n".join(b'{"k%d": 1}' % number for number in range(20_000)), {"TOO_LARGE"}),
    "malware.csv": (lambda: csv_bytes([bill()]) + EICAR, {"MALWARE"}),
    "malware.txt": (lambda: EICAR, {"MALWARE"}),
    "field.csv": (lambda: csv_bytes([bill()]) + b"x" * (120 * MIB), {"QUOTE_BROKEN"}),
    "quote.csv": (lambda: csv_bytes([bill()]) + b'"' + b"x,y\n" * (25 * MIB), {"QUOTE_BROKEN"}),
    "columns.csv": (
        lambda: ",".join(f"c{number}" for number in range(1_000_000)).encode() + b"\n" + b"1," * 1_000_000,
        {"TOO_LARGE"},
    ),
    "lines.csv": (lambda: csv_bytes([bill()]) + b"\n" * (100 * MIB), {"HOSTILE"}),
    "commas.csv": (lambda: csv_bytes([bill()]) + b"," * (100 * MIB), {"QUOTE_BROKEN"}),
    "entries.zip": (zip_of_many_entries, {"HOSTILE"}),
    "overlap.zip": (quoted_overlap, {"CORRUPT", "NOT_TEXT"}),
    "bomb.gz": (lambda: b"\x1f\x8b\x08" + bytes(100), {"TYPE_UNKNOWN"}),
    "page.xls": (lambda: b"<html><table><tr><td>a</td></tr></table></html>", {"TYPE_UNKNOWN"}),
}


def parts_of(package: bytes) -> dict[str, bytes | str]:
    """The parts of a package."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
