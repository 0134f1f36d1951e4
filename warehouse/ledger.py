"""The ledger: an append-only, hash-chained record of every file, batch, release, review and decision.

Each line of `ledger.jsonl` is one entry in canonical JSON (sorted keys, no spaces, UTF-8). Its `hash` is the SHA-256 of
the entry without that field, and `previous_hash` is the hash of the line before, so a change, a deletion or a new order
breaks the chain. What an entry means is decided by whoever writes it.

The entries of one act (the files of a batch, then the batch) are appended together and closed by an entry of a closing
kind. A tail that was never closed is what a crash left behind: `recover` cuts it off, and the act is done again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

GENESIS_HASH = "0" * 64
CLOSING_KINDS = frozenset({"batch", "release", "decision", "review"})
INPUT_KINDS = frozenset({"batch", "review"})  # what a release is made from

Entry = dict[str, Any]


def canonical_json(value: Mapping[str, Any]) -> str:
    """The one spelling of a JSON object that is hashed: sorted keys, no spaces, non-ASCII kept."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def entry_hash(entry: Mapping[str, Any]) -> str:
    """SHA-256 of an entry without its own `hash`, as hexadecimal text."""
    return hashlib.sha256(canonical_json({k: v for k, v in entry.items() if k != "hash"}).encode()).hexdigest()


class Ledger:
    """The ledger file of one home. One writer at a time (see `Home.writer`); any number of readers."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> list[Entry]:
        """All entries in order. A torn last line, which only a crash can leave, is not an entry."""
        return [entry for entry, _ in self._lines()]

    def of_kind(self, kind: str) -> list[Entry]:
        """The entries of one kind, in order."""
        return [entry for entry in self.entries() if entry["kind"] == kind]

    def head(self) -> str:
        """The hash of the last entry, which stands for the whole ledger."""
        entries = self.entries()
        return entries[-1]["hash"] if entries else GENESIS_HASH

    def head_of_inputs(self) -> str:
        """The hash of the last entry that changes what counts: a batch that came in, or a review of rows that waited."""
        inputs = [entry for entry in self.entries() if entry["kind"] in INPUT_KINDS]
        return inputs[-1]["hash"] if inputs else GENESIS_HASH

    def next_sequence(self) -> int:
        """The sequence number that the next entry will get, counted from 1."""
        entries = self.entries()
        return entries[-1]["sequence"] + 1 if entries else 1

    def append(self, entries: Sequence[Mapping[str, Any]], recorded_at: datetime | None = None) -> list[Entry]:
        """Append entries in one write and return them as recorded, with sequence, time and hashes.

        Each entry needs a `kind`, and the last must be of a closing kind. `recorded_at` (UTC) defaults to now.
        """
        if not entries or entries[-1]["kind"] not in CLOSING_KINDS:
            raise ValueError(f"a ledger append must end in one of {sorted(CLOSING_KINDS)}")
        moment = (recorded_at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        previous, sequence, recorded = self.head(), self.next_sequence(), []
        for offset, entry in enumerate(entries):
            line = {**entry, "sequence": sequence + offset, "recorded_at": moment, "previous_hash": previous}
            line["hash"] = previous = entry_hash(line)
            recorded.append(line)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as handle:
            handle.write("".join(canonical_json(line) + "\n" for line in recorded).encode())
            handle.flush()
            os.fsync(handle.fileno())
        return recorded

    def recover(self) -> int:
        """Cut off what a crash left after the last closing entry; return the number of bytes cut."""
        if not self.path.exists():
            return 0
        end = max((end for entry, end in self._lines() if entry["kind"] in CLOSING_KINDS), default=0)
        cut = self.path.stat().st_size - end
        if cut:
            with self.path.open("r+b") as handle:
                handle.truncate(end)
                os.fsync(handle.fileno())
        return cut

    def problems(self) -> list[str]:
        """What is wrong with the chain: one sentence per broken entry, empty when it holds."""
        found, previous = [], GENESIS_HASH
        for number, (entry, _) in enumerate(self._lines(), start=1):
            if entry.get("sequence") != number:
                found.append(f"ledger line {number}: sequence is {entry.get('sequence')}, expected {number}")
            if entry.get("previous_hash") != previous:
                found.append(f"ledger line {number}: does not follow the line before it")
            if entry.get("hash") != entry_hash(entry):
                found.append(f"ledger line {number}: content does not match its hash")
            previous = entry.get("hash", "")
        return found

    def _lines(self) -> Iterator[tuple[Entry, int]]:
        """Each complete entry and the byte offset just behind it."""
        if not self.path.exists():
            return
        offset = 0
        with self.path.open("rb") as handle:
            lines = handle.readlines()
        for number, line in enumerate(lines, start=1):
            offset += len(line)
            if not line.endswith(b"\n"):
                return
            try:
                yield json.loads(line), offset
            except ValueError as error:
                raise ValueError(f"{self.path}: line {number} is not JSON: {error}") from error
