"""The landing folder: which files wait, and what becomes of each one when a feed is ingested.

Files in `landing/<feed>/` stay where senders left them. One call makes one batch, closed by one write to the ledger.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ingestion.archive import archive, store
from ingestion.batches import ReadFile, Receipt, WrittenBatch, batch_id_of, recover, stores_of, write_batch
from ingestion.cells import FileRefused
from ingestion.feeds import Feed
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mappings
from ingestion.readers import LARGEST_FILE, LARGEST_READ_IN_PARTS, size_limit
from ingestion.readers.pdf_template import load_templates
from ingestion.reasons import load_reasons
from ingestion.unpacking import Member, is_zip_of_files, printable, unpack
from warehouse.home import Home, file_sha256
from warehouse.ledger import Entry, Ledger

__all__ = ["FeedIngestion", "FileResult", "WaitingFile", "files_waiting", "ingest_feed", "recover"]

logger = logging.getLogger(__name__)

Status = Literal["accepted", "partial", "refused", "seen"]

TOO_LARGE_NOTE = "Not archived, since it is too large to be read: "
UNFINISHED = (".tmp", ".part", ".crdownload", ".filepart")


@dataclass(frozen=True)
class WaitingFile:
    """A file in the landing folder that the ledger does not know under this name and content."""

    feed: str
    name: str
    sha256: str
    path: Path
    is_too_large: bool = False  # to be copied and read; the hash is of a note that stands for it in the archive


@dataclass(frozen=True)
class FileResult:
    """What became of one file, as the ledger records it."""

    file_sha256: str
    name: str
    feed: str
    size_bytes: int
    status: Status
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
    container_sha256: str | None = None  # of the zip that it came in


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
    found = (_looked_at(feed, name, path) for feed in feeds for name, path in _landed(home, feed))
    return [file for file in found if file and (file.feed, file.name, file.sha256) not in known]


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


@dataclass(frozen=True)
class _Received:
    """A file that is in the archive now, and the zip that it came in."""

    sha256: str
    name: str
    size: int
    container: str | None = None


class _Night:
    """The files of one feed, taken in one after the other, then written and recorded together."""

    def __init__(self, home: Home, ledger: Ledger, feed: Feed, on_file: Callable[[FileResult], None] | None) -> None:
        self._home, self._ledger, self._feed, self._on_file = home, ledger, feed, on_file
        self._moment = datetime.now(UTC)
        self._mappings = load_mappings(home.mappings).get(feed.name, ())
        self._pdf_templates = load_templates(home.pdf_templates)
        self._sequence = ledger.next_sequence()
        self._is_rereading = False
        self._results: list[FileResult] = []
        self._read: list[ReadFile] = []
        self._earlier: dict[str, list[Entry]] = {}
        for entry in ledger.of_kind("file"):
            if entry["feed"] == feed.name and entry["status"] != "seen":
                self._earlier.setdefault(entry["file_sha256"], []).append(entry)

    def receive(self, waiting: WaitingFile) -> None:
        """Archive a file that waits and read it, unless its bytes were read before under another name."""
        try:
            if waiting.is_too_large:
                self._refuse_unread(waiting)
                return
            size = archive(self._home, waiting.path, waiting.sha256)
        except OSError as error:
            # The next night finds it again: it stays in the landing folder and out of the ledger.
            logger.warning("landing/%s/%s is left for the next night: %s", waiting.feed, waiting.name, error)
            return
        self._take(_Received(waiting.sha256, waiting.name, size))

    def read_archive(self) -> None:
        """Read every archived file of the feed again, in the order of receipt; those of a zip come with it."""
        self._is_rereading = True
        for sha256, entries in sorted(self._earlier.items(), key=lambda item: item[1][0]["sequence"]):
            last = self._last_reading(sha256)
            if last and entries[-1]["reason_code"] == "TOO_LARGE" and self._is_note(sha256):
                self._refuse_too_large(sha256, last["name"], last["size_bytes"])
            elif last and not last.get("container_sha256"):
                self._read_or_unpack(_Received(sha256, last["name"], entries[-1]["size_bytes"]))
        self._is_rereading = False

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

    def _last_reading(self, sha256: str) -> Entry | None:
        """The entry under which these bytes were last read into rows, or last refused if they never were."""
        entries = self._earlier.get(sha256, [])
        read = [entry for entry in entries if entry["status"] != "refused"]
        return next(reversed(read or entries), None)

    def _refuse_unread(self, waiting: WaitingFile) -> None:
        """Refuse a file for its size, with a note of it in the archive instead of its bytes."""
        size = waiting.path.stat().st_size
        store(self._home, [_note_of(waiting.path)], waiting.sha256)
        self._refuse_too_large(waiting.sha256, waiting.name, size)

    def _refuse_too_large(self, sha256: str, name: str, size: int) -> None:
        limit = LARGEST_READ_IN_PARTS if size > LARGEST_READ_IN_PARTS else LARGEST_FILE
        refusal = FileRefused("TOO_LARGE", size=size, limit=limit)
        self._refuse(_Received(sha256, name, size), refusal)

    def _is_note(self, sha256: str) -> bool:
        with (self._home.archive / sha256).open("rb") as handle:
            return handle.read(len(TOO_LARGE_NOTE)) == TOO_LARGE_NOTE.encode()

    def _take(self, file: _Received) -> None:
        first_name = self._name_if_read(file.sha256)
        if first_name is None:
            self._read_or_unpack(file)
        else:
            self._refuse(file, FileRefused("FILE_SEEN", first_name=first_name))

    def _read_or_unpack(self, file: _Received) -> None:
        try:
            is_zip = is_zip_of_files(self._home.archive / file.sha256)
            members = unpack(self._home, file.sha256, file.name) if is_zip else None
        except FileRefused as refusal:
            self._refuse(file, refusal)
        except Exception as error:  # one file never stops the others
            logger.exception("landing/%s/%s: the reader failed", self._feed.name, file.name)
            self._refuse(file, _failure(error))
        else:
            if members is None:
                self._read_one(file)
            else:
                self._take_members(file, members)

    def _take_members(self, file: _Received, members: Sequence[Member]) -> None:
        self._record(_unpacked(file, self._feed, len(members)))
        for member in members:
            received = _Received(member.sha256, member.name, member.size, file.sha256)
            if member.refusal:
                self._refuse(received, member.refusal)
            elif member.files is not None:
                self._record(_unpacked(received, self._feed, member.files))
            elif not self._is_rereading:
                self._take(received)
            elif self._comes_with_its_zip(member, file.sha256):
                self._read_one(received)

    def _comes_with_its_zip(self, member: Member, container: str) -> bool:
        """Whether a file of a zip that is unpacked again is the one whose rows count, not a copy of another."""
        last = self._last_reading(member.sha256)
        if last is None:
            return all(result.file_sha256 != member.sha256 for result in self._results)
        return (last["name"], last.get("container_sha256")) == (member.name, container)

    def _read_one(self, file: _Received) -> None:
        receipt = self._receipt(file.sha256)
        try:
            rows = read_file(
                self._home.archive / file.sha256,
                file.name,
                file.sha256,
                self._feed,
                receipt.received_at.date(),
                self._mappings,
                self._pdf_templates,
                lambda mapping: stores_of(self._home, self._feed, file.sha256, receipt, mapping),
            )
        except FileRefused as refusal:
            self._refuse(file, refusal)
        except Exception as error:  # one file never stops the others
            logger.exception("landing/%s/%s: the reader failed", self._feed.name, file.name)
            self._refuse(file, _failure(error))
        else:
            self._read.append(ReadFile(file.sha256, receipt, rows))
            self._record(_accepted(rows, file, self._feed))

    def _refuse(self, file: _Received, refusal: FileRefused) -> None:
        self._record(_refused(refusal, file, self._feed))

    def _record(self, result: FileResult) -> None:
        self._results.append(result)
        if self._on_file:
            self._on_file(result)


def _result(file: _Received, feed: Feed, status: Status, **facts: Any) -> FileResult:
    return FileResult(file.sha256, file.name, feed.name, file.size, status, container_sha256=file.container, **facts)


def _accepted(rows: FileRows, file: _Received, feed: Feed) -> FileResult:
    message_fr = message_en = None
    if rows.unused_headers:
        message_fr, message_en = load_reasons()["COLUMNS_UNUSED"].messages(headers=", ".join(rows.unused_headers))
    return _result(
        file,
        feed,
        "partial" if rows.rows_quarantined else "accepted",
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


def _unpacked(file: _Received, feed: Feed, files: int) -> FileResult:
    message_fr, message_en = load_reasons()["UNPACKED"].messages(files=files)
    return _result(file, feed, "accepted", reason_code="UNPACKED", message_fr=message_fr, message_en=message_en)


def _failure(error: Exception) -> FileRefused:
    return FileRefused("READER_FAILED", cause=f"{type(error).__name__}: {error}")


def _refused(refusal: FileRefused, file: _Received, feed: Feed) -> FileResult:
    message_fr, message_en = load_reasons()[refusal.code].messages(**refusal.details)
    status: Status = "seen" if refusal.code == "FILE_SEEN" else "refused"
    return _result(file, feed, status, reason_code=refusal.code, message_fr=message_fr, message_en=message_en)


def _batch_entry(feed: str, batch_id: str, files: list[str], written: WrittenBatch) -> dict[str, Any]:
    return {"kind": "batch", "feed": feed, "batch_id": batch_id, "files": sorted(files), **asdict(written)}


def _landed(home: Home, feed: str) -> Iterator[tuple[str, Path]]:
    """The finished files of a feed's landing folder with their names below it, by name."""
    folder = home.landing / feed
    if not _leads_into(home.landing, folder):
        return
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(place, name) for name in names if not name.startswith("."))
    for path in sorted(found):
        if path.suffix.lower() not in UNFINISHED and _leads_into(home.landing, path) and path.is_file():
            # A name that is not valid UTF-8 has to be spelled so that the ledger can hold it; one with line breaks,
            # so that no message can be mistaken for two.
            spelled = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "backslashreplace")
            yield printable(spelled), path


def _leads_into(landing: Path, path: Path) -> bool:
    """Whether a path, its links followed, lies in the landing folder."""
    try:
        is_inside = path.resolve().is_relative_to(landing.resolve())
    except (OSError, RuntimeError):  # a link to itself
        is_inside = False
    if not is_inside:
        logger.warning("%s leads out of the landing folder, or nowhere; it is left alone", path)
    return is_inside


def _looked_at(feed: str, name: str, path: Path) -> WaitingFile | None:
    try:
        if path.stat().st_size > size_limit(path):
            return WaitingFile(feed, name, hashlib.sha256(_note_of(path)).hexdigest(), path, is_too_large=True)
        return WaitingFile(feed, name, file_sha256(path), path)
    except OSError as error:
        logger.warning("landing/%s/%s cannot be read: %s", feed, name, error)
        return None


def _note_of(path: Path) -> bytes:
    """What stands in the archive for a file that is too large to be copied there."""
    facts = path.stat()
    return f"{TOO_LARGE_NOTE}{facts.st_size} bytes, last changed at {facts.st_mtime_ns} ns\n".encode()
