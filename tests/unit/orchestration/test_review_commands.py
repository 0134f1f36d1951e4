"""`mizan review` on a home with a PDF bill: the list, the decision, and what it refuses."""

from __future__ import annotations

import json

import pytest
from pdf_files import MEMBER, SRM, pdf_bytes
from typer.testing import CliRunner, Result

from ingestion.feeds import load_feeds
from ingestion.landing import ingest_feed
from orchestration.cli import app
from warehouse.home import Home
from warehouse.ledger import Ledger

NAME = f"{MEMBER}_january.pdf"


@pytest.fixture
def waiting(home: Home, ledger: Ledger) -> Home:
    """A home in which the three lines of a bill wait."""
    folder = home.landing / "energy_bills"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(pdf_bytes(SRM))
    ingest_feed(home, ledger, load_feeds()["energy_bills"])
    return home


def review(home: Home, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["review", *arguments, "--home", str(home.root), "--format", "json"])


def listed(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return list(json.loads(result.stdout))


def decisions(home: Home) -> list[tuple[str, str, int]]:
    entries = Ledger(home.ledger).of_kind("review")
    return [(entry["decision"], entry["person"], len(entry["rows"])) for entry in entries]


def test_the_list_shows_what_a_person_compares_with_the_page(waiting: Home) -> None:
    first, *others = listed(review(waiting))
    sha256 = first.pop("file_sha256")
    assert first == {
        "file": NAME, "row": 1, "member_id": MEMBER, "supplier": "SRM Casablanca-Settat", "bill_no": "2025-0098765",
        "meter_id": "00456789", "period_start": "2025-01-01", "period_end": "2025-01-31", "register": "total",
        "component": "energy", "quantity": "330.000000", "unit": "kWh", "amount": "375.050000",
        "message": "Compare it with the document (page 1, line 9).",
    }  # fmt: skip
    assert [row["row"] for row in others] == [2, 3]
    assert listed(review(waiting, str(sha256)[:12], "--row", "3")) == [others[1]]


def test_some_rows_are_accepted_and_the_rest_rejected(waiting: Home) -> None:
    done = review(waiting, NAME, "--row", "1", "--row", "2", "--accept", "--by", "Amina", "--note", "as printed")
    assert [(row["row"], row["message"]) for row in listed(done)] == [
        (1, "accepted by Amina"),
        (2, "accepted by Amina"),
    ]
    assert "from the next night on" in done.stderr
    assert [row["row"] for row in listed(review(waiting))] == [3]
    assert [row["row"] for row in listed(review(waiting, NAME, "--reject", "--by", "Brahim"))] == [3]
    assert listed(review(waiting)) == []
    assert decisions(waiting) == [("accept", "Amina", 2), ("reject", "Brahim", 1)]
    assert Ledger(waiting.ledger).problems() == []


def test_a_decision_is_changed_by_naming_the_row(waiting: Home) -> None:
    review(waiting, NAME, "--accept", "--by", "Amina")
    again = review(waiting, NAME, "--reject", "--by", "Amina")
    assert again.exit_code == 1
    assert "no row" in again.stderr
    review(waiting, NAME, "--row", "1", "--reject", "--by", "Amina")
    assert decisions(waiting) == [("accept", "Amina", 3), ("reject", "Amina", 1)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--accept", "--by", "Amina"],
        [NAME, "--accept"],
        [NAME, "--accept", "--by", "  "],
        [NAME, "--accept", "--reject", "--by", "Amina"],
        [NAME, "--by", "Amina"],
        ["--row", "1"],
    ],
)
def test_half_a_decision_is_wrong_usage(waiting: Home, arguments: list[str]) -> None:
    assert review(waiting, *arguments).exit_code == 2
    assert decisions(waiting) == []


@pytest.mark.parametrize("arguments", [["other.pdf"], [NAME, "--row", "4"]])
def test_what_is_not_there_is_named(waiting: Home, arguments: list[str]) -> None:
    found = review(waiting, *arguments, "--accept", "--by", "Amina")
    assert found.exit_code == 1
    assert arguments[-1] in found.stderr
    assert decisions(waiting) == []


def test_a_home_that_is_being_written_waits(waiting: Home) -> None:
    with waiting.writer():
        busy = review(waiting, NAME, "--accept", "--by", "Amina")
    assert busy.exit_code == 1
    assert "another process" in busy.stderr


def test_a_decision_survives_another_reading_of_the_archive(waiting: Home) -> None:
    review(waiting, NAME, "--accept", "--by", "Amina")
    again = ingest_feed(waiting, Ledger(waiting.ledger), load_feeds()["energy_bills"], reread=True)
    assert again.batch_id is None, "the same templates give the batch that is current already"
    assert listed(review(waiting)) == []


def test_a_template_that_reads_otherwise_asks_again(waiting: Home) -> None:
    from ingestion.readers.pdf_template import TEMPLATES_FOLDER

    review(waiting, NAME, "--accept", "--by", "Amina")
    shipped = (TEMPLATES_FOLDER / "srm.yml").read_text(encoding="utf-8")
    changed = shipped.replace('version: "1"', 'version: "2"').replace(
        "(?P<quantity>{number})", "(?P<quantity>[0-9]{2})[0-9]"
    )
    waiting.pdf_templates.mkdir()
    (waiting.pdf_templates / "srm.yml").write_text(changed, encoding="utf-8")
    again = ingest_feed(waiting, Ledger(waiting.ledger), load_feeds()["energy_bills"], reread=True)
    assert [file.mapping_version for file in again.files] == ["1+srm@2"]
    (row,) = listed(review(waiting))
    assert (row["row"], row["quantity"]) == (1, "33.000000")
    assert str(row["message"]).startswith("Read otherwise since it was accepted by Amina")
