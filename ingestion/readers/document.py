"""The table that a document without rows of its own becomes: one record per reading or article, headed by the standard's terms.

What the records say is the business of the reader of each standard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingestion.cells import CellKind, Cells, Column, HeadRow


@dataclass(frozen=True)
class Record:
    """One record: its place in the document from 1, its cells by header, and what the reader noted about it.

    `fault` is the code of a record that is refused and the text that says why; `dropped` the code of one that states
    nothing of its own.
    """

    row_no: int
    cells: dict[str, str]
    fault: tuple[str, str] | None = None
    dropped: str | None = None
    flags: frozenset[str] = frozenset()

    def refused(self, code: str, text: str) -> Record:
        """The same record, refused, unless it is out already."""
        return self if self.fault or self.dropped else replace(self, fault=(code, text))


@dataclass(frozen=True)
class DocumentSheet:
    """The records of a document under their headers; the columns in `numbers` hold numbers with a decimal point."""

    headers: tuple[str, ...]
    records: Sequence[Record]
    numbers: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    name: str = ""

    def head(self) -> list[HeadRow]:
        """The headers: the first row of the table, which no document prints."""
        return [HeadRow(0, self.headers)]

    def body(self, header: int) -> Cells:
        """All records."""
        records = self.records
        return Cells(
            columns=tuple(self._column(label) for label in self.headers),
            row_numbers=np.array([record.row_no for record in records], dtype=np.int32),
            faults={place: record.fault for place, record in enumerate(records) if record.fault},
            flags=self.flags,
            dropped={place: record.dropped for place, record in enumerate(records) if record.dropped},
            record_flags={place: record.flags for place, record in enumerate(records) if record.flags},
        )

    def _column(self, label: str) -> Column:
        texts = [record.cells.get(label, "") for record in self.records]
        kind = CellKind.NUMBER if label in self.numbers else CellKind.TEXT
        return Column.of(texts, [kind if text else CellKind.TEXT for text in texts])
