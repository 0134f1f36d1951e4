"""One module per container. The container is told by its content, never by the name of the file.

A reader turns bytes into sheets of cells (see `ingestion.cells`) or refuses the file with a code; it knows no feed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ingestion.cells import FileRefused, Sheet
from ingestion.readers import (
    csv,
    customs_declarations,
    enedis,
    excel,
    facturx,
    green_button,
    invoices,
    json_records,
    mscons,
    parquet,
    pdf,
)
from ingestion.readers.edifact import is_edifact
from ingestion.readers.malware import scan_file
from ingestion.readers.pdf_template import Template
from ingestion.readers.xml import is_xml, parse_xml, root_tag

LARGEST_FILE, LARGEST_READ_IN_PARTS = 500 * 1024 * 1024, 4 * 1024 * 1024 * 1024
FIRST_BYTES = 4096
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
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

# What the extension of a name promises; one that is not here promises nothing.
EXTENSIONS = {
    "text": {"csv", "tsv", "txt", "tab"},
    "zip": {"xlsx", "xlsm", "xlsb", "ods", "zip"},
    "ole": {"xls"},
    "parquet": {"parquet"},
    "pdf": {"pdf"},
    "edifact": {"edi", "txt"},
    "xml": {"xml"},
    "json": {"json", "jsonl", "ndjson"},
}


def open_sheets(path: Path, pdf_templates: Sequence[Template] | None = None) -> Sequence[Sheet]:
    """The sheets of a file; raises `FileRefused`: NO_DATA, TOO_LARGE, TYPE_UNKNOWN or what its reader found wrong.

    `pdf_templates` are the shipped ones unless given.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("NO_DATA")
    if size > size_limit(path):
        raise FileRefused("TOO_LARGE", size=size, limit=size_limit(path))
    scan_file(path)
    container = container_of(path)
    if container == "parquet":
        return parquet.open_sheets(path)
    if container in ("zip", "ole"):
        return excel.open_sheets(path)
    if container == "pdf":
        return facturx.open_sheets(path) or pdf.open_sheets(path, pdf_templates)
    if container in ("edifact", "xml"):
        return _open_message(path, container)
    if container == "json":
        return json_records.open_sheets(path)
    if container != "text":
        raise FileRefused("TYPE_UNKNOWN", container=container)
    return csv.open_sheets(path)


def size_limit(path: Path) -> int:
    """The size up to which a file is read: more of one that is read in parts."""
    container = container_of(path)
    in_parts = container == "parquet" or (container == "text" and b"\0" not in _start(path))
    return LARGEST_READ_IN_PARTS if in_parts else LARGEST_FILE


def flags_of_name(path: Path, name: str) -> frozenset[str]:
    """TYPE_MISMATCH when the extension of a file's name promises another container than its content is."""
    extension = Path(name).suffix.lower().removeprefix(".")
    promised = {container for container, extensions in EXTENSIONS.items() if extension in extensions}
    return frozenset({"TYPE_MISMATCH"} if promised and container_of(path) not in promised else ())


def _start(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(FIRST_BYTES)


def container_of(path: Path) -> str:
    """The container that the first bytes of a file begin, or the name of a type that has no reader."""
    first = _start(path)
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    recognised = {
        "parquet": first.startswith(b"PAR1"),
        "zip": first.startswith(ZIP_MAGICS),
        "ole": first.startswith(OLE_MAGIC),
        "pdf": PDF_MAGIC.search(first, 0, PDF_MAGIC_WITHIN),
        "edifact": is_edifact(first),
        "xml": is_xml(first),
        "json": json_records.is_json(first),
        **{name: start.startswith(magic.lower()) for magic, name in OTHER_TYPES.items()},
    }
    return next((container for container, is_it in recognised.items() if is_it), "text")


def _open_message(path: Path, container: str) -> Sequence[Sheet]:
    """A document by its standard; that of an XML is told by its root element, before which there may be long comments."""
    if container == "edifact":
        return mscons.open_sheets(path)
    with path.open("rb") as handle:
        tag = root_tag(handle.read(16 * FIRST_BYTES))
    tag = tag or str(parse_xml(path.read_bytes()).tag)
    if enedis.is_enedis(tag):
        return enedis.open_sheets(path)
    if green_button.is_green_button(tag):
        return green_button.open_sheets(path)
    if tag in invoices.ROOTS:
        return invoices.open_sheets(path)
    return customs_declarations.open_sheets(path)
