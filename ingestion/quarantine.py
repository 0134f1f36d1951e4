"""Refused cells as rows of the quarantine: where, what, why, and the next step in French and in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ingestion.feeds import QUARANTINE_SCHEMA
from ingestion.reasons import load_reasons


@dataclass(frozen=True)
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


def quarantine_table(refused: Iterable[RefusedCell], file_sha256: str, batch_id: str) -> pa.Table:
    """The refused cells of one file in the columns of the quarantine, in the order of the file."""
    ordered = sorted(refused, key=lambda cell: (cell.sheet, cell.row_no, cell.row_id))
    return pa.Table.from_pylist([_row(cell, file_sha256, batch_id) for cell in ordered], schema=QUARANTINE_SCHEMA)


def _row(refused: RefusedCell, file_sha256: str, batch_id: str) -> dict[str, object]:
    reason = load_reasons()[refused.code]
    message_fr, message_en = reason.messages(
        row=refused.row_no, column=refused.label, cell=refused.cell, **refused.details
    )
    return {
        "row_id": refused.row_id,
        "file_sha256": file_sha256,
        "sheet": refused.sheet,
        "row_no": refused.row_no,
        "column_name": refused.column,
        "cell": refused.cell,
        "reason_code": refused.code,
        "message_fr": message_fr,
        "message_en": message_en,
        "batch_id": batch_id,
    }
