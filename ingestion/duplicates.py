"""Rows of one file that share a business key: repeated ones are dropped, contradicting ones refused.

The same key in another file is a new version of the statement; that is decided in dbt.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.feeds import Feed

SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Duplicates:
    """Rows to drop because an earlier row says the same, and pairs of (row, other row) that contradict each other."""

    repeated: tuple[int, ...] = ()
    conflicting: tuple[tuple[int, int], ...] = ()


def find_duplicates(table: pa.Table, feed: Feed) -> Duplicates:
    """Compare the rows of a file's typed table that have the same key."""
    keys = pc.binary_join_element_wise(*(_as_text(table.column(name)) for name in feed.key), SEPARATOR)
    if pc.count_distinct(keys).as_py() == len(keys):
        return Duplicates()
    codes = keys.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    shared = np.flatnonzero(np.bincount(codes)[codes] > 1)
    contents = table.select(feed.column_names).take(pa.array(shared)).to_pylist()
    groups: dict[int, list[tuple[int, dict[str, object]]]] = defaultdict(list)
    for row, content in zip(shared.tolist(), contents, strict=True):
        groups[int(codes[row])].append((row, content))
    repeated: list[int] = []
    conflicting: list[tuple[int, int]] = []
    for group in groups.values():
        first_row, first = group[0]
        other = next((row for row, content in group if content != first), None)
        if other is None:
            repeated.extend(row for row, _ in group[1:])
        else:
            conflicting.append((first_row, other))
            conflicting.extend((row, first_row) for row, _ in group[1:])
    return Duplicates(tuple(sorted(repeated)), tuple(sorted(conflicting)))


def key_text(table: pa.Table, feed: Feed, row: int) -> str:
    """The business key of one row, for people."""
    return ", ".join(f"{name} = {value}" for name in feed.key if (value := table.column(name)[row].as_py()) is not None)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column.cast(pa.string()), "")
