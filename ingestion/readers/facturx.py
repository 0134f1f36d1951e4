"""Factur-X and ZUGFeRD: PDFs that carry their invoice as XML. What the pages print is only compared with it.

A PDF without such an XML is a bill like any other: `ingestion.readers.pdf` reads its text.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ingestion.cells import CellFault, FileRefused, Sheet
from ingestion.folding import fold
from ingestion.numbers import parse_number
from ingestion.readers import invoices
from ingestion.readers.invoices.terms import InvoiceSheet
from ingestion.readers.isolated import ask_about_pdf
from ingestion.readers.xml import root_tag

WORKER = Path(__file__).with_name("facturx_worker.py")
MOST_SECONDS = 4  # of computing, which is what a hostile PDF takes; a busy machine may take longer to give them
PATIENCE_SECONDS = 30
FIRST_BYTES = 65536

# The dictionary of an attached file is never compressed. Most PDFs have none, and are not parsed twice.
MAY_CARRY_XML = re.compile(rb"/EmbeddedFile|#2Fxml|/xml", re.IGNORECASE)
# The names that the standards give the attachment come before any other XML that is an invoice.
STANDARD_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "cii.xml", "order-x.xml")
TOLERANCE = Decimal("0.01")
# Words before the amount that the whole invoice comes to, in folded text.
TOTAL = re.compile(
    r"\b(net a payer|montant a payer|total a payer|montant du|total ttc|montant ttc|total facture|amount due|total due"
    r"|amount payable|grand total|total incl\w*( (vat|tax))?|invoice total|zahlbetrag|rechnungsbetrag|gesamtbetrag"
    r"|bruttobetrag|bruttosumme|zu zahlen\w*|te betalen|totaal incl\w*|i alt inkl\w*|total con iva|importe total)\b"
)
AMOUNT = re.compile(r"-?[0-9][0-9 .,'\u00a0\u202f]*[.,][0-9]{2}(?![0-9])")


@dataclass(frozen=True)
class Embedded:
    """The invoice that a PDF carries, and the text of its pages."""

    content: bytes
    text: str


def open_sheets(path: Path) -> Sequence[Sheet] | None:
    """The lines of the invoice that a PDF carries as XML; None when it carries none.

    Lines of an invoice whose pages print another total have the fault PDF_XML_MISMATCH. Raises `FileRefused`: HOSTILE
    or PDF_TIMEOUT for a PDF that the parser cannot bear, and for the XML what `invoices.open_sheets` raises.
    """
    embedded = find(path)
    if embedded is None:
        return None
    (sheet,) = invoices.sheets_of(embedded.content)
    if not isinstance(sheet, InvoiceSheet) or not sheet.rows:
        return [sheet]
    fault = _contradiction(embedded.text, [sheet.rows[0].get(term, "") for term in ("BT-115", "BT-112")])
    return [sheet] if fault is None else invoices.sheets_of(embedded.content, ("PDF_XML_MISMATCH", fault))


def embedded_invoice(path: Path) -> bytes | None:
    """The XML of the invoice that a PDF carries; None when it carries none, or is damaged or encrypted.

    Raises `FileRefused`: HOSTILE or PDF_TIMEOUT.
    """
    embedded = find(path)
    return None if embedded is None else embedded.content


def find(path: Path) -> Embedded | None:
    """The attached XML that is an invoice, the one with a standard name first; None if there is none."""
    if not MAY_CARRY_XML.search(path.read_bytes()):
        return None
    answer = ask_about_pdf(WORKER, path, MOST_SECONDS, PATIENCE_SECONDS)
    files = sorted(answer["files"], key=lambda file: file[0].lower() not in STANDARD_NAMES)
    for _, content in files:
        found = base64.b64decode(content)
        if _is_invoice(found):
            return Embedded(found, answer["text"])
    return None


def _is_invoice(content: bytes) -> bool:
    try:
        return root_tag(content[:FIRST_BYTES]) in invoices.ROOTS
    except FileRefused:
        return False


def _contradiction(text: str, stated: Sequence[str]) -> str | None:
    """The total that the pages print, if they print one and it is none of those that the XML states."""
    printed = list(_totals(text))
    amounts = [Decimal(amount) for amount in stated if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", amount)]
    if not printed or not amounts:
        return None
    if any(abs(abs(total) - abs(amount)) <= TOLERANCE for total in printed for amount in amounts):
        return None
    return f"{printed[-1]} (PDF), {amounts[0]} (XML)"


def _totals(text: str) -> Iterator[Decimal]:
    """The last amount of each line that names a total."""
    for line in text.splitlines():
        amounts = AMOUNT.findall(line) if TOTAL.search(fold(line)) else []
        if amounts:
            try:
                total = parse_number(amounts[-1].strip()).value
            except CellFault:
                continue
            if total:
                yield total
