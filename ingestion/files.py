"""One file of a feed: its sheets are read, its mapping is chosen, its rows are typed, checked and counted.

A large file is read in parts, some at a time, and its rows wait on disk; what is read does not depend on the parts. A
file that cannot be read raises `FileRefused`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingestion.cells import Cells, FileRefused, HeadRow, Sheet, SheetInParts
from ingestion.decimal_signs import Evidence
from ingestion.dropping import TableState
from ingestion.duplicates import find_duplicates, key_text
from ingestion.feeds import QUARANTINE_SCHEMA, Feed
from ingestion.header import Header, choose
from ingestion.identifiers import sender_of
from ingestion.mapping import SourceMapping
from ingestion.parts import Part, Reading, accepted_schema, read_part, row_ids
from ingestion.quarantine import Refusals, RefusedCell
from ingestion.readers import flags_of_name, open_sheets
from ingestion.readers.pdf_template import Template
from ingestion.repeated_quantities import compares_lines
from ingestion.row_store import RowStore
from ingestion.sheets import FIRST_TABLE
from ingestion.totals import RunningTotals, Stretch, TotalRow

WORKERS = 2
PARTS_AHEAD = 3
MOST_COLUMNS = 4_000  # that are filled


@dataclass(frozen=True)
class Stores:
    """Where the rows of one file wait: the accepted ones, and the refused cells when they are many.

    `batch_id` is the batch in whose form they are stored, if they are stored at all.
    """

    accepted: RowStore
    refused: RowStore
    batch_id: str = ""

    def abandon(self) -> None:
        """Remove what was stored."""
        self.accepted.abandon()
        self.refused.abandon()


@dataclass(frozen=True)
class FileRows:
    """What a file holds: accepted rows (the feed's columns, row_id, sheet, row_no, flags), refused cells, the counts.

    rows_read = rows accepted + rows quarantined + rows dropped, always.
    """

    mapping: SourceMapping
    stores: Stores
    refusals: Refusals
    rows_read: int
    rows_quarantined: int
    dropped: Counter[str]
    unused_headers: tuple[str, ...]

    @property
    def rows_accepted(self) -> int:
        """How many rows were accepted."""
        return self.stores.accepted.num_rows

    @property
    def accepted(self) -> pa.Table:
        """All accepted rows, in memory."""
        return self.stores.accepted.table()

    @property
    def refused(self) -> tuple[RefusedCell, ...]:
        """All refused cells."""
        return self.refusals.cells()


def read_file(
    path: Path,
    name: str,
    sha256: str,
    feed: Feed,
    received_on: date,
    mappings: Iterable[SourceMapping],
    pdf_templates: Sequence[Template] | None = None,
    open_stores: Callable[[SourceMapping], Stores] | None = None,
) -> FileRows:
    """Read a file that was received on a day under a name; the path differs from it, since the archive is read.

    `mappings` are those of the feed; `pdf_templates` are the shipped ones unless given. A name that begins with a
    company number (see `sender_of`) states the sender: rows that speak of another member are refused. `open_stores`
    gives the stores that the rows wait in; without it they are held in memory.

    Raises `FileRefused` with a code of severity `refuse`.
    """
    sheets = open_sheets(path, pdf_templates)
    valid = [mapping for mapping in mappings if mapping.is_valid_on(received_on)]
    heads = {sheet.name: sheet.head() for sheet in sheets}
    _check_width(heads)
    mapping, headers = choose(valid, feed, heads)
    sender, own_name = sender_of(name), Path(name).name
    # A folder that is called by the member says as much as a name that begins so.
    named = f"{sender}_{own_name}" if sender and not own_name.startswith(sender) else own_name
    stated, flags = mapping.values_of_file_name(named), flags_of_name(path, name)
    reading = Reading(sha256, mapping, feed, stated, sender, received_on, flags)
    known: Mapping[str, Evidence] = {}
    while True:
        stores = open_stores(mapping) if open_stores else _in_memory(feed)
        try:
            tally = _read_sheets(sheets, headers, reading, known, stores)
            if not tally.was_misled():
                _check_totals(tally, headers, reading)
                found = _without_duplicates(tally, feed)
                break
        except BaseException:
            stores.abandon()
            raise
        # What later parts prove of the decimal signs changes what earlier ones say.
        stores.abandon()
        known = tally.evidence
    if tally.rows_read != found.num_rows + tally.rows_quarantined + tally.dropped.total():
        raise AssertionError(f"{name}: {tally.rows_read} rows read, but not all of them are accounted for")
    if tally.rows_read == tally.dropped.total():
        stores.abandon()
        raise FileRefused("NO_DATA")
    unused = [] if mapping.ignores_other_columns else [label for header in headers.values() for label in header.unused]
    # A file is read again when the template that took it apart changes, as when the mapping does.
    if tally.read_with:
        mapping = replace(mapping, version="+".join([mapping.version, *tally.read_with]))
    return FileRows(
        mapping,
        stores,
        tally.refusals,
        tally.rows_read,
        tally.rows_quarantined,
        tally.dropped,
        tuple(dict.fromkeys(unused)),
    )


@dataclass
class _Tally:
    """What the parts of a file add up to."""

    stores: Stores
    refusals: Refusals
    rows_read: int = 0
    rows_quarantined: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    keys: list[np.ndarray] = field(default_factory=list)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    signs: list[tuple[str, Mapping[str, frozenset[str]]]] = field(default_factory=list)
    decimal_signs: dict[str, str | None] = field(default_factory=dict)
    read_with: dict[str, None] = field(default_factory=dict)
    sums: list[tuple[str, Sequence[Stretch], Sequence[TotalRow]]] = field(default_factory=list)

    def add(self, sheet: str, part: Part) -> None:
        self.stores.accepted.add(part.accepted)
        self.refusals.add(part.refused)
        self.rows_read += part.rows_read
        self.rows_quarantined += part.rows_quarantined
        self.dropped.update(part.dropped)
        self.keys.append(part.keys)
        self.evidence[sheet] = self.evidence.get(sheet, Evidence()) | part.evidence
        self.signs.append((sheet, part.signs))
        self.decimal_signs[sheet] = part.decimal_sign
        self.read_with.update({part.read_with: None} if part.read_with else {})
        self.sums.append((sheet, part.stretches, part.totals))

    def signs_of(self, sheet: str) -> dict[str, frozenset[str]]:
        """The decimal signs of the columns of a sheet, all parts taken together."""
        return self.evidence[sheet].signs(self.decimal_signs[sheet])

    def was_misled(self) -> bool:
        """Whether a part was read with other decimal signs than all parts together prove."""
        final = {sheet: self.signs_of(sheet) for sheet in self.evidence}
        return any(final[sheet][name] != used for sheet, signs in self.signs for name, used in signs.items())


def _check_width(heads: Mapping[str, Sequence[HeadRow]]) -> None:
    """Refuse a table that is wider than any layout: what looks for a header looks at every column."""
    widest = max((sum(map(bool, row.cells)) for head in heads.values() for row in head), default=0)
    if widest > MOST_COLUMNS:
        raise FileRefused("TOO_LARGE", size=widest, limit=MOST_COLUMNS)


def _in_memory(feed: Feed) -> Stores:
    return Stores(
        RowStore(accepted_schema(feed), None, lambda table: table),
        RowStore(QUARANTINE_SCHEMA, None, lambda table: table),
    )


def _read_sheets(
    sheets: Sequence[Sheet],
    headers: Mapping[str, Header],
    reading: Reading,
    known: Mapping[str, Evidence],
    stores: Stores,
) -> _Tally:
    """Read all sheets that have a header, given what is known of their decimal signs."""
    tally = _Tally(stores, Refusals(reading.sha256, stores.refused))
    for sheet in sheets:
        if sheet.name not in headers:
            skipped = _filled_rows(sheet)
            tally.rows_read += skipped
            tally.dropped.update({"SHEET_SKIPPED": skipped} if skipped else {})
            continue
        header = headers[sheet.name]

        def read(cells: Cells, state: TableState, name: str = sheet.name, header: Header = header) -> Part:
            evidence = known.get(name, Evidence()) | tally.evidence.get(name, Evidence())
            return read_part(cells, name, header, reading, evidence, state)

        for part in _in_order(_parts(sheet, header, reading), read):
            tally.add(sheet.name, part)
    stores.accepted.close()
    return tally


def _parts(sheet: Sheet, header: Header, reading: Reading) -> Iterator[Cells]:
    """The parts of a sheet; a sheet of which rows are compared with each other is one part."""
    are_compared = any(rule.detail for rule in reading.mapping.drops) or compares_lines(reading.feed, header.places)
    if isinstance(sheet, SheetInParts) and not are_compared:
        return sheet.parts(header.position)
    return iter([sheet.body(header.position)])


def _in_order(parts: Iterator[Cells], read: Callable[[Cells, TableState], Part]) -> Iterator[Part]:
    """Read the parts, several at a time if there are several, and give them back in their order."""
    state = FIRST_TABLE
    first, second = next(parts), next(parts, None)
    if second is None:
        yield read(first, state)
        return

    def finished(cells: Cells, reading: Future[Part]) -> Part:
        # A part is read as if the first table went on; where another has begun, it has to be read again.
        part = reading.result()
        return part if part.is_read_from(state) else read(cells, state)

    with ThreadPoolExecutor(WORKERS) as pool:
        under_way: deque[tuple[Cells, Future[Part]]] = deque()
        for cells in chain((first, second), parts):
            under_way.append((cells, pool.submit(read, cells, FIRST_TABLE)))
            if len(under_way) > PARTS_AHEAD:
                part = finished(*under_way.popleft())
                state = part.sifted.state
                yield part
        while under_way:
            part = finished(*under_way.popleft())
            state = part.sifted.state
            yield part


def _check_totals(tally: _Tally, headers: Mapping[str, Header], reading: Reading) -> None:
    """Compare the rows of totals with the sums above them; one that is wrong is refused, for people to look at."""
    running: dict[str, RunningTotals] = {}
    for sheet, sums, totals in tally.sums:
        so_far = running.setdefault(sheet, RunningTotals())
        for stretch, total in zip_longest(sums, totals):
            so_far.pass_rows(stretch)
            wrong = total and so_far.pass_total(total, tally.signs_of(sheet))
            if wrong:
                (row_id,) = row_ids(reading.sha256, sheet, np.asarray([wrong.row_no]), None).to_pylist()
                label, details = headers[sheet].label(wrong.column), {"total": f"{wrong.total.normalize():f}"}
                place = (row_id, sheet, wrong.row_no, wrong.column, label, wrong.cell)
                tally.refusals.add([RefusedCell(*place, "SUBTOTAL_MISMATCH", details)])
                tally.rows_quarantined += 1
                tally.dropped.subtract({"SUBTOTAL_DROPPED": 1})
    tally.dropped += Counter()  # reasons without rows go


def _without_duplicates(tally: _Tally, feed: Feed) -> RowStore:
    """The store of accepted rows without repeats, which are dropped, and contradictions, which are refused."""
    rows = tally.stores.accepted
    found = find_duplicates(np.concatenate(tally.keys), rows.take, feed) if tally.keys else None
    if found is not None and (found.repeated or found.conflicting):
        positions = np.asarray([row for row, _ in found.conflicting], dtype=np.int64)
        needed = np.unique(np.asarray(found.conflicting, dtype=np.int64))
        table = rows.take(needed)
        for row, other in found.conflicting:
            place, other_place = np.searchsorted(needed, (row, other))
            cell = {name: table.column(name)[int(place)].as_py() for name in ("row_id", "sheet", "row_no")}
            other_row = table.column("row_no")[int(other_place)].as_py()
            details = {"detail": key_text(table, feed, int(place)), "other_row": other_row}
            refused = RefusedCell(**cell, column="", label="", cell="", code="KEY_CONFLICT", details=details)
            tally.refusals.add([refused])
        tally.rows_quarantined += len(positions)
        tally.dropped.update({"DUPLICATE_ROW": len(found.repeated)} if found.repeated else {})
        rows.remove(np.concatenate([positions, np.asarray(found.repeated, dtype=np.int64)]))
    tally.refusals.close()
    return rows


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
