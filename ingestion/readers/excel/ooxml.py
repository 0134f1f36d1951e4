"""The facts of an XLSX or XLSM: its parts are XML."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping

import numpy as np

from ingestion.cells import FileRefused
from ingestion.readers.excel.facts import ERROR_UNKNOWN, BookFacts, Bounds, Merged, SheetFacts, check_cells
from ingestion.readers.excel.parts import read_part, targets_of
from ingestion.readers.xml import parse_xml

WORTH_COUNTING = 64 * 1024 * 1024
# Runs are bounded so that no text, however it is built, takes more than one pass.
ROOT = re.compile(rb"<(?:([\w.-]{1,99}):)?(worksheet|sst)[\s>/]")
UNUSUAL_CELL = re.compile(rb'<c(?! r="[A-Za-z])[\s>/]')
PREFIXED_CELL = re.compile(rb":c[\s>/]")
CELL = re.compile(rb'<c r="([A-Za-z]{1,3})([0-9]+)"')
COLUMNS, ROWS, LATE_ROWS = (
    re.compile(rb'<c r="' + pattern) for pattern in (rb"([A-Za-z]+)", rb"[A-Za-z]+([0-9]+)", rb"[A-Za-z]+([0-9]{6,})")
)
TAG = re.compile(rb"<(?:[\w.-]{1,99}:)?(row|c)((?:\s[^<>]{0,4000}?)?)(/?)>")
TAG_START = re.compile(rb"<(?:[\w.-]{1,99}:)?(?:row|c)[\s>/]")
PLACE = re.compile(rb'\sr\s*=\s*["\']([A-Za-z]*)([0-9]*)["\']')
IS_ERROR = re.compile(rb'\st\s*=\s*["\']e["\']')
VALUE = re.compile(rb"<(?:[\w.-]{1,99}:)?v(?:\s[^<>]{0,99})?>([^<]{1,99})<")
VALUE_OR_CELL = re.compile(VALUE.pattern + b"|" + TAG_START.pattern)
LONGEST_FORMULA = 70_000
MERGED = re.compile(
    rb'<(?:[\w.-]{1,99}:)?mergeCell\s[^<>]{0,99}\bref\s*=\s*["\']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)["\']'
)
HIDDEN = re.compile(rb'<(?:[\w.-]{1,99}:)?(row|col)(\s[^<>]{0,999}\bhidden\s*=\s*["\'](?:1|true)["\'][^<>]{0,999})>')
FIRST_COLUMN = re.compile(rb'\bmin\s*=\s*["\']([0-9]+)')
SHARED = re.compile(rb't="s"[^<>]{0,99}>\s*<v>([0-9]+)<')


def read_facts(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], workbook: str) -> BookFacts:
    """Look through every part; raises `FileRefused` with what is out of bounds, hostile or damaged."""
    book = parse_xml(read_part(package, parts[workbook]))
    targets = targets_of(package, parts, workbook)
    names: dict[str, list[str]] = {}
    for sheet in book.iter("{*}sheet"):
        key = next((str(value) for name, value in sheet.attrib.items() if str(name).endswith("}id")), None)
        names.setdefault(targets.get(key, ""), []).append(sheet.get("name", ""))
    bounds, sheets, strings = Bounds(), dict[str | int, SheetFacts](), np.empty(0, np.int64)
    for name, content in _in_reading_order(package, parts):
        root = ROOT.search(content) if name.endswith(".xml") else None
        if root and root[2] == b"sst":
            strings = _lengths(content, b"<" + (root[1] + b":" if root[1] else b"") + b"si")
        elif root:
            facts = _sheet_facts(content)
            bounds.add(facts)
            bounds.add_text(_shared_text(content, strings))
            sheets.update(dict.fromkeys(names.get(name, []), facts))
    properties = next(book.iter("{*}workbookPr"), None)
    uses_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    has_macros = any(part.endswith("vbaproject.bin") or "/macrosheets/" in part for part in parts)
    return BookFacts(sheets, uses_1904, has_macros)


def _in_reading_order(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Every part, the shared texts before the sheets that use them."""
    for name in sorted(parts, key=lambda name: not name.endswith("sharedstrings.xml")):
        yield name, read_part(package, parts[name])


def _sheet_facts(content: bytes) -> SheetFacts:
    is_unusual = UNUSUAL_CELL.search(content) or PREFIXED_CELL.search(content)
    facts = _any_facts(content) if is_unusual else _usual_facts(content)
    for match in MERGED.finditer(content, max(content.rfind(b"sheetData>"), 0)):
        facts.merge(Merged(int(match[2]) - 1, int(match[4]) - 1, _column(match[1]), _column(match[3])))
    if b"hidden" in content:
        facts.has_hidden = any(_hides_data(match, facts) for match in HIDDEN.finditer(content))
    return facts


def _usual_facts(content: bytes) -> SheetFacts:
    """The facts of a sheet whose every cell begins `<c r="`, from a few passes over its bytes."""
    facts = SheetFacts(cells=content.count(b'<c r="'))
    check_cells(facts.cells)
    if not facts.cells:
        return facts
    facts.columns = 1 + max(map(_column, set(COLUMNS.findall(content))))
    rows = LATE_ROWS.findall(content) or set(ROWS.findall(content))
    facts.rows = max(map(int, rows), default=0)
    last = content.rfind(b"<v>")
    while last >= 0 and content[last + 3 : last + 4] == b"<":
        last = content.rfind(b"<v>", 0, last)
    if last >= 0:
        facts.last_row = _place(content, last)[0]
    if b't="e"' in content or b"t='e'" in content:
        for found in IS_ERROR.finditer(content):
            facts.mark_error(*_place(content, found.start()), _error_text(content, found.end()))
    return facts


def _any_facts(content: bytes) -> SheetFacts:
    """The facts of a sheet in any spelling: a row or cell that does not say its place follows the one before."""
    if content.count(b"<") > content.count(b">"):
        raise FileRefused("CORRUPT", cause="a tag that does not end")
    facts, row, column, tags = SheetFacts(), -1, -1, 0
    for tag in TAG.finditer(content):
        tags += 1
        place = PLACE.search(tag[2])
        if tag[1] == b"row":
            row, column = (int(place[2]) - 1 if place and place[2] else row + 1), -1
            continue
        column = _column(place[1]) if place and place[1] else column + 1
        at = int(place[2]) - 1 if place and place[1] and place[2] else max(row, 0)
        facts.extend(at, column)
        check_cells(facts.cells)
        end = content.find(b"<", tag.end())
        if not tag[3] and VALUE.match(content, end):
            facts.last_row = max(facts.last_row, at)
        if IS_ERROR.search(tag[2]):
            facts.mark_error(at, column, _error_text(content, tag.end() - 1))
    if tags != sum(1 for _ in TAG_START.finditer(content)):
        raise FileRefused("CORRUPT", cause="a cell whose tag does not end")
    return facts


def _place(content: bytes, position: int) -> tuple[int, int]:
    """Row and column of the cell in which a position lies."""
    match = CELL.match(content, max(content.rfind(b'<c r="', 0, position), 0))
    if match is None:
        raise FileRefused("CORRUPT", cause="a cell without a place")
    return int(match[2]) - 1, _column(match[1])


def _error_text(content: bytes, position: int) -> str:
    """The error that the cell holds in whose start tag a position lies."""
    end = content.find(b">", position)
    if end < 0 or content[end - 1 : end] == b"/":
        return ERROR_UNKNOWN
    found = VALUE_OR_CELL.search(content, end, end + LONGEST_FORMULA)
    return found[1].decode("utf-8", "replace") if found and found[1] else ERROR_UNKNOWN


def _hides_data(match: re.Match[bytes], facts: SheetFacts) -> bool:
    """Whether a hidden row or column lies where the sheet has cells."""
    if match[1] == b"row":
        return not match[2].endswith(b"/")
    first = FIRST_COLUMN.search(match[2])
    return first is not None and int(first[1]) <= facts.columns


def _lengths(content: bytes, tag: bytes) -> np.ndarray:
    """How long each shared text is, its mark-up included."""
    check_cells(content.count(tag))
    pieces = re.split(re.escape(tag) + rb"[\s>/]", content)
    return np.fromiter(map(len, pieces[1:]), np.int64, len(pieces) - 1)


def _shared_text(content: bytes, lengths: np.ndarray) -> int:
    """How much text the cells of a sheet take from the shared texts; counted exactly only when it may be much."""
    count = content.count(b'="s"') + content.count(b"='s'")
    if not len(lengths) or int(lengths.max()) * count <= WORTH_COUNTING:
        return 0
    used = np.asarray(SHARED.findall(content), dtype=object).astype(np.int64)
    if len(used) < count:
        return int(lengths.max()) * count
    return int(lengths[used[used < len(lengths)]].sum())


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1
