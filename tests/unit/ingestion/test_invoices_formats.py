"""What tells one e-invoice format from another: older names, wider profiles, PDFs that carry XML, utility statements."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import MEMBER, attempt, codes, column, read
from fpdf import FPDF
from invoice_files import UBL, Bill, Item, cii, ubl

from ingestion.readers import facturx, open_sheets
from ingestion.readers.invoices import sheets_of
from ingestion.readers.invoices.derived import unit_kind

ELECTRICITY = Bill([Item("Électricité", "450", "KWH", "1000.00")])

ZUGFERD_1 = b"""<?xml version="1.0"?><rsm:CrossIndustryDocument xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15">
<rsm:HeaderExchangedDocument><ram:ID>R1</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20130305</udt:DateTimeString></ram:IssueDateTime></rsm:HeaderExchangedDocument>
<rsm:SpecifiedSupplyChainTradeTransaction><ram:ApplicableSupplyChainTradeAgreement>
<ram:SellerTradeParty><ram:Name>Stadtwerke</ram:Name></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:ID>999900000000057</ram:ID></ram:BuyerTradeParty></ram:ApplicableSupplyChainTradeAgreement>
<ram:ApplicableSupplyChainTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementMonetarySummation><ram:GrandTotalAmount currencyID="EUR">618.80</ram:GrandTotalAmount>
</ram:SpecifiedTradeSettlementMonetarySummation></ram:ApplicableSupplyChainTradeSettlement>
<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:IncludedNote><ram:Content>Hinweis</ram:Content>
</ram:IncludedNote></ram:AssociatedDocumentLineDocument></ram:IncludedSupplyChainTradeLineItem>
<ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedSupplyChainTradeDelivery>
<ram:BilledQuantity unitCode="KWH">10000.0000</ram:BilledQuantity></ram:SpecifiedSupplyChainTradeDelivery>
<ram:SpecifiedSupplyChainTradeSettlement><ram:ApplicableTradeTax><ram:ApplicablePercent>19.00</ram:ApplicablePercent>
</ram:ApplicableTradeTax><ram:BillingSpecifiedPeriod>
<ram:StartDateTime><udt:DateTimeString format="616">201338</udt:DateTimeString></ram:StartDateTime>
<ram:EndDateTime><udt:DateTimeString format="610">201309</udt:DateTimeString></ram:EndDateTime></ram:BillingSpecifiedPeriod>
<ram:SpecifiedTradeSettlementMonetarySummation><ram:LineTotalAmount currencyID="EUR">520.00</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementMonetarySummation></ram:SpecifiedSupplyChainTradeSettlement>
<ram:SpecifiedTradeProduct><ram:Name>Wirkarbeit HT</ram:Name><ram:ApplicableProductCharacteristic>
<ram:TypeCode>METER_LOCATION</ram:TypeCode><ram:Description>Z\xc3\xa4hlpunkt</ram:Description><ram:Value>DE00038</ram:Value>
</ram:ApplicableProductCharacteristic></ram:SpecifiedTradeProduct></ram:IncludedSupplyChainTradeLineItem>
</rsm:SpecifiedSupplyChainTradeTransaction></rsm:CrossIndustryDocument>"""

READING = """<cac:UtilityConsumptionPoint><cbc:ID>571313100000000001</cbc:ID><cac:UtilityMeter>
<cbc:MeterNumber>{meter}</cbc:MeterNumber>
<cbc:MeterName>{name}</cbc:MeterName>{constant}<cac:MeterReading><cbc:MeterReadingType>{type}</cbc:MeterReadingType>
<cbc:PreviousMeterReadingDate>2024-12-31</cbc:PreviousMeterReadingDate>
<cbc:PreviousMeterQuantity unitCode="KWH">{start}</cbc:PreviousMeterQuantity>
<cbc:LatestMeterReadingDate>2025-03-31</cbc:LatestMeterReadingDate>
<cbc:LatestMeterQuantity unitCode="KWH">{end}</cbc:LatestMeterQuantity>
<cbc:LatestMeterReadingMethod>{method}</cbc:LatestMeterReadingMethod>{delivered}</cac:MeterReading></cac:UtilityMeter>
</cac:UtilityConsumptionPoint>"""
REPORT = """<cac:Consumption><cac:EnergyWaterSupply><cac:ConsumptionReport><cbc:ConsumptionType>Electricity</cbc:ConsumptionType>
<cbc:TotalConsumedQuantity unitCode="KWH">750</cbc:TotalConsumedQuantity><cac:Period><cbc:StartDate>2025-01-01</cbc:StartDate>
<cbc:EndDate>2025-03-31</cbc:EndDate></cac:Period></cac:ConsumptionReport></cac:EnergyWaterSupply></cac:Consumption>"""


def statement(*parts: str, type_: str = "Electricity") -> bytes:
    """A utility statement with one subscription."""
    return f"""<UtilityStatement xmlns="{UBL}:UtilityStatement-2" xmlns:cac="{UBL}:CommonAggregateComponents-2"
 xmlns:cbc="{UBL}:CommonBasicComponents-2"><cbc:ID>S-1</cbc:ID><cbc:IssueDate>2025-04-10</cbc:IssueDate>
<cbc:UtilityStatementTypeCode>{type_}</cbc:UtilityStatementTypeCode>
<cac:ParentDocumentReference><cbc:ID>F-77</cbc:ID></cac:ParentDocumentReference>
<cac:SenderParty><cac:PartyName><cbc:Name>Elselskab A/S</cbc:Name></cac:PartyName></cac:SenderParty>
<cac:CustomerParty><cac:Party><cac:PartyIdentification><cbc:ID>{MEMBER}</cbc:ID></cac:PartyIdentification></cac:Party>
</cac:CustomerParty><cac:SubscriberConsumption>{"".join(parts)}</cac:SubscriberConsumption></UtilityStatement>""".encode()


def reading(**changes: str) -> str:
    values = {
        "meter": "M-1", "name": "", "constant": "", "type": "Electricity", "start": "122604.00", "end": "128365.00",
        "method": "Manuel", "delivered": "",
    }  # fmt: skip
    return READING.format(**{**values, **changes})


def test_zugferd_1_under_its_old_names(tmp_path: Path) -> None:
    rows = read(tmp_path, ZUGFERD_1, "rechnung.xml")
    assert codes(rows) == {}
    assert rows.dropped == {"FOOTNOTE": 1}
    (row,) = rows.accepted.to_pylist()
    found = [
        row[name] for name in ("bill_no", "supplier", "quantity", "amount_excl_vat", "vat_rate", "meter_id", "register")
    ]
    assert found == ["R1", "Stadtwerke", Decimal(10000), Decimal(520), Decimal(19), "DE00038", "normal"]
    assert (row["period_start"], row["period_end"]) == (date(2013, 9, 16), date(2013, 9, 30))
    assert (row["line_no"], row["row_no"], row["bill_total_incl_vat"]) == ("#2", 2, Decimal("618.80"))


def test_lines_that_group_or_inform_are_no_charges(tmp_path: Path) -> None:
    reason = "</ram:LineID><ram:LineStatusReasonCode>{}</ram:LineStatusReasonCode>"
    items = [
        Item("Électricité", "900", "KWH"),
        Item("Électricité jour", "450", "KWH"),
        Item("Électricité nuit", "450", "KWH"),
    ]
    content = cii(Bill([*items, Item("Électricité 2024", "7000", "KWH")])).decode()
    for number, code in enumerate(("GROUP", "DETAIL", "DETAIL", "INFORMATION"), start=1):
        content = content.replace(f"{number}</ram:LineID>", f"{number}{reason.format(code)}")
    rows = read(tmp_path, content.encode(), "facture.xml")
    assert column(rows, "quantity") == [Decimal(450), Decimal(450)]
    assert rows.dropped == {"GROUP_LINE": 1, "FOOTNOTE": 1}


def test_a_line_of_sub_lines_only_adds_them_up(tmp_path: Path) -> None:
    content = ubl(Bill([Item("Électricité", "900", "KWH")])).decode()
    sub_lines = "".join(
        f"<cac:SubInvoiceLine><cbc:ID>1.{number}</cbc:ID><cbc:InvoicedQuantity unitCode='KWH'>{quantity}</cbc:InvoicedQuantity>"
        f"<cac:Item><cbc:Name>Électricité, part {number}</cbc:Name></cac:Item></cac:SubInvoiceLine>"
        for number, quantity in ((1, 500), (2, 400))
    )
    rows = read(
        tmp_path, content.replace("</cac:InvoiceLine>", f"{sub_lines}</cac:InvoiceLine>").encode(), "facture.xml"
    )
    assert column(rows, "quantity") == [Decimal(500), Decimal(400)]
    assert rows.dropped == {"GROUP_LINE": 1}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (cii(ELECTRICITY).replace(b"CrossIndustryInvoice:100", b"CrossIndustryInvoice:13"), "XML_UNKNOWN"),
        (ubl(ELECTRICITY).replace(b"xsd:Invoice-2", b"xsd:Invoice-1.0"), "XML_UNKNOWN"),
        (ubl(ELECTRICITY).replace(b"xsd:Invoice-2", b"xsd:Order-2"), "XML_UNKNOWN"),
        (ubl(ELECTRICITY).replace(b"<Invoice ", b"<Facture ").replace(b"</Invoice>", b"</Facture>"), "XML_UNKNOWN"),
        (cii(Bill([])), "NO_LINES"),
        (ubl(Bill([])), "NO_LINES"),
        (statement(), "NO_LINES"),
        (ubl(ELECTRICITY)[:-20], "CORRUPT"),
    ],
)
def test_what_is_no_readable_invoice_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "facture.xml").write_bytes(content)
    assert attempt(open_sheets, tmp_path / "facture.xml") == (None, code)


def test_a_long_comment_before_the_root_and_another_encoding(tmp_path: Path) -> None:
    content = ubl(ELECTRICITY).decode().replace('encoding="UTF-8"?>', f'encoding="UTF-16"?><!-- {"x" * 100_000} -->')
    assert column(read(tmp_path, content.encode("utf-16"), "facture.xml"), "quantity") == [Decimal(450)]


def test_days_with_the_offset_of_a_zone_are_the_sender_s_days(tmp_path: Path) -> None:
    content = ubl(ELECTRICITY).replace(b"2025-01-31", b"2025-01-31+01:00").replace(b"2025-02-03", b"2025-02-03Z")
    rows = read(tmp_path, content, "facture.xml")
    assert (column(rows, "period_end"), column(rows, "issued_on")) == ([date(2025, 1, 31)], [date(2025, 2, 3)])


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("KWH", "energy"), ("MWH", "energy"), ("GWH", "energy"), ("GV", "energy"), ("3B", "energy"), ("kWh", "energy"),
        ("MTQ", "volume"), ("NM3", "volume"), ("LTR", "volume"), ("HLT", "volume"), ("KGM", "mass"), ("TNE", "mass"),
        ("KWT", "power"), ("KVA", "power"), ("KVH", "reactive"), ("KVR", "reactive"), ("DAY", "time"), ("MON", "time"),
        ("ANN", "time"), ("P1", "percent"), ("EA", "count"), ("C62", "count"), ("", "count"), ("XYZ", "count"),
    ],
)  # fmt: skip
def test_what_units_measure(unit: str, kind: str) -> None:
    assert unit_kind(unit) == kind


def pdf(text: str, attachments: dict[str, bytes]) -> bytes:
    """A PDF with this text and these files attached."""
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    document.multi_cell(0, 6, text)
    for name, content in attachments.items():
        document.embed_file(bytes=content, basename=name, mime_type="text/xml")
    return bytes(document.output())


def test_the_invoice_that_a_pdf_carries(tmp_path: Path) -> None:
    attachments = {"log.xml": b"<log/>", "factur-x.xml": cii(ELECTRICITY)}
    content = pdf("Facture F-2025-001\nTotal HT 1 000,00\nTotal TTC 1 200,00 DH", attachments)
    rows = read(tmp_path, content, "facture.pdf")
    assert codes(rows) == {}
    assert (column(rows, "quantity"), column(rows, "line_label")) == ([Decimal(450)], ["Électricité"])
    assert facturx.embedded_invoice(tmp_path / "facture.pdf") == cii(ELECTRICITY)


def test_an_invoice_in_ubl_under_another_name(tmp_path: Path) -> None:
    content = pdf("Facture", {"whatever.xml": ubl(ELECTRICITY)})
    assert column(read(tmp_path, content, "facture.pdf"), "quantity") == [Decimal(450)]


def test_pages_that_contradict_the_attached_invoice(tmp_path: Path) -> None:
    rows = read(tmp_path, pdf("Net à payer : 1 210,00 DH", {"factur-x.xml": cii(ELECTRICITY)}), "facture.pdf")
    (refused,) = rows.refused
    assert (refused.code, refused.column, refused.row_no) == ("PDF_XML_MISMATCH", "", 1)
    assert refused.cell == "1210.000000 (PDF), 1200.00 (XML)"


@pytest.mark.parametrize(
    "text", ["Total TTC 1.200,00", "Amount due 1,200.01 MAD", "Facture sans total", "Total TTC : voir annexe"]
)
def test_pages_that_do_not_contradict_the_attached_invoice(tmp_path: Path, text: str) -> None:
    assert codes(read(tmp_path, pdf(text, {"factur-x.xml": cii(ELECTRICITY)}), "facture.pdf")) == {}


@pytest.mark.parametrize(
    "attachments", [{}, {"a.xml": b"<a/>"}, {"a.xml": b"<!DOCTYPE a><a/>"}, {"factur-x.xml": b"junk"}]
)
def test_a_pdf_that_carries_no_invoice(tmp_path: Path, attachments: dict[str, bytes]) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("Facture", attachments))
    assert facturx.embedded_invoice(tmp_path / "a.pdf") is None


def test_a_damaged_pdf_is_left_to_the_reader_of_pages(tmp_path: Path) -> None:
    content = pdf("Facture", {"factur-x.xml": cii(ELECTRICITY)})
    (tmp_path / "a.pdf").write_bytes(content[: len(content) // 2] + b"/EmbeddedFile")
    assert facturx.open_sheets(tmp_path / "a.pdf") is None


def test_a_utility_statement(tmp_path: Path) -> None:
    rows = read(tmp_path, statement(reading(), REPORT), "statement.xml")
    assert codes(rows) == {}
    assert rows.mapping.name == "oioubl_utility_statements"
    (row,) = rows.accepted.to_pylist()
    found = [
        row[name] for name in ("member_id", "supplier", "bill_no", "meter_id", "carrier", "component", "reading_end")
    ]
    assert found == [MEMBER, "Elselskab A/S", "S-1", "M-1", "electricity", "energy", "actual"]
    assert [row[name] for name in ("index_start", "index_end", "quantity")] == [
        Decimal(122604),
        Decimal(128365),
        Decimal(5761),
    ]
    assert (row["period_start"], row["period_end"], row["unit"]) == (date(2025, 1, 1), date(2025, 3, 31), "kWh")


def test_a_utility_statement_multiplies_and_keeps_what_was_delivered(tmp_path: Path) -> None:
    constant = "<cbc:MeterConstant>40</cbc:MeterConstant>"
    delivered = '<cbc:DeliveredQuantity unitCode="MWH">230.4</cbc:DeliveredQuantity>'
    parts = [
        reading(constant=constant),
        reading(meter="M-2", type="Fjernvarme", delivered=delivered, method="Estimeret"),
        reading(meter="M-3", type="Vand"),
    ]
    rows = read(tmp_path, statement(*parts), "statement.xml")
    assert codes(rows) == {}
    assert column(rows, "quantity") == [Decimal(230440), Decimal("230.4")]
    assert column(rows, "unit") == ["kWh", "MWh"]
    assert column(rows, "carrier") == ["electricity", "hot_water"]
    assert column(rows, "reading_end") == ["actual", "estimated"]
    assert rows.dropped == {"LINE_NOT_ENERGY": 1}


def test_a_utility_statement_without_readings(tmp_path: Path) -> None:
    point = "<cac:UtilityConsumptionPoint><cbc:ID>571313100000000001</cbc:ID></cac:UtilityConsumptionPoint>"
    (row,) = read(tmp_path, statement(point, REPORT), "statement.xml").accepted.to_pylist()
    assert (row["quantity"], row["meter_id"], row["period_start"]) == (
        Decimal(750),
        "571313100000000001",
        date(2025, 1, 1),
    )


def test_every_column_has_a_header_of_its_own() -> None:
    (sheet,) = sheets_of(io.BytesIO(cii(ELECTRICITY)).getvalue())
    (head,) = sheet.head()
    assert len(set(head.cells)) == len(head.cells)
