"""The one parser of XML: what it reads, and what it refuses within seconds and bounds."""

import time
from pathlib import Path

import pytest
from bill_files import attempt, column, read
from hypothesis import given
from hypothesis import strategies as st
from invoice_files import Bill, Item, ubl

from ingestion.readers.invoices import sheets_of
from ingestion.readers.xml import MOST_MARKUP, is_xml, parse_xml, root_tag

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">%s]><a>&l9;</a>""" % b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
)
DECLARED = '<?xml version="1.0" encoding="{}"?><a>é</a>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (LAUGHS, "HOSTILE_XML"),
        (b'<!DOCTYPE a SYSTEM "http://localhost/a.dtd"><a/>', "HOSTILE_XML"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "HOSTILE_XML"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "HOSTILE_XML"),
        (b"<!-- " + b"x" * 70000 + b" --><!DOCTYPE a><a/>", "HOSTILE_XML"),
        (
            b'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/passwd" parse="text"/></a>',
            "HOSTILE_XML",
        ),
        (b"<a>" * 100_000, "HOSTILE_XML"),
        (b"<a>" + b"<b/>" * MOST_MARKUP + b"</a>", "HOSTILE_XML"),
        (b"<a>" + b"x" * 51 * 1024 * 1024 + b"</a>", "TOO_LARGE"),
        (b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>', "CORRUPT"),
        (b"<a>&undefined;</a>", "CORRUPT"),
        (b"<a><b></a>", "CORRUPT"),
        (b"<a>", "CORRUPT"),
        (b"", "CORRUPT"),
        (bytes(range(256)), "CORRUPT"),
    ],
)
def test_what_is_hostile_or_broken_is_refused(content: bytes, code: str) -> None:
    started = time.process_time()
    assert attempt(parse_xml, content) == (None, code)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    assert parse_xml(DECLARED.format(encoding).encode(encoding)).text == "é"


def test_white_space_before_the_declaration_is_forgiven() -> None:
    assert parse_xml(b"\xef\xbb\xbf\r\n <?xml version='1.0'?><!-- a --><a><?b?>c</a>").text == "c"


def test_the_root_is_told_by_the_first_bytes() -> None:
    assert root_tag(b'<?xml version="1.0"?><p:a xmlns:p="u"><not closed') == "{u}a"
    assert root_tag(b"<a b='c'>") == "a"
    assert root_tag(b'<p:a xmlns:p="u"') is None
    assert attempt(root_tag, b"<!DOCTYPE a><a/>") == (None, "HOSTILE_XML")


def test_html_and_text_are_not_taken_for_xml() -> None:
    assert is_xml(b"\xef\xbb\xbf  <?xml version='1.0'?>")
    assert is_xml("<Invoice>".encode("utf-16"))
    assert not is_xml(b"<!DOCTYPE html><html>")
    assert not is_xml(b"<HTML>")
    assert not is_xml(b"a;b;c")


FRAGMENTS = st.sampled_from(
    [
        b"<", b">", b"</", b"/>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE", b"<!ENTITY", b"&", b"&#0;", b"&#x10FFFF;",
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">', b"</Invoice>", b"<InvoiceLine>",
        b"</InvoiceLine>", b"<ID>", b"</ID>", b"1", b"\xff", b"\x00", b"xmlns='x'", b'<?xml version="1.0"?>', b"\xef\xbb\xbf",
    ]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=30).map(b"".join) | st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_code(content: bytes) -> None:
    sheets, code = attempt(sheets_of, content)
    assert code in {None, "CORRUPT", "HOSTILE_XML", "XML_UNKNOWN", "NO_LINES"}
    assert code or len(sheets[0].body(0)) > 0


def test_an_invoice_of_endless_lines_or_words_is_bounded(tmp_path: Path) -> None:
    started = time.process_time()
    many = ubl(Bill([Item("Électricité", "1", "KWH")]))
    start, line, end = many.partition(b"<cac:InvoiceLine>")[0], b"<cac:InvoiceLine/>", b"</Invoice>"
    assert attempt(sheets_of, start + line * 900_000 + end) == (None, "HOSTILE_XML")
    wordy = Item("consommation " * 100_000, "1", "MTQ", note="x" * 1_000_000)
    rows = read(
        tmp_path, ubl(Bill([wordy, *[Item("Électricité", "1", "KWH")] * 100], notes=("y" * 1_000_000,))), "facture.xml"
    )
    assert rows.rows_read == 101
    assert max(len(text) for text in column(rows, "line_label")) <= 500
    assert time.process_time() - started < 9
