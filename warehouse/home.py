"""The home folder: where each kind of file lives, and who may write.

Everything that Mizan stores lies under one folder. This module names the places; what is written there is the business
of the module that writes it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class HomeIsBusy(RuntimeError):
    """Another process is writing to this home."""


@dataclass(frozen=True)
class Home:
    """The folder that holds landing, archive, raw rows, quarantine, ledger, build and releases."""

    root: Path

    @classmethod
    def at(cls, path: Path | str) -> Home:
        """The home at `path`, made absolute so that it means the same in every process."""
        return cls(Path(path).expanduser().resolve())

    @property
    def landing(self) -> Path:
        """`landing/<feed>/*`: files as members, suppliers and brokers leave them. Never written by Mizan."""
        return self.root / "landing"

    @property
    def mappings(self) -> Path:
        """`mappings/*.yml`: source mappings of this home, beside the shipped ones."""
        return self.root / "mappings"

    @property
    def pdf_templates(self) -> Path:
        """`pdf_templates/*.yml`: templates of PDF bills of this home, beside the shipped ones."""
        return self.root / "pdf_templates"

    @property
    def archive(self) -> Path:
        """`archive/<sha256>`: the bytes of every file received, never changed."""
        return self.root / "archive"

    @property
    def raw(self) -> Path:
        """`raw/<feed>/batch=<batch_id>.parquet`: accepted rows, typed, with provenance."""
        return self.root / "raw"

    @property
    def quarantine(self) -> Path:
        """`quarantine/<feed>/batch=<batch_id>.parquet`: refused cells with reason and message."""
        return self.root / "quarantine"

    @property
    def checks(self) -> Path:
        """`checks/*.parquet`: results of checks, passes too, and the rows that a failed batch check holds out."""
        return self.root / "checks"

    @property
    def build(self) -> Path:
        """Private to the writer: the database under construction and the release candidate."""
        return self.root / "build"

    @property
    def build_database(self) -> Path:
        """The DuckDB file that dbt builds."""
        return self.build / "mizan.duckdb"

    @property
    def releases(self) -> Path:
        """`releases/<release_id>/`, immutable, and `releases/latest`, a link to the newest."""
        return self.root / "releases"

    @property
    def latest_release(self) -> Path:
        """The link to the newest release; it does not exist before the first publication."""
        return self.releases / "latest"

    @property
    def ledger(self) -> Path:
        """`ledger.jsonl`: one hash-chained entry per file, batch, release and decision."""
        return self.root / "ledger.jsonl"

    @property
    def dagster(self) -> Path:
        """Dagster's own home: its runs, events and schedules."""
        return self.root / "dagster"

    @property
    def alerts(self) -> Path:
        """`alerts/<run_id>.txt`: a readable message for each night that failed or was held back."""
        return self.root / "alerts"

    def raw_batch(self, feed: str, batch_id: str) -> Path:
        """The file of accepted rows of one batch."""
        return self.raw / feed / f"batch={batch_id}.parquet"

    def quarantine_batch(self, feed: str, batch_id: str) -> Path:
        """The file of refused cells of one batch."""
        return self.quarantine / feed / f"batch={batch_id}.parquet"

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the home for writing until the block ends; a second writer gets `HomeIsBusy`.

        The lock is the operating system's: it is gone with the process that held it, however that process ended.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".writer.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise HomeIsBusy(
                    f"{self.root}: another process is writing to this home; wait for it to end."
                ) from error
            yield


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader sees the old file or the new one, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes as hexadecimal text, read in pieces."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
