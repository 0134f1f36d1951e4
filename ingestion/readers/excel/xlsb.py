"""The facts of an XLSB: its parts are binary records ([MS-XLSB])."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping

from ingestion.cells import FileRefused
from ingestion.readers.excel.facts import ERROR_TEXTS, ERROR_UNKNOWN, BookFacts, Bounds, Merged, SheetFacts, check_cells
from ingestion.readers.excel.parts import read_part, targets_of

ROW, BLANK, ERROR, SHARED_TEXT, FORMULA_ERROR = 0, 1, 3, 7, 11
COLUMN_INFO, BEGIN_SHEET, BOOK_PROPERTIES, SHEET_OF_BOOK, MERGED_CELLS, TEXT_ITEM = 60, 129, 153, 156, 176, 19
IS_HIDDEN_ROW = 0x10


def read_facts(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], workbook: str) -> BookFacts:
    """Look through every part; raises `FileRefused` with what is out of bounds, hostile or damaged."""
    try:
        return _facts(package, parts, workbook)
    except IndexError as error:
        raise FileRefused("CORRUPT", cause="a record that is cut off") from error


def _facts(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], workbook: str) -> BookFacts:
    bounds, sheets, lengths = Bounds(), dict[str | int, SheetFacts](), list[int]()
    names, uses_1904 = _book(package, parts, workbook)
    for part in sorted(parts, key=lambda part: not part.endswith("sharedstrings.bin")):
        content = read_part(package, parts[part])
        if part.endswith("sharedstrings.bin"):
            lengths = [int.from_bytes(content[at + 1 : at + 5], "little") for at in _items(content)]
        elif part.endswith(".bin") and content.startswith(b"\x81\x01"):
            facts, texts = _sheet_facts(content, lengths)
            bounds.add(facts)
            bounds.add_text(texts)
            sheets.update(dict.fromkeys(names.get(part, []), facts))
    has_macros = any(part.endswith("vbaproject.bin") or "/macrosheets/" in part for part in parts)
    return BookFacts(sheets, uses_1904, has_macros, is_binary=True)


def _book(
    package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], workbook: str
) -> tuple[dict[str, list[str]], bool]:
    """The names of the sheets that lie in each part, and whether days are counted from 1904."""
    targets, names, uses_1904 = targets_of(package, parts, workbook), dict[str, list[str]](), False
    content = read_part(package, parts[workbook])
    for kind, at, end in _records(content):
        if kind == BOOK_PROPERTIES:
            uses_1904 = bool(content[at] & 1)
        elif kind == SHEET_OF_BOOK:
            relation, after = _text(content, at + 8, end)
            name, _ = _text(content, after, end)
            names.setdefault(targets.get(relation, ""), []).append(name)
    return names, uses_1904


def _sheet_facts(content: bytes, lengths: list[int]) -> tuple[SheetFacts, int]:
    """The facts of a sheet, and the length of the shared texts that its cells take."""
    facts, row, texts, has_hidden_row = SheetFacts(), 0, 0, False
    for kind, at, end in _records(content):
        if kind == ROW:
            row = int.from_bytes(content[at : at + 4], "little")
            has_hidden_row = end - at > 11 and bool(content[at + 11] & IS_HIDDEN_ROW)
        elif BLANK <= kind <= FORMULA_ERROR:
            column = int.from_bytes(content[at : at + 4], "little")
            facts.extend(row, column)
            check_cells(facts.cells)
            facts.has_hidden |= has_hidden_row
            if kind != BLANK:
                facts.last_row = max(facts.last_row, row)
            if kind in (ERROR, FORMULA_ERROR):
                facts.mark_error(row, column, ERROR_TEXTS.get(content[at + 8], ERROR_UNKNOWN))
            elif kind == SHARED_TEXT:
                item = int.from_bytes(content[at + 8 : at + 12], "little")
                texts += 2 * lengths[item] if item < len(lengths) else 0
        elif kind == MERGED_CELLS:
            places = [int.from_bytes(content[at + 4 * i : at + 4 * i + 4], "little") for i in range(4)]
            facts.merge(Merged(*places))
        elif kind == COLUMN_INFO and content[at + 16] & 1:
            # Columns come before the cells; a hidden one counts whether or not it holds any.
            facts.has_hidden = True
    return facts, texts


def _items(content: bytes) -> Iterator[int]:
    """Where each shared text begins."""
    for count, (kind, at, _) in enumerate(_records(content)):
        check_cells(count)
        if kind == TEXT_ITEM:
            yield at


def _records(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Each record: its kind, where its body begins and ends."""
    at = 0
    while at < len(content):
        kind, at = content[at], at + 1
        if kind & 0x80:
            kind, at = (kind & 0x7F) | (content[at] & 0x7F) << 7, at + 1
        length = shift = 0
        while True:
            byte, at = content[at], at + 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift == 28:
                break
        yield kind, at, at + length
        at += length


def _text(content: bytes, at: int, end: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    length = int.from_bytes(content[at : at + 4], "little")
    stop = at + 4 + 2 * length
    if length == 0xFFFFFFFF or stop > end:
        return "", at + 4
    return content[at + 4 : stop].decode("utf-16-le", "replace"), stop
