"""UN/CEFACT Cross Industry Invoice: all profiles of Factur-X, ZUGFeRD 2 and XRechnung, and ZUGFeRD 1 under its old names.

The paths are those of EN 16931-3-3. What the EXTENDED profile adds is read where it says what a line is: lines that only
group or inform are no charges.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from ingestion.cells import FileRefused
from ingestion.readers.invoices.terms import Invoice, Line, Party, Terms, refuse_too_many
from ingestion.readers.invoices.tree import all_text, own_text, text, with_local_names

CROSS_INDUSTRY_INVOICE = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"
ZUGFERD_1 = "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument"
ROOTS = frozenset({CROSS_INDUSTRY_INVOICE, ZUGFERD_1})

# ZUGFeRD 1 wrote the names of CII D13B; those of D16B are the names used below.
RENAMED = {
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "SpecifiedTradeSettlementHeaderMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "SpecifiedTradeSettlementLineMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "ApplicablePercent": "RateApplicablePercent",
}
AGREEMENT, DELIVERY, SETTLEMENT = (
    f"SupplyChainTradeTransaction/ApplicableHeaderTrade{part}" for part in ("Agreement", "Delivery", "Settlement")
)
TOTALS = f"{SETTLEMENT}/SpecifiedTradeSettlementMonetarySummation"
LINES = "SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem"
LINE_SETTLEMENT = "SpecifiedLineTradeSettlement"
PERIOD = "BillingSpecifiedPeriod"
DELIVERED = "ActualDeliverySupplyChainEvent/OccurrenceDateTime"
INVOICED_OBJECT = "130"

DOCUMENT = {
    "BT-1": ("ExchangedDocument/ID",),
    "BT-3": ("ExchangedDocument/TypeCode",),
    "BT-5": (f"{SETTLEMENT}/InvoiceCurrencyCode",),
    "BT-12": tuple(f"{AGREEMENT}/ContractReferencedDocument/{name}" for name in ("IssuerAssignedID", "ID")),
    "BT-13": tuple(f"{AGREEMENT}/BuyerOrderReferencedDocument/{name}" for name in ("IssuerAssignedID", "ID")),
    "BT-25": tuple(f"{SETTLEMENT}/InvoiceReferencedDocument/{name}" for name in ("IssuerAssignedID", "ID")),
    "BT-70": (f"{DELIVERY}/ShipToTradeParty/Name",),
    "BT-71": tuple(f"{DELIVERY}/ShipToTradeParty/{name}" for name in ("ID", "GlobalID")),
    "BT-109": (f"{TOTALS}/TaxBasisTotalAmount",),
    "BT-110": (f"{TOTALS}/TaxTotalAmount",),
    "BT-112": (f"{TOTALS}/GrandTotalAmount",),
    "BT-115": (f"{TOTALS}/DuePayableAmount",),
}
DOCUMENT_DAYS = {
    "BT-2": "ExchangedDocument/IssueDateTime",
    "BT-9": f"{SETTLEMENT}/SpecifiedTradePaymentTerms/DueDateDateTime",
    "BT-72": f"{DELIVERY}/{DELIVERED}",
    "BT-73": f"{SETTLEMENT}/{PERIOD}/StartDateTime",
    "BT-74": f"{SETTLEMENT}/{PERIOD}/EndDateTime",
}
LINE = {
    "BT-126": ("AssociatedDocumentLineDocument/LineID",),
    "BT-127": ("AssociatedDocumentLineDocument/IncludedNote/Content",),
    "BT-129": ("SpecifiedLineTradeDelivery/BilledQuantity",),
    "BT-131": (f"{LINE_SETTLEMENT}/SpecifiedTradeSettlementMonetarySummation/LineTotalAmount",),
    "BT-25": (f"{LINE_SETTLEMENT}/InvoiceReferencedDocument/IssuerAssignedID",),
    "BT-71": tuple(f"SpecifiedLineTradeDelivery/ShipToTradeParty/{name}" for name in ("ID", "GlobalID")),
    "BT-146": ("SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount",),
    "BT-151": (f"{LINE_SETTLEMENT}/ApplicableTradeTax/CategoryCode",),
    "BT-152": (f"{LINE_SETTLEMENT}/ApplicableTradeTax/RateApplicablePercent",),
    "BT-153": ("SpecifiedTradeProduct/Name",),
    "BT-154": ("SpecifiedTradeProduct/Description",),
    "BT-155": ("SpecifiedTradeProduct/SellerAssignedID",),
    "BT-156": ("SpecifiedTradeProduct/BuyerAssignedID",),
    "BT-157": ("SpecifiedTradeProduct/GlobalID",),
    "BT-158": ("SpecifiedTradeProduct/DesignatedProductClassification/ClassCode",),
}
LINE_DAYS = {
    "BT-72": f"SpecifiedLineTradeDelivery/{DELIVERED}",
    "BT-134": f"{LINE_SETTLEMENT}/{PERIOD}/StartDateTime",
    "BT-135": f"{LINE_SETTLEMENT}/{PERIOD}/EndDateTime",
}
# Lines of the EXTENDED profile that are no charge of their own.
UNCHARGED = {"GROUP": "GROUP_LINE", "INFORMATION": "FOOTNOTE"}
DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T?[0-9:]*)(?:Z|[+-][0-9:]+)?")
# UNTDID 2379: a month and a week stand for their first or last day.
MONTH_FORMAT, WEEK_FORMAT = "610", "616"


def read(root: etree._Element) -> Invoice:
    """The invoice under this root; raises `FileRefused` NO_LINES for the profiles that leave the lines out."""
    with_local_names(root, RENAMED)
    refuse_too_many(sum(1 for _ in root.iterfind(LINES)))
    lines = list(_lines(root))
    if not lines:
        profile = text(root, "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID")
        raise FileRefused("NO_LINES", profile=profile.rpartition(":")[2] or "?")
    terms = {term: text(root, *paths) for term, paths in DOCUMENT.items()} | _days(root, DOCUMENT_DAYS)
    terms["BT-18"] = _object(root, f"{AGREEMENT}/AdditionalReferencedDocument")
    return Invoice(
        terms=terms,
        buyer=_party(root.find(f"{AGREEMENT}/BuyerTradeParty")),
        seller=_party(root.find(f"{AGREEMENT}/SellerTradeParty")),
        is_credit_note=False,
        notes=[*all_text(root, "ExchangedDocument/Name"), *all_text(root, "ExchangedDocument/IncludedNote/Content")],
        lines=lines,
    )


def _lines(root: etree._Element) -> Iterator[Line]:
    for element in root.iterfind(LINES):
        terms = {term: text(element, *paths) for term, paths in LINE.items()} | _days(element, LINE_DAYS)
        terms["BT-128"] = _object(element, f"{LINE_SETTLEMENT}/AdditionalReferencedDocument")
        quantity = element.find("SpecifiedLineTradeDelivery/BilledQuantity")
        terms["BT-130"] = "" if quantity is None else quantity.get("unitCode", "").strip()
        yield Line(terms, _attributes(element), _dropped(element, terms))


def _dropped(line: etree._Element, terms: Terms) -> str | None:
    if not any(terms[term] for term in ("BT-129", "BT-131", "BT-153")):
        return "FOOTNOTE"
    return UNCHARGED.get(text(line, "AssociatedDocumentLineDocument/LineStatusReasonCode").upper())


def _days(element: etree._Element, paths: dict[str, str]) -> Terms:
    return {term: _day(element, path, is_end=path.endswith("EndDateTime")) for term, path in paths.items()}


def _day(element: etree._Element, path: str, *, is_end: bool) -> str:
    """A day as ISO 8601; what is no day of a known format is handed over as it is written."""
    moment = next(
        (found for name in ("DateTimeString", "DateTime") for found in element.iterfind(f"{path}/{name}")), None
    )
    written = "" if moment is None else (moment.text or "").strip()
    format_ = "" if moment is None else moment.get("format", "")
    if format_ in (MONTH_FORMAT, WEEK_FORMAT) and re.fullmatch("[0-9]{6}", written):
        return _edge(int(written[:4]), int(written[4:]), format_, is_end=is_end) or written
    match = DAY.fullmatch(written)
    return "-".join(match.groups()) if match else written


def _edge(year: int, number: int, format_: str, *, is_end: bool) -> str | None:
    try:
        if format_ == WEEK_FORMAT:
            return date.fromisocalendar(year, number, 7 if is_end else 1).isoformat()
        return date(year, number, calendar.monthrange(year, number)[1] if is_end else 1).isoformat()
    except ValueError:
        return None


def _object(element: etree._Element, path: str) -> str:
    for reference in element.iterfind(path):
        if text(reference, "TypeCode") == INVOICED_OBJECT:
            return text(reference, "IssuerAssignedID", "ID")
    return ""


def _attributes(line: etree._Element) -> list[tuple[str, str]]:
    found = line.iterfind("SpecifiedTradeProduct/ApplicableProductCharacteristic")
    return [(text(each, "Description", "TypeCode"), text(each, "Value", "ValueMeasure")) for each in found]


def _party(party: etree._Element | None) -> Party:
    if party is None:
        return Party()
    return Party(
        name=text(party, "Name"),
        identifiers=_schemed(party, "ID") + _schemed(party, "GlobalID"),
        legal=_schemed(party, "SpecifiedLegalOrganization/ID"),
        vat=tuple(pair for pair in _schemed(party, "SpecifiedTaxRegistration/ID") if pair[0] == "VA"),
        others=tuple(pair for pair in _schemed(party, "SpecifiedTaxRegistration/ID") if pair[0] != "VA")
        + _schemed(party, "URIUniversalCommunication/URIID"),
    )


def _schemed(element: etree._Element, path: str) -> tuple[tuple[str, str], ...]:
    found = ((each.get("schemeID", ""), own_text(each)) for each in element.iterfind(path))
    return tuple((scheme, value) for scheme, value in found if value)
