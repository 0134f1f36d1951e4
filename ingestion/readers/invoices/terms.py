"""The columns in which invoices are handed over: business terms of EN 16931, and what is told from several of them.

One row per line of the invoice; what the invoice says as a whole stands in every row. Nothing here knows the syntax.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from ingestion.cells import Cells, Column, FileRefused, HeadRow

Terms: TypeAlias = dict[str, str]  # by short name, such as BT-1

MOST_LINES = 10_000

HEADERS = {
    "BT-1": "BT-1 Invoice number",
    "BT-2": "BT-2 Invoice issue date",
    "BT-3": "BT-3 Invoice type code",
    "BT-5": "BT-5 Invoice currency code",
    "BT-9": "BT-9 Payment due date",
    "BT-12": "BT-12 Contract reference",
    "BT-13": "BT-13 Purchase order reference",
    "BT-18": "BT-18 Invoiced object identifier",
    "BT-22": "BT-22 Invoice note",
    "BT-25": "BT-25 Preceding invoice number",
    "BT-27": "BT-27 Seller name",
    "BT-29": "BT-29 Seller identifier",
    "BT-30": "BT-30 Seller legal registration identifier",
    "BT-31": "BT-31 Seller VAT identifier",
    "BT-44": "BT-44 Buyer name",
    "BT-46": "BT-46 Buyer identifier",
    "BT-47": "BT-47 Buyer legal registration identifier",
    "BT-48": "BT-48 Buyer VAT identifier",
    "BT-70": "BT-70 Deliver to party name",
    "BT-71": "BT-71 Deliver to location identifier",
    "BT-72": "BT-72 Actual delivery date",
    "BT-73": "BT-73 Invoicing period start date",
    "BT-74": "BT-74 Invoicing period end date",
    "BT-109": "BT-109 Invoice total amount without VAT",
    "BT-110": "BT-110 Invoice total VAT amount",
    "BT-112": "BT-112 Invoice total amount with VAT",
    "BT-115": "BT-115 Amount due for payment",
    "BT-126": "BT-126 Invoice line identifier",
    "BT-127": "BT-127 Invoice line note",
    "BT-128": "BT-128 Invoice line object identifier",
    "BT-129": "BT-129 Invoiced quantity",
    "BT-130": "BT-130 Invoiced quantity unit of measure code",
    "BT-131": "BT-131 Invoice line net amount",
    "BT-134": "BT-134 Invoice line period start date",
    "BT-135": "BT-135 Invoice line period end date",
    "BT-146": "BT-146 Item net price",
    "BT-151": "BT-151 Invoiced item VAT category code",
    "BT-152": "BT-152 Invoiced item VAT rate",
    "BT-153": "BT-153 Item name",
    "BT-154": "BT-154 Item description",
    "BT-155": "BT-155 Item Seller's identifier",
    "BT-156": "BT-156 Item Buyer's identifier",
    "BT-157": "BT-157 Item standard identifier",
    "BT-158": "BT-158 Item classification identifier",
    "BG-32": "BG-32 Item attributes",
}
# What follows from the terms above; how is said in `derived`.
DERIVED = {
    "kind": "Invoice kind",
    "buyer": "Buyer identifier",
    "line": "Line number",
    "label": "Line label",
    "wording": "Line wording",
    "details": "Line details",
    "invoice wording": "Invoice wording",
    "register": "Register wording",
    "basis": "Heating value wording",
    "meter": "Meter number",
    "place": "Place of delivery",
    "from": "Period start",
    "to": "Period end",
    "index start": "Index at start",
    "index end": "Index at end",
    "multiplier": "Multiplier",
    "reading start": "Kind of reading at start",
    "reading end": "Kind of reading at end",
}
COLUMNS = {**HEADERS, **DERIVED}


@dataclass(frozen=True)
class Party:
    """The name and the identifiers of a buyer or seller; `others` are identifiers that are no term of their own."""

    name: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()  # scheme, value
    legal: tuple[tuple[str, str], ...] = ()
    vat: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, str], ...] = ()

    @property
    def everything(self) -> tuple[tuple[str, str], ...]:
        """All identifiers, with their schemes."""
        return (*self.identifiers, *self.legal, *self.vat, *self.others)


@dataclass
class Line:
    """One line: its terms, its attributes (BG-32: name, value), and whether it only adds up or comments on others."""

    terms: Terms
    attributes: list[tuple[str, str]] = field(default_factory=list)
    dropped: str | None = None


@dataclass
class Invoice:
    """An invoice or credit note, whatever its syntax."""

    terms: Terms
    buyer: Party
    seller: Party
    is_credit_note: bool
    notes: list[str]
    lines: list[Line]


@dataclass(frozen=True)
class InvoiceSheet:
    """The lines of an invoice as a table; `fault` is what is wrong with the invoice as a whole."""

    rows: Sequence[Mapping[str, str]]
    dropped: Mapping[int, str]
    flags: Mapping[int, frozenset[str]]
    fault: tuple[str, str] | None = None
    name: str = "lines"

    def head(self) -> list[HeadRow]:
        """The header; an invoice has no other row before its lines."""
        return [HeadRow(0, tuple(COLUMNS.values()))]

    def body(self, header: int) -> Cells:
        """The lines, numbered from 1."""
        columns = tuple(Column.of([row.get(short, "") for row in self.rows]) for short in COLUMNS)
        numbers = np.arange(1, len(self.rows) + 1, dtype=np.int32)
        faults = {} if self.fault is None else dict.fromkeys(range(len(self.rows)), self.fault)
        return Cells(columns, numbers, faults=faults, dropped=dict(self.dropped), record_flags=dict(self.flags))


def refuse_too_many(lines: int) -> None:
    """Raise `FileRefused` HOSTILE_XML for more lines than any invoice has."""
    if lines > MOST_LINES:
        raise FileRefused("HOSTILE_XML", cause=f"{lines} > {MOST_LINES} lines")


def numbered(lines: Sequence[Line]) -> list[str]:
    """A number for each line that tells it from the others: BT-126 if it does, else its place."""
    stated = [line.terms.get("BT-126", "") for line in lines]
    counts = Counter(stated)
    return [text if text and counts[text] == 1 else f"#{place}" for place, text in enumerate(stated, start=1)]
