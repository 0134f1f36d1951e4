"""JSON: one object per line, a list of objects, or an object that holds one list of objects. Objects become rows.

Numbers keep their exact text. Keys of nested objects are joined by dots; a list, which is no cell, is kept as its JSON.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ingestion.cells import CellKind, Cells, Column, FileRefused, HeadRow

LARGEST_TEXT = 128 * 1024 * 1024
MOST_VALUES = 8_000_000  # some 60 bytes of memory each, and an object some 300
MOST_ROWS = 1_000_000
LARGEST_GRID = 20_000_000  # rows times different keys
DEEPEST = 8
LONGEST_EXPONENT = 30
SHOWN = 500
START = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[{\]])')
SPACE = re.compile(r"[ \t\r\n]*")


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Object(dict[str, Any]):
    """An object, and the first key that it names twice."""

    repeated: str | None = None


@dataclass(frozen=True)
class _Record:
    """One row: its number, its cells by key, and what is wrong with it."""

    row_no: int
    cells: dict[str, Any]
    fault: tuple[str, str] | None = None


def is_json(start: bytes) -> bool:
    """Whether the first bytes of a file begin an object or a list of JSON, and not a text that happens to."""
    return START.match(start.removeprefix(b"\xef\xbb\xbf")) is not None


def open_sheets(path: Path) -> list[RecordSheet]:
    """The one sheet of a JSON file.

    Raises `FileRefused`: JSON_INVALID, JSON_NO_RECORDS, NO_DATA, TOO_LARGE, HOSTILE for a nesting that no table has.
    """
    size = path.stat().st_size
    if size > LARGEST_TEXT:
        raise FileRefused("TOO_LARGE", size=size, limit=LARGEST_TEXT)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        values = sum(map(text.count, "[{,"))
        if values > MOST_VALUES:
            raise FileRefused("TOO_LARGE", size=values, limit=MOST_VALUES)
        records = list(_bounded(_records(text)))
    except (ValueError, UnicodeDecodeError) as error:
        raise FileRefused("JSON_INVALID", cause=str(error)) from error
    except RecursionError as error:
        raise FileRefused("HOSTILE", cause="JSON nested too deep") from error
    if not any(record.cells for record in records):
        raise FileRefused("JSON_INVALID" if any(record.fault for record in records) else "NO_DATA", cause="no object")
    return [RecordSheet(records)]


@dataclass(frozen=True)
class RecordSheet:
    """The table of the objects: a column for each key, in the order in which the keys first appear."""

    records: list[_Record]
    name: str = ""

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for record in self.records for key in record.cells))

    def head(self) -> list[HeadRow]:
        """The keys."""
        return [HeadRow(0, self._keys)]

    def body(self, header: int) -> Cells:
        """All objects; the number of one is its line, or its place in the list."""
        columns = []
        for key in self._keys:
            pairs = [_cell(record.cells.get(key)) for record in self.records]
            columns.append(Column.of([text for text, _ in pairs], [kind for _, kind in pairs]))
        numbers = np.asarray([record.row_no for record in self.records], dtype=np.int32)
        faults = {row: record.fault for row, record in enumerate(self.records) if record.fault}
        return Cells(tuple(columns), numbers, faults)


def _records(text: str) -> Iterator[_Record]:
    start = _after_space(text, 0)
    if text[start : start + 1] == "[":
        yield from _of_list(text, start)
        return
    first_line, _, rest = text[start:].partition("\n")
    if rest.strip() and _is_object(first_line):
        yield from _of_lines(text)
        return
    document = _DECODER.decode(text)
    lists = list(_lists_of_objects(document, ""))
    if len(lists) > 1:
        raise FileRefused("JSON_NO_RECORDS", cause=", ".join(name for name, _ in lists[:9]))
    objects = lists[0][1] if lists else [document]
    for number, value in enumerate(objects, start=1):
        yield _record(number, value)


def _of_list(text: str, start: int) -> Iterator[_Record]:
    """The objects of a list, decoded one at a time."""
    at, number, mark = _after_space(text, start + 1), 0, ","
    while mark == "," and not (number == 0 and text.startswith("]", at)):
        value, at = _DECODER.raw_decode(text, at)
        number += 1
        yield _record(number, value)
        at = _after_space(text, at)
        mark, at = text[at : at + 1], _after_space(text, at + 1)
    if mark == "," and number == 0:
        at = _after_space(text, at + 1)
    elif mark != "]":
        raise ValueError(f"the list is not closed after object {number}")
    if at < len(text):
        raise ValueError(f"text after the list, at character {at}")


def _of_lines(text: str) -> Iterator[_Record]:
    at = 0
    for number in range(1, text.count("\n") + 2):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        at = end + 1
        if not line.strip():
            if end >= 0:
                yield _Record(number, {})
            continue
        try:
            yield _record(number, _DECODER.decode(line))
        except ValueError:
            yield _Record(number, {}, ("JSON_LINE_INVALID", line[:SHOWN]))


def _record(number: int, value: Any) -> _Record:
    if not isinstance(value, _Object):
        return _Record(number, {}, ("JSON_LINE_INVALID", _as_json(value)[:SHOWN]))
    cells: dict[str, Any] = {}
    repeated = _flatten(value, "", cells, DEEPEST)
    return _Record(number, cells, ("JSON_DUPLICATE_KEY", repeated) if repeated else None)


def _flatten(value: _Object, prefix: str, cells: dict[str, Any], depth: int) -> str | None:
    """Put the values of an object into cells; return the first key that is named twice."""
    repeated = value.repeated
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, _Object) and depth:
            repeated = repeated or _flatten(item, f"{name}.", cells, depth - 1)
        elif name in cells:
            repeated = repeated or name
        else:
            cells[name] = item
    return repeated


def _lists_of_objects(value: Any, name: str) -> Iterator[tuple[str, list[Any]]]:
    """The lists in a document that hold objects, with their paths; lists within those are not looked for."""
    if isinstance(value, list) and any(isinstance(item, _Object) for item in value):
        yield name, value
    elif isinstance(value, _Object):
        for key, item in value.items():
            yield from _lists_of_objects(item, f"{name}.{key}" if name else key)


def _bounded(records: Iterator[_Record]) -> Iterator[_Record]:
    keys: dict[str, None] = {}
    for number, record in enumerate(records, start=1):
        keys.update(dict.fromkeys(record.cells))
        if number > MOST_ROWS:
            raise FileRefused("TOO_LARGE", size=number, limit=MOST_ROWS)
        if number * len(keys) > LARGEST_GRID:
            raise FileRefused("TOO_LARGE", size=number * len(keys), limit=LARGEST_GRID)
        yield record


def _cell(value: Any) -> tuple[str, CellKind]:
    if value is None:
        return "", CellKind.TEXT
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), CellKind.BOOLEAN
    if isinstance(value, _Number):
        return _plain(value), CellKind.NUMBER
    text = value if isinstance(value, str) else _as_json(value)
    # Half of a pair of UTF-16 is no character, and no column can hold it.
    return text.encode("utf-8", "replace").decode(), CellKind.TEXT


def _plain(number: str) -> str:
    """A number without exponent, if that is not too long to write."""
    if "e" not in number.lower():
        return str(number)
    value = Decimal(number)
    return f"{value:f}" if abs(value.adjusted()) <= LONGEST_EXPONENT else str(number)


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _is_object(line: str) -> bool:
    try:
        return isinstance(_DECODER.decode(line), _Object)
    except ValueError:
        return False


def _after_space(text: str, at: int) -> int:
    match = SPACE.match(text, at)
    return match.end() if match else at


def _object_of(pairs: list[tuple[str, Any]]) -> _Object:
    value = _Object(pairs)
    if len(value) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        value.repeated = next(key for key, count in counts.items() if count > 1)
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object_of, parse_float=_Number, parse_int=_Number, parse_constant=_Number
)
