"""The parts of a workbook that is a zip, each read whole and looked through for what no workbook holds."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from posixpath import join, normpath, split

from ingestion.cells import FileRefused
from ingestion.readers.packages import chunks_of
from ingestion.readers.xml import parse_xml

LARGEST_PART = 256 * 1024 * 1024
XINCLUDE = b"http://www.w3.org/2001/XInclude"
WORKBOOKS = ("xl/workbook", "workbook")
MARKUP = (".xml", ".rels", ".vml", ".rdf")
UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def parts_of(package: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """The parts by their names in lower case, as calamine looks for them.

    Raises `FileRefused` HOSTILE when two share one: readers would not agree on which is meant.
    """
    parts: dict[str, zipfile.ZipInfo] = {}
    for entry in package.infolist():
        name = entry.filename.replace("\\", "/").lower()
        if name in parts:
            raise FileRefused("HOSTILE", cause=f"two parts named {entry.filename}")
        if not name.endswith("/"):
            parts[name] = entry
    return parts


def document_of(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> str | None:
    """The part that is the workbook itself, or None if the zip is no workbook."""
    if "content.xml" in parts:
        return "content.xml"
    stated = [name for name in targets_of(package, parts, "").values() if name.startswith(WORKBOOKS)]
    return next((name for name in [*stated, "xl/workbook.xml", "xl/workbook.bin"] if name in parts), None)


def targets_of(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], part: str) -> dict[str | None, str]:
    """The parts to which a part relates, or the whole package if it is none, by the identifier of the relation."""
    folder, name = split(part)
    relations = parts.get(join(folder, "_rels", f"{name}.rels"))
    if relations is None:
        return {}
    targets = {}
    for relation in parse_xml(read_part(package, relations)):
        target = relation.get("Target", "").replace("\\", "/")
        targets[relation.get("Id")] = normpath(join("/", folder, target)).lstrip("/").lower()
    return targets


def read_part(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A part; raises `FileRefused`: TOO_LARGE, HOSTILE_XML, and what `chunks_of` refuses."""
    if entry.file_size > LARGEST_PART:
        raise FileRefused("TOO_LARGE", size=entry.file_size, limit=LARGEST_PART)
    content = b"".join(chunks_of(package, entry))
    if entry.filename.lower().endswith(MARKUP):
        _check_markup(entry, content)
    return content


def _check_markup(entry: zipfile.ZipInfo, content: bytes) -> None:
    """Refuse a document type, without which there are no entities, and inclusion."""
    if content.startswith(UTF16):
        if not entry.filename.lower().startswith("customxml/"):
            # Calamine reads UTF-8 only, and so do those who look for facts.
            raise FileRefused("CORRUPT", cause=f"{entry.filename} in UTF-16")
        content = content.replace(b"\0", b"")
    if b"<!DOCTYPE" in content:
        raise FileRefused("HOSTILE_XML", cause=f"{entry.filename}: DOCTYPE")
    if XINCLUDE in content:
        raise FileRefused("HOSTILE_XML", cause=f"{entry.filename}: XInclude")
