"""Real and official e-invoices: every line is read, lines add up to the total of their invoice, energy is told from the rest."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import MEMBER, attempt
from lxml import etree

from ingestion.feeds import load_feeds
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mappings
from ingestion.readers import facturx, open_sheets

REAL = Path(__file__).parents[2].parent / "shared" / "real"
FOLDERS = ("einvoice_corpus", "einvoice_en16931", "einvoice_peppol", "facturx")
INVOICES = sorted(path for folder in FOLDERS for path in (REAL / folder).glob("*.xml"))
PDFS = sorted((REAL / "facturx").glob("*.pdf"))
REFUSED = {
    "factur-x-minimum.xml": "NO_LINES",
    "factur-x-basicwl.xml": "NO_LINES",
    "order-x-basic.xml": "XML_UNKNOWN",  # an order is no bill
    "order-x-comfort.xml": "XML_UNKNOWN",
}
LINE_TAGS = ("InvoiceLine", "CreditNoteLine", "IncludedSupplyChainTradeLineItem")
TOTALS = (
    "{*}LegalMonetaryTotal/{*}LineExtensionAmount",
    "{*}SupplyChainTradeTransaction/{*}ApplicableHeaderTradeSettlement/{*}SpecifiedTradeSettlementHeaderMonetarySummation"
    "/{*}LineTotalAmount",
    "{*}SpecifiedSupplyChainTradeTransaction/{*}ApplicableSupplyChainTradeSettlement"
    "/{*}SpecifiedTradeSettlementMonetarySummation/{*}LineTotalAmount",
)

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real files are not on this machine: {REAL} is absent")


def read(path: Path, name: str | None = None) -> FileRows:
    feed = load_feeds()["energy_bills"]
    mappings = load_mappings()["energy_bills"]
    return read_file(path, name or f"{MEMBER}_{path.name}", "0" * 64, feed, date(2026, 11, 1), mappings)


@pytest.mark.parametrize("path", INVOICES, ids=lambda path: path.name)
def test_lines_add_up_to_the_total_of_their_invoice(path: Path) -> None:
    sheets, code = attempt(open_sheets, path)
    assert code == REFUSED.get(path.name)
    if code:
        return
    (sheet,) = sheets
    cells, labels = sheet.body(0), sheet.head()[0].cells
    root = etree.parse(path).getroot()
    assert len(cells) == sum(1 for tag in LINE_TAGS for _ in root.iter("{*}" + tag))
    (total,) = [found.text for path_ in TOTALS for found in root.iterfind(path_)]
    amounts = cells.columns[labels.index("BT-131 Invoice line net amount")].text.to_pylist()
    added = sum(
        (Decimal(amount) for position, amount in enumerate(amounts) if position not in cells.dropped), Decimal(0)
    )
    assert added == Decimal(total)


@pytest.mark.parametrize("path", [path for path in INVOICES if path.name not in REFUSED], ids=lambda path: path.name)
def test_no_line_is_lost_and_none_is_energy_by_mistake(path: Path) -> None:
    rows, code = attempt(read, path)
    if code:
        assert code == "NO_ENERGY_LINES"
        return
    counted = [row for row in rows.accepted.to_pylist() if row["component"] == "energy"]
    expected = {"huf_example_cii.xml": 3, "zugferd-extended.xml": 1}
    assert len(counted) == expected.get(path.name, 0)


def test_a_fuel_card_bill_of_three_fills() -> None:
    rows = read(REAL / "einvoice_en16931" / "huf_example_cii.xml")
    assert rows.refused == ()
    found = rows.accepted.to_pylist()
    assert sum(row["quantity"] for row in found) == Decimal("184.78")
    assert {(row["carrier"], row["unit"], row["currency"], row["supplier"]) for row in found} == {
        ("diesel", "L", "HUF", "DKV Euro Service GmbH + Co. KG")
    }
    assert [row["period_start"] for row in found][:1] == [date(2021, 9, 22)]
    assert sum(row["amount_excl_vat"] for row in found) == Decimal("69180.00")


def test_the_bill_of_a_grid_company_holds_no_energy() -> None:
    rows = read(REAL / "einvoice_en16931" / "CII_example8.xml")
    assert (rows.rows_accepted, rows.refused) == (10, ())
    found = rows.accepted.to_pylist()
    assert Counter(row["component"] for row in found) == {"grid": 2, "demand": 2, "fixed": 6}
    assert {row["quantity"] for row in found if row["component"] == "grid"} == {Decimal(16000)}
    assert {row["meter_id"] for row in found} == {"871694831000290806"}


def test_electricity_and_its_tax_in_zugferd_1() -> None:
    rows = read(REAL / "facturx" / "zugferd-extended.xml")
    by_label = {row["line_label"]: row for row in rows.accepted.to_pylist()}
    energy, tax = by_label["Wirkarbeit HT"], by_label["Ökosteuer Lieferant"]
    assert (energy["quantity"], energy["meter_id"]) == (Decimal(10000), "DE0001346484600000000000000100038")
    assert (energy["component"], tax["component"], tax["quantity"]) == ("energy", "tax", Decimal(10000))
    assert (energy["period_start"], energy["period_end"]) == (date(2013, 9, 1), date(2013, 9, 30))


def test_kinds_of_real_credit_notes_and_corrections() -> None:
    kinds = {
        "einvoice_en16931/ubl-tc434-creditnote1.xml": "credit note",
        "einvoice_peppol/base-creditnote-correction.xml": "credit note",
        "einvoice_peppol/base-negative-inv-correction.xml": "credit note",
        "einvoice_corpus/EN16931_Rechnungskorrektur.cii.xml": "corrected invoice",
        "einvoice_corpus/EN16931_Einfach_negativePaymentDue.cii.xml": "380",
        "einvoice_corpus/EN16931_Gutschrift.cii.xml": "389",
    }
    for name, kind in kinds.items():
        (sheet,) = open_sheets(REAL / name)
        assert sheet.body(0).columns[sheet.head()[0].cells.index("Invoice kind")].text[0].as_py() == kind


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.name)
def test_pdfs_carry_the_invoice_of_their_xml(path: Path) -> None:
    (sheet,) = facturx.open_sheets(path) or ()
    assert sheet.body(0).faults == {}
    twin = REAL / "einvoice_corpus" / f"{path.stem}.cii.xml"
    (expected,) = open_sheets(twin)
    found, wanted = sheet.body(0), expected.body(0)
    assert [column.text.to_pylist() for column in found.columns] == [
        column.text.to_pylist() for column in wanted.columns
    ]


def test_a_pdf_with_a_ubl_invoice_and_pdfs_without_any() -> None:
    (sheet,) = facturx.open_sheets(REAL / "pdf_invoices" / "AzureInterior.pdf") or ()
    assert len(sheet.body(0)) == 7
    others = [path for folder in ("pdf_invoices", "pdf_broken") for path in (REAL / folder).glob("*.pdf")]
    assert [path.name for path in others if facturx.open_sheets(path)] == ["AzureInterior.pdf"]


def test_other_documents_of_trade_are_refused() -> None:
    paths = [*(REAL / "trade_docs").glob("UBL-*.xml")]
    assert len(paths) == 2
    assert {attempt(open_sheets, path)[1] for path in paths} == {"XML_UNKNOWN"}
