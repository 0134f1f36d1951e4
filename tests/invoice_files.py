"""Made-up electronic invoices for tests: the same bill as UBL 2.1 and as CII."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from bill_files import MEMBER

UBL = "urn:oasis:names:specification:ubl:schema:xsd"
CII = "urn:un:unece:uncefact:data:standard"


@dataclass(frozen=True)
class Item:
    """One line of an invoice: what it bills, how much, for how many dirhams before tax."""

    name: str
    quantity: str = ""
    unit: str = ""
    amount: str = "10.00"
    description: str = ""
    note: str = ""
    period: tuple[str, str] | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    object_id: str = ""
    delivered: str = ""
    vat: str = "20"


@dataclass(frozen=True)
class Bill:
    """An invoice or credit note; the ICE of the buyer is its legal registration identifier unless `buyer` says otherwise."""

    items: Sequence[Item]
    number: str = "F-2025-001"
    type_code: str = "380"
    issued: str = "2025-02-03"
    due: str = "2025-03-05"
    period: tuple[str, str] | None = ("2025-01-01", "2025-01-31")
    buyer: tuple[tuple[str, str], ...] = (("ICE", MEMBER),)
    seller: str = "SRM Casablanca-Settat"
    meter: str = "MT-0012"
    preceding: str = ""
    contract: str = "C123456"
    notes: tuple[str, ...] = ()
    place: str = ""
    delivered: str = ""
    total: str | None = None

    @property
    def net(self) -> Decimal:
        """The sum of the lines."""
        return sum((Decimal(item.amount) for item in self.items), Decimal(0))

    @property
    def gross(self) -> str:
        """The total with tax."""
        return self.total or str((self.net * Decimal("1.2")).quantize(Decimal("0.01")))


def ubl(bill: Bill) -> bytes:
    """The bill as a UBL 2.1 Invoice, or as a CreditNote when its code is 381."""
    root = "CreditNote" if bill.type_code == "381" else "Invoice"
    lines = "".join(_ubl_line(number, item, root) for number, item in enumerate(bill.items, start=1))
    parties = "".join(
        f"<cac:PartyIdentification><cbc:ID schemeID='{scheme}'>{value}</cbc:ID></cac:PartyIdentification>"
        for scheme, value in bill.buyer
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{UBL}:{root}-2" xmlns:cac="{UBL}:CommonAggregateComponents-2" xmlns:cbc="{UBL}:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>{bill.number}</cbc:ID>
<cbc:IssueDate>{bill.issued}</cbc:IssueDate>{_tag("cbc:DueDate", bill.due) if root == "Invoice" else ""}
<cbc:{root}TypeCode>{bill.type_code}</cbc:{root}TypeCode>{"".join(_tag("cbc:Note", note) for note in bill.notes)}
<cbc:DocumentCurrencyCode>MAD</cbc:DocumentCurrencyCode>{_ubl_period(bill.period)}
{_ubl_reference("BillingReference", "InvoiceDocumentReference", bill.preceding)}
<cac:ContractDocumentReference><cbc:ID>{bill.contract}</cbc:ID></cac:ContractDocumentReference>
{_ubl_object("AdditionalDocumentReference", bill.meter)}
<cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>{bill.seller}</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>{parties}<cac:PartyLegalEntity>
<cbc:RegistrationName>Textiles fictifs SA</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:Delivery>{_tag("cbc:ActualDeliveryDate", bill.delivered)}
{f"<cac:DeliveryLocation>{_tag('cbc:ID', bill.place)}</cac:DeliveryLocation>" if bill.place else ""}</cac:Delivery>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="MAD">{bill.net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="MAD">{bill.gross}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="MAD">{bill.gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>{lines}
</{root}>""".encode()


def _ubl_line(number: int, item: Item, root: str) -> str:
    quantity = "CreditedQuantity" if root == "CreditNote" else "InvoicedQuantity"
    attributes = "".join(
        f"<cac:AdditionalItemProperty>{_tag('cbc:Name', name)}{_tag('cbc:Value', value)}</cac:AdditionalItemProperty>"
        for name, value in item.attributes
    )
    delivery = (
        f"<cac:Delivery>{_tag('cbc:ActualDeliveryDate', item.delivered)}</cac:Delivery>" if item.delivered else ""
    )
    return f"""<cac:{root}Line><cbc:ID>{number}</cbc:ID>{_tag("cbc:Note", item.note)}
<cbc:{quantity} unitCode="{item.unit}">{item.quantity}</cbc:{quantity}>
<cbc:LineExtensionAmount currencyID="MAD">{item.amount}</cbc:LineExtensionAmount>{_ubl_period(item.period)}
{_ubl_object("DocumentReference", item.object_id)}{delivery}
<cac:Item>{_tag("cbc:Description", item.description)}{_tag("cbc:Name", item.name)}<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>
<cbc:Percent>{item.vat}</cbc:Percent></cac:ClassifiedTaxCategory>{attributes}</cac:Item>
<cac:Price><cbc:PriceAmount currencyID="MAD">1</cbc:PriceAmount></cac:Price></cac:{root}Line>"""


def _ubl_period(period: tuple[str, str] | None) -> str:
    if period is None:
        return ""
    return f"<cac:InvoicePeriod>{_tag('cbc:StartDate', period[0])}{_tag('cbc:EndDate', period[1])}</cac:InvoicePeriod>"


def _ubl_object(name: str, value: str) -> str:
    if not value:
        return ""
    return f"<cac:{name}><cbc:ID>{value}</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:{name}>"


def _ubl_reference(outer: str, inner: str, value: str) -> str:
    return f"<cac:{outer}><cac:{inner}><cbc:ID>{value}</cbc:ID></cac:{inner}></cac:{outer}>" if value else ""


def cii(bill: Bill) -> bytes:
    """The bill as a Cross Industry Invoice of profile EN 16931."""
    lines = "".join(_cii_line(number, item) for number, item in enumerate(bill.items, start=1))
    notes = "".join(f"<ram:IncludedNote>{_tag('ram:Content', note)}</ram:IncludedNote>" for note in bill.notes)
    parties = "".join(f"<ram:GlobalID schemeID='{scheme}'>{value}</ram:GlobalID>" for scheme, value in bill.buyer)
    place = f"<ram:ShipToTradeParty>{_tag('ram:ID', bill.place)}</ram:ShipToTradeParty>" if bill.place else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{CII}:CrossIndustryInvoice:100" xmlns:udt="{CII}:UnqualifiedDataType:100"
 xmlns:ram="{CII}:ReusableAggregateBusinessInformationEntity:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument>{_tag("ram:ID", bill.number)}<ram:TypeCode>{bill.type_code}</ram:TypeCode>
{_cii_day("IssueDateTime", bill.issued)}{notes}</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>{lines}<ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty>{_tag("ram:Name", bill.seller)}</ram:SellerTradeParty>
<ram:BuyerTradeParty>{parties}<ram:Name>Textiles fictifs SA</ram:Name></ram:BuyerTradeParty>
<ram:ContractReferencedDocument>{_tag("ram:IssuerAssignedID", bill.contract)}</ram:ContractReferencedDocument>
{_cii_object(bill.meter)}</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery>{place}{_cii_delivered(bill.delivered)}</ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>MAD</ram:InvoiceCurrencyCode>{_cii_period(bill.period)}
<ram:SpecifiedTradePaymentTerms>{_cii_day("DueDateDateTime", bill.due)}</ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>{bill.net}</ram:TaxBasisTotalAmount>
<ram:GrandTotalAmount>{bill.gross}</ram:GrandTotalAmount><ram:DuePayableAmount>{bill.gross}</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation>{_cii_reference(bill.preceding)}
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>""".encode()


def _cii_line(number: int, item: Item) -> str:
    attributes = "".join(
        f"<ram:ApplicableProductCharacteristic>{_tag('ram:Description', name)}{_tag('ram:Value', value)}"
        "</ram:ApplicableProductCharacteristic>"
        for name, value in item.attributes
    )
    note = f"<ram:IncludedNote>{_tag('ram:Content', item.note)}</ram:IncludedNote>" if item.note else ""
    return f"""<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID>{note}
</ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct>{_tag("ram:Name", item.name)}
{_tag("ram:Description", item.description)}{attributes}</ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>1</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery>
<ram:BilledQuantity unitCode="{item.unit}">{item.quantity}</ram:BilledQuantity>{_cii_delivered(item.delivered)}
</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>{item.vat}</ram:RateApplicablePercent></ram:ApplicableTradeTax>{_cii_period(item.period)}
<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{item.amount}</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation>{_cii_object(item.object_id)}
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"""


def _cii_day(name: str, day: str) -> str:
    written = day.replace("-", "")
    return f'<ram:{name}><udt:DateTimeString format="102">{written}</udt:DateTimeString></ram:{name}>' if day else ""


def _cii_delivered(day: str) -> str:
    event = "ActualDeliverySupplyChainEvent"
    return f"<ram:{event}>{_cii_day('OccurrenceDateTime', day)}</ram:{event}>" if day else ""


def _cii_period(period: tuple[str, str] | None) -> str:
    if period is None:
        return ""
    days = _cii_day("StartDateTime", period[0]) + _cii_day("EndDateTime", period[1])
    return f"<ram:BillingSpecifiedPeriod>{days}</ram:BillingSpecifiedPeriod>"


def _cii_object(value: str) -> str:
    name = "AdditionalReferencedDocument"
    return (
        f"<ram:{name}>{_tag('ram:IssuerAssignedID', value)}<ram:TypeCode>130</ram:TypeCode></ram:{name}>"
        if value
        else ""
    )


def _cii_reference(value: str) -> str:
    name = "InvoiceReferencedDocument"
    return f"<ram:{name}>{_tag('ram:IssuerAssignedID', value)}</ram:{name}>" if value else ""


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


SYNTAXES: dict[str, Callable[[Bill], bytes]] = {"ubl": ubl, "cii": cii}
