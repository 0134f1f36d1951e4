"""What is noted about rows while they are read: faults, which keep a row out, and flags, which do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class Fault:
    """One refused cell: its row (position in the sheet's body), column of the feed, text, reason code and details."""

    row: int
    column: str
    cell: str
    code: str
    details: dict[str, Any] = field(default_factory=dict)


class Notes:
    """Faults and flags of the rows of one sheet."""

    def __init__(self, rows: int, flags: Iterable[str] = ()) -> None:
        self.rows = rows
        self.faults: list[Fault] = []
        self._common = frozenset(flags)
        self._flags: dict[int, set[str]] = {}
        self._wide: dict[str, np.ndarray] = {}

    def fault(self, row: int, column: str, cell: str, code: str, **details: Any) -> None:
        """Refuse a cell, and with it the row."""
        self.faults.append(Fault(row, column, cell, code, details))

    def refuse_whole(self, records: Mapping[int, tuple[str, str]]) -> None:
        """Refuse records, given the code and the text of each; faults of their cells, maybe misplaced, are forgotten."""
        self.faults = [fault for fault in self.faults if fault.row not in records]
        self.faults.extend(Fault(row, "", text, code) for row, (code, text) in records.items())

    def flag(self, row: int, flags: Iterable[str]) -> None:
        """Note what was normalised in a row."""
        if flags:
            self._flags.setdefault(row, set()).update(flags)

    def flag_rows(self, mask: np.ndarray, flag: str) -> None:
        """Note in many rows at once what was normalised in them."""
        self._wide[flag] = self._wide.get(flag, False) | mask

    def take(self, rows: np.ndarray) -> Notes:
        """The notes on these rows, which must be ascending."""
        position = {int(row): index for index, row in enumerate(rows)}
        taken = Notes(len(rows), self._common)
        taken.faults = [replace(fault, row=position[fault.row]) for fault in self.faults if fault.row in position]
        taken._flags = {position[row]: flags for row, flags in self._flags.items() if row in position}
        taken._wide = {flag: mask[rows] for flag, mask in self._wide.items()}
        return taken

    def rows_with(self, flag: str) -> list[int]:
        """The rows that have this flag of their own."""
        in_many = np.flatnonzero(self._wide[flag]).tolist() if flag in self._wide else []
        return [*in_many, *(row for row, flags in self._flags.items() if flag in flags)]

    def faulty(self) -> np.ndarray:
        """Which rows have a fault."""
        mask = np.zeros(self.rows, dtype=bool)
        mask[[fault.row for fault in self.faults]] = True
        return mask

    def flags(self) -> pa.Array:
        """The flags of each row, sorted and joined by commas; those of the whole sheet are in every row."""
        sets = [set[str](), *self._flags.values()]
        codes = np.zeros(self.rows, dtype=np.int64)
        codes[list(self._flags)] = np.arange(1, len(sets))
        for mask in self._wide.values():
            codes = 2 * codes + mask
        distinct, places = np.unique(codes, return_inverse=True)
        texts = []
        for code in distinct.tolist():
            row_flags = set(self._common)
            for flag in reversed(self._wide):
                code, is_set = divmod(code, 2)  # noqa: PLW2901 - the masks are taken off one by one
                row_flags |= {flag} if is_set else set()
            texts.append(",".join(sorted(row_flags | sets[code])))
        return pa.array(texts, pa.string()).take(pa.array(places))
