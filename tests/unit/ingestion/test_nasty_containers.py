"""The nasty inputs of domain/inputs.md 3c that lie in a container or in how it arrives, by their number.

Each with its treatment and code. Containers are tested at length beside their readers.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from bill_files import attempt, bill, codes, column, csv_bytes, flags, read, refusal
from binary_workbooks import compound_file, xls_bytes, zipped
from fpdf import FPDF
from hostile_files import HOSTILE_FILES, after_declaration, changed, ods_repeated, xlsx
from invoice_files import SYNTAXES, Bill, Item, cii
from pdf_files import pdf_bytes
from workbook_files import workbook_bytes

from ingestion import readers
from ingestion.feeds import load_feeds
from ingestion.landing import FeedIngestion, ingest_feed
from ingestion.readers import open_sheets
from ingestion.readers.malware import EICAR
from warehouse.home import Home
from warehouse.ledger import Ledger

REAL = Path("/work/shared/real")
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
TWO = [bill(), bill(bill_no="F2")]


def land(home: Home, name: str, content: bytes) -> FeedIngestion:
    """A night with one more file of bills."""
    path = home.landing / "energy_bills" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return ingest_feed(home, Ledger(home.ledger), load_feeds()["energy_bills"])


def told(night: FeedIngestion) -> list[tuple[str, str | None, int]]:
    """Status, code and accepted rows of each file of a night."""
    return [(file.status, file.reason_code, file.rows_accepted) for file in night.files]


def test_23_the_same_bytes_twice(home: Home) -> None:
    assert told(land(home, "a.csv", csv_bytes(TWO))) == [("accepted", None, 2)]
    assert told(land(home, "b.csv", csv_bytes(TWO))) == [("seen", "FILE_SEEN", 0)]
    assert told(land(home, "a.csv", csv_bytes(TWO))) == []


def test_82_hidden_rows_and_sheets(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(TWO)))
    hidden = book.create_sheet("Caché")
    for row in (list(bill()), list(bill(bill_no="F3").values())):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    book.worksheets[0].row_dimensions[2].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    rows = read(tmp_path, buffer.getvalue(), "bills.xlsx")
    assert column(rows, "bill_no") == ["F1", "F2", "F3"]
    assert all("HIDDEN_DATA" in found for found in flags(rows))


def test_83_a_password(tmp_path: Path) -> None:
    assert refusal(tmp_path, compound_file(b"secret", name="EncryptedPackage"), "bills.xlsx") == "ENCRYPTED"
    assert refusal(tmp_path, pdf_bytes("Facture", password="secret"), "facture.pdf") == "ENCRYPTED"


@needs_real
@pytest.mark.parametrize("name", ["pass_protected.xlsx", "pass_protected.xlsb", "pass_protected.ods", "issue_385.xls"])
def test_83_real_passwords(name: str) -> None:
    assert attempt(open_sheets, REAL / "xlsx_calamine" / name)[1] == "ENCRYPTED"


def test_84_a_sheet_that_lies_about_its_size(tmp_path: Path) -> None:
    part = "xl/worksheets/sheet1.xml"
    content = changed(part, lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', xml))
    assert column(read(tmp_path, content, "bills.xlsx"), "bill_no") == ["F1"]
    content = changed(part, lambda xml: xml.replace(b"sheetData>", b"sheetDaten>"), xlsx({"L2": 1500}))
    assert refusal(tmp_path, content, "bills.xlsx") == "READER_DISAGREE"


@needs_real
def test_84_a_real_strict_workbook() -> None:
    (sheet,) = open_sheets(REAL / "xlsx_calamine" / "strict_iso_paths.xlsx")
    assert len(sheet.body(0)) == 75


def test_85_damaged_containers(tmp_path: Path) -> None:
    rows = [list(bill()), list(bill().values())]
    crc = bytearray(zipped({"xl/workbook.xml": "<workbook/>", "[Content_Types].xml": "<Types/>"}, zipfile.ZIP_STORED))
    crc[crc.index(b"<workbook")] ^= 1
    for content in (xlsx()[:-300], xls_bytes(rows)[:1500], bytes(crc), b"PAR1" + bytes(40) + b"PAR1"):
        assert refusal(tmp_path, content, "bills.xlsx") == "CORRUPT"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (ods_repeated(1_048_576, 16_384), "HOSTILE"),
        (changed("xl/workbook.xml", after_declaration('<!DOCTYPE a [<!ENTITY b "c">]>')), "HOSTILE_XML"),
    ],
)
def test_86_files_built_to_exhaust(tmp_path: Path, content: bytes, code: str) -> None:
    assert refusal(tmp_path, content, "bills.ods") == code


def test_86_a_path_that_leaves_the_zip(home: Home) -> None:
    night = land(home, "bills.zip", zipped({"../../outside.csv": csv_bytes(TWO), "good.csv": csv_bytes([bill()])}))
    assert told(night) == [("accepted", "UNPACKED", 0), ("refused", "HOSTILE", 0), ("accepted", None, 1)]
    assert not list(home.root.parent.rglob("outside.csv"))


def test_86_and_87_every_hostile_file_has_a_test() -> None:
    """They run in one night in `test_hostile_files`."""
    assert {code for _, expected in HOSTILE_FILES.values() for code in expected} >= {
        "HOSTILE",
        "HOSTILE_XML",
        "MALWARE",
    }


@pytest.mark.parametrize(
    "inner",
    [
        '<!DOCTYPE Invoice SYSTEM "http://x.example/i.dtd">',
        '<!DOCTYPE Invoice [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_87_external_parts_of_an_xml(tmp_path: Path, inner: str) -> None:
    invoice = SYNTAXES["ubl"](Bill([Item("Électricité", "450", "KWH")]))
    assert refusal(tmp_path, after_declaration(inner)(invoice), "facture.xml") == "HOSTILE_XML"
    include = b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></Invoice>'
    assert refusal(tmp_path, invoice.replace(b"</Invoice>", include), "facture.xml") == "HOSTILE_XML"


def test_88_a_pdf_for_the_queue_of_manual_entry(tmp_path: Path) -> None:
    assert refusal(tmp_path, pdf_bytes(""), "facture.pdf") == "PDF_NO_TEXT"
    assert (
        refusal(tmp_path, pdf_bytes("Une lettre au client, sans facture\n" * 5), "facture.pdf") == "PDF_LAYOUT_UNKNOWN"
    )


@needs_real
def test_88_real_pdfs_without_text() -> None:
    assert attempt(open_sheets, REAL / "pdf_broken" / "blank.pdf")[1] == "PDF_NO_TEXT"


def test_89_pages_that_contradict_the_attached_invoice(tmp_path: Path) -> None:
    def carrying(page: str) -> bytes:
        document = FPDF()
        document.add_page()
        document.set_font("Helvetica", size=11)
        document.multi_cell(0, 6, page)
        invoice = cii(Bill([Item("Électricité", "450", "KWH", "1000.00")]))
        document.embed_file(bytes=invoice, basename="factur-x.xml", mime_type="text/xml")
        return bytes(document.output())

    assert codes(read(tmp_path, carrying("Total TTC 1 200,00 DH"), "facture.pdf")) == {}
    assert codes(read(tmp_path, carrying("Total TTC 1 210,00 DH"), "facture.pdf")) == {"PDF_XML_MISMATCH": 1}


def test_90_a_file_beyond_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = ",".join(f"c{number}" for number in range(16_384)) + "\n" + "," * 16_383
    assert refusal(tmp_path, wide.encode()) == "TOO_LARGE"
    monkeypatch.setattr(readers, "LARGEST_READ_IN_PARTS", 100)
    assert refusal(tmp_path, csv_bytes(TWO)) == "TOO_LARGE"


def test_91_invoices_of_another_syntax_or_namespace(tmp_path: Path) -> None:
    document = Bill([Item("Électricité", "450", "KWH")])
    for content in (SYNTAXES["ubl"](document), SYNTAXES["cii"](document)):  # both come the same way
        assert column(read(tmp_path, content, "facture.xml"), "quantity") == [Decimal(450)]
    strange = SYNTAXES["ubl"](document).replace(b"Invoice xmlns=", b"Invoice xmlns:none=").replace(b"cac:", b"x:")
    assert refusal(tmp_path, strange, "facture.xml") in {"XML_UNKNOWN", "CORRUPT"}
    assert refusal(tmp_path, b"<Order xmlns='urn:x'><ID>1</ID></Order>", "facture.xml") == "XML_UNKNOWN"


def test_92_malware_and_macros(tmp_path: Path) -> None:
    assert refusal(tmp_path, csv_bytes(TWO) + EICAR) == "MALWARE"
    rows = read(tmp_path, changed("xl/vbaProject.bin", lambda _: b"Sub Auto_Open()"), "bills.xlsm")
    assert column(rows, "bill_no") == ["F1"]
    assert "MACRO" in flags(rows)[0]


@needs_real
def test_93_an_aggregate_beside_its_detail(tmp_path: Path) -> None:
    answer = json.loads((REAL / "comtrade" / "get-bilateral-trade.json").read_text(encoding="utf-8"))
    record = answer["response"]["body"]["data"][0]
    data = [{**record, "cmdCode": "8401", "netWgt": None},
            {**record, "cmdCode": "TOTAL", "isAggregate": True, "primaryValue": 1}]  # fmt: skip
    content = json.dumps({"elapsedMs": 1, "count": 2, "data": data, "error": ""}).encode()
    rows = read(tmp_path, content, "answer.json", "partner_trade")
    assert (column(rows, "product_code"), column(rows, "net_mass_kg")) == (["8401"], [None])
    assert rows.dropped == {"AGGREGATE_DROPPED": 1}


def test_94_an_upload_under_way_and_a_name_with_new_content(home: Home) -> None:
    """A file that grows while it is copied is in `test_hostile_files`."""
    assert told(land(home, "bills.csv.part", csv_bytes(TWO))) == []
    assert told(land(home, "bills.csv", csv_bytes(TWO))) == [("accepted", None, 2)]
    assert told(land(home, "bills.csv", csv_bytes([*TWO, bill(bill_no="F3")]))) == [("accepted", None, 3)]
