"""Zips: each file in one is read as if it had landed by itself, and an entry that is no plain file harms no other."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from bill_files import MEMBER, bill, csv_bytes
from binary_workbooks import xls_bytes, zipped

from ingestion import unpacking
from ingestion.feeds import load_feeds
from ingestion.landing import FeedIngestion, files_waiting, ingest_feed, recover
from ingestion.readers.malware import EICAR
from warehouse.home import Home, file_sha256
from warehouse.ledger import Ledger
from warehouse.raw import current_batches

FEED = load_feeds()["energy_bills"]
OTHER = "999900000000154"


def bills(*numbers: int, **changes: str) -> bytes:
    return csv_bytes([bill(bill_no=f"F{number}", **changes) for number in numbers])


def night(home: Home, ledger: Ledger, files: dict[str, bytes] | None = None, **options: Any) -> FeedIngestion:
    for name, content in (files or {}).items():
        path = home.landing / FEED.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    recover(home, ledger)
    return ingest_feed(home, ledger, FEED, **options)


def rows(home: Home, ledger: Ledger) -> list[dict[str, Any]]:
    """The rows that count, without what each night stamps on them."""
    tables = [pq.read_table(home.raw_batch(FEED.name, e["batch_id"])) for e in current_batches(ledger) if e["rows"]]
    kept = [row for table in tables for row in table.to_pylist()]
    return sorted(
        ({k: v for k, v in row.items() if k not in {"received_at", "batch_id"}} for row in kept),
        key=lambda row: row["row_id"],
    )


def numbers(home: Home, ledger: Ledger) -> list[str]:
    return sorted(row["bill_no"] for row in rows(home, ledger))


def told(ingestion: FeedIngestion) -> list[tuple[str, str, str | None]]:
    return [(file.name, file.status, file.reason_code) for file in ingestion.files]


def zip_of(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_each_file_of_a_zip_is_read_under_its_own_name_and_hash(home: Home, ledger: Ledger) -> None:
    january, february = bills(1, 2), xls_bytes([list(bill()), list(bill(bill_no="F3").values())])
    content = zip_of(("2025/january.csv", january), ("february.xls", february), ("what.csv", b"a,b\n1,2\n"))
    ingestion = night(home, ledger, {"bills.zip": content})
    assert told(ingestion) == [
        ("bills.zip", "accepted", "UNPACKED"),
        ("bills.zip/2025/january.csv", "accepted", None),
        ("bills.zip/february.xls", "accepted", None),
        ("bills.zip/what.csv", "refused", "SCHEMA_DRIFT"),
    ]
    whole, *members = ingestion.files
    assert (whole.rows_read, whole.container_sha256) == (0, None)
    assert "3 files" in (whole.message_en or "")
    assert {member.container_sha256 for member in members} == {whole.file_sha256}
    assert members[0].file_sha256 == hashlib.sha256(january).hexdigest()
    assert members[0].size_bytes == len(january)
    assert numbers(home, ledger) == ["F1", "F2", "F3"]
    for entry in ledger.of_kind("file"):
        assert file_sha256(home.archive / entry["file_sha256"]) == entry["file_sha256"]
    assert files_waiting(home, ledger, load_feeds()) == []


def test_the_archive_read_again_gives_the_same_rows(home: Home, ledger: Ledger) -> None:
    night(home, ledger, {"a.csv": bills(1), "b.csv": b"no,header\n1,2\n"})
    inner = zip_of(("deep.csv", bills(4)))
    outer = zip_of(("copy.csv", bills(1)), ("new.csv", bills(2, 3)), ("in.zip", inner), ("../up.csv", bills(9)))
    night(home, ledger, {"bills.zip": outer})
    night(home, ledger, {"late.csv": bills(2, 3)})
    before, entries = rows(home, ledger), len(ledger.entries())
    assert [row["bill_no"] for row in sorted(before, key=lambda row: row["bill_no"])] == ["F1", "F2", "F3", "F4"]
    again = night(home, ledger, reread=True)
    assert rows(home, ledger) == before
    assert sorted(file.name for file in again.files if file.status == "accepted") == [
        "a.csv", "bills.zip", "bills.zip/in.zip", "bills.zip/in.zip/deep.csv", "bills.zip/new.csv",
    ]  # fmt: skip
    assert night(home, ledger, reread=True) == FeedIngestion(FEED.name, None, ())
    assert len(ledger.entries()) == entries + len(again.files) + 1


def test_a_zip_seen_before_and_copies_in_it_are_not_read_twice(home: Home, ledger: Ledger) -> None:
    content = zip_of(("one.csv", bills(1)), ("two.csv", bills(1)))
    assert told(night(home, ledger, {"a.zip": content}))[1:] == [
        ("a.zip/one.csv", "accepted", None),
        ("a.zip/two.csv", "seen", "FILE_SEEN"),
    ]
    assert told(night(home, ledger, {"b.zip": content})) == [("b.zip", "seen", "FILE_SEEN")]
    assert told(night(home, ledger, {"one.csv": bills(1)})) == [("one.csv", "seen", "FILE_SEEN")]
    assert numbers(home, ledger) == ["F1"]


def test_a_zip_that_was_refused_is_tried_again_with_the_archive(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(unpacking, "MOST_FILES", 1)
        assert told(night(home, ledger, {"a.zip": zip_of(("1.csv", bills(1)), ("2.csv", bills(2)))})) == [
            ("a.zip", "refused", "HOSTILE")
        ]
    night(home, ledger, reread=True)
    assert numbers(home, ledger) == ["F1", "F2"]


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        (f"{MEMBER}_bills.zip", True),
        (f"{MEMBER}/bills.zip", True),
        ("bills.zip", False),
    ],
)
def test_the_name_of_a_zip_states_the_sender_of_its_files(home: Home, ledger: Ledger, name: str, refused: bool) -> None:
    content = zip_of(("x.csv", csv_bytes([bill(), bill(bill_no="F2", member_id=OTHER)])))
    ingestion = night(home, ledger, {name: content})
    assert ingestion.rows_quarantined == int(refused)


def test_a_name_in_a_zip_states_the_sender_when_the_zip_does_not(home: Home, ledger: Ledger) -> None:
    ingestion = night(home, ledger, {"all.zip": zip_of((f"{OTHER}_x.csv", bills(1)))})
    assert ingestion.rows_quarantined == 1


@pytest.mark.parametrize(
    "name",
    ["../x.csv", "a/../../x.csv", "/etc/x.csv", "\\\\server\\x.csv", "C:\\x.csv", "..\\x.csv", "a/..\\..\\x.csv"],
)
def test_paths_that_leave_the_zip_are_refused_and_nothing_is_written(
    home: Home, ledger: Ledger, tmp_path: Path, name: str
) -> None:
    ingestion = night(home, ledger, {"bills.zip": zip_of((name, bills(8)), ("good.csv", bills(1)))})
    assert [(file.status, file.reason_code) for file in ingestion.files] == [
        ("accepted", "UNPACKED"),
        ("refused", "HOSTILE"),
        ("accepted", None),
    ]
    assert numbers(home, ledger) == ["F1"]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert not list(home.root.rglob("x.csv"))


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("link.csv")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry


def encrypted(content: bytes) -> bytes:
    """A zip whose first entry says that it is encrypted, in both of its headers."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[content.rfind(b"PK\x01\x02", 0, content.rfind(b"PK\x01\x02")) + 8] |= 1
    return bytes(changed)


def with_wrong_checksum(content: bytes) -> bytes:
    changed = bytearray(content)
    place = content.index(b"PK\x01\x02") + 16
    changed[place] ^= 0xFF
    return bytes(changed)


def with_lying_size(content: bytes) -> bytes:
    """The first entry declares 20 bytes and inflates to more."""
    changed = bytearray(content)
    changed[content.index(b"PK\x01\x02") + 24 : content.index(b"PK\x01\x02") + 28] = struct.pack("<L", 20)
    return bytes(changed)


@pytest.mark.parametrize(
    ("entry", "change", "code"),
    [
        ((link(), b"/etc/passwd"), bytes, "HOSTILE"),
        (("x.csv", bills(8)), encrypted, "ENCRYPTED"),
        (("x.csv", bills(8)), with_wrong_checksum, "CORRUPT"),
        (("x.csv", bills(8) * 9), with_lying_size, "CORRUPT"),
        (("x.csv", b"a,b\n" + EICAR), bytes, "MALWARE"),
        (("bomb.csv", bytes(64 * 1024 * 1024)), bytes, "HOSTILE"),
        (("in.zip", zip_of(("in.zip", zip_of(("deep.csv", bills(8)))))), bytes, "HOSTILE"),
        (("in.zip", b"PK\x03\x04 no zip"), bytes, "CORRUPT"),
        (("a.7z", b"7z\xbc\xaf\x27\x1c"), bytes, "TYPE_UNKNOWN"),
    ],
    ids=["link", "encrypted", "checksum", "size", "malware", "bomb", "too deep", "damaged zip", "7z"],
)
def test_an_entry_that_cannot_be_taken_harms_no_other(
    home: Home, ledger: Ledger, entry: tuple[Any, bytes], change: Callable[[bytes], bytes], code: str
) -> None:
    content = change(zip_of(entry, ("good.csv", bills(1))))
    ingestion = night(home, ledger, {"bills.zip": content})
    assert [file.reason_code for file in ingestion.files if file.status == "refused"] == [code]
    assert numbers(home, ledger) == ["F1"]
    night(home, ledger, reread=True)
    assert numbers(home, ledger) == ["F1"]


def test_a_refused_entry_does_not_push_out_a_file_of_the_same_bytes(home: Home, ledger: Ledger) -> None:
    night(home, ledger, {"good.csv": bills(1)})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("../good.csv", bills(1))
    night(home, ledger, {"bad.zip": buffer.getvalue()})
    assert numbers(home, ledger) == ["F1"]


def too_much_in_all() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.csv", bytes(31 * 1024 * 1024))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped({f"{number}.csv": b"" for number in range(1_001)}), "HOSTILE"),
        (too_much_in_all(), "HOSTILE"),
        (zipped({}), "NO_DATA"),
        (zipped({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "folder/": b""}), "NO_DATA"),
        (zip_of(("a.csv", bills(1)))[:-30], "CORRUPT"),
        (b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 0, 0, 5_000_000, 0, 0), "HOSTILE"),
    ],
    ids=["entries", "size", "empty", "bystanders", "truncated", "directory"],
)
def test_a_zip_that_is_refused_as_a_whole(home: Home, ledger: Ledger, content: bytes, code: str) -> None:
    ingestion = night(home, ledger, {"bad.zip": content, "good.csv": bills(1)})
    assert told(ingestion) == [("bad.zip", "refused", code), ("good.csv", "accepted", None)]


def test_an_entry_without_a_name_harms_no_other(home: Home, ledger: Ledger) -> None:
    content = zip_of(("x.csv", bills(1)), ("b.csv", bills(2))).replace(b"x.csv", b"\0.csv")
    found = told(night(home, ledger, {"a.zip": content, "c.csv": bills(3)}))
    assert found[0] == ("a.zip", "accepted", "UNPACKED")
    assert [status for _, status, _ in found[1:]] == ["refused", "accepted", "accepted"]
    assert found[1][2] == "HOSTILE"


def test_a_zip_that_breaks_its_reader_is_refused_alone(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> Any:
        raise IndexError("unforeseen")

    monkeypatch.setattr("ingestion.landing.unpack", failing)
    found = told(night(home, ledger, {"a.zip": zip_of(("a.csv", bills(1))), "b.csv": bills(2)}))
    assert found == [("a.zip", "refused", "READER_FAILED"), ("b.csv", "accepted", None)]


def test_names_with_line_breaks_are_spelled_out(home: Home, ledger: Ledger) -> None:
    ingestion = night(home, ledger, {"a\nb.csv": bills(1), "z.zip": zip_of(("c\r\nd.csv", bills(2)))})
    assert [file.name for file in ingestion.files] == ["a\\nb.csv", "z.zip", "z.zip/c\\r\\nd.csv"]
    assert files_waiting(home, ledger, load_feeds()) == []
