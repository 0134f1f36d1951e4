"""What ingestion writes: the archive, the Parquet files of a batch, and how a crash between them is mended.

Each file appears whole or not at all, and counts only once the ledger names it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingestion.feeds import QUARANTINE_SCHEMA, Feed, raw_schema
from ingestion.files import FileRows, Stores
from ingestion.mapping import SourceMapping
from ingestion.parts import accepted_schema
from ingestion.row_store import ROW_GROUP, RowStore
from warehouse.home import Home, file_sha256
from warehouse.ledger import Ledger

CHUNK = 1 << 20
TEMPORARY = ".tmp"


@dataclass(frozen=True)
class Receipt:
    """When a file's bytes were first received: the sequence of that entry of the ledger, and the moment."""

    sequence: int
    received_at: datetime


@dataclass(frozen=True)
class ReadFile:
    """A file of a batch that was read: what the ledger knows of its receipt, and its rows."""

    sha256: str
    receipt: Receipt
    rows: FileRows


@dataclass(frozen=True)
class WrittenBatch:
    """The files of a batch: rows and SHA-256 of each (None: there was nothing to write)."""

    rows: int
    raw_sha256: str | None
    quarantine_rows: int
    quarantine_sha256: str | None


def batch_id_of(feed: str, files: Sequence[tuple[str, str | None, str | None]]) -> str:
    """The identifier of a batch of files (sha256, mapping, version): the same files read the same way give the same."""
    parts = sorted("|".join((sha256, mapping or "", version or "")) for sha256, mapping, version in files)
    return hashlib.sha256("\n".join([feed, *parts]).encode()).hexdigest()[:16]


def stores_of(home: Home, feed: Feed, sha256: str, receipt: Receipt, mapping: SourceMapping) -> Stores:
    """Where the rows of a file wait until their batch is written, ready to be the batch if no other file joins it."""
    batch_id = batch_id_of(feed.name, [(sha256, mapping.name, mapping.version)])

    def finish(table: pa.Table) -> pa.Table:
        return _with_provenance(table, feed, sha256, receipt, mapping, batch_id)

    rows, refused = (_waiting_room(home) / f"{sha256}.{part}.parquet" for part in ("rows", "refused"))
    return Stores(
        RowStore(accepted_schema(feed), rows, finish),
        RowStore(QUARANTINE_SCHEMA, refused, lambda table: table),
        batch_id,
    )


def write_batch(home: Home, feed: Feed, batch_id: str, files: Sequence[ReadFile]) -> WrittenBatch:
    """Write the accepted rows and the refused cells of a batch, both in the order in which they were received.

    The rows of a batch of one row group or less are sorted by member before that.
    """
    raw_path, refused_path = home.raw_batch(feed.name, batch_id), home.quarantine_batch(feed.name, batch_id)
    rows = sum(file.rows.rows_accepted for file in files)
    stores = [file.rows.stores for file in files]
    ready = stores[0].accepted.whole_file if [store.batch_id for store in stores] == [batch_id] else None
    if ready is not None:
        raw_sha256: str | None = _put(ready, raw_path)
    else:
        tables = (
            _with_provenance(table, feed, file.sha256, file.receipt, file.rows.mapping, batch_id)
            for file in files
            for table in file.rows.stores.accepted.tables()
        )
        ordered = tables if rows > ROW_GROUP else _sorted_by_member(tables)
        raw_sha256 = _write(raw_path, raw_schema(feed), ordered)[1]
    refused = (table for file in files for table in file.rows.refusals.tables(batch_id))
    refused_rows, refused_sha256 = _write(refused_path, QUARANTINE_SCHEMA, refused)
    for store in stores:
        store.abandon()
    return WrittenBatch(rows, raw_sha256, refused_rows, refused_sha256)


def recover(home: Home, ledger: Ledger) -> None:
    """Undo what a crash left: an unclosed tail of the ledger, and files that no entry of the ledger names."""
    ledger.recover()
    named = {(entry["feed"], entry["batch_id"]) for entry in ledger.of_kind("batch")}
    for folder, place in ((home.raw, home.raw_batch), (home.quarantine, home.quarantine_batch)):
        kept = {place(feed, batch_id) for feed, batch_id in named}
        for path in folder.glob("*/*"):
            if path.is_file() and path not in kept:
                path.unlink()
    for path in (*home.archive.glob(f".*{TEMPORARY}"), *_waiting_room(home).glob("*")):
        path.unlink()


def _waiting_room(home: Home) -> Path:
    """Where the rows of large files wait for the batch to be written."""
    return home.build / "ingestion"


def _with_provenance(
    table: pa.Table, feed: Feed, sha256: str, receipt: Receipt, mapping: SourceMapping, batch_id: str
) -> pa.Table:
    """The rows of a file in the schema of raw rows, with what the landing knows of the file."""
    facts = {
        "file_sha256": sha256,
        "batch_id": batch_id,
        "file_sequence": receipt.sequence,
        "received_at": receipt.received_at.replace(tzinfo=None),
        "mapping": mapping.name,
        "mapping_version": mapping.version,
    }
    schema = raw_schema(feed)
    columns = [
        _repeated(pa.scalar(facts[column.name], column.type), table.num_rows)
        if column.name in facts
        else table.column(column.name)
        for column in schema
    ]
    return pa.table(columns, names=schema.names)


def _repeated(value: pa.Scalar, count: int) -> pa.Array:
    """The same value in every row; texts as a dictionary of one, which Parquet need not look for."""
    if not pa.types.is_string(value.type):
        return pa.repeat(value, count)
    codes = pa.array(np.zeros(count, dtype=np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array([value.as_py()], value.type))


def _sorted_by_member(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows by member, each member's in the order of receipt; a feed without members keeps the order of receipt."""
    found = list(tables)
    if found:
        table = pa.concat_tables(found)
        yield table.sort_by("member_id") if "member_id" in table.column_names else table


def _write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> tuple[int, str | None]:
    """Write rows so that their file appears whole; return their number and its SHA-256 (None: there were none)."""
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    store = RowStore(schema, temporary, lambda table: table, holds_rows=False)
    try:
        for table in tables:
            store.add(table)
        store.close()
    except BaseException:
        store.abandon()
        raise
    if not store.num_rows:
        return 0, None
    return store.num_rows, _put(temporary, path)


def _put(finished: Path, path: Path) -> str:
    """Move a finished file to its place; return its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with finished.open("rb+") as handle:
        os.fsync(handle.fileno())
    sha256 = file_sha256(finished)
    finished.replace(path)
    return sha256
