"""Reviews: rows that wait until a person confirms them, and what persons decided.

A row whose flags hold `TO_CONFIRM` is in the raw batches like any other, and dbt holds it out until a decision says
`accept`. A decision is an entry of the ledger; it edits nothing, and a later one on the same row takes its place. It
names the content that the person saw: a row that is read differently afterwards waits again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.home import Home
from warehouse.ledger import Entry, Ledger, canonical_json

TO_CONFIRM = "TO_CONFIRM"
REVIEW = "review"

Decision = Literal["accept", "reject"]

REVIEW_SCHEMA = pa.schema(
    [
        ("feed", pa.string()),
        ("file_sha256", pa.string()),
        ("row_id", pa.string()),
        ("decision", pa.string()),
        ("person", pa.string()),
        ("note", pa.string()),
        ("decided_at", pa.timestamp("us")),
    ]
)

# What says where a row came from and how it was read, not what it says.
PROVENANCE = frozenset(
    {
        "row_id", "file_sha256", "sheet", "row_no", "batch_id", "file_sequence", "received_at", "mapping",
        "mapping_version", "flags",
    }
)  # fmt: skip


@dataclass(frozen=True)
class ReviewRow:
    """A row that needs a person's word: its cells, the hash of what it says, and the last decision on it, if any."""

    feed: str
    cells: dict[str, Any]
    content_sha256: str
    decided: Entry | None

    @property
    def row_id(self) -> str:
        """The stable identifier of the row."""
        return str(self.cells["row_id"])

    @property
    def standing(self) -> Entry | None:
        """The decision that holds: the last one, if the row still says what the person saw."""
        if self.decided is None or self.decided["rows"][self.row_id] != self.content_sha256:
            return None
        return self.decided


class NothingToReview(ValueError):
    """No row that needs a person's word is meant; the message says what was looked for."""


def content_sha256(cells: dict[str, Any]) -> str:
    """SHA-256 of what a row says. Empty cells are left out, so that a column that a feed gains changes nothing."""
    said = {name: str(value) for name, value in cells.items() if value is not None and name not in PROVENANCE}
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()


def review_rows(
    home: Home, ledger: Ledger, batches: Iterable[Entry], file_sha256: str | None = None
) -> Iterator[ReviewRow]:
    """Every row of these batches that needs a person's word, of one file or of all, as it was read last."""
    decided = {(entry["feed"], row_id): entry for entry in ledger.of_kind(REVIEW) for row_id in entry["rows"]}
    for batch in batches:
        if not batch["rows"] or (file_sha256 and file_sha256 not in batch["files"]):
            continue
        for cells in _to_confirm(home.raw_batch(batch["feed"], batch["batch_id"])):
            if file_sha256 in (None, cells["file_sha256"]):
                row_id = cells["row_id"]
                yield ReviewRow(batch["feed"], cells, content_sha256(cells), decided.get((batch["feed"], row_id)))


def decide(
    ledger: Ledger, rows: Sequence[ReviewRow], decision: Decision, person: str, note: str | None = None
) -> list[Entry]:
    """Record what a person decided on these rows: one entry per file. The caller holds the home for writing."""
    files: dict[tuple[str, str], list[ReviewRow]] = {}
    for row in rows:
        files.setdefault((row.feed, row.cells["file_sha256"]), []).append(row)
    entries = [
        {
            "kind": REVIEW,
            "feed": feed,
            "file_sha256": sha256,
            "decision": decision,
            "person": person,
            "note": note,
            "rows": {row.row_id: row.content_sha256 for row in its_rows},
        }
        for (feed, sha256), its_rows in files.items()
    ]
    if not entries:
        raise NothingToReview("no row waits for a decision")
    return ledger.append(entries)


def review_table(home: Home, ledger: Ledger, batches: Sequence[Entry]) -> pa.Table:
    """The decisions that hold, one row per decided row."""
    reviewed = {entry["file_sha256"] for entry in ledger.of_kind(REVIEW)}
    touched = [batch for batch in batches if reviewed.intersection(batch["files"])]
    standing = [(row, entry) for row in review_rows(home, ledger, touched) if (entry := row.standing)]
    records = [
        {
            "feed": row.feed,
            "file_sha256": row.cells["file_sha256"],
            "row_id": row.row_id,
            "decision": entry["decision"],
            "person": entry["person"],
            "note": entry["note"],
            "decided_at": datetime.fromisoformat(entry["recorded_at"]).replace(tzinfo=None),
        }
        for row, entry in standing
    ]
    return pa.Table.from_pylist(records, schema=REVIEW_SCHEMA)


def newest_unpublished(ledger: Ledger) -> Entry | None:
    """The last decision, unless a release was made after it."""
    told = [entry for entry in ledger.entries() if entry["kind"] in (REVIEW, "release")]
    return told[-1] if told and told[-1]["kind"] == REVIEW else None


def file_named(ledger: Ledger, text: str) -> str:
    """The SHA-256 of the file that a person means by its hash, the beginning of it, or its name.

    Raises `NothingToReview` when the ledger knows no such file, or several.
    """
    entries = [entry for entry in ledger.of_kind("file") if entry["status"] not in ("refused", "seen")]
    names = {e["file_sha256"] for e in entries if text in (e["name"], f"{e['feed']}/{e['name']}", Path(e["name"]).name)}
    hashes = {e["file_sha256"] for e in entries if len(text) >= 8 and e["file_sha256"].startswith(text.lower())}
    found = names or hashes
    if not found:
        raise NothingToReview(f"no file that was read is called {text}, nor does its SHA-256 begin so")
    if len(found) > 1:
        listed = ", ".join(sorted(sha256[:12] for sha256 in found))
        raise NothingToReview(f"{len(found)} files are meant by {text}; give the beginning of the SHA-256: {listed}")
    return found.pop()


def _to_confirm(file: Path) -> list[dict[str, Any]]:
    marked = pc.match_substring_regex(pc.field("flags"), rf"(^|,){TO_CONFIRM}(,|$)")
    return list(pq.read_table(file, filters=marked).to_pylist())
