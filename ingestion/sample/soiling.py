"""What every kind of dirt needs: the record of it, and ways to find and overwrite the rows of a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ingestion.sample.documents import Document
from ingestion.sample.rows import Cell, Row

ACCEPTED = "accepted"


@dataclass(frozen=True)
class Dirt:
    """One piece of dirt: what it is, where, what is expected of it and how many rows carry it (0: none, or the file).

    `expected_code` is a reason code of ingestion, a reason for which the warehouse holds a row out, the outcome of a row
    that does not count, a check that finds it, or `ACCEPTED` for what only looks like dirt.
    """

    kind: str
    feed: str
    file_name: str
    expected_code: str
    rows: int


Documents: TypeAlias = list[Document]
# One kind of dirt: it soils the documents and says what it did.
Act: TypeAlias = Callable[[Documents], list[Dirt]]


def find_document(documents: Documents, feed: str, owner: str, part: str = "") -> Document:
    """The first document of a feed and owner whose name contains `part`."""
    return next(
        document
        for document in documents
        if document.feed == feed and document.owner == owner and part in document.name
    )


def rows_where(document: Document, **wanted: Cell) -> list[Row]:
    """The rows of a document that have these values."""
    return [row for row in document.rows if all(row.get(column) == value for column, value in wanted.items())]


def overwrite(document: Document, rows: list[Row], kind: str, code: str, **cells: Cell) -> list[Dirt]:
    """Put `cells` into `rows`, and say so."""
    for row in rows:
        row.update(cells)
    return [Dirt(kind, document.feed, document.name, code, len(rows))]


def energy_lines(rows: list[Row]) -> list[Row]:
    """Those of a bill's lines that carry one of its three active registers."""
    return [row for row in rows if row["register"] in {"peak", "normal", "off_peak"}]


def lines_of_bill(document: Document, meter_id: str, number: int) -> list[Row]:
    """All lines of the `number`th bill of a meter."""
    bill_numbers = list(dict.fromkeys(row["bill_no"] for row in rows_where(document, meter_id=meter_id)))
    return rows_where(document, meter_id=meter_id, bill_no=bill_numbers[number])
