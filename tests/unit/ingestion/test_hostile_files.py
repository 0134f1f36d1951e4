"""One night with every hostile file: each is refused with its code, within bounds, and harms no other.

The night runs in a process of its own that may take 1 GiB of memory more than it starts with.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bill_files import bill, csv_bytes
from hostile_files import HOSTILE_FILES, xlsx

from ingestion import archive as archive_module
from ingestion.feeds import load_feeds
from ingestion.landing import files_waiting, ingest_feed
from warehouse.home import Home, file_sha256
from warehouse.ledger import Ledger

FEED = load_feeds()["energy_bills"]
MOST_SECONDS = 10
NIGHT = textwrap.dedent(
    """
    import json, resource, sys, time
    from ingestion.feeds import load_feeds
    from ingestion.landing import ingest_feed
    from warehouse.home import Home
    from warehouse.ledger import Ledger

    status = open("/proc/self/status").read()
    limit = int(status.split("VmSize:")[1].split()[0]) * 1024 + (1 << 30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    home, last = Home.at(sys.argv[1]), time.process_time()

    def told(file):
        global last
        seconds, last = time.process_time() - last, time.process_time()
        print(json.dumps([file.name, file.status, file.reason_code, seconds]), flush=True)

    ingest_feed(home, Ledger(home.ledger), load_feeds()["energy_bills"], on_file=told)
    """
)


def land(home: Home, name: str | bytes, content: bytes) -> Path:
    folder = home.landing / FEED.name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / os.fsdecode(name)
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, list[tuple[str, str | None, float]]]]:
    """The home after the night, and what became of each file: status, code, seconds."""
    home = Home.at(tmp_path_factory.mktemp("night") / "home")
    for name, (make, _) in HOSTILE_FILES.items():
        land(home, name, make())
    for number, name in enumerate(["a_good.csv", "m_good.csv", "z_good.csv"]):
        land(home, name, csv_bytes([bill(bill_no=f"F{number}")]))
    land(home, "y_good.xlsx", xlsx())
    run = subprocess.run(
        [sys.executable, "-c", NIGHT, str(home.root)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        cwd=Path(archive_module.__file__).parents[1],
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found: dict[str, list[tuple[str, str | None, float]]] = {}
    for line in run.stdout.splitlines():
        name, status, code, seconds = json.loads(line)
        found.setdefault(name.split("/")[0], []).append((status, code, seconds))
    return home, found


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_a_hostile_file_is_refused_with_its_code(night: tuple[Home, dict[str, Any]], name: str) -> None:
    refused = {code for status, code, _ in night[1][name] if status == "refused"}
    assert refused
    assert refused <= HOSTILE_FILES[name][1]
    assert all(status == "refused" or code == "UNPACKED" for status, code, _ in night[1][name])


def test_no_file_takes_long(night: tuple[Home, dict[str, Any]]) -> None:
    slow = {name: told for name, told in night[1].items() if sum(seconds for _, _, seconds in told) > MOST_SECONDS}
    assert slow == {}


def test_the_good_files_of_the_night_are_accepted(night: tuple[Home, dict[str, Any]]) -> None:
    for name in ("a_good.csv", "m_good.csv", "z_good.csv", "y_good.xlsx"):
        assert [status for status, _, _ in night[1][name]] == ["accepted"]


def test_nothing_is_written_outside_the_home(night: tuple[Home, dict[str, Any]]) -> None:
    home = night[0]
    assert [path.name for path in home.root.parent.iterdir()] == ["home"]
    assert {path.name for path in home.root.iterdir()} <= {
        "landing", "archive", "raw", "quarantine", "ledger.jsonl", "build", "waiting", ".writer.lock",
    }  # fmt: skip
    assert Ledger(home.ledger).problems() == []
    for entry in Ledger(home.ledger).of_kind("file"):
        assert file_sha256(home.archive / entry["file_sha256"]) == entry["file_sha256"]


def test_what_is_no_file_is_left_alone(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    """A pipe would be waited on for ever, a link would lead out of the landing folder."""
    land(home, "good.csv", csv_bytes([bill()]))
    folder = home.landing / FEED.name
    os.mkfifo(folder / "pipe.csv")
    (tmp_path / "secret.csv").write_bytes(csv_bytes([bill(bill_no="F9")]))
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "gone.csv").symlink_to(folder / "nothing.csv")
    (folder / "null.csv").symlink_to("/dev/zero")
    assert [file.name for file in files_waiting(home, ledger, load_feeds())] == ["good.csv"]
    assert [file.status for file in ingest_feed(home, ledger, FEED).files] == ["accepted"]


def test_names_that_are_no_text_are_spelled_out(home: Home, ledger: Ledger) -> None:
    land(home, b"caf\xe9.csv", csv_bytes([bill()]))
    land(home, "two\nlines.csv", csv_bytes([bill(bill_no="F2")]))
    assert [file.name for file in ingest_feed(home, ledger, FEED).files] == ["caf\\xe9.csv", "two\\nlines.csv"]
    assert files_waiting(home, ledger, load_feeds()) == []


def test_a_file_that_cannot_be_opened_waits_and_the_others_are_read(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    locked = land(home, "locked.csv", csv_bytes([bill()]))
    land(home, "open.csv", csv_bytes([bill(bill_no="F2")]))
    whole = Path.open

    def refusing(path: Path, *arguments: Any, **options: Any) -> Any:
        if path == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refusing)
    assert [file.name for file in ingest_feed(home, ledger, FEED).files] == ["open.csv"]
    assert "locked.csv" in caplog.text


@pytest.mark.parametrize("moment", ["before the copy", "during the copy"])
def test_a_file_that_grows_is_left_for_the_next_night(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, moment: str
) -> None:
    growing = land(home, "growing.csv", csv_bytes([bill()]))
    land(home, "still.csv", csv_bytes([bill(bill_no="F2")]))
    unchanging = archive_module._unchanging

    def write_more() -> None:
        with growing.open("ab") as handle:
            handle.write(csv_bytes([bill(bill_no="F3")]).split(b"\n", 1)[1])

    def growing_meanwhile(source: Path) -> Iterator[bytes]:
        if source != growing:
            yield from unchanging(source)
            return
        if moment == "before the copy":
            write_more()
            yield from unchanging(source)
            return
        chunks = unchanging(source)
        yield next(chunks)
        write_more()
        yield from chunks

    with monkeypatch.context() as patch:
        patch.setattr(archive_module, "_unchanging", growing_meanwhile)
        assert [file.name for file in ingest_feed(home, ledger, FEED).files] == ["still.csv"]
    assert "growing.csv is left for the next night" in caplog.text
    assert len(list(home.archive.iterdir())) == 1
    (late,) = ingest_feed(home, ledger, FEED).files
    assert (late.name, late.rows_accepted) == ("growing.csv", 2)


def test_a_file_too_large_is_refused_without_a_copy(home: Home, ledger: Ledger) -> None:
    path = land(home, "large.csv", b"")
    with path.open("wb") as handle:
        handle.truncate(1 << 30)
    (file,) = ingest_feed(home, ledger, FEED).files
    assert (file.status, file.reason_code, file.size_bytes) == ("refused", "TOO_LARGE", 1 << 30)
    assert (home.archive / file.file_sha256).stat().st_size < 200
    assert file_sha256(home.archive / file.file_sha256) == file.file_sha256
    assert files_waiting(home, ledger, load_feeds()) == []
    assert ingest_feed(home, ledger, FEED, reread=True).batch_id is None
