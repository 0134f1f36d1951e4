"""What people are told of a batch that may be an attack or a breach of confidence."""

import shutil

import pytest
from bill_files import MEMBER, bill, csv_bytes

from ingestion.feeds import load_feeds
from ingestion.landing import ingest_feed
from orchestration.alerts import WEBHOOK_VARIABLE, alert_of_batch, tell_people
from warehouse.home import Home
from warehouse.ledger import Ledger

OTHER = "999900000000154"


def land_and_tell(home: Home, ledger: Ledger, name: str, content: bytes) -> str | None:
    path = home.landing / "energy_bills" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    ingest_feed(home, ledger, load_feeds()["energy_bills"])
    return alert_of_batch(home, ledger, ledger.of_kind("batch")[-1])


def test_a_row_of_another_member_is_told(home: Home, ledger: Ledger) -> None:
    content = csv_bytes([bill(), bill(bill_no="F2", member_id=OTHER), bill(bill_no="F3", quantity="x")])
    alert = land_and_tell(home, ledger, f"{MEMBER}_bills.csv", content)
    assert alert is not None
    told = [line for line in alert.splitlines() if line.startswith("- ")]
    assert len(told) == 1
    assert told[0].startswith(f'- {MEMBER}_bills.csv: Row 3, column "member_id"')
    assert OTHER in told[0]


def test_ordinary_faults_are_not_told(home: Home, ledger: Ledger) -> None:
    assert land_and_tell(home, ledger, "bills.csv", csv_bytes([bill(quantity="x"), bill(bill_no="F2")])) is None


def test_what_was_told_is_not_told_again_and_a_deaf_webhook_stops_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(WEBHOOK_VARIABLE, "http://127.0.0.1:9/")
    tell_people(home, "batch-1", "one")
    tell_people(home, "batch-1", "one")
    assert (home.alerts / "batch-1.txt").read_text() == "one"
    assert len(caplog.records) == 1
    shutil.rmtree(home.alerts)
    tell_people(home, "batch-1", "one")
    assert len(caplog.records) == 2
