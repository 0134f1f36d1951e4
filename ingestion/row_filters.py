"""Rows that a mapping says state nothing of their own: totals and aggregates beside the rows that they add up.

Which they are is data of the mapping (`drop`); rows of no layout in particular, such as blank ones, are `dropping`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.cells import Cells, Column
from ingestion.folding import fold
from ingestion.mapping import DropRule, SourceMapping


def rows_to_leave_out(cells: Cells, labels: Sequence[str], mapping: SourceMapping) -> dict[int, str]:
    """The rows that the mapping drops, with their reason codes; the first rule that finds a row names its reason."""
    found: dict[int, str] = {}
    folded = [fold(label) for label in labels[: len(cells.columns)]]
    for rule in mapping.drops:
        columns = [column for label, column in zip(folded, cells.columns, strict=True) if label in rule.headers]
        if not columns:
            continue
        marked = np.logical_and.reduce([_marked(column, rule) for column in columns])
        if rule.detail:
            groups = [column for label, column in zip(folded, cells.columns, strict=True) if label in rule.detail]
            marked &= _has_detail(groups, marked)
        for row in np.flatnonzero(marked).tolist():
            found.setdefault(row, rule.reason)
    return found


def _marked(column: Column, rule: DropRule) -> np.ndarray:
    """The rows whose cell is one of the words or fits a pattern; each distinct text is looked at once."""
    encoded = column.text.dictionary_encode()
    texts = [fold(text) for text in encoded.dictionary.to_pylist()]
    is_marked = [text in rule.words or any(pattern.search(text) for pattern in rule.patterns) for text in texts]
    return np.asarray(is_marked, dtype=bool)[encoded.indices.to_numpy(zero_copy_only=False)]


def _has_detail(columns: Sequence[Column], marked: np.ndarray) -> np.ndarray:
    """The rows whose group, which has the same cells in these columns, also has rows without the mark."""
    if not columns:
        return np.full(len(marked), fill_value=not marked.all())
    groups = pa.table({str(index): column.text for index, column in enumerate(columns)})
    names = groups.column_names
    groups = groups.append_column("row", pa.array(np.arange(len(marked)))).append_column("detail", pa.array(~marked))
    detailed = groups.group_by(names).aggregate([("detail", "any")])
    joined = groups.select([*names, "row"]).join(detailed, names).sort_by("row")
    return np.asarray(pc.fill_null(joined.column("detail_any"), False))
