"""From the landing folder to the ledger: once per file, in any order of crashes, and never outside the home."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from bill_files import bill, csv_bytes

from ingestion import batches, files, landing, row_store
from ingestion.feeds import QUARANTINE_SCHEMA, load_feeds, raw_schema
from ingestion.landing import FeedIngestion, files_waiting, ingest_feed, recover
from ingestion.mapping import load_mappings
from warehouse.home import Home, file_sha256
from warehouse.ledger import Ledger
from warehouse.raw import current_batches

FEED = load_feeds()["energy_bills"]
SCHEMA = raw_schema(FEED)
VOLATILE = {"received_at"}


def land(home: Home, name: str, content: bytes, feed: str = FEED.name) -> Path:
    path = home.landing / feed / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def bills(*numbers: int, **changes: str) -> bytes:
    return csv_bytes([bill(bill_no=f"F{number}", **changes) for number in numbers])


def ingest(home: Home, ledger: Ledger, **options: Any) -> FeedIngestion:
    recover(home, ledger)
    return ingest_feed(home, ledger, FEED, **options)


def raw_rows(home: Home, ledger: Ledger) -> list[dict[str, Any]]:
    tables = [
        pq.read_table(home.raw_batch(FEED.name, entry["batch_id"]))
        for entry in current_batches(ledger)
        if entry["rows"]
    ]
    return [{k: v for k, v in row.items() if k not in VOLATILE} for table in tables for row in table.to_pylist()]


def state(home: Home, ledger: Ledger) -> tuple[Any, ...]:
    """Everything that must not depend on how the night went: rows, names of files, the ledger without its times."""
    timeless = [
        {k: v for k, v in entry.items() if k not in {"recorded_at", "hash", "previous_hash", "raw_sha256"}}
        for entry in ledger.entries()
    ]
    stored = sorted(
        str(path.relative_to(home.root))
        for folder in (home.archive, home.raw, home.quarantine)
        for path in folder.rglob("*")
        if path.is_file()
    )
    return raw_rows(home, ledger), stored, timeless


def test_a_batch_is_rows_quarantine_and_ledger(home: Home, ledger: Ledger) -> None:
    land(home, "good.csv", bills(1, 2))
    land(home, "sub/mixed.csv", csv_bytes([bill(bill_no="F3"), bill(bill_no="F4", unit="EA")]))
    land(home, "bad.csv", b"what,is,this\n1,2,3\n")
    seen: list[str] = []
    ingestion = ingest(home, ledger, on_file=lambda file: seen.append(file.name))
    assert seen == ["bad.csv", "good.csv", "sub/mixed.csv"]
    assert [file.status for file in ingestion.files] == ["refused", "accepted", "partial"]
    assert (ingestion.rows_read, ingestion.rows_accepted, ingestion.rows_quarantined) == (4, 3, 1)
    *file_entries, batch = ledger.entries()
    assert [entry["name"] for entry in file_entries] == seen
    assert file_entries[0]["reason_code"] == "SCHEMA_DRIFT"
    assert batch["batch_id"] == ingestion.batch_id
    raw, refused = home.raw_batch(FEED.name, batch["batch_id"]), home.quarantine_batch(FEED.name, batch["batch_id"])
    assert (batch["rows"], batch["quarantine_rows"]) == (3, 1)
    assert (batch["raw_sha256"], batch["quarantine_sha256"]) == (file_sha256(raw), file_sha256(refused))
    assert pq.read_schema(raw).equals(SCHEMA)
    assert pq.read_schema(refused).equals(QUARANTINE_SCHEMA)
    sequences = {entry["file_sha256"]: entry["sequence"] for entry in file_entries}
    for row in pq.read_table(raw).to_pylist():
        assert row["file_sequence"] == sequences[row["file_sha256"]]
        place = hashlib.md5(f"{row['file_sha256']}|".encode(), usedforsecurity=False).hexdigest()
        assert row["row_id"] == f"{place[:20]}-{row['row_no']}"
    for entry in file_entries:
        assert file_sha256(home.archive / entry["file_sha256"]) == entry["file_sha256"]
        assert entry["rows_read"] == entry["rows_accepted"] + entry["rows_quarantined"] + entry["rows_dropped"]
    assert ledger.problems() == []


def test_the_same_landing_folder_twice_is_a_no_op(home: Home, ledger: Ledger) -> None:
    land(home, "a.csv", bills(1))
    ingest(home, ledger)
    before = state(home, ledger)
    assert files_waiting(home, ledger, load_feeds()) == []
    assert ingest(home, ledger) == FeedIngestion(FEED.name, None, ())
    assert state(home, ledger) == before


def test_the_same_bytes_under_another_name_are_seen_not_read(home: Home, ledger: Ledger) -> None:
    land(home, "a.csv", bills(1))
    ingest(home, ledger)
    before = raw_rows(home, ledger)
    land(home, "b.csv", bills(1))
    (file,) = ingest(home, ledger).files
    assert (file.status, file.reason_code, file.rows_read) == ("seen", "FILE_SEEN", 0)
    assert "a.csv" in (file.message_en or "")
    assert raw_rows(home, ledger) == before
    assert files_waiting(home, ledger, load_feeds()) == []


def test_two_copies_in_one_night_are_read_once(home: Home, ledger: Ledger) -> None:
    land(home, "a.csv", bills(1))
    land(home, "b.csv", bills(1))
    assert [file.status for file in ingest(home, ledger).files] == ["accepted", "seen"]
    assert len(raw_rows(home, ledger)) == 1


def test_a_changed_file_of_the_same_name_is_a_new_file(home: Home, ledger: Ledger) -> None:
    land(home, "a.csv", bills(1))
    first = ingest(home, ledger)
    land(home, "a.csv", bills(1, 2))
    second = ingest(home, ledger)
    assert first.batch_id != second.batch_id
    assert len(raw_rows(home, ledger)) == 3
    assert [row["file_sequence"] for row in raw_rows(home, ledger)] == [1, 3, 3]


def test_a_batch_is_sorted_by_member_then_as_received(home: Home, ledger: Ledger) -> None:
    other = "001561191000066"
    land(home, "a.csv", csv_bytes([bill(bill_no="F1"), bill(bill_no="F2", member_id=other), bill(bill_no="F3")]))
    land(home, "b.csv", csv_bytes([bill(bill_no="F4", member_id=other), bill(bill_no="F5")]))
    ingest(home, ledger)
    assert [row["bill_no"] for row in raw_rows(home, ledger)] == ["F2", "F4", "F1", "F3", "F5"]


def test_unfinished_hidden_and_foreign_files_are_left_alone(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    for name in (".hidden.csv", "upload.csv.tmp", "upload.csv.PART", ".git/a.csv"):
        land(home, name, bills(1))
    outside = tmp_path / "secret.csv"
    outside.write_bytes(bills(1))
    (home.landing / FEED.name / "link.csv").symlink_to(outside)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "secret.csv").write_bytes(bills(1))
    (home.landing / FEED.name / "folder").symlink_to(tmp_path / "folder")
    (home.landing / "production").symlink_to(tmp_path / "folder")
    assert files_waiting(home, ledger, load_feeds()) == []


def test_a_reader_that_breaks_refuses_one_file(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    land(home, "a.csv", bills(1))
    land(home, "b.csv", bills(2))
    whole = files.open_sheets
    broken = hashlib.sha256(bills(1)).hexdigest()

    def failing(path: Path, *templates: Any) -> Any:
        if path.name == broken:
            raise RuntimeError("unforeseen")
        return whole(path, *templates)

    monkeypatch.setattr(files, "open_sheets", failing)
    first, second = ingest(home, ledger).files
    assert (first.status, first.reason_code) == ("refused", "READER_FAILED")
    assert "RuntimeError" in (first.message_fr or "")
    assert "unforeseen" in caplog.text
    assert second.status == "accepted"


def test_a_file_refused_for_its_name_is_read_once_it_has_a_better_one(home: Home, ledger: Ledger) -> None:
    header = ["Portfolio Manager ID", "Portfolio Manager Meter ID", "Meter Consumption ID", "Last Modified Date"]
    header += ["Start Date", "End Date", "Meter Type", "Usage/Quantity", "Usage Units", "Estimation?"]
    row = ["1", "2", "3", "01/31/2025", "01/01/2025", "01/31/2025", "Natural Gas", "12.5", "kBtu (thousand Btu)", "No"]
    content = csv_bytes([dict(zip(header, row, strict=True))])
    land(home, "meters.csv", content)
    (refused,) = ingest(home, ledger).files
    assert (refused.status, refused.reason_code) == ("refused", "FILE_NAME_UNKNOWN")
    land(home, "999900000000057_meters.csv", content)
    (accepted,) = ingest(home, ledger).files
    assert (accepted.status, accepted.mapping) == ("accepted", "portfolio_manager_meters")
    (found,) = raw_rows(home, ledger)
    assert (found["member_id"], found["heating_value_basis"], found["unit"]) == ("999900000000057", "gross", "kBtu")
    assert (found["reading_end"], found["currency"], found["file_sequence"]) == ("actual", "USD", 1)


def test_the_archive_read_again_changes_nothing_unless_a_mapping_did(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(home, "a.csv", csv_bytes([bill(unit="kWh"), bill(bill_no="F2", carrier="houille blanche")]))
    ingest(home, ledger)
    before = state(home, ledger)
    assert ingest(home, ledger, reread=True).batch_id is None
    assert state(home, ledger) == before
    mended = _template_with(version="2", values={"houille blanche": "electricity"})
    monkeypatch.setattr(landing, "load_mappings", lambda *_: {FEED.name: (mended,)})
    again = ingest(home, ledger, reread=True)
    assert again.batch_id is not None
    rows = raw_rows(home, ledger)
    assert [row["carrier"] for row in rows] == ["electricity", "electricity"]
    assert {row["mapping_version"] for row in rows} == {"2"}
    assert {row["file_sequence"] for row in rows} == {1}
    assert ingest(home, ledger, reread=True).batch_id is None


def _template_with(version: str, values: dict[str, str]) -> Any:
    template = next(mapping for mapping in load_mappings()[FEED.name] if mapping.name.startswith("template_"))
    columns = tuple(
        replace(rule, values={**rule.values, **values}) if rule.name == "carrier" else rule for rule in template.columns
    )
    return replace(template, version=version, columns=columns)


class Crash(BaseException):
    """The process ends here: no handler of ordinary exceptions may save it."""


def _steps() -> Iterator[tuple[Any, str]]:
    yield batches.os, "fsync"
    yield row_store.pq.ParquetWriter, "write_table"
    yield batches, "file_sha256"
    yield landing, "archive"
    yield landing, "read_file"
    yield landing, "write_batch"
    yield Ledger, "append"
    yield Path, "replace"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(("owner", "name"), list(_steps()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_crash_at_any_step_and_a_rerun_end_in_the_same_state(
    home: Home,
    ledger: Ledger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    count: int,
    after: bool,
) -> None:
    for place in (home, Home.at(tmp_path / "undisturbed")):
        land(place, "a.csv", bills(1, 2))
        land(place, "b.csv", csv_bytes([bill(bill_no="F3"), bill(bill_no="F4", unit="EA")]))
    undisturbed = Home.at(tmp_path / "undisturbed")
    ingest(undisturbed, Ledger(undisturbed.ledger))
    calls = 0
    real = getattr(owner, name)

    def crashing(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count and not after:
            raise Crash
        result = real(*arguments, **options)
        if calls == count:
            raise Crash
        return result

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing)
        with contextlib.suppress(Crash):
            ingest_feed(home, ledger, FEED)
    assert calls >= 1
    ingest(home, ledger)
    assert state(home, ledger) == state(undisturbed, Ledger(undisturbed.ledger))
    assert ledger.problems() == []


def test_a_torn_ledger_and_orphans_are_cleared(home: Home, ledger: Ledger) -> None:
    land(home, "a.csv", bills(1))
    ingest(home, ledger)
    before = state(home, ledger)
    orphan = home.raw_batch(FEED.name, "0" * 16)
    shutil.copy(home.raw_batch(FEED.name, ledger.of_kind("batch")[0]["batch_id"]), orphan)
    with home.ledger.open("ab") as handle:
        handle.write(b'{"kind":"file","name":"torn')
    recover(home, ledger)
    assert not orphan.exists()
    assert state(home, ledger) == before


def test_the_order_in_which_files_arrive_does_not_matter(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    other = Home.at(tmp_path / "other")
    contents = {f"{number}.csv": bills(number, number + 10) for number in range(4)}
    for name, content in contents.items():
        land(home, name, content)
    ingest(home, ledger)
    for name, content in reversed(contents.items()):
        land(other, name, content)
        ingest(other, Ledger(other.ledger))
    own = FEED.column_names

    def statements(place: Home, book: Ledger) -> list[tuple[Any, ...]]:
        return sorted((row["row_id"], *(str(row[name]) for name in own)) for row in raw_rows(place, book))

    assert statements(home, ledger) == statements(other, Ledger(other.ledger))
