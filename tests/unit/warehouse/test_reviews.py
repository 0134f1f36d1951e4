"""Rows that wait for a person: which ones, what was decided, and what makes them wait again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.raw import current_batches, register_sources
from warehouse.reviews import (
    NothingToReview,
    ReviewRow,
    content_sha256,
    decide,
    file_named,
    newest_unpublished,
    review_rows,
    review_table,
)

SCHEMA = pa.schema(
    [
        ("bill_no", pa.string()),
        ("quantity", pa.decimal128(18, 6)),
        ("row_id", pa.string()),
        ("file_sha256", pa.string()),
        ("row_no", pa.int32()),
        ("batch_id", pa.string()),
        ("mapping_version", pa.string()),
        ("flags", pa.string()),
    ]
)
PDF, CSV = "a" * 64, "b" * 64


def cells(
    row_id: str, quantity: str, file: str = PDF, flags: str = "NUM_GROUP,TO_CONFIRM", **other: Any
) -> dict[str, Any]:
    row_no = int(row_id.rpartition("-")[2])
    place = {"row_id": row_id, "file_sha256": file, "row_no": row_no, "batch_id": "one", "mapping_version": "1"}
    return {"bill_no": "F1", "quantity": Decimal(quantity), "flags": flags, **place, **other}


def land(home: Home, ledger: Ledger, batch_id: str, *rows: dict[str, Any]) -> None:
    """A batch of the feed bills with these rows, and its files, as ingestion leaves them."""
    path = home.raw_batch("bills", batch_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([{**row, "batch_id": batch_id} for row in rows], schema=SCHEMA), path)
    files = sorted({row["file_sha256"] for row in rows})
    batch = {
        "kind": "batch",
        "feed": "bills",
        "batch_id": batch_id,
        "files": files,
        "rows": len(rows),
        "quarantine_rows": 0,
    }
    names = {PDF: "march/bill.pdf", CSV: "bills.csv"}
    told = [{"kind": "file", "feed": "bills", "name": names[f], "file_sha256": f, "status": "accepted"} for f in files]
    ledger.append([*told, batch])


def rows(home: Home, ledger: Ledger, file: str | None = None) -> list[ReviewRow]:
    return list(review_rows(home, ledger, current_batches(ledger), file))


def standing(home: Home, ledger: Ledger) -> dict[str, str]:
    table = review_table(home, ledger, current_batches(ledger))
    return {row["row_id"]: row["decision"] for row in table.to_pylist()}


def test_only_rows_with_the_flag_wait(home: Home, ledger: Ledger) -> None:
    land(home, ledger, "one", cells("x-1", "5"), cells("y-2", "6", CSV, ""), cells("y-3", "6", CSV, "NOT_TO_CONFIRM"))
    assert [(row.feed, row.row_id, row.standing) for row in rows(home, ledger)] == [("bills", "x-1", None)]
    assert rows(home, ledger, CSV) == []


def test_the_last_decision_holds_and_nothing_is_edited(home: Home, ledger: Ledger) -> None:
    land(home, ledger, "one", cells("x-1", "5"), cells("x-2", "6"))
    before = home.raw_batch("bills", "one").read_bytes()
    (entry,) = decide(ledger, rows(home, ledger), "accept", "Amina", "as printed")
    assert (entry["kind"], entry["file_sha256"], entry["person"], entry["note"]) == (
        "review",
        PDF,
        "Amina",
        "as printed",
    )
    assert standing(home, ledger) == {"x-1": "accept", "x-2": "accept"}
    decide(ledger, [row for row in rows(home, ledger) if row.row_id == "x-2"], "reject", "Brahim")
    assert standing(home, ledger) == {"x-1": "accept", "x-2": "reject"}
    assert home.raw_batch("bills", "one").read_bytes() == before
    assert ledger.problems() == []


def test_a_row_that_is_read_otherwise_waits_again(home: Home, ledger: Ledger) -> None:
    land(home, ledger, "one", cells("x-1", "5"), cells("x-2", "6"))
    decide(ledger, rows(home, ledger), "accept", "Amina")
    land(home, ledger, "again", cells("x-1", "5", mapping_version="2"), cells("x-2", "60", mapping_version="2"))
    assert standing(home, ledger) == {"x-1": "accept"}
    (waiting,) = [row for row in rows(home, ledger) if row.standing is None]
    assert waiting.row_id == "x-2"
    assert waiting.decided is not None
    land(home, ledger, "back", cells("x-1", "5"), cells("x-2", "6"))
    assert standing(home, ledger) == {"x-1": "accept", "x-2": "accept"}, "the person saw this very content"


def test_content_is_what_a_row_says() -> None:
    one = cells("x-1", "5")
    assert content_sha256(one) == content_sha256(
        {**one, "batch_id": "two", "flags": "", "row_no": 9, "new_column": None}
    )
    assert content_sha256(one) != content_sha256({**one, "quantity": Decimal("5.1")})
    assert content_sha256(one) != content_sha256({**one, "bill_no": None})


def test_the_decisions_are_a_source_of_the_build(home: Home, ledger: Ledger) -> None:
    land(home, ledger, "one", cells("x-1", "5"), cells("x-2", "6"))
    decide(ledger, rows(home, ledger)[:1], "accept", "Amina")
    quarantine = pa.schema([("row_id", pa.string())])
    connection = duckdb.connect()
    register_sources(connection, home, ledger, {"bills": SCHEMA}, quarantine)
    assert connection.execute("select feed, row_id, decision, person, note from ledger.reviews").fetchall() == [
        ("bills", "x-1", "accept", "Amina", None)
    ]


def test_no_decision_on_nothing(ledger: Ledger) -> None:
    with pytest.raises(NothingToReview):
        decide(ledger, [], "accept", "Amina")
    assert ledger.entries() == []


@pytest.mark.parametrize("text", [PDF, "aaaaaaaa", "AAAAAAAA", "bill.pdf", "march/bill.pdf", "bills/march/bill.pdf"])
def test_a_file_is_meant_by_its_hash_or_its_name(home: Home, ledger: Ledger, text: str) -> None:
    land(home, ledger, "one", cells("x-1", "5"), cells("y-1", "6", CSV))
    assert file_named(ledger, text) == PDF


@pytest.mark.parametrize(("text", "said"), [("other.pdf", "no file"), ("aaaa", "no file"), ("bill.pdf", "2 files")])
def test_a_file_that_is_not_known_or_not_one(home: Home, ledger: Ledger, text: str, said: str) -> None:
    land(home, ledger, "one", cells("x-1", "5"))
    entry = {"kind": "file", "feed": "bills", "name": "april/bill.pdf", "file_sha256": CSV, "status": "accepted"}
    ledger.append(
        [entry, {"kind": "batch", "feed": "bills", "batch_id": "b", "files": [CSV], "rows": 0, "quarantine_rows": 0}]
    )
    with pytest.raises(NothingToReview, match=said):
        file_named(ledger, text)


def test_a_decision_is_news_until_a_release_is_made(home: Home, ledger: Ledger) -> None:
    land(home, ledger, "one", cells("x-1", "5"))
    assert newest_unpublished(ledger) is None
    before = ledger.head_of_inputs()
    (entry,) = decide(ledger, rows(home, ledger), "accept", "Amina")
    assert newest_unpublished(ledger) == entry
    assert ledger.head_of_inputs() == entry["hash"] != before
    ledger.append([{"kind": "release", "release_id": "r"}])
    assert newest_unpublished(ledger) is None
