"""The landing folder: which files wait, and what becomes of each one when a feed is ingested.

Files in `landing/<feed>/` stay where senders left them. One call makes one batch, closed by one write to the ledger.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ingestion.batches import (
    ReadFile,
    Receipt,
    WrittenBatch,
    archive,
    batch_id_of,
    recover,
    stores_of,
    write_batch,
)
from ingestion.cells import FileRefused
from ingestion.feeds import Feed
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mappings
from ingestion.readers.pdf_template import load_templates
from ingestion.reasons import load_reasons
from warehouse.home import Home, file_sha256
from warehouse.ledger import Entry, Ledger

__all__ = ["FeedIngestion", "FileResult", "WaitingFile", "files_waiting", "ingest_feed", "recover"]

logger = logging.getLogger(__name__)

UNFINISHED = (".tmp", ".part", ".crdownload", ".filepart")


@dataclass(frozen=True)
class WaitingFile:
    """A file in the landing folder that the ledger does not know under this name and content."""

    feed: str
    name: str
    sha256: str
    path: Path


@dataclass(frozen=True)
class FileResult:
    """What became of one file, as the ledger records it."""

    file_sha256: str
    name: str
    feed: str
    size_bytes: int
    status: Literal["accepted", "partial", "refused", "seen"]
    mapping: str | None = None
    mapping_version: str | None = None
    reason_code: str | None = None
    message_fr: str | None = None
    message_en: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    rows_dropped: int = 0
    dropped_by_reason: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FeedIngestion:
    """One call of `ingest_feed`: the batch that it made (None: nothing was new) and its files."""

    feed: str
    batch_id: str | None
    files: tuple[FileResult, ...]

    @property
    def rows_read(self) -> int:
        """Rows of all files, dropped ones included."""
        return sum(file.rows_read for file in self.files)

    @property
    def rows_accepted(self) -> int:
        """Rows that went into the raw batch."""
        return sum(file.rows_accepted for file in self.files)

    @property
    def rows_quarantined(self) -> int:
        """Rows with at least one refused cell."""
        return sum(file.rows_quarantined for file in self.files)

    @property
    def rows_dropped(self) -> int:
        """Rows that state nothing, such as totals and blank rows."""
        return sum(file.rows_dropped for file in self.files)


def files_waiting(home: Home, ledger: Ledger, feeds: Mapping[str, Feed]) -> list[WaitingFile]:
    """The files that the next night will look at, by feed and then by name."""
    known = {(entry["feed"], entry["name"], entry["file_sha256"]) for entry in ledger.of_kind("file")}
    return [
        WaitingFile(feed, name, sha256, path)
        for feed in feeds
        for name, path in _landed(home, feed)
        if (sha256 := _sha256_of(path)) and (feed, name, sha256) not in known
    ]


def ingest_feed(
    home: Home,
    ledger: Ledger,
    feed: Feed,
    *,
    reread: bool = False,
    on_file: Callable[[FileResult], None] | None = None,
) -> FeedIngestion:
    """Read the files that wait for a feed into one batch, and record it in the ledger.

    With `reread`, every archived file of the feed is read again with today's mappings, before the new ones; when that
    gives the batch that is current already, nothing changes. The caller holds the home for writing, after `recover`.
    """
    night = _Night(home, ledger, feed, on_file)
    if reread:
        night.read_archive()
    for waiting in files_waiting(home, ledger, {feed.name: feed}):
        night.receive(waiting)
    return night.close()


class _Night:
    """The files of one feed, taken in one after the other, then written and recorded together."""

    def __init__(self, home: Home, ledger: Ledger, feed: Feed, on_file: Callable[[FileResult], None] | None) -> None:
        self._home, self._ledger, self._feed, self._on_file = home, ledger, feed, on_file
        self._moment = datetime.now(UTC)
        self._mappings = load_mappings(home.mappings).get(feed.name, ())
        self._pdf_templates = load_templates(home.pdf_templates)
        self._sequence = ledger.next_sequence()
        self._results: list[FileResult] = []
        self._read: list[ReadFile] = []
        self._earlier: dict[str, list[Entry]] = {}
        for entry in ledger.of_kind("file"):
            if entry["feed"] == feed.name and entry["status"] != "seen":
                self._earlier.setdefault(entry["file_sha256"], []).append(entry)

    def receive(self, waiting: WaitingFile) -> None:
        """Archive a file that waits and read it, unless its bytes were read before under another name."""
        try:
            sha256, size = archive(self._home, waiting.path)
        except OSError as error:
            # The next night finds it again: it stays in the landing folder and out of the ledger.
            logger.warning("landing/%s/%s cannot be copied: %s", waiting.feed, waiting.name, error)
            return
        first_name = self._name_if_read(sha256)
        if first_name is None:
            self._read_one(sha256, waiting.name, size)
        else:
            seen = FileRefused("FILE_SEEN", first_name=first_name)
            self._record(_refused(seen, sha256, waiting.name, self._feed, size))

    def read_archive(self) -> None:
        """Read every archived file of the feed again, in the order of receipt."""
        for sha256, entries in sorted(self._earlier.items(), key=lambda item: item[1][0]["sequence"]):
            self._read_one(sha256, entries[-1]["name"], entries[-1]["size_bytes"])

    def close(self) -> FeedIngestion:
        """Write the batch and record it; nothing is written when there is nothing new."""
        files = [result for result in self._results if result.status != "seen"]
        batch_id = batch_id_of(
            self._feed.name, [(result.file_sha256, result.mapping, result.mapping_version) for result in files]
        )
        if not self._results or (files and self._is_current(batch_id, files)):
            return FeedIngestion(self._feed.name, None, ())
        written = write_batch(self._home, self._feed, batch_id, self._read)
        entries: list[dict[str, Any]] = [{"kind": "file", **asdict(result)} for result in self._results]
        entries.append(_batch_entry(self._feed.name, batch_id, [result.file_sha256 for result in files], written))
        self._ledger.append(entries, self._moment)
        return FeedIngestion(self._feed.name, batch_id, tuple(self._results))

    def _is_current(self, batch_id: str, files: list[FileResult]) -> bool:
        """Whether the ledger's last word on every one of these files is this very batch."""
        last = {
            sha256: entry["batch_id"]
            for entry in self._ledger.of_kind("batch")
            if entry["feed"] == self._feed.name
            for sha256 in entry["files"]
        }
        new = {(entry["name"], entry["file_sha256"]) for entries in self._earlier.values() for entry in entries}
        return all(
            last.get(file.file_sha256) == batch_id and (file.name, file.file_sha256) in new for file in files
        ) and len(files) == len(self._results)

    def _name_if_read(self, sha256: str) -> str | None:
        """The name under which these bytes were read into rows, tonight or before."""
        tonight = [result for result in self._results if result.file_sha256 == sha256 and result.status != "seen"]
        if tonight:
            return tonight[0].name
        read = [entry for entry in self._earlier.get(sha256, ()) if entry["status"] != "refused"]
        return read[0]["name"] if read else None

    def _receipt(self, sha256: str) -> Receipt:
        if sha256 in self._earlier:
            first = self._earlier[sha256][0]
            return Receipt(first["sequence"], datetime.fromisoformat(first["recorded_at"]))
        return Receipt(self._sequence + len(self._results), self._moment)

    def _read_one(self, sha256: str, name: str, size: int) -> None:
        receipt = self._receipt(sha256)
        try:
            received_on = receipt.received_at.date()
            rows = read_file(
                self._home.archive / sha256,
                name,
                sha256,
                self._feed,
                received_on,
                self._mappings,
                self._pdf_templates,
                lambda mapping: stores_of(self._home, self._feed, sha256, receipt, mapping),
            )
        except FileRefused as refusal:
            self._record(_refused(refusal, sha256, name, self._feed, size))
        except Exception as error:  # one file never stops the others
            logger.exception("landing/%s/%s: the reader failed", self._feed.name, name)
            cause = f"{type(error).__name__}: {error}"
            self._record(_refused(FileRefused("READER_FAILED", cause=cause), sha256, name, self._feed, size))
        else:
            self._read.append(ReadFile(sha256, receipt, rows))
            self._record(_accepted(rows, sha256, name, self._feed, size))

    def _record(self, result: FileResult) -> None:
        self._results.append(result)
        if self._on_file:
            self._on_file(result)


def _accepted(rows: FileRows, sha256: str, name: str, feed: Feed, size: int) -> FileResult:
    message_fr = message_en = None
    if rows.unused_headers:
        message_fr, message_en = load_reasons()["COLUMNS_UNUSED"].messages(headers=", ".join(rows.unused_headers))
    return FileResult(
        file_sha256=sha256,
        name=name,
        feed=feed.name,
        size_bytes=size,
        status="partial" if rows.rows_quarantined else "accepted",
        mapping=rows.mapping.name,
        mapping_version=rows.mapping.version,
        message_fr=message_fr,
        message_en=message_en,
        rows_read=rows.rows_read,
        rows_accepted=rows.rows_accepted,
        rows_quarantined=rows.rows_quarantined,
        rows_dropped=rows.dropped.total(),
        dropped_by_reason=dict(sorted(rows.dropped.items())),
    )


def _refused(refusal: FileRefused, sha256: str, name: str, feed: Feed, size: int) -> FileResult:
    message_fr, message_en = load_reasons()[refusal.code].messages(**refusal.details)
    return FileResult(
        file_sha256=sha256,
        name=name,
        feed=feed.name,
        size_bytes=size,
        status="seen" if refusal.code == "FILE_SEEN" else "refused",
        reason_code=refusal.code,
        message_fr=message_fr,
        message_en=message_en,
    )


def _batch_entry(feed: str, batch_id: str, files: list[str], written: WrittenBatch) -> dict[str, Any]:
    return {"kind": "batch", "feed": feed, "batch_id": batch_id, "files": sorted(files), **asdict(written)}


def _landed(home: Home, feed: str) -> Iterator[tuple[str, Path]]:
    """The finished files of a feed's landing folder with their names below it, by name."""
    folder, landing = home.landing / feed, home.landing.resolve()
    if not folder.resolve().is_relative_to(landing):
        return
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(place, name) for name in names if not name.startswith("."))
    for path in sorted(found):
        if path.suffix.lower() not in UNFINISHED and path.resolve().is_relative_to(landing) and path.is_file():
            # A name that is not valid UTF-8 has to be spelled so that the ledger can hold it.
            yield os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "backslashreplace"), path


def _sha256_of(path: Path) -> str | None:
    try:
        return file_sha256(path)
    except OSError as error:
        logger.warning("%s cannot be read: %s", path, error)
        return None
