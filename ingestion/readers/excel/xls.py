"""The facts of an XLS: a compound file ([MS-CFB]) with a stream of records ([MS-XLS], BIFF5 to BIFF8)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import olefile  # type: ignore[import-untyped]

from ingestion.cells import FileRefused
from ingestion.readers.excel.facts import ERROR_TEXTS, ERROR_UNKNOWN, BookFacts, Bounds, Merged, SheetFacts, check_cells

ENCRYPTED_PACKAGE = "EncryptedPackage"
STREAMS = ("workbook", "book")
MACRO_STORAGES = ("_vba_project_cur", "macros", "vba")
LAST_SECTOR = 0xFFFFFFFA  # of regular ones; beyond are marks such as the end of a chain
BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
SHEET_OF_BOOK, DATE_MODE, FILE_PASS, TEXTS = 0x0085, 0x0022, 0x002F, 0x00FC
DIMENSIONS, ROW, COLUMN_INFO, MERGED_CELLS = 0x0200, 0x0208, 0x007D, 0x00E5
FORMULAS, ERROR, SHARED_TEXT = (0x0006, 0x0206, 0x0406), 0x0205, 0x00FD
SEVERAL_CELLS = (0x00BD, 0x00BE)  # numbers, blanks
CELLS = {*FORMULAS, ERROR, SHARED_TEXT, *SEVERAL_CELLS, 0x0203, 0x027E, 0x0204, 0x00D6, 0x0201}
BLANKS = (0x0201, 0x00BE)
IS_HIDDEN_ROW, IS_WIDE, IS_RICH, IS_PHONETIC = 0x20, 0x01, 0x08, 0x04

Record = tuple[int, bytes]


def read_facts(path: Path) -> BookFacts:
    """Look through the workbook stream; raises `FileRefused` with what is out of bounds, encrypted or damaged."""
    try:
        with olefile.OleFileIO(str(path)) as container:
            _check_chains(container, path.stat().st_size)
            names = {"/".join(name).lower(): name for name in container.listdir()}
            if ENCRYPTED_PACKAGE.lower() in names:
                raise FileRefused("ENCRYPTED")
            stream = next((names[name] for name in STREAMS if name in names), None)
            if stream is None:
                raise FileRefused("TYPE_UNKNOWN", container="OLE")
            content = container.openstream(stream).read()
            has_macros = any(name.split("/")[0] in MACRO_STORAGES for name in names)
    except (OSError, ValueError, OverflowError, LookupError, TypeError, struct.error, RecursionError) as error:
        # The name of the stream is plain even where the container is damaged.
        is_encrypted = ENCRYPTED_PACKAGE.encode("utf-16-le") in path.read_bytes()
        raise FileRefused("ENCRYPTED" if is_encrypted else "CORRUPT", cause=str(error)) from error
    try:
        return _book_facts(content, has_macros)
    except (struct.error, IndexError) as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error


def _check_chains(container: olefile.OleFileIO, size: int) -> None:
    """Refuse a container whose chains of sectors loop, run out of it or are shared, on which calamine would not end."""
    if container.num_mini_fat_sectors > len(container.fat):
        raise FileRefused("CORRUPT", cause="more sectors than the file has")
    if container.num_mini_fat_sectors:
        container.loadminifat()
    starts = [(container.first_dir_sector, container.fat), (container.first_mini_fat_sector, container.fat)]
    for entry in container.direntries:
        if entry is None or entry.entry_type not in (olefile.STGTY_STREAM, olefile.STGTY_ROOT) or not entry.size:
            continue
        if entry.size > size:
            raise FileRefused("CORRUPT", cause=f"a stream of {entry.size} bytes in a file of {size}")
        starts.append((entry.isectStart, (container.minifat or ()) if entry.is_minifat else container.fat))
    steps, most = 0, len(container.fat) + len(container.minifat or ()) + len(starts)
    for start, table in starts:
        sector = start
        while sector < LAST_SECTOR:
            steps += 1
            if sector >= len(table) or steps > most:
                raise FileRefused("CORRUPT", cause="a chain of sectors that does not end")
            sector = table[sector]


def _book_facts(content: bytes, has_macros: bool) -> BookFacts:
    places, uses_1904, texts = list[int](), False, list[bytes]()
    in_texts = False
    for kind, body in _records(content, 0):
        if kind == FILE_PASS:
            raise FileRefused("ENCRYPTED")
        if kind == EOF:
            break
        in_texts = kind == TEXTS or (kind == CONTINUE and in_texts)
        if in_texts:
            texts.append(body)
        elif kind == DATE_MODE:
            uses_1904 = body[:1] == b"\x01"
        elif kind == SHEET_OF_BOOK:
            places.append(struct.unpack_from("<L", body)[0])
            has_macros |= body[5] == 1  # a sheet of Excel 4 macros
    bounds, sheets, lengths = Bounds(), dict[str | int, SheetFacts](), _lengths(texts)
    for index, place in enumerate(places):
        facts, size = _sheet_facts(content, place, lengths)
        bounds.add(facts)
        bounds.add_text(size)
        sheets[index] = facts
    return BookFacts(sheets, uses_1904, has_macros, is_binary=True)


def _sheet_facts(content: bytes, place: int, lengths: list[int]) -> tuple[SheetFacts, int]:
    """The facts of a sheet, and the length of the shared texts that its cells take."""
    facts, depth, size = SheetFacts(), 0, 0
    hidden_rows, rows, hidden_columns = set[int](), set[int](), list[int]()
    for kind, body in _records(content, place):
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            break
        if kind in CELLS:
            size += _count_cell(facts, kind, body, lengths, is_embedded=depth > 1)
            rows.add(struct.unpack_from("<H", body)[0])
        elif kind == DIMENSIONS:
            first, end, first_column, end_column = struct.unpack_from("<LLHH" if len(body) >= 12 else "<HHHH", body)
            facts.rows, facts.columns = max(facts.rows, end - first), max(facts.columns, end_column - first_column)
        elif kind == ROW and body[12] & IS_HIDDEN_ROW:
            hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == COLUMN_INFO and body[8] & 1:
            hidden_columns.append(struct.unpack_from("<H", body)[0])
        elif kind == MERGED_CELLS:
            ranges = struct.iter_unpack("<HHHH", body[2 : 2 + (len(body) - 2) // 8 * 8])
            for places in ranges:
                facts.merge(Merged(*places))
    facts.has_hidden = bool(hidden_rows & rows) or any(column < facts.columns for column in hidden_columns)
    return facts, size


def _count_cell(facts: SheetFacts, kind: int, body: bytes, lengths: list[int], *, is_embedded: bool) -> int:
    """Take note of a cell, or of several side by side; return the length of the shared text that it takes.

    The cells of an embedded chart count, since they take memory too, but say nothing of the sheet.
    """
    row, column = struct.unpack_from("<HH", body)
    last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind in SEVERAL_CELLS else column
    facts.extend(row, max(column, last))
    facts.cells += max(last - column, 0)
    check_cells(facts.cells)
    if not is_embedded:
        if kind not in BLANKS:
            facts.last_row = max(facts.last_row, row)
        if error := _error(kind, body):
            facts.mark_error(row, column, error)
    item = struct.unpack_from("<L", body, 6)[0] if kind == SHARED_TEXT else len(lengths)
    return 2 * lengths[item] if item < len(lengths) else 0


def _error(kind: int, body: bytes) -> str | None:
    """The error that a cell holds, entered or as the last result of its formula."""
    if kind == ERROR and body[7]:
        return ERROR_TEXTS.get(body[6], ERROR_UNKNOWN)
    if kind in FORMULAS and body[6] == 2 and body[12:14] == b"\xff\xff":
        return ERROR_TEXTS.get(body[8], ERROR_UNKNOWN)
    return None


def _lengths(records: list[bytes]) -> list[int]:
    """The length in characters of each shared text; texts go on from one record to the next."""
    lengths = list[int]()
    if not records:
        return lengths
    count = struct.unpack_from("<LL", records[0])[1]
    check_cells(count)
    record, at = 0, 8
    for _ in range(count):
        if at >= len(records[record]):
            record, at = record + 1, 0
        if record >= len(records):
            break
        length, flags = struct.unpack_from("<HB", records[record], at)
        at += 3
        runs = phonetic = 0
        if flags & IS_RICH:
            runs, at = struct.unpack_from("<H", records[record], at)[0], at + 2
        if flags & IS_PHONETIC:
            phonetic, at = struct.unpack_from("<L", records[record], at)[0], at + 4
        lengths.append(length)
        record, at = _after_text(records, record, at, length, 2 if flags & IS_WIDE else 1)
        record, at = _after_bytes(records, record, at, 4 * runs + phonetic)
    return lengths


def _after_text(records: list[bytes], record: int, at: int, length: int, width: int) -> tuple[int, int]:
    """Where a text ends; what of it goes on in the next record begins there with its own width."""
    while length and record < len(records):
        here = min(length, (len(records[record]) - at) // width)
        length, at = length - here, at + here * width
        if length:
            record, at = record + 1, 1
            width = 2 if record < len(records) and records[record][:1] == b"\x01" else 1
    return record, at


def _after_bytes(records: list[bytes], record: int, at: int, length: int) -> tuple[int, int]:
    while record < len(records) and at + length > len(records[record]):
        length -= len(records[record]) - at
        record, at = record + 1, 0
    return record, at + length


def _records(content: bytes, at: int) -> Iterator[Record]:
    """Each record from a place on: its kind and its body."""
    while at + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, at)
        yield kind, content[at + 4 : at + 4 + length]
        at += 4 + length
