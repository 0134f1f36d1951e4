"""What a file is, told to people: its container, and how its text is encoded and divided.

Only describes. What is read and what is refused is decided in `readers`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from ingestion.cells import Sheet
from ingestion.readers import container_of
from ingestion.readers.xml import root_tag

FIRST_BYTES = 65536
NAMES = {"ole": "XLS", "parquet": "Parquet", "pdf": "PDF", "edifact": "EDIFACT", "json": "JSON"}
PARTS = {"xl/workbook.xml": "XLSX", "xl/workbook.bin": "XLSB", "content.xml": "ODS"}
SIGNS = {"\t": "tab", " ": "space"}
CODECS = {"cp1252": "Windows-1252", "cp1256": "Windows-1256 (Arabic)", "iso8859_6": "ISO 8859-6 (Arabic)"}


def describe(path: Path, sheets: Sequence[Sheet]) -> dict[str, str]:
    """What can be said of the container: always `container`, and of delimited text `encoding`, `delimiter`, `quote`."""
    found = {"container": _container(path)}
    text = sheets[0] if sheets else None
    dialect, encoding = getattr(text, "dialect", None), getattr(text, "encoding", None)
    if encoding is not None:
        mark = " with byte order mark" if encoding.mark else ""
        found["encoding"] = CODECS.get(encoding.codec, encoding.codec.upper()) + mark
    if dialect is not None:
        found["container"] = "delimited text"
        found["delimiter"] = SIGNS.get(dialect.delimiter, dialect.delimiter)
        found["quote"] = dialect.quote + (f", escaped by {dialect.escape}" if dialect.escape else "")
    return found


def _container(path: Path) -> str:
    container = container_of(path)
    if container == "zip":
        return _package(path)
    if container == "xml":
        with path.open("rb") as handle:
            return f"XML {root_tag(handle.read(FIRST_BYTES)) or ''}".strip()
    return NAMES.get(container, container)


def _package(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
    except zipfile.BadZipFile:
        return "ZIP"
    return next((kind for part, kind in PARTS.items() if part in names), "ZIP")
