"""One module per container. The container is told by its content, never by the name of the file.

A reader turns bytes into sheets of cells (see `ingestion.cells`) or refuses the file with a code; it knows no feed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from ingestion.cells import FileRefused, Sheet
from ingestion.readers import csv, excel, facturx, green_button, invoices, mscons, parquet, pdf
from ingestion.readers.edifact import is_edifact
from ingestion.readers.pdf_template import Template
from ingestion.readers.xml import is_xml, parse_xml, root_tag

LARGEST_FILE = 500 * 1024 * 1024
FIRST_BYTES = 4096
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF_MAGIC, PDF_MAGIC_WITHIN = re.compile(rb"%PDF-[12]\.[0-9]"), 1024  # printers write commands of their own before it
# What is recognised and has no reader; anything else with control bytes in it is NOT_TEXT.
OTHER_TYPES = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"<!doctype": "HTML",
    b"<html": "HTML",
}


def open_sheets(path: Path, pdf_templates: Sequence[Template] | None = None) -> Sequence[Sheet]:
    """The sheets of a file; raises `FileRefused`: NO_DATA, TOO_LARGE, TYPE_UNKNOWN or what its reader found wrong.

    `pdf_templates` are the shipped ones unless given.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("NO_DATA")
    if size > LARGEST_FILE:
        raise FileRefused("TOO_LARGE", size=size, limit=LARGEST_FILE)
    with path.open("rb") as handle:
        first = handle.read(FIRST_BYTES)
    if first.startswith(b"PAR1"):
        return parquet.open_sheets(path)
    if first.startswith(b"PK\x03\x04"):
        return _open_zip(path)
    if first.startswith(OLE_MAGIC):
        return excel.open_sheets(path)
    if PDF_MAGIC.search(first, 0, PDF_MAGIC_WITHIN):
        return facturx.open_sheets(path) or pdf.open_sheets(path, pdf_templates)
    if is_edifact(first) or is_xml(first):
        return _open_message(path, first)
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for magic, name in OTHER_TYPES.items():
        if start.startswith(magic.lower()):
            raise FileRefused("TYPE_UNKNOWN", container=name)
    return csv.open_sheets(path)


def _open_message(path: Path, first: bytes) -> Sequence[Sheet]:
    """A document by its standard; that of an XML is told by its root element, before which there may be long comments."""
    if is_edifact(first):
        return mscons.open_sheets(path)
    with path.open("rb") as handle:
        tag = root_tag(handle.read(16 * FIRST_BYTES))
    tag = tag or str(parse_xml(path.read_bytes()).tag)
    if green_button.is_green_button(tag):
        return green_button.open_sheets(path)
    if tag in invoices.ROOTS:
        return invoices.open_sheets(path)
    raise FileRefused("XML_UNKNOWN", root=tag)


def _open_zip(path: Path) -> Sequence[Sheet]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error
    if unpacked > LARGEST_FILE:
        raise FileRefused("TOO_LARGE", size=unpacked, limit=LARGEST_FILE)
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise FileRefused("TYPE_UNKNOWN", container="ZIP")
    return excel.open_sheets(path)
