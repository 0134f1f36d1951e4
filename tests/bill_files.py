"""Small files of energy bills for the tests of ingestion, and a short way to read them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from ingestion.cells import CellFault, FileRefused
from ingestion.feeds import load_feeds
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mappings

MEMBER = "999900000000057"
RECEIVED_ON = date(2026, 1, 15)

BILL = {
    "member_id": MEMBER,
    "site_id": "S1",
    "supplier": "ONEE",
    "meter_id": "0012",
    "bill_no": "F1",
    "bill_type": "invoice",
    "corrects_bill_no": "",
    "issued_on": "2025-02-03",
    "period_start": "2025-01-01",
    "period_end": "2025-01-31",
    "carrier": "electricity",
    "quantity": "1500",
    "unit": "kWh",
    "index_start": "",
    "index_end": "",
}


def bill(**changes: str) -> dict[str, str]:
    """A good bill line, with these cells changed."""
    return {**BILL, **changes}


def csv_bytes(rows: list[dict[str, Any]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """The rows as CSV, headed by their keys; a row that lacks one has an empty cell."""
    text = io.StringIO(newline="")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, fieldnames=names, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def read(folder: Path, content: bytes, name: str = "bills.csv", feed: str = "energy_bills") -> FileRows:
    """Read a file with this content, received on `RECEIVED_ON`."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    return read_file(path, name, sha256, load_feeds()[feed], RECEIVED_ON, load_mappings()[feed])


def read_bills(folder: Path, *rows: dict[str, Any]) -> FileRows:
    """Read these bill lines from a CSV file."""
    return read(folder, csv_bytes(list(rows)))


def attempt(read: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, str | None]:
    """What a reader returns, or the code with which it refuses."""
    try:
        return read(*arguments, **options), None
    except (CellFault, FileRefused) as refusal:
        return None, refusal.code


def refusal(folder: Path, content: bytes, name: str = "bills.csv", feed: str = "energy_bills") -> str | None:
    """The code with which a file is refused; None if it is read."""
    return attempt(read, folder, content, name, feed)[1]


def flags(rows: FileRows) -> list[set[str]]:
    """The flags of each accepted row."""
    return [set(found.split(",")) - {""} for found in column(rows, "flags")]


def codes(rows: FileRows) -> Counter[str]:
    """How often each reason code was given."""
    return Counter(cell.code for cell in rows.refused)


def column(rows: FileRows, name: str) -> list[Any]:
    """The accepted values of a column."""
    return rows.accepted.column(name).to_pylist()


def outcome_of(folder: Path, **changes: str) -> tuple[str | None, dict[str, Any]]:
    """What becomes of a bill with these cells changed, beside a good one: its reason code, or the row as accepted."""
    rows = read_bills(folder, bill(bill_no="GOOD", unit="kWh"), bill(**changes))
    assert rows.rows_read == 2
    if rows.rows_quarantined:
        assert column(rows, "bill_no") == ["GOOD"]
        return next(iter(codes(rows))), {}
    return None, rows.accepted.to_pylist()[1]
