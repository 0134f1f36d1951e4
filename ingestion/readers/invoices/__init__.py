"""Electronic invoices: UBL 2.1 and CII (EN 16931 and wider), OIOUBL, as tables of their lines.

The root element says what a document is, wherever it was sent: a CII invoice in a UBL channel is simply read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from lxml import etree

from ingestion.cells import FileRefused, Sheet
from ingestion.readers.invoices import cii, ubl, utility_statement
from ingestion.readers.invoices.derived import sheet_of
from ingestion.readers.invoices.terms import Invoice
from ingestion.readers.xml import parse_xml

READERS: dict[str, Callable[[etree._Element], Invoice]] = {
    **dict.fromkeys(ubl.ROOTS, ubl.read),
    **dict.fromkeys(cii.ROOTS, cii.read),
}
ROOTS = frozenset({*READERS, *utility_statement.ROOTS})


def open_sheets(path: Path) -> Sequence[Sheet]:
    """The lines of an electronic invoice; raises `FileRefused`: XML_UNKNOWN, NO_LINES or what `parse_xml` raises."""
    return sheets_of(path.read_bytes())


def sheets_of(content: bytes, fault: tuple[str, str] | None = None) -> Sequence[Sheet]:
    """The lines of an invoice in memory; `fault` is what is known to be wrong with the invoice as a whole."""
    root = parse_xml(content)
    if root.tag in utility_statement.ROOTS:
        return [utility_statement.read(root)]
    reader = READERS.get(str(root.tag))
    if reader is None:
        raise FileRefused("XML_UNKNOWN", root=root.tag)
    invoice = reader(root)
    if not invoice.lines:
        raise FileRefused("NO_LINES", profile="?")
    return [sheet_of(invoice, fault)]
