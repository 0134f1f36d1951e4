"""Proof that nothing changed since it was recorded: the ledger's chain, the archive, the batches and every release.

Recomputes; trusts no stored result. A difference is a sentence that names the file and what was expected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from warehouse.database import connect, identifier, literal
from warehouse.home import Home, file_sha256
from warehouse.ledger import Entry, Ledger
from warehouse.releases import CHECKSUMS, content_hash


@dataclass
class Verification:
    """What was recomputed, by kind, and every difference found."""

    checked: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def count(self, kind: str, number: int = 1) -> None:
        """Note that `number` things of this kind were recomputed."""
        self.checked[kind] = self.checked.get(kind, 0) + number


def verify(home: Home) -> Verification:
    """Recompute everything that the ledger of this home vouches for."""
    ledger, found = Ledger(home.ledger), Verification()
    found.differences.extend(ledger.problems())
    entries = ledger.entries()
    found.count("ledger_entries", len(entries))
    for entry in entries:
        for difference in _differences_of(home, entry, found):
            found.differences.append(difference)
    found.differences.extend(_strangers(home, entries))
    return found


def _differences_of(home: Home, entry: Entry, found: Verification) -> Iterator[str]:
    if entry["kind"] == "file":
        yield from _file_differences(home, entry, found)
    elif entry["kind"] == "batch":
        yield from _batch_differences(home, entry, found)
    elif entry["kind"] == "release":
        yield from _release_differences(home, entry, found)


def _file_differences(home: Home, entry: Entry, found: Verification) -> Iterator[str]:
    found.count("files")
    archived = home.archive / entry["file_sha256"]
    if not archived.exists():
        yield f"{archived}: missing; it holds the bytes of {entry['feed']}/{entry['name']}"
    elif file_sha256(archived) != entry["file_sha256"]:
        yield f"{archived}: the bytes are not those received as {entry['feed']}/{entry['name']}"
    explained = entry["rows_accepted"] + entry["rows_quarantined"] + entry["rows_dropped"]
    if entry["rows_read"] != explained:
        yield (
            f"{entry['feed']}/{entry['name']}: {entry['rows_read']} rows read, "
            f"{explained} accepted, quarantined or dropped"
        )


def _batch_differences(home: Home, entry: Entry, found: Verification) -> Iterator[str]:
    found.count("batches")
    for file, expected, count in (
        (home.raw_batch(entry["feed"], entry["batch_id"]), entry["raw_sha256"], entry["rows"]),
        (
            home.quarantine_batch(entry["feed"], entry["batch_id"]),
            entry["quarantine_sha256"],
            entry["quarantine_rows"],
        ),
    ):
        if not count:
            continue
        if not file.exists():
            yield f"{file}: missing"
        elif file_sha256(file) != expected:
            yield f"{file}: the bytes are not those recorded in the ledger"
        elif pq.read_metadata(file).num_rows != count:
            yield f"{file}: {pq.read_metadata(file).num_rows} rows, the ledger says {count}"


def _release_differences(home: Home, entry: Entry, found: Verification) -> Iterator[str]:
    found.count("releases")
    folder = home.releases / entry["release_id"]
    checksums = folder / CHECKSUMS
    if not checksums.exists():
        yield f"{checksums}: missing"
        return
    if file_sha256(checksums) != entry["checksums_sha256"]:
        yield f"{checksums}: not the list that the ledger recorded"
    listed = {}
    for line in checksums.read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        listed[name] = digest
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {CHECKSUMS}
    for name in sorted(present | listed.keys()):
        found.count("release_files")
        if name not in present:
            yield f"{folder / name}: missing"
        elif name not in listed:
            yield f"{folder / name}: not part of the release"
        elif file_sha256(folder / name) != listed[name]:
            yield f"{folder / name}: changed since publication"
    yield from _mart_differences(folder, entry["marts"], found)


def _mart_differences(folder: Path, marts: list[dict[str, Any]], found: Verification) -> Iterator[str]:
    """Rows counted and contents hashed again, in the Parquet files and in the DuckDB file."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    stable = {
        resource["name"]: [f["name"] for f in resource["schema"]["fields"] if not f.get("volatile")]
        for resource in package["resources"]
    }
    with connect(folder / "mizan.duckdb", read_only=True) as connection:
        for mart in marts:
            name = mart["mart"]
            parquet = f"read_parquet({literal(folder / 'marts' / f'{name}.parquet')})"
            for relation in (parquet, f"marts.{identifier(name)}"):
                found.count("marts")
                counted = connection.execute(f"select count(*) from {relation}").fetchone()
                if counted != (mart["rows"],):
                    yield f"{folder.name}: {relation} has {counted} rows, the ledger says {mart['rows']}"
                elif content_hash(connection, relation, stable[name]) != mart["content_hash"]:
                    yield f"{folder.name}: the content of {relation} is not what the ledger recorded"


def _strangers(home: Home, entries: list[Entry]) -> Iterator[str]:
    """Files that nobody entered in the ledger, where only recorded ones may be."""
    archived = {entry["file_sha256"] for entry in entries if entry["kind"] == "file"}
    released = {entry["release_id"] for entry in entries if entry["kind"] == "release"} | {"latest"}
    for folder, known in ((home.archive, archived), (home.releases, released)):
        for path in sorted(folder.glob("*")):
            if path.name not in known:
                yield f"{path}: not in the ledger"
