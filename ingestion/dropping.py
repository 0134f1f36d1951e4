"""Rows of a sheet that state nothing, and rows of another table below the first one.

Blank rows, totals, notes under the table and a header that is repeated are dropped and counted by reason. A row that looks
like data, even broken data, is never dropped here. Where a second table begins, its rows are refused: its columns mean
something else, whatever their cells look like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.cells import Cells
from ingestion.folding import fold

TOTAL = re.compile(r"(sous total|soustotal|sub ?total|grand total|corporate total|total|totaux|المجموع)\b")
DIGIT = re.compile(r"\d")
FEWEST_LABELS = 3


@dataclass(frozen=True)
class TableState:
    """Where a part of a sheet stands: whether in a table other than the first, whether a blank row comes before it."""

    is_other: bool = False
    after_blank: bool = False


@dataclass(frozen=True)
class Sifted:
    """The rows of a part that state nothing, with their reasons; rows of another table; the state behind the part.

    `depends_on_blank` tells that it would be read otherwise if the row before the part were blank, or were not.
    """

    reasons: dict[int, str]
    other: list[int]
    state: TableState
    depends_on_blank: bool = False


def sift_rows(cells: Cells, labels: Sequence[str], required: Sequence[int], state: TableState) -> Sifted:
    """Tell the rows that state nothing from those of another table. `required` are the places that data fills."""
    reasons: dict[int, str] = {}
    changes: list[tuple[int, bool]] = [(0, state.is_other)]
    candidates = _candidates(cells, labels, required)
    taken = (column.text.take(pa.array(candidates)).to_pylist() for column in cells.columns)
    blank = -1 if state.after_blank else -2
    depends = False
    for row, record in zip(candidates.tolist(), zip(*taken, strict=True), strict=True):
        texts = [text.strip() for text in record]
        reason = _reason(texts, labels, [texts[place] for place in required])
        if reason:
            reasons[row] = reason
        elif _is_like_header(texts, labels) or (row == blank + 1 and _could_be_header(texts)):
            changes.append((row, True))
        if row == 0 and reason is None:
            depends = _could_be_header(texts)
        if reason == "HEADER_REPEATED":
            changes.append((row, False))
        if reason == "BLANK_ROW":
            blank = row
    other = np.zeros(len(cells), dtype=bool)
    for row, is_other in changes:
        other[row:] = is_other
    other[list(reasons)] = False
    behind = TableState(changes[-1][1], blank == len(cells) - 1)
    return Sifted(reasons, np.flatnonzero(other).tolist(), behind, depends)


def _candidates(cells: Cells, labels: Sequence[str], required: Sequence[int]) -> np.ndarray:
    """Rows that lack something required, rows behind them, the first row, and rows that begin like the header."""
    mask = np.zeros(len(cells), dtype=bool)
    for place in required:
        mask |= cells.columns[place].is_empty()
    mask[1:] |= mask[:-1].copy()
    mask[:1] = True
    first = required[0] if required else 0
    mask |= pc.equal(cells.columns[first].text, labels[first]).to_numpy(zero_copy_only=False)
    return np.flatnonzero(mask)


def _reason(texts: Sequence[str], labels: Sequence[str], required: Sequence[str]) -> str | None:
    filled = [text for text in texts if text]
    if not filled:
        return "BLANK_ROW"
    if all(fold(text) == fold(label) for text, label in zip(texts, labels, strict=True)):
        return "HEADER_REPEATED"
    lacks_most = 2 * sum(not text for text in required) >= len(required) > 0
    if lacks_most and TOTAL.match(fold(filled[0])):
        return "SUBTOTAL_DROPPED"
    if len(filled) == 1 and len(texts) > 2 and lacks_most and not filled[0].replace(" ", "").isdigit():
        return "FOOTNOTE"
    return None


def _is_like_header(texts: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether the row is a header that shares most of its labels with the first one."""
    known = {fold(label) for label in labels if label}
    filled = [fold(text) for text in texts if text]
    return len(filled) >= FEWEST_LABELS and 2 * sum(text in known for text in set(filled)) >= len(filled)


def _could_be_header(texts: Sequence[str]) -> bool:
    """Whether the row is made of words: some of them, all different, none with a digit in it."""
    filled = [fold(text) for text in texts if text]
    return len(filled) >= FEWEST_LABELS and len(set(filled)) == len(filled) and not any(map(DIGIT.search, filled))
