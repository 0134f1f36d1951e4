"""Refused cells as rows of the quarantine: where, what, why, and the next step in French and in English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ingestion.feeds import QUARANTINE_SCHEMA
from ingestion.reasons import load_reasons
from ingestion.row_store import RowStore

HELD_CELLS = 50_000


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """One refused cell of one row. `label` is what the file calls the column; an empty column means the whole row."""

    row_id: str
    sheet: str
    row_no: int
    column: str
    label: str
    cell: str
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


class Refusals:
    """The refused cells of one file in the order in which they were found: as cells while few, else as quarantine rows.

    `store` takes those that are too many to be held.
    """

    def __init__(self, file_sha256: str, store: RowStore) -> None:
        self._sha256, self._store = file_sha256, store
        self._held: list[RefusedCell] = []

    def add(self, cells: Iterable[RefusedCell]) -> None:
        """Put cells behind those that are there."""
        self._held.extend(cells)
        if len(self._held) > HELD_CELLS:
            self._store.add(quarantine_table(self._held, self._sha256, ""))
            self._held = []

    def close(self) -> None:
        """No more cells come."""
        self._store.close()

    def cells(self) -> tuple[RefusedCell, ...]:
        """All refused cells; the details of those that were not held are in their messages only."""
        stored = [
            RefusedCell(
                row["row_id"], row["sheet"], row["row_no"], row["column_name"], "", row["cell"], row["reason_code"]
            )
            for table in self._store.tables()
            for row in table.to_pylist()
        ]
        return (*stored, *self._held)

    def tables(self, batch_id: str) -> Iterator[pa.Table]:
        """The rows of the quarantine of a batch."""
        place = QUARANTINE_SCHEMA.get_field_index("batch_id")
        for table in self._store.tables():
            yield table.set_column(place, "batch_id", pa.repeat(pa.scalar(batch_id), table.num_rows))
        yield quarantine_table(self._held, self._sha256, batch_id)


def quarantine_table(refused: Sequence[RefusedCell], file_sha256: str, batch_id: str) -> pa.Table:
    """The refused cells of one file in the columns of the quarantine, in their order."""
    reasons = load_reasons()
    messages = [
        reasons[cell.code].messages(row=cell.row_no, column=cell.label, cell=cell.cell, **cell.details)
        for cell in refused
    ]
    columns = {
        "row_id": [cell.row_id for cell in refused],
        "file_sha256": [file_sha256] * len(refused),
        "sheet": [cell.sheet for cell in refused],
        "row_no": [cell.row_no for cell in refused],
        "column_name": [cell.column for cell in refused],
        "cell": [cell.cell for cell in refused],
        "reason_code": [cell.code for cell in refused],
        "message_fr": [french for french, _ in messages],
        "message_en": [english for _, english in messages],
        "batch_id": [batch_id] * len(refused),
    }
    return pa.table(columns, schema=QUARANTINE_SCHEMA)
