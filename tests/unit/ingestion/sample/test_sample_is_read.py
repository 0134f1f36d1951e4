"""Ingestion reads the sample: every made row arrives exact, and what is refused is the listed dirt, nothing else."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingestion.feeds import load_feeds
from ingestion.landing import FileResult, ingest_feed
from ingestion.reasons import load_reasons
from ingestion.sample import SampleSummary, make_sample
from ingestion.sample.association import make_association
from ingestion.sample.exports import export_rows
from ingestion.sample.production import make_output
from warehouse.home import Home
from warehouse.ledger import Ledger

FEEDS = [feed for feed in load_feeds().values() if feed.kind != "reference"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    return make_sample(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def files(made: SampleSummary) -> dict[tuple[str, str], FileResult]:
    home = Home.at(made.folder)
    ledger = Ledger(home.ledger)
    return {(feed.name, file.name): file for feed in FEEDS for file in ingest_feed(home, ledger, feed).files}


def rows_of(folder: Path, feed: str, columns: list[str]) -> list[dict[str, object]]:
    return [
        row for path in folder.glob(f"{feed}/*.parquet") for row in pq.read_table(path, columns=columns).to_pylist()
    ]


def test_what_is_refused_is_the_listed_dirt_and_nothing_else(
    made: SampleSummary, files: dict[tuple[str, str], FileResult]
) -> None:
    home = Home.at(made.folder)
    names = {(feed, file.file_sha256): name for (feed, name), file in files.items() if file.status != "seen"}
    found: Counter[tuple[str, str, str]] = Counter()
    for feed in FEEDS:
        for row in rows_of(home.quarantine, feed.name, ["file_sha256", "reason_code"]):
            found[feed.name, names[feed.name, str(row["file_sha256"])], str(row["reason_code"])] += 1
    for (feed_name, name), file in files.items():
        for code, count in file.dropped_by_reason.items():
            found[feed_name, name, code] += count
        if file.reason_code is not None:
            found[feed_name, name, file.reason_code] += 0
    reasons = load_reasons()
    listed = {
        (dirt.feed, dirt.file_name, dirt.expected_code): dirt.rows
        for dirt in made.dirt
        if dirt.expected_code in reasons and reasons[dirt.expected_code].severity != "flag"
    }
    assert dict(found) == listed


def test_what_is_normalised_is_flagged(made: SampleSummary, files: dict[tuple[str, str], FileResult]) -> None:
    home = Home.at(made.folder)
    for code, column_count in (("ICE_SPACED", 4), ("NULL_TOKEN", 6)):
        (dirt,) = [dirt for dirt in made.dirt if dirt.expected_code == code]
        sha256 = files[dirt.feed, dirt.file_name].file_sha256
        flagged = [
            row
            for row in rows_of(home.raw, dirt.feed, ["file_sha256", "flags"])
            if code in str(row["flags"]).split(",")
        ]
        assert {row["file_sha256"] for row in flagged} == {sha256}
        assert len(flagged) == dirt.rows == column_count


def test_every_row_is_accounted_for(made: SampleSummary, files: dict[tuple[str, str], FileResult]) -> None:
    for file in files.values():
        assert file.rows_read == file.rows_accepted + file.rows_quarantined + file.rows_dropped
    for feed in ("sites", "meters", "products", "members", "evidence"):
        assert sum(file.rows_accepted for (name, _), file in files.items() if name == feed) == made.rows_by_feed[feed]


def test_values_arrive_to_the_last_digit_through_every_container(
    made: SampleSummary, files: dict[tuple[str, str], FileResult]
) -> None:
    assert files
    association = make_association(made.seed)
    sent = {
        (row["declaration_no"], row["line_no"]): (row["fob_value_mad"], row["invoice_value"], row["registered_on"])
        for row in export_rows(association, make_output(association, made.seed), made.seed)
    }
    columns = ["declaration_no", "line_no", "fob_value_mad", "invoice_value", "registered_on", "status"]
    arrived = rows_of(Home.at(made.folder).raw, "exports", columns)
    unamended = [row for row in arrived if row["status"] != "amended"]
    assert len(unamended) == len(sent) - 2
    for row in unamended:
        fob_value, invoice_value, registered_on = sent[row["declaration_no"], row["line_no"]]
        assert row["fob_value_mad"] == Decimal(str(fob_value))
        assert row["invoice_value"] == Decimal(str(invoice_value))
        assert row["registered_on"] == registered_on
