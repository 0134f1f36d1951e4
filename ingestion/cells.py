"""Cells as a reader hands them over, before anything is typed: whole columns of text, and what kind of cell each was.

Readers make these; casting consumes them. Nothing here knows a feed or a mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from ingestion.dates import DateOrder

HEAD_ROWS = 30

_Note = TypeVar("_Note")


class FileRefused(Exception):
    """A file cannot be read as a whole: a reason code of `reasons.yml` and the values its message names."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class CellFault(Exception):
    """A cell cannot be read as what its column holds: a reason code and the values its message names."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class CellKind(IntEnum):
    """What the container says a cell is. Text files only know text."""

    TEXT = 0
    NUMBER = 1  # the text is the shortest spelling of the number, decimal point
    DATE = 2  # the text is ISO 8601, with a time after `T` unless it is midnight
    BOOLEAN = 3
    ERROR = 4  # a spreadsheet error such as #REF!


@dataclass(frozen=True)
class Column:
    """One column: the cells as text ('' when empty) and their kinds (None: all text)."""

    text: pa.Array
    kinds: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.text)

    def take(self, rows: np.ndarray) -> Column:
        """The cells of these rows, in this order."""
        return Column(self.text.take(pa.array(rows)), None if self.kinds is None else self.kinds[rows])

    def kind(self, row: int) -> CellKind:
        """The kind of one cell."""
        return CellKind.TEXT if self.kinds is None else CellKind(int(self.kinds[row]))

    def is_empty(self) -> np.ndarray:
        """Which cells hold nothing but white space."""
        empty = pc.or_(pc.equal(pc.binary_length(self.text), 0), pc.utf8_is_space(self.text))
        return empty.to_numpy(zero_copy_only=False)

    @staticmethod
    def of(values: Sequence[str], kinds: Sequence[int] | None = None) -> Column:
        """A column from Python values; kinds that are all text are left out."""
        marks = None if kinds is None or not any(kinds) else np.asarray(kinds, dtype=np.uint8)
        return Column(pa.array(values, pa.string()), marks)

    @staticmethod
    def joined(columns: Sequence[Column]) -> Column:
        """The columns, one below the other."""
        kinds = None
        if any(column.kinds is not None for column in columns):
            kinds = np.concatenate([np.zeros(len(c), np.uint8) if c.kinds is None else c.kinds for c in columns])
        return Column(pa.concat_arrays([column.text for column in columns]), kinds)

    @staticmethod
    def constant(value: str, length: int) -> Column:
        """The same text in every row."""
        return Column(pa.repeat(pa.scalar(value, pa.string()), length))


@dataclass(frozen=True)
class HeadRow:
    """One of the first records of a sheet: its number as the sender sees it, and its cells as text."""

    row_no: int
    cells: tuple[str, ...]


def _kept_notes(notes: dict[int, _Note], rows: np.ndarray) -> dict[int, _Note]:
    """The notes on these rows, which are ascending, by their new positions."""
    noted = np.fromiter(notes, np.int64, len(notes))
    places = np.searchsorted(rows, noted)
    found = places < len(rows)
    found[found] = rows[places[found]] == noted[found]
    return {int(place): note for place, note, kept in zip(places, notes.values(), found, strict=True) if kept}


@dataclass(frozen=True)
class Cells:
    """The records under a header: one column per header cell, and the number of each record as its sender sees it.

    By position: `faults` holds the reason code of records whose cells do not fit the header, with the record's text;
    `dropped` the reason code of records that state nothing; `record_flags` what the reader normalised in a record.
    """

    columns: tuple[Column, ...]
    row_numbers: np.ndarray
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    dropped: dict[int, str] = field(default_factory=dict)
    record_flags: dict[int, frozenset[str]] = field(default_factory=dict)
    uses_1904_dates: bool | None = None  # None: the container has no date system, so a serial number proves no date
    decimal_sign: str | None = None  # the reader knows it of this layout; None: what the mapping says
    date_order: DateOrder | None = None  # likewise
    read_with: str = ""  # the template and its version, when the reader follows one

    def __len__(self) -> int:
        return len(self.row_numbers)

    def take(self, rows: np.ndarray) -> Cells:
        """The records at these positions, which must be ascending."""
        return replace(
            self,
            columns=tuple(column.take(rows) for column in self.columns),
            row_numbers=self.row_numbers[rows],
            faults=_kept_notes(self.faults, rows),
            dropped=_kept_notes(self.dropped, rows),
            record_flags=_kept_notes(self.record_flags, rows),
        )

    @staticmethod
    def joined(parts: Sequence[Cells]) -> Cells:
        """The parts of one table, one after the other; there is at least one."""
        if len(parts) == 1:
            return parts[0]
        starts = np.cumsum([0, *(len(part) for part in parts)]).tolist()

        def moved(notes: Iterable[dict[int, Any]]) -> dict[int, Any]:
            return {start + row: note for start, part in zip(starts, notes, strict=False) for row, note in part.items()}

        return replace(
            parts[0],
            columns=tuple(Column.joined(columns) for columns in zip(*(part.columns for part in parts), strict=True)),
            row_numbers=np.concatenate([part.row_numbers for part in parts]),
            faults=moved(part.faults for part in parts),
            dropped=moved(part.dropped for part in parts),
            record_flags=moved(part.record_flags for part in parts),
        )


class Sheet(Protocol):
    """One table-like part of a file: the whole of a CSV or Parquet file, a sheet of a workbook."""

    @property
    def name(self) -> str:
        """The name of the sheet; empty for a file that has no sheets."""

    def head(self) -> list[HeadRow]:
        """The first records, at most `HEAD_ROWS`, in which a header is looked for."""

    def body(self, header: int) -> Cells:
        """The records after the header, which is the record at this position of the head."""


@runtime_checkable
class SheetInParts(Sheet, Protocol):
    """A sheet that need not be held whole: its records come some thousands at a time."""

    def parts(self, header: int) -> Iterator[Cells]:
        """The records after the header, part by part; at least one part."""
