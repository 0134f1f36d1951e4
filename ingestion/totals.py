"""Rows of totals and subtotals: they are dropped, but first compared with the sum of the rows that they total.

A total is right if it is the sum of all rows above it, or of those below any total before it. The figures are compared as
the file prints them. Nothing is said about a column in which a cell above could not be read.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.cells import CellFault
from ingestion.numbers import parse_number

ADDITIVE = re.compile(
    r"quantity\w*|scrap_quantity|supplementary_quantity|amount_\w+|vat_amount|net_mass_kg|gross_mass_kg|\w*value_mad"
)


@dataclass(frozen=True)
class TotalRow:
    """A row of totals: its position among the rows of its part that are kept, its number, its cells by column."""

    kept_before: int
    row_no: int
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Stretch:
    """Rows between two totals: how many, the sum of each column, and whether each of its cells could be read."""

    rows: int
    sums: Mapping[str, Decimal]
    is_read: Mapping[str, bool]


@dataclass(frozen=True)
class Mismatch:
    """A total that is not the sum of the rows above it."""

    row_no: int
    column: str
    cell: str
    total: Decimal


def is_additive(column: str) -> bool:
    """Whether figures of a column add up."""
    return ADDITIVE.fullmatch(column) is not None


def stretches(
    values: Mapping[str, pa.Array], unread: Mapping[str, np.ndarray], totals: Sequence[TotalRow], rows: int
) -> list[Stretch]:
    """The rows before the first total, between totals, and behind the last one. `unread` are rows by column."""
    cuts = [0, *(total.kept_before for total in totals), rows]
    found = []
    for start, after in itertools.pairwise(cuts):
        sums = {
            name: pc.sum(column.slice(start, after - start)).as_py() or Decimal(0) for name, column in values.items()
        }
        is_read = {name: not ((unread[name] >= start) & (unread[name] < after)).any() for name in values}
        found.append(Stretch(after - start, sums, is_read))
    return found


@dataclass
class RunningTotals:
    """The sums of a table so far, and what they were at each row of totals."""

    rows: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    marks: list[tuple[int, dict[str, Decimal]]] = field(default_factory=lambda: [(0, {})])

    def pass_rows(self, stretch: Stretch) -> None:
        """Add the rows of a stretch."""
        self.rows += stretch.rows
        for name, amount in stretch.sums.items():
            self.sums[name] = self.sums.get(name, Decimal(0)) + amount
        self.unread.update(name for name, is_read in stretch.is_read.items() if not is_read)

    def pass_total(self, total: TotalRow, signs: Mapping[str, frozenset[str]]) -> Mismatch | None:
        """The first column in which a row of totals is not the sum of rows above it."""
        found = None
        for name, cell in total.texts.items():
            printed = _printed(cell, signs.get(name, frozenset()))
            if printed is None or name in self.unread or name not in self.sums:
                continue
            candidates = [(self.rows - rows, self.sums[name] - sums.get(name, Decimal(0))) for rows, sums in self.marks]
            if not any(_agree(printed, amount, rows) for rows, amount in candidates):
                found = found or Mismatch(total.row_no, name, cell, candidates[-1][1])
        self.marks.append((self.rows, dict(self.sums)))
        return found


def _printed(cell: str, signs: frozenset[str]) -> Decimal | None:
    try:
        return parse_number(cell, signs).value.normalize() if cell.strip() else None
    except CellFault:
        return None


def _agree(printed: Decimal, amount: Decimal, rows: int) -> bool:
    """Whether a printed total is a sum, but for what rounding the printed cents of so many rows may add up to."""
    exponent = printed.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    half = Decimal(1).scaleb(-places) / 2
    return abs(printed - amount) <= half * (max(1, math.isqrt(rows)) if places else 1)
