"""One file of a feed: its sheets are read, its mapping is chosen, its rows are typed, checked and counted.

Nothing is written here. A file that cannot be read raises `FileRefused`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.cells import FileRefused, Sheet
from ingestion.duplicates import find_duplicates, key_text
from ingestion.feeds import Feed
from ingestion.header import Header, choose
from ingestion.identifiers import sender_of
from ingestion.mapping import SourceMapping
from ingestion.quarantine import RefusedCell
from ingestion.readers import flags_of_name, open_sheets
from ingestion.readers.pdf_template import Template
from ingestion.sheets import SheetRows, read_rows

ROW_ID_DIGITS = 20


@dataclass(frozen=True)
class FileRows:
    """What a file holds: accepted rows (the feed's columns, row_id, sheet, row_no, flags), refused cells, the counts.

    rows_read = rows accepted + rows quarantined + rows dropped, always.
    """

    mapping: SourceMapping
    accepted: pa.Table
    refused: tuple[RefusedCell, ...]
    rows_read: int
    rows_quarantined: int
    dropped: Counter[str]
    unused_headers: tuple[str, ...]


def read_file(
    path: Path,
    name: str,
    sha256: str,
    feed: Feed,
    received_on: date,
    mappings: Iterable[SourceMapping],
    pdf_templates: Sequence[Template] | None = None,
) -> FileRows:
    """Read a file that was received on a day under a name; the path differs from it, since the archive is read.

    `mappings` are those of the feed; `pdf_templates` are the shipped ones unless given. A name that begins with a
    company number (see `sender_of`) states the sender: rows that speak of another member are refused.

    Raises `FileRefused` with a code of severity `refuse`.
    """
    sheets = open_sheets(path, pdf_templates)
    valid = [mapping for mapping in mappings if mapping.is_valid_on(received_on)]
    mapping, headers = choose(valid, feed, {sheet.name: sheet.head() for sheet in sheets})
    stated, name_flags = mapping.values_of_file_name(name), flags_of_name(path, name)
    tables, refused, dropped, rows_read = [], [], Counter[str](), 0
    read_with: dict[str, None] = {}
    for sheet in sheets:
        if sheet.name not in headers:
            skipped = _filled_rows(sheet)
            rows_read += skipped
            dropped.update({"SHEET_SKIPPED": skipped} if skipped else {})
            continue
        header = headers[sheet.name]
        body = sheet.body(header.position)
        body = replace(body, flags=body.flags | name_flags)
        read_with.update({body.read_with: None} if body.read_with else {})
        rows = read_rows(body, header, mapping, feed, stated, received_on)
        _refuse_other_members(rows, sender_of(name))
        table, cells = _split(rows, header, sheet.name, sha256)
        tables.append(table)
        refused.extend(cells)
        rows_read += rows.rows_read
        dropped.update(rows.dropped)
    accepted, conflicts, repeated = _without_duplicates(pa.concat_tables(tables), feed)
    refused.extend(conflicts)
    dropped.update({"DUPLICATE_ROW": repeated} if repeated else {})
    quarantined = len({cell.row_id for cell in refused})
    if rows_read != accepted.num_rows + quarantined + dropped.total():
        raise AssertionError(f"{name}: {rows_read} rows read, but not all of them are accounted for")
    if rows_read == dropped.total():
        raise FileRefused("NO_DATA")
    unused = [] if mapping.ignores_other_columns else [label for header in headers.values() for label in header.unused]
    # A file is read again when the template that took it apart changes, as when the mapping does.
    if read_with:
        mapping = replace(mapping, version="+".join([mapping.version, *read_with]))
    return FileRows(mapping, accepted, tuple(refused), rows_read, quarantined, dropped, tuple(dict.fromkeys(unused)))


def _refuse_other_members(rows: SheetRows, sender: str | None) -> None:
    """A member's own file speaks of no other member: such a row is told to no one but the data engineers."""
    if sender is None or "member_id" not in rows.table.column_names:
        return
    members = rows.table.column("member_id")
    others = pc.fill_null(pc.not_equal(members, sender), False).to_numpy()
    for row in np.flatnonzero(others).tolist():
        rows.notes.fault(row, "member_id", members[row].as_py(), "TENANT_MISMATCH", sender=sender)


def row_ids(sha256: str, sheet: str, row_numbers: np.ndarray, source_columns: np.ndarray | None) -> pa.Array:
    """The stable identifier of each row: 20 digits of the md5 of file hash and sheet, then the row number.

    For a row of a wide layout the number of its column follows: `0f3c...-12-7` is column 7 of row 12.
    """
    place = hashlib.md5(f"{sha256}|{sheet}".encode(), usedforsecurity=False).hexdigest()[:ROW_ID_DIGITS]
    numbers = [pa.array(part).cast(pa.string()) for part in (row_numbers, source_columns) if part is not None]
    return pc.binary_join_element_wise(place, *numbers, "-")


def _split(rows: SheetRows, header: Header, sheet: str, sha256: str) -> tuple[pa.Table, list[RefusedCell]]:
    """The accepted rows of a sheet with their provenance, and the refused cells of the others."""
    identifiers = row_ids(sha256, sheet, rows.row_numbers, rows.source_columns)
    count = len(identifiers)
    table = (
        rows.table.append_column("row_id", identifiers)
        .append_column("sheet", pa.repeat(pa.scalar(sheet), count))
        .append_column("row_no", pa.array(rows.row_numbers, pa.int32()))
        .append_column("flags", rows.notes.flags())
    )
    if not rows.notes.faults:
        return table, []
    refused = [
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
        for fault in rows.notes.faults
    ]
    return table.filter(pa.array(~rows.notes.faulty())), refused


def _without_duplicates(table: pa.Table, feed: Feed) -> tuple[pa.Table, list[RefusedCell], int]:
    """The rows without repeats and contradictions, the refused ones, and how many repeats were dropped."""
    found = find_duplicates(table, feed)
    if not found.repeated and not found.conflicting:
        return table, [], 0
    refused = []
    for row, other in found.conflicting:
        place = {name: table.column(name)[row].as_py() for name in ("row_id", "sheet", "row_no")}
        other_row = table.column("row_no")[other].as_py()
        details = {"detail": key_text(table, feed, row), "other_row": other_row}
        refused.append(RefusedCell(**place, column="", label="", cell="", code="KEY_CONFLICT", details=details))
    kept = np.ones(table.num_rows, dtype=bool)
    kept[list(found.repeated) + [row for row, _ in found.conflicting]] = False
    return table.filter(pa.array(kept)), refused, len(found.repeated)


def _filled_rows(sheet: Sheet) -> int:
    """How many rows of a sheet hold anything."""
    head = sheet.head()
    if not head:
        return 0
    body = sheet.body(0)
    empty = np.ones(len(body), dtype=bool)
    for column in body.columns:
        empty &= column.is_empty()
    return int((~empty).sum()) + any(cell.strip() for cell in head[0].cells)
