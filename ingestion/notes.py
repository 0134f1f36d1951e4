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

    def take(self, rows: np.ndarray) -> Notes:
        """The notes on these rows, which must be ascending."""
        position = {int(row): index for index, row in enumerate(rows)}
        taken = Notes(len(rows), self._common)
        taken.faults = [replace(fault, row=position[fault.row]) for fault in self.faults if fault.row in position]
        taken._flags = {position[row]: flags for row, flags in self._flags.items() if row in position}
        return taken

    def has_flag(self, flag: str) -> bool:
        """Whether any row has this flag."""
        return flag in self._common or any(flag in flags for flags in self._flags.values())

    def faulty(self) -> np.ndarray:
        """Which rows have a fault."""
        mask = np.zeros(self.rows, dtype=bool)
        mask[[fault.row for fault in self.faults]] = True
        return mask

    def flags(self) -> pa.Array:
        """The flags of each row, sorted and joined by commas; those of the whole sheet are in every row."""
        common = ",".join(sorted(self._common))
        texts = [common, *(",".join(sorted(self._common | flags)) for flags in self._flags.values())]
        codes = np.zeros(self.rows, dtype=np.int32)
        codes[list(self._flags)] = np.arange(1, len(texts))
        return pa.array(texts, pa.string()).take(pa.array(codes))
