"""What ingestion writes: the archive, the Parquet files of a batch, and how a crash between them is mended.

Each file appears whole or not at all, and counts only once the ledger names it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.feeds import QUARANTINE_SCHEMA, Feed, raw_schema
from ingestion.files import FileRows
from ingestion.quarantine import quarantine_table
from warehouse.home import Home, file_sha256
from warehouse.ledger import Ledger

CHUNK = 1 << 20
TEMPORARY = ".tmp"


@dataclass(frozen=True)
class ReadFile:
    """A file of a batch that was read: its rows and what the ledger knows of its receipt."""

    sha256: str
    sequence: int
    received_at: datetime
    rows: FileRows


@dataclass(frozen=True)
class WrittenBatch:
    """The files of a batch: rows and SHA-256 of each (None: there was nothing to write)."""

    rows: int
    raw_sha256: str | None
    quarantine_rows: int
    quarantine_sha256: str | None


def archive(home: Home, source: Path) -> tuple[str, int]:
    """Copy a file into the archive under the SHA-256 of its bytes; return that and the size.

    The bytes are hashed as they are copied, so that a file which grows meanwhile is archived as what was read of it.
    """
    home.archive.mkdir(parents=True, exist_ok=True)
    temporary = home.archive / f".{os.getpid()}{TEMPORARY}"
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reading, temporary.open("wb") as writing:
        while chunk := reading.read(CHUNK):
            digest.update(chunk)
            writing.write(chunk)
            size += len(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    target = home.archive / digest.hexdigest()
    temporary.replace(target)
    return digest.hexdigest(), size


def batch_id_of(feed: str, files: Sequence[tuple[str, str | None, str | None]]) -> str:
    """The identifier of a batch of files (sha256, mapping, version): the same files read the same way give the same."""
    parts = sorted("|".join((sha256, mapping or "", version or "")) for sha256, mapping, version in files)
    return hashlib.sha256("\n".join([feed, *parts]).encode()).hexdigest()[:16]


def write_batch(home: Home, feed: Feed, batch_id: str, files: Sequence[ReadFile]) -> WrittenBatch:
    """Write the accepted rows, sorted by member and then as received, and the refused cells of a batch."""
    schema = raw_schema(feed)
    tables = [_with_provenance(file, batch_id).select(schema.names).cast(schema) for file in files]
    raw = _sorted_by_member(pa.concat_tables([schema.empty_table(), *tables]))
    refusals = [quarantine_table(file.rows.refused, file.sha256, batch_id) for file in files]
    refused = pa.concat_tables([QUARANTINE_SCHEMA.empty_table(), *refusals])
    raw_path, refused_path = home.raw_batch(feed.name, batch_id), home.quarantine_batch(feed.name, batch_id)
    return WrittenBatch(raw.num_rows, _write(raw_path, raw), refused.num_rows, _write(refused_path, refused))


def recover(home: Home, ledger: Ledger) -> None:
    """Undo what a crash left: an unclosed tail of the ledger, and files that no entry of the ledger names."""
    ledger.recover()
    named = {(entry["feed"], entry["batch_id"]) for entry in ledger.of_kind("batch")}
    for folder, place in ((home.raw, home.raw_batch), (home.quarantine, home.quarantine_batch)):
        kept = {place(feed, batch_id) for feed, batch_id in named}
        for path in folder.glob("*/*"):
            if path.is_file() and path not in kept:
                path.unlink()
    for path in home.archive.glob(f".*{TEMPORARY}"):
        path.unlink()


def _with_provenance(file: ReadFile, batch_id: str) -> pa.Table:
    table, count = file.rows.accepted, file.rows.accepted.num_rows
    facts = {
        "file_sha256": pa.scalar(file.sha256),
        "batch_id": pa.scalar(batch_id),
        "file_sequence": pa.scalar(file.sequence, pa.int64()),
        "received_at": pa.scalar(file.received_at.replace(tzinfo=None), pa.timestamp("us")),
        "mapping": pa.scalar(file.rows.mapping.name),
        "mapping_version": pa.scalar(file.rows.mapping.version),
    }
    for name, value in facts.items():
        table = table.append_column(name, pa.repeat(value, count))
    return table


def _sorted_by_member(table: pa.Table) -> pa.Table:
    """The rows by member, each member's in the order of receipt; a feed without members keeps the order of receipt."""
    if "member_id" not in table.column_names:
        return table
    members = table.column("member_id").combine_chunks().dictionary_encode()
    ranks = np.argsort(np.argsort(np.asarray(members.dictionary.to_pylist(), dtype=str), kind="stable"))
    codes = ranks[members.indices.to_numpy(zero_copy_only=False)] if len(ranks) else np.empty(0, np.int64)
    if (codes[1:] >= codes[:-1]).all():
        return table
    return table.take(pa.array(np.argsort(codes, kind="stable")))


def _write(path: Path, table: pa.Table) -> str | None:
    """Write a Parquet file so that it appears whole; return its SHA-256, or None for a table without rows."""
    if not table.num_rows:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    pq.write_table(table, temporary, compression="zstd", compression_level=1)
    with temporary.open("rb+") as handle:
        os.fsync(handle.fileno())
    sha256 = file_sha256(temporary)
    temporary.replace(path)
    return sha256
