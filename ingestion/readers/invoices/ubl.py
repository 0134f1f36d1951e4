"""UBL 2: Invoice and CreditNote, of EN 16931 (Peppol, XRechnung, national profiles) and of OIOUBL.

The paths are those of EN 16931-3-2, and where OIOUBL writes otherwise, its own after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from lxml import etree

from ingestion.readers.invoices.terms import Invoice, Line, Party, Terms, refuse_too_many
from ingestion.readers.invoices.tree import all_text, own_text, text, with_local_names

Paths: TypeAlias = Mapping[str, tuple[str, ...]]

INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
ROOTS = frozenset({INVOICE, CREDIT_NOTE})

DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2}|T.*)?")
INVOICED_OBJECT = "130"
LINE_NAMES = ("InvoiceLine", "CreditNoteLine", "SubInvoiceLine", "SubCreditNoteLine")

DOCUMENT = {
    "BT-1": ("ID",),
    "BT-3": ("InvoiceTypeCode", "CreditNoteTypeCode"),
    "BT-5": ("DocumentCurrencyCode",),
    "BT-12": ("ContractDocumentReference/ID",),
    "BT-13": ("OrderReference/ID",),
    "BT-25": ("BillingReference/InvoiceDocumentReference/ID", "BillingReference/CreditNoteDocumentReference/ID"),
    "BT-70": ("Delivery/DeliveryParty/PartyName/Name",),
    "BT-71": ("Delivery/DeliveryLocation/ID",),
    "BT-109": ("LegalMonetaryTotal/TaxExclusiveAmount",),
    "BT-110": ("TaxTotal/TaxAmount",),
    "BT-112": ("LegalMonetaryTotal/TaxInclusiveAmount",),
    "BT-115": ("LegalMonetaryTotal/PayableAmount",),
}
DOCUMENT_DAYS = {
    "BT-2": ("IssueDate",),
    "BT-9": ("DueDate", "PaymentMeans/PaymentDueDate"),
    "BT-72": ("Delivery/ActualDeliveryDate",),
    "BT-73": ("InvoicePeriod/StartDate",),
    "BT-74": ("InvoicePeriod/EndDate",),
}
LINE = {
    "BT-126": ("ID",),
    "BT-127": ("Note",),
    "BT-129": ("InvoicedQuantity", "CreditedQuantity"),
    "BT-131": ("LineExtensionAmount",),
    "BT-25": ("BillingReference/InvoiceDocumentReference/ID",),
    "BT-71": ("Delivery/DeliveryLocation/ID",),
    "BT-146": ("Price/PriceAmount",),
    "BT-151": ("Item/ClassifiedTaxCategory/ID", "TaxTotal/TaxSubtotal/TaxCategory/ID"),
    "BT-152": ("Item/ClassifiedTaxCategory/Percent", "TaxTotal/TaxSubtotal/TaxCategory/Percent"),
    "BT-153": ("Item/Name",),
    "BT-154": ("Item/Description",),
    "BT-155": ("Item/SellersItemIdentification/ID",),
    "BT-156": ("Item/BuyersItemIdentification/ID",),
    "BT-157": ("Item/StandardItemIdentification/ID",),
    "BT-158": ("Item/CommodityClassification/ItemClassificationCode",),
}
LINE_DAYS = {
    "BT-72": ("Delivery/ActualDeliveryDate",),
    "BT-134": ("InvoicePeriod/StartDate",),
    "BT-135": ("InvoicePeriod/EndDate",),
}


def read(root: etree._Element) -> Invoice:
    """The invoice or credit note under this root."""
    is_credit_note = root.tag == CREDIT_NOTE
    with_local_names(root)
    refuse_too_many(sum(1 for _ in root.iter(*LINE_NAMES)))
    terms = _terms(root, DOCUMENT, DOCUMENT_DAYS)
    terms["BT-18"] = _object(root, "AdditionalDocumentReference")
    return Invoice(
        terms=terms,
        buyer=_role(root.find("AccountingCustomerParty")),
        seller=_role(root.find("AccountingSupplierParty")),
        is_credit_note=is_credit_note,
        notes=all_text(root, "Note"),
        lines=list(_lines(root)),
    )


def _lines(parent: etree._Element) -> Iterator[Line]:
    """The lines in the order of the document; one that is made of sub-lines only adds them up."""
    for element in parent.iterchildren(*LINE_NAMES):
        parts = list(_lines(element))
        terms = _terms(element, LINE, LINE_DAYS)
        terms["BT-128"] = _object(element, "DocumentReference")
        terms["BT-130"] = _unit(element)
        yield Line(terms, _attributes(element), "GROUP_LINE" if parts else None)
        yield from parts


def _terms(element: etree._Element, texts: Paths, days: Paths) -> Terms:
    found = {term: text(element, *paths) for term, paths in texts.items()}
    return found | {term: as_day(text(element, *paths)) for term, paths in days.items()}


def as_day(written: str) -> str:
    """The day without the offset of its zone: the day on the bill is that of its sender."""
    match = DAY.fullmatch(written)
    return match[1] if match else written


def _object(element: etree._Element, name: str) -> str:
    for reference in element.iterchildren(name):
        if text(reference, "DocumentTypeCode") == INVOICED_OBJECT:
            return text(reference, "ID")
    return ""


def _unit(line: etree._Element) -> str:
    for name in ("InvoicedQuantity", "CreditedQuantity"):
        quantity = line.find(name)
        if quantity is not None:
            return quantity.get("unitCode", "").strip()
    return ""


def _attributes(line: etree._Element) -> list[tuple[str, str]]:
    return [
        (text(attribute, "Name"), text(attribute, "Value", "ValueQuantity"))
        for attribute in line.iterfind("Item/AdditionalItemProperty")
    ]


def _role(role: etree._Element | None) -> Party:
    """The party in its role of buyer or seller, with the numbers that the other side gave it."""
    if role is None:
        return Party()
    found = party(role.find("Party"))
    given = _schemed(role, "CustomerAssignedAccountID") + _schemed(role, "SupplierAssignedAccountID")
    return replace(found, others=found.others + given)


def party(element: etree._Element | None) -> Party:
    """A party; nothing is known of one that is absent."""
    if element is None:
        return Party()
    return Party(
        name=text(element, "PartyLegalEntity/RegistrationName", "PartyName/Name"),
        identifiers=_schemed(element, "PartyIdentification/ID"),
        legal=_schemed(element, "PartyLegalEntity/CompanyID"),
        vat=_schemed(element, "PartyTaxScheme/CompanyID"),
        others=_schemed(element, "EndpointID"),
    )


def _schemed(element: etree._Element, path: str) -> tuple[tuple[str, str], ...]:
    found = ((each.get("schemeID", ""), own_text(each)) for each in element.iterfind(path))
    return tuple((scheme, value) for scheme, value in found if value)
