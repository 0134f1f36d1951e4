"""PDF bills: what the text and a template give, and every PDF that has to be refused."""

from __future__ import annotations

import hashlib
import re
import zlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest
import yaml
from bill_files import attempt
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_files import FUEL, LYDEC_2021, LYDEC_2024, MEMBER, ONEE_MT, SRM, pdf_bytes, pdf_file

from ingestion.cells import Cells, FileRefused
from ingestion.feeds import load_feeds
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mappings
from ingestion.readers import open_sheets, pdf
from ingestion.readers.pdf_template import Template, TemplateInvalid, load_templates
from ingestion.readers.pdf_worker import Page, Refused, fitting, plain_text
from ingestion.reasons import load_reasons

RECEIVED_ON = date(2026, 1, 15)
REAL = Path(__file__).resolve().parents[4] / "shared" / "real"

SMALL = {
    "template": "small",
    "version": "1",
    "description": "A made-up layout.",
    "recognise": ["SMALL UTILITY"],
    "constants": {"supplier": "SMALL", "energy": "electricity"},
    "fields": {"bill_number": {"pattern": "Bill ([0-9]+)"}},
    "tables": [
        {"start": "^Item", "end": "^Total", "lines": [{"pattern": "^Use (?P<quantity>{number}) (?P<unit>kWh)$"}]}
    ],
}


def template(folder: Path, **changes: Any) -> tuple[Template, ...]:
    """The small template with these keys changed (None: left out), beside the shipped ones."""
    document = {key: value for key, value in {**SMALL, **changes}.items() if value is not None}
    folder.mkdir(exist_ok=True)
    (folder / "small.yml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return load_templates(folder)


def read(path: Path, name: str = "bill.pdf", templates: tuple[Template, ...] | None = None) -> FileRows:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    mappings = load_mappings()["energy_bills"]
    return read_file(path, name, sha256, load_feeds()["energy_bills"], RECEIVED_ON, mappings, templates)


def rows(found: FileRows, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(found.accepted.column(name).to_pylist() for name in columns), strict=True))


def table(cells: Cells, headers: tuple[str, ...], *wanted: str) -> list[tuple[str, ...]]:
    columns = [cells.columns[headers.index(name)].text.to_pylist() for name in wanted]
    return list(zip(*columns, strict=True))


def refusal(path: Path, templates: tuple[Template, ...] | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        open_sheets(path, templates)
    return caught.value


def test_every_row_of_a_pdf_waits_for_a_person_and_names_its_place(tmp_path: Path) -> None:
    found = read(pdf_file(tmp_path, ONEE_MT))
    assert (found.mapping.name, found.mapping.version) == ("pdf_bills", "1+onee_mt@1")
    assert all("TO_CONFIRM" in flags.split(",") for flags in found.accepted.column("flags").to_pylist())
    assert found.accepted.column("row_no").to_pylist() == list(range(1, 9))
    assert found.accepted.column("evidence_ref").to_pylist()[:2] == ["page 1, line 10", "page 1, line 11"]
    assert (found.rows_read, found.rows_quarantined, found.dropped.total()) == (8, 0, 0)


def test_a_medium_voltage_bill_of_onee(tmp_path: Path) -> None:
    found = read(pdf_file(tmp_path, ONEE_MT))
    assert rows(found, "register", "component", "quantity", "unit", "amount_excl_vat", "line_no") == [
        ("peak", "energy", Decimal(11700), "kWh", Decimal("16563.69"), None),
        ("normal", "energy", Decimal(49000), "kWh", Decimal("49494.90"), None),
        ("off_peak", "energy", Decimal(25200), "kWh", Decimal("18642.96"), None),
        ("reactive", "energy", Decimal(24000), "kvarh", None, None),
        ("total", "losses", Decimal(350), "kWh", Decimal("258.93"), None),
        ("demand", "demand", Decimal(231), "kVA", Decimal("9050.58"), "6"),
        ("total", "fixed", None, None, Decimal("180.00"), "7"),
        ("total", "tax", None, None, Decimal("16954.39"), "8"),
    ]
    assert rows(found, "index_start", "index_end", "multiplier")[0] == (
        Decimal("1204.5"), Decimal("1350.75"), Decimal(80),
    )  # fmt: skip
    heads = set(rows(found, "member_id", "supplier", "bill_no", "meter_id", "contract_no", "bill_total_incl_vat"))
    assert heads == {(MEMBER, "ONEE", "24-0312-000457", "98765432", "7654321", Decimal("111145.45"))}
    days = set(rows(found, "issued_on", "due_on", "period_start", "period_end"))
    assert days == {(date(2024, 4, 3), date(2024, 4, 30), date(2024, 3, 1), date(2024, 3, 31))}


def test_lydec_changed_its_decimal_sign(tmp_path: Path) -> None:
    old, new = read(pdf_file(tmp_path, LYDEC_2021)), read(pdf_file(tmp_path, LYDEC_2024))
    columns = ("component", "quantity", "amount_excl_vat", "bill_total_incl_vat", "line_label")
    assert rows(old, *columns) == [
        ("energy", Decimal(284), Decimal("255.88"), Decimal("304.51"), "Consommation électricité"),
        ("tax", None, Decimal("35.82"), Decimal("304.51"), "TVA"),
        ("tax", None, Decimal("12.81"), Decimal("304.51"), "Timbre"),
    ]
    assert rows(new, *columns) == [
        ("energy", Decimal(100), Decimal("90.10"), Decimal("1577.40"), "Tranche 1"),
        ("energy", Decimal(1150), Decimal("1234.18"), Decimal("1577.40"), "Tranche 2"),
        ("fixed", None, Decimal("12.50"), Decimal("1577.40"), "Redevance compteur"),
        ("tax", None, Decimal("240.62"), Decimal("1577.40"), "TVA"),
    ]
    assert set(rows(old, "reading_end")) == {("estimated",)}
    assert set(rows(new, "bill_no", "contract_no", "reading_end")) == {("1234567890AB", "C123456", "actual")}


def test_a_bill_of_a_regional_company(tmp_path: Path) -> None:
    found = read(pdf_file(tmp_path, SRM))
    assert rows(found, "component", "quantity", "index_start", "index_end", "amount_excl_vat") == [
        ("energy", Decimal(330), Decimal(12500), Decimal(12830), Decimal("375.05")),
        ("fixed", None, None, None, Decimal("6.73")),
        ("tax", None, None, None, Decimal("68.72")),
    ]
    heads = set(rows(found, "supplier", "contract_no", "meter_id", "currency", "bill_total_incl_vat"))
    assert heads == {("SRM Casablanca-Settat", "1071324-101", "00456789", "MAD", Decimal("450.50"))}


def test_deliveries_of_fuel(tmp_path: Path) -> None:
    found = read(pdf_file(tmp_path, FUEL))
    assert rows(found, "period_start", "period_end", "carrier", "line_no", "quantity", "unit") == [
        (date(2024, 3, 5), date(2024, 3, 5), "diesel", "240305-17", Decimal(5000), "L"),
        (date(2024, 3, 19), date(2024, 3, 19), "diesel", "240319-02", Decimal("3250.5"), "L"),
        (date(2024, 3, 19), date(2024, 3, 19), "heavy_fuel_oil", "240319-03", Decimal("12.48"), "t"),
    ]
    assert set(rows(found, "site_id", "supplier", "register")) == {("S-01", "Afriquia SMDC", "total")}


def test_the_name_of_the_file_says_member_and_site_where_the_bill_does_not(tmp_path: Path) -> None:
    bare = "\n".join(line for line in FUEL.splitlines() if not line.startswith(("ICE", "Site")))
    path = pdf_file(tmp_path, bare)
    assert read(path).rows_quarantined == 3
    found = read(path, f"{MEMBER}_site-S 02_march.pdf")
    assert set(rows(found, "member_id", "site_id")) == {(MEMBER, "S 02")}


def test_a_line_that_no_rule_reads_is_not_lost(tmp_path: Path) -> None:
    odd = ONEE_MT.replace("Redevance comptage 180,00", "Contribution exceptionnelle 2024 180,00 DH")
    found = read(pdf_file(tmp_path, odd))
    (cell,) = found.refused
    assert (cell.code, cell.cell, cell.row_no) == ("PDF_LINE_UNREAD", "Contribution exceptionnelle 2024 180,00 DH", 7)
    assert (found.rows_read, found.accepted.num_rows, found.rows_quarantined) == (8, 7, 1)


def test_the_same_pdf_gives_the_same_rows(tmp_path: Path) -> None:
    path = pdf_file(tmp_path, LYDEC_2024)
    assert read(path).accepted.equals(read(path).accepted)


def test_a_template_of_the_home_reads_bills_one_by_one(tmp_path: Path) -> None:
    templates = template(tmp_path / "templates", first_page="^SMALL UTILITY", decimal=".", dates="month_first")
    pages = (
        "SMALL UTILITY Bill 11\nItem\nUse 1,234 kWh\nsee next page 2",
        "Item\nUse 2.5 kWh\nTotal 3",
        "SMALL UTILITY Bill 12\nItem\nUse 7 kWh\nTotal 7",
    )
    first, second = open_sheets(pdf_file(tmp_path, *pages), templates)
    headers = first.head()[0].cells
    wanted = ("Bill number", "Supplier", "Quantity", "Unit", "Evidence")
    assert table(first.body(0), headers, *wanted) == [
        ("11", "SMALL", "1,234", "kWh", "page 1, line 3"),
        ("11", "SMALL", "", "", "page 1, line 4"),
        ("11", "SMALL", "2.5", "kWh", "page 2, line 2"),
    ]
    assert first.body(0).faults == {1: ("PDF_LINE_UNREAD", "see next page 2")}
    assert (first.body(0).decimal_sign, first.body(0).date_order) == (".", "month_first")
    assert table(second.body(0), headers, *wanted) == [("12", "SMALL", "7", "kWh", "page 3, line 3")]
    assert (first.name, second.name) == ("page 1", "page 3")
    assert [*first.body(0).row_numbers, *second.body(0).row_numbers] == [1, 2, 3, 4]


def test_a_template_of_the_home_comes_before_the_shipped_ones(tmp_path: Path) -> None:
    mine = template(
        tmp_path / "templates", recognise=["CIL"], fields={"bill_number": {"pattern": "N° ([0-9-]+)"}}, tables=None
    )
    assert open_sheets(pdf_file(tmp_path, SRM), mine)[0].body(0).read_with == "small@1"
    assert open_sheets(pdf_file(tmp_path, SRM))[0].body(0).read_with == "srm@1"


def test_a_stated_decimal_sign_settles_an_ambiguous_number(tmp_path: Path) -> None:
    text = "SMALL UTILITY Bill 11 on 04/03/2024 for 02/01/2024 02/29/2024 meter M1\nItem\nUse 1,234 kWh\nTotal"
    fields = {
        "bill_number": {"pattern": "Bill ([0-9]+)"},
        "issue_date": {"pattern": "on ({date})"},
        "period_start": {"pattern": "for ({date})"},
        "period_end": {"pattern": "for {date} ({date})"},
        "meter": {"pattern": "meter (M[0-9])"},
    }
    path, name = pdf_file(tmp_path, text), f"{MEMBER}_a.pdf"
    ambiguous = read(path, name, template(tmp_path / "a", fields=fields, dates="month_first"))
    assert {cell.code for cell in ambiguous.refused} == {"NUM_AMBIGUOUS"}
    stated = read(path, name, template(tmp_path / "b", fields=fields, dates="month_first", decimal="."))
    assert rows(stated, "quantity", "issued_on", "period_end") == [(Decimal(1234), date(2024, 4, 3), date(2024, 2, 29))]


def test_a_bill_without_a_table_is_one_row(tmp_path: Path) -> None:
    fields = {"bill_number": {"pattern": "Bill ([0-9]+)"}, "quantity": {"pattern": "({number}) kWh"}}
    (sheet,) = open_sheets(
        pdf_file(tmp_path, "SMALL UTILITY of somewhere\nBill 11\nYou used 1 234,5 kWh"),
        template(tmp_path / "templates", fields=fields, tables=None),
    )
    found = table(sheet.body(0), sheet.head()[0].cells, "Bill number", "Quantity", "Evidence")
    assert found == [("11", "1 234,5", "page 1")]


def test_the_lines_of_a_pdf_are_shown_to_who_writes_a_template(tmp_path: Path) -> None:
    lines = pdf.printed_lines(pdf_file(tmp_path, SRM, "A second page with a line of text"))
    assert lines[:2] == [(1, 1, "Société Régionale Multiservices Casablanca-Settat"), (1, 2, "CIL : 1071324-101")]
    assert lines[-1] == (2, 1, "A second page with a line of text")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"fields": {"bill_no": {"pattern": "(x)"}}}, "unknown terms"),
        ({"fields": {"bill_number": {"pattern": "x"}}}, "need a group"),
        ({"fields": {"bill_number": {"pattern": "("}}}, "small.yml"),
        ({"recognise": []}, "recognise"),
        ({"tables": [{"start": "a", "lines": [{"pattern": "b"}]}]}, "end"),
        ({"template": "other"}, "must be that of the file"),
        ({"decimal": ";"}, "decimal"),
    ],
)
def test_a_wrong_template_says_what_is_wrong(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(TemplateInvalid, match=r"small\.yml") as caught:
        template(tmp_path / "templates", **changes)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("known", load_templates(), ids=lambda template: template.name)
def test_a_shipped_template_says_what_it_was_made_from(known: Template) -> None:
    path = Path(pdf.__file__).with_name("pdf_templates") / f"{known.name}.yml"
    assert "seen" in yaml.safe_load(path.read_text(encoding="utf-8"))["description"]


def test_arabic_forms_become_letters_and_raised_digits_stay() -> None:
    assert plain_text("\ufee3\ufef4\ufeb0\ufe8d\ufee5") == "ميزان"
    assert plain_text("1\u202f234\u00a0kWh  \ufb01n") == "1 234 kWh fin"
    assert plain_text("5² (cid:12)") == "5²"


def test_an_unknown_layout_says_what_a_near_template_lacks(tmp_path: Path) -> None:
    unknown = refusal(pdf_file(tmp_path, "INVOICE of some company\nthat no template knows\nTotal 12.00"))
    assert (unknown.code, unknown.details) == ("PDF_LAYOUT_UNKNOWN", {"detail": "-"})
    without = SRM.replace("Compteur N° 00456789", "")
    near = refusal(pdf_file(tmp_path, without))
    assert (near.code, near.details) == ("PDF_LAYOUT_UNKNOWN", {"detail": "srm: meter"})


def test_a_page_without_text_is_entered_by_hand(tmp_path: Path) -> None:
    assert refusal(pdf_file(tmp_path, "", "")).code == "PDF_NO_TEXT"
    assert refusal(pdf_file(tmp_path, "Page 1 of 1")).code == "PDF_NO_TEXT"


def test_a_pdf_is_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(b"\x1b%-12345X@PJL\r\n" + pdf_bytes(SRM))
    assert read(path).accepted.num_rows == 3


@pytest.mark.parametrize("cut", [40, 400, 900])
def test_a_cut_pdf_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "bill.pdf"
    path.write_bytes(pdf_bytes(SRM)[:cut])
    assert refusal(path).code in {"CORRUPT", "PDF_NO_TEXT"}


def test_too_many_pages(tmp_path: Path) -> None:
    found = refusal(pdf_file(tmp_path, *["a page"] * 51))
    assert (found.code, found.details) == ("PDF_TOO_LONG", {"pages": 51, "limit": 50})


def raw_pdf(content: bytes, extra: bytes = b"", page: bytes = b"", pages: bytes = b"/Kids [3 0 R] /Count 1") -> bytes:
    """A PDF written by hand: one page with this compressed stream of content, and more objects."""
    objects = [
        b"1 0 obj << /Type /Catalog /Pages 2 0 R " + extra + b" >> endobj",
        b"2 0 obj << /Type /Pages " + pages + b" >> endobj",
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> "
        + page
        + b" >> endobj",
        b"4 0 obj << /Length %d /Filter /FlateDecode >> stream\n" % len(content) + content + b"\nendstream endobj",
    ]
    return b"%PDF-1.4\n" + b"\n".join(objects) + b"\ntrailer << /Root 1 0 R >>\n%%EOF"


def bomb(piece: bytes, times: int) -> bytes:
    """A deflated stream of a piece of content, many times over."""
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(piece) for _ in range(times)), packer.flush()])


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (bomb(b" " * (1 << 20), 2048), {"HOSTILE", "PDF_TIMEOUT"}),
        (bomb(b"BT /F 9 Tf 1 1 Td (bill) Tj ET\n" * 1000, 2000), {"HOSTILE", "PDF_TIMEOUT"}),
    ],
    ids=["two gigabytes of spaces", "two million texts"],
)
def test_a_pdf_that_exhausts_the_machine_is_stopped(
    tmp_path: Path, content: bytes, codes: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MOST_SECONDS", 3)
    path = tmp_path / "bomb.pdf"
    path.write_bytes(raw_pdf(content))
    began = monotonic()
    assert refusal(path).code in codes
    assert monotonic() - began < 10


def test_a_page_tree_that_turns_in_circles_ends(tmp_path: Path) -> None:
    path = tmp_path / "circle.pdf"
    path.write_bytes(raw_pdf(zlib.compress(b""), pages=b"/Kids [2 0 R 2 0 R 2 0 R] /Count 3"))
    assert refusal(path).code in {"CORRUPT", "PDF_NO_TEXT", "HOSTILE"}


def test_scripts_and_attachments_are_neither_run_nor_written(tmp_path: Path) -> None:
    action = b"/OpenAction << /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1'\\)) >> "
    names = b"/Names << /EmbeddedFiles << /Names [(evil.exe) << /F (../evil.exe) /EF << /F 4 0 R >> >>] >> >>"
    text = b"BT /F 9 Tf 20 700 Td (SMALL UTILITY Bill 11 for somebody) Tj 0 -20 Td (Item) Tj 0 -20 Td (Use 7 kWh) Tj ET"
    folder = tmp_path / "only"
    folder.mkdir()
    path = folder / "bill.pdf"
    path.write_bytes(raw_pdf(zlib.compress(text), extra=action + names))
    (sheet,) = open_sheets(path, template(tmp_path / "templates"))
    assert table(sheet.body(0), sheet.head()[0].cells, "Bill number", "Quantity") == [("11", "7")]
    assert [entry.name for entry in folder.iterdir()] == ["bill.pdf"]


def test_a_slow_pattern_is_stopped_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_SECONDS", 2)
    slow = template(tmp_path / "templates", recognise=["(a+)+$"])
    found = refusal(pdf_file(tmp_path, f"{'a' * 60}! and more text of a bill"), slow)
    assert found.code == "PDF_TIMEOUT"


def test_a_pdf_that_claims_to_be_an_electronic_invoice_and_is_none(tmp_path: Path) -> None:
    metadata = b"<rdf>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</rdf>"
    extra = b"/Metadata 5 0 R"
    stream = b"\n5 0 obj << /Type /Metadata /Subtype /XML /Length %d >> stream\n%s\nendstream endobj\ntrailer" % (
        len(metadata),
        metadata,
    )
    path = tmp_path / "claims.pdf"
    text = zlib.compress(b"BT /F 9 Tf 20 700 Td (An invoice of somebody to somebody else, page one) Tj ET")
    path.write_bytes(raw_pdf(text, extra=extra).replace(b"\ntrailer", stream, 1))
    assert refusal(path).code == "NO_XML"


@pytest.mark.skipif(not REAL.exists(), reason="real files are not here")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("XfaForm.pdf", "PDF_LAYOUT_UNKNOWN"),
        ("XfaForm_15p_encrypted.pdf", "PDF_LAYOUT_UNKNOWN"),  # opens without a password, and says: please wait
        ("blank.pdf", "PDF_NO_TEXT"),
        ("blank_1.pdf", "PDF_NO_TEXT"),
        ("blank_with_name_tree_leaf.pdf", "PDF_NO_TEXT"),
        ("multipage.pdf", "PDF_LAYOUT_UNKNOWN"),
        ("multipage_cut-1.pdf", "PDF_NO_TEXT"),
        ("multipage_cut-3.pdf", "PDF_LAYOUT_UNKNOWN"),
    ],
)
def test_real_broken_pdfs(name: str, code: str) -> None:
    assert refusal(REAL / "pdf_broken" / name).code == code


def test_a_pdf_with_a_password_is_asked_for_without(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(pdf_bytes(SRM, password="secret"))
    assert refusal(path).code == "ENCRYPTED"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*ONEE_MT.splitlines(), *SRM.splitlines(), *FUEL.splitlines(), "", "x 1", "1 234,5"])))
def test_any_order_of_lines_is_read_or_refused(lines: list[str]) -> None:
    templates = [dict(known.body) for known in load_templates()]
    try:
        (document,) = fitting([Page(1, tuple(lines))], templates)["documents"]
    except Refused:
        return
    places = [row["line"] for row in document["rows"]]
    assert places == sorted(set(places)), "a printed line is at most one row"
    assert all(1 <= place <= len(lines) for place in places)
    for row in document["rows"]:
        if row["unread"] is not None:
            assert row["unread"] == lines[row["line"] - 1]


def test_damaged_bytes_are_read_or_refused(tmp_path: Path) -> None:
    chance, whole, path = Random(7), pdf_bytes(SRM), tmp_path / "bill.pdf"
    for _ in range(8):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(9, len(damaged))] = chance.randrange(256)
        path.write_bytes(bytes(damaged))
        sheets, code = attempt(open_sheets, path)
        assert code in load_reasons() if sheets is None else len(sheets[0].body(0)) >= 1


# Real invoices, each under a template made for this test from the page as it is; their truth is the JSON beside them.
QUALITY_HOSTING = {
    "template": "small",
    "version": "1",
    "description": "An invoice seen, of two pages.",
    "decimal": ",",
    "recognise": ["QualityHosting AG", "^Rechnung"],
    "constants": {"supplier": "QualityHosting AG", "currency": "EUR"},
    "fields": {
        "bill_number": {"pattern": r"Rechnungsnr\. ([0-9]+)"},
        "issue_date": {"pattern": r"Rechnungsdatum (.+)"},
        "due_date": {"pattern": r"Zahlungsziel ({date})"},
        "bill_total_incl_vat": {"pattern": r"Total EUR ({number})"},
    },
    "tables": [
        {
            "start": r"^MwSt\.$",
            "end": r"^(?:QualityHosting AG Vorstand|Total)",
            "skip": ["^Contract No"],
            "lines": [
                {
                    "pattern": r"^(?P<line>[0-9]+) (?P<quantity>{number}) (?P<label>[^\n]+?) {number} "
                    r"(?P<amount_excl_vat>{number})\n[^0-9\n]+\nDienst[^\n]+\n(?P<period_start>{date})-(?P<period_end>{date})$"
                }
            ],
        }
    ],
}
SAECO = {
    "template": "small",
    "version": "1",
    "description": "An invoice seen.",
    "decimal": ",",
    "recognise": ["^Kopie factuur"],
    "fields": {
        "issue_date": {"pattern": r"^\S+ \S+ ({date}) VF[0-9]+ {date}$"},
        "bill_number": {"pattern": r"^\S+ \S+ {date} (VF[0-9]+) {date}$"},
        "due_date": {"pattern": r"^\S+ \S+ {date} VF[0-9]+ ({date})$"},
        "bill_total_incl_vat": {"pattern": r"Factuur totaal EUR ({number})"},
        "vat_amount": {"pattern": r"^21 % {number} ({number}) {number}$"},
    },
    "tables": [
        {
            "start": "^Artikel Omschrijving",
            "end": "^Prijzen zijn",
            "lines": [
                {
                    "pattern": r"^(?P<line>E[0-9]+) (?P<label>.+) {number} (?P<vat_rate>{number}) % (?P<quantity>{number}) "
                    r"(?P<unit>PCS) (?P<amount_incl_vat>{number})$"
                }
            ],
        }
    ],
}
COOLBLUE = {
    "template": "small",
    "version": "1",
    "description": "An invoice seen; its lines print no decimal sign but the comma.",
    "decimal": ",",
    "recognise": [r"Coolblue B\.V\.", "actuurnummer"],
    "fields": {
        "bill_number": {"pattern": "actuurnummer: ([0-9]+)"},
        "issue_date": {"pattern": "actuurdatum: (.+)"},
        "bill_total_incl_vat": {"pattern": "^Totaal € ({number})"},
    },
    "tables": [
        {
            "start": "^Artikel Aantal",
            "end": "^Exclusief BTW",
            "skip": ["^Serienummer"],
            "lines": [
                {
                    "pattern": r"^(?P<label>.+) (?P<quantity>[0-9]+) (?:€ {number} )?(?P<vat_rate>[0-9]+)% "
                    r"€ (?P<amount_incl_vat>{number})$"
                }
            ],
        }
    ],
}


def real_lines(tmp_path: Path, name: str, layout: dict[str, Any], *wanted: str) -> list[tuple[str, ...]]:
    (sheet,) = open_sheets(
        REAL / "pdf_invoices" / name, template(tmp_path / "templates", **{**dict.fromkeys(SMALL), **layout})
    )
    assert sheet.body(0).faults == {}
    return table(sheet.body(0), sheet.head()[0].cells, *wanted)


@pytest.mark.skipif(not REAL.exists(), reason="real files are not here")
def test_a_real_invoice_of_two_pages(tmp_path: Path) -> None:
    standard, quality = "Small Business StandardExchange 2010", "Small Business QualityExchange 2010"
    heads = ("Bill number", "Issue date", "Due date", "Bill total including VAT")
    assert set(real_lines(tmp_path, "QualityHosting.pdf", QUALITY_HOSTING, *heads)) == {
        ("30064443", "7. Mai 2014", "21.05.14", "34,73")
    }
    found = real_lines(
        tmp_path, "QualityHosting.pdf", QUALITY_HOSTING, "Line", "Quantity", "Label", "Amount excluding VAT"
    )
    assert found == [
        ("1", "1", standard, "3,89"),
        *((str(line), "1", quality, "5,39") for line in range(2, 7)),
        ("7", "1", standard, "3,89"),
    ]
    places = real_lines(tmp_path, "QualityHosting.pdf", QUALITY_HOSTING, "Period start", "Period end", "Evidence")
    assert places[0] == ("01.05.14", "31.05.14", "page 1, line 13")
    assert places[-1] == ("01.05.14", "31.05.14", "page 2, line 12")


@pytest.mark.skipif(not REAL.exists(), reason="real files are not here")
def test_a_real_invoice_in_dutch(tmp_path: Path) -> None:
    heads = ("Bill number", "Issue date", "Due date", "Bill total including VAT", "VAT amount")
    assert set(real_lines(tmp_path, "saeco.pdf", SAECO, *heads)) == {
        ("VF1005193039", "8-9-2022", "22-9-2022", "49,99", "8,68")
    }
    assert real_lines(
        tmp_path, "saeco.pdf", SAECO, "Line", "Label", "VAT rate", "Quantity", "Unit", "Amount including VAT"
    ) == [
        ("E103184", "Onderhoudsset CA6707/10", "21", "1", "PCS", "49,99"),
        ("E103560", "SX Flyer SAECO Korting KVDNL", "21", "1", "PCS", "0,00"),
    ]


@pytest.mark.skipif(not REAL.exists(), reason="real files are not here")
def test_a_real_invoice_whose_lines_add_up(tmp_path: Path) -> None:
    found = real_lines(tmp_path, "coolblue1.pdf", COOLBLUE, "Quantity", "VAT rate", "Amount including VAT")
    assert {row[:2] for row in found} == {("1", "21")}
    amounts = [Decimal(amount.replace(",", ".")) for *_, amount in found]
    assert amounts == [Decimal(text) for text in ("399.00", "4.24", "69.99", "189.00", "14.99", "44.99")]
    heads = set(
        real_lines(tmp_path, "coolblue1.pdf", COOLBLUE, "Bill number", "Issue date", "Bill total including VAT")
    )
    assert heads == {("993548900", "19 april 2014", "717,97")}


def test_every_code_of_the_readers_has_its_message() -> None:
    modules = (Path(pdf.__file__).with_name(name) for name in ("pdf_worker.py", "pdf.py", "isolated.py"))
    code = "".join(module.read_text(encoding="utf-8") for module in modules)
    used = set(re.findall(r'"([A-Z]{2,}(?:_[A-Z]+)+|HOSTILE|CORRUPT|ENCRYPTED)"', code))
    assert used >= {"PDF_TIMEOUT", "PDF_LINE_UNREAD", "NO_XML", "HOSTILE"}
    assert used <= set(load_reasons())
