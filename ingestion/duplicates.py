"""Rows of one file that share a business key: repeated ones are dropped, contradicting ones refused.

The same key in another file is a new version of the statement; that is decided in dbt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.feeds import Feed
from ingestion.hashes import hash_rows

SEPARATOR = "\x1f"
ROWS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Duplicates:
    """Rows to drop because an earlier row says the same, and pairs of (row, other row) that contradict each other."""

    repeated: tuple[int, ...] = ()
    conflicting: tuple[tuple[int, int], ...] = ()


def hash_keys(table: pa.Table, feed: Feed) -> np.ndarray:
    """A hash of the business key of each row."""
    return hash_rows([table.column(name).combine_chunks() for name in feed.key])


def find_duplicates(hashes: np.ndarray, rows_at: Callable[[np.ndarray], pa.Table], feed: Feed) -> Duplicates:
    """Compare the rows of a file that have the same key, given the hashes of all keys and a way to get at rows.

    Rows are asked for by ascending positions, and only those that share their hash with another.
    """
    ordered = np.sort(hashes)
    same = ordered[1:] == ordered[:-1]
    if not same.any():
        return Duplicates()
    order = np.argsort(hashes)
    shared = np.zeros(len(hashes), dtype=bool)
    shared[1:] |= same
    shared[:-1] |= same
    candidates, candidate_hashes = order[shared], ordered[shared]
    repeated: list[int] = []
    conflicting: list[tuple[int, int]] = []
    for first, after in _ranges(candidate_hashes):
        positions = np.sort(candidates[first:after])
        found = _compare(rows_at(positions), feed)
        repeated.extend(int(positions[row]) for row in found.repeated)
        conflicting.extend((int(positions[row]), int(positions[other])) for row, other in found.conflicting)
    return Duplicates(tuple(sorted(repeated)), tuple(sorted(conflicting)))


def _ranges(hashes: np.ndarray) -> Sequence[tuple[int, int]]:
    """Ranges of the sorted hashes that are not too long and part no equal ones."""
    ranges, first = [], 0
    while first < len(hashes):
        last = hashes[min(first + ROWS_AT_ONCE, len(hashes)) - 1]
        after = int(np.searchsorted(hashes, last, side="right"))
        ranges.append((first, after))
        first = after
    return ranges


def _compare(table: pa.Table, feed: Feed) -> Duplicates:
    """The duplicates among the rows of a table."""
    keys = _codes(table, feed.key)
    contents = _codes(table, feed.column_names)
    groups: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(np.bincount(keys)[keys] > 1).tolist():
        groups[int(keys[row])].append(row)
    repeated: list[int] = []
    conflicting: list[tuple[int, int]] = []
    for rows in groups.values():
        first = rows[0]
        other = next((row for row in rows if contents[row] != contents[first]), None)
        if other is None:
            repeated.extend(rows[1:])
        else:
            conflicting.append((first, other))
            conflicting.extend((row, first) for row in rows[1:])
    return Duplicates(tuple(repeated), tuple(conflicting))


def _codes(table: pa.Table, names: Sequence[str]) -> np.ndarray:
    """A number for each row, the same for rows with the same values in these columns."""
    texts = pc.binary_join_element_wise(*(_as_text(table.column(name)) for name in names), SEPARATOR)
    return texts.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)


def key_text(table: pa.Table, feed: Feed, row: int) -> str:
    """The business key of one row, for people."""
    return ", ".join(f"{name} = {value}" for name in feed.key if (value := table.column(name)[row].as_py()) is not None)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column.cast(pa.string()), "")
