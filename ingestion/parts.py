"""One part of a sheet: its cells become accepted rows with their provenance, refused cells, and counts.

A part knows nothing of the others but what they prove of decimal signs, so that several can be read at a time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.cells import Cells
from ingestion.decimal_signs import Evidence
from ingestion.dropping import Sifted, TableState
from ingestion.duplicates import hash_keys
from ingestion.feeds import AS_PRINTED, PROVENANCE, Feed
from ingestion.header import Header
from ingestion.invoice_lines import settle_invoice_lines
from ingestion.mapping import SourceMapping
from ingestion.quarantine import RefusedCell
from ingestion.repeated_quantities import count_once
from ingestion.sheets import SheetRows, read_rows
from ingestion.totals import Stretch, TotalRow

ROW_ID_DIGITS = 20
OWN_PROVENANCE = ("row_id", "sheet", "row_no", "flags")


@dataclass(frozen=True)
class Reading:
    """How the rows of one file are read, and what its name states."""

    sha256: str
    mapping: SourceMapping
    feed: Feed
    stated: Mapping[str, str]
    sender: str | None
    received_on: date
    flags: frozenset[str] = frozenset()  # of every row


@dataclass(frozen=True)
class Part:
    """The rows of a part of a sheet. `keys` are hashes of the business keys of the accepted rows.

    `evidence` is what the part proves of decimal signs, `signs` are those it was read with where that matters,
    `decimal_sign` is the one that its layout states.
    """

    accepted: pa.Table
    keys: np.ndarray
    refused: tuple[RefusedCell, ...]
    rows_read: int
    rows_quarantined: int
    dropped: Counter[str]
    evidence: Evidence
    signs: Mapping[str, frozenset[str]]
    decimal_sign: str | None
    read_with: str
    began: TableState
    sifted: Sifted
    totals: Sequence[TotalRow]
    stretches: Sequence[Stretch]

    def is_read_from(self, state: TableState) -> bool:
        """Whether the part was read from the state in which the part before it really ended."""
        is_same_table = self.began.is_other == state.is_other
        return is_same_table and (self.began.after_blank == state.after_blank or not self.sifted.depends_on_blank)


def accepted_schema(feed: Feed) -> pa.Schema:
    """The columns of accepted rows as far as their file knows them."""
    own = [pa.field(column.name, column.arrow_type) for column in feed.columns]
    provenance = [field for field in PROVENANCE if field.name in OWN_PROVENANCE]
    return pa.schema([*own, *(AS_PRINTED if feed.measure else ()), *provenance])


def read_part(cells: Cells, sheet: str, header: Header, reading: Reading, known: Evidence, state: TableState) -> Part:
    """Read the cells of a part of a sheet, given what other parts prove of decimal signs and where the last one ended."""
    cells = replace(cells, flags=cells.flags | reading.flags)
    rows = read_rows(cells, header, reading.mapping, reading.feed, reading.stated, reading.received_on, known, state)
    rows = settle_invoice_lines(rows, cells, header, reading.mapping)
    _refuse_other_members(rows, reading.sender)
    identifiers = row_ids(reading.sha256, sheet, rows.row_numbers, rows.source_columns)
    table = pa.table(
        [
            *rows.table.columns,
            identifiers,
            pa.repeat(pa.scalar(sheet), len(identifiers)),
            pa.array(rows.row_numbers, pa.int32()),
            rows.notes.flags(),
        ],
        schema=accepted_schema(reading.feed),
    )
    faulty = rows.notes.faulty() if rows.notes.faults else np.zeros(0, dtype=bool)
    if rows.notes.faults:
        table = table.filter(pa.array(~faulty))
    table = count_once(table, reading.feed)
    return Part(
        accepted=table,
        keys=hash_keys(table, reading.feed),
        refused=_refused(rows, identifiers, sheet, header),
        rows_read=rows.rows_read,
        rows_quarantined=int(faulty.sum()),
        dropped=rows.dropped,
        evidence=rows.evidence,
        signs=rows.signs,
        decimal_sign=cells.decimal_sign or reading.mapping.decimal_sign,
        read_with=cells.read_with,
        began=state,
        sifted=rows.sifted,
        totals=rows.totals,
        stretches=rows.stretches,
    )


def row_ids(sha256: str, sheet: str, row_numbers: np.ndarray, source_columns: np.ndarray | None) -> pa.Array:
    """The stable identifier of each row: 20 digits of the md5 of file hash and sheet, then the row number.

    For a row of a wide layout the number of its column follows: `0f3c...-12-7` is column 7 of row 12.
    """
    place = hashlib.md5(f"{sha256}|{sheet}".encode(), usedforsecurity=False).hexdigest()[:ROW_ID_DIGITS]
    numbers = [pa.array(part).cast(pa.string()) for part in (row_numbers, source_columns) if part is not None]
    return pc.binary_join_element_wise(place, *numbers, "-")


def _refuse_other_members(rows: SheetRows, sender: str | None) -> None:
    """A member's own file speaks of no other member: such a row is told to no one but the data engineers."""
    if sender is None or "member_id" not in rows.table.column_names:
        return
    members = rows.table.column("member_id")
    others = pc.fill_null(pc.not_equal(members, sender), False).to_numpy()
    for row in np.flatnonzero(others).tolist():
        rows.notes.fault(row, "member_id", members[row].as_py(), "TENANT_MISMATCH", sender=sender)


def _refused(rows: SheetRows, identifiers: pa.Array, sheet: str, header: Header) -> tuple[RefusedCell, ...]:
    """The refused cells in the order of their rows."""
    return tuple(
        RefusedCell(
            identifiers[fault.row].as_py(),
            sheet,
            int(rows.row_numbers[fault.row]),
            fault.column,
            header.label(fault.column) if fault.column else "",
            fault.cell,
            fault.code,
            fault.details,
        )
        for fault in sorted(rows.notes.faults, key=lambda fault: fault.row)
    )
