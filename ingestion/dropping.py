"""Rows of a sheet that state nothing: blank rows, totals, notes under the table, a header that is repeated.

They are dropped and counted by reason. A row that looks like data, even broken data, is never dropped here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.cells import Cells
from ingestion.folding import fold

TOTAL = re.compile(r"(sous total|soustotal|sub ?total|grand total|corporate total|total|totaux|المجموع)\b")


def rows_to_drop(cells: Cells, labels: Sequence[str], required: Sequence[int]) -> dict[int, str]:
    """The rows that state nothing, with their reason codes. `required` are the places of columns that data fills."""
    found = {}
    candidates = _candidates(cells, labels, required)
    taken = (column.text.take(pa.array(candidates)).to_pylist() for column in cells.columns)
    for row, record in zip(candidates.tolist(), zip(*taken, strict=True), strict=True):
        texts = [text.strip() for text in record]
        reason = _reason(texts, labels, [texts[place] for place in required])
        if reason:
            found[row] = reason
    return found


def _candidates(cells: Cells, labels: Sequence[str], required: Sequence[int]) -> np.ndarray:
    """Rows that lack something required, and rows that begin like the header."""
    mask = np.zeros(len(cells), dtype=bool)
    for place in required:
        mask |= cells.columns[place].is_empty()
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
