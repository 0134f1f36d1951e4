"""The facts of an ODS: one XML part, whose cells and rows may say that they are repeated."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Mapping
from itertools import product
from xml.parsers import expat

from ingestion.cells import FileRefused
from ingestion.readers.excel.facts import ERROR_UNKNOWN, MOST_CELLS, BookFacts, Bounds, Merged, SheetFacts, check_cells
from ingestion.readers.excel.parts import read_part

MANIFEST = "meta-inf/manifest.xml"
# Calamine knows the elements by these very names, prefix included.
TAG = re.compile(
    rb"<(/?)table:(table|table-row|table-column|table-cell|covered-table-cell)((?:\s[^<>]{0,9999}?)?)(/?)>", re.DOTALL
)
TAG_START = re.compile(rb"</?table:(?:table|table-row|table-column|table-cell|covered-table-cell)[\s/>]")
ATTRIBUTE = re.compile(rb'\s([\w:-]{1,99})\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
HIDDEN_STYLE = re.compile(
    rb'<style:style\s[^<>]{0,999}style:name="([^"]+)"[^<>]{0,999}>\s*<style:table-properties\s[^<>]{0,999}'
    rb'table:display="false"'
)
# LibreOffice calls such a cell an error; others write a text or even a number beside what the cell shows.
ERROR_SHOWN = re.compile(rb"<text:p(?:\s[^<>]{0,999})?>(#[A-Z/0]{1,12}[!?]|#N/A|Err:[0-9]{3})</text:p>")
MOST_REPEATS = 1 << 20  # rows of a sheet
HIDING = (b"collapse", b"filter")


def read_facts(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], workbook: str) -> BookFacts:
    """Look through every part; raises `FileRefused` with what is out of bounds, hostile, encrypted or damaged."""
    if MANIFEST in parts and b"encryption-data" in read_part(package, parts[MANIFEST]):
        raise FileRefused("ENCRYPTED")
    content = b""
    for name, entry in parts.items():
        part = read_part(package, entry)
        content = part if name == workbook else content
    sheets = _Sheets(content)
    sheets.read()
    _check_tags(content)
    has_macros = any(name.startswith(("basic/", "scripts/")) for name in parts)
    return BookFacts(sheets.by_name, False, has_macros)


def _check_tags(content: bytes) -> None:
    """Refuse a content part whose tags do not match: Calamine would look for the end of a cell for ever."""
    try:
        expat.ParserCreate().Parse(content, True)
    except expat.ExpatError as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error


class _Sheets:
    """The sheets of a content part, counted tag by tag."""

    def __init__(self, content: bytes) -> None:
        self._content, self._bounds = content, Bounds()
        self._hidden_styles = set(HIDDEN_STYLE.findall(content))
        self._errors = {match.start(): _decoded(match[1]) for match in ERROR_SHOWN.finditer(content)}
        self.by_name: dict[str | int, SheetFacts] = {}

    def read(self) -> None:
        """Go through all tags."""
        tags = 0
        name, facts, row, row_repeats, column, hides = "", SheetFacts(), 0, 1, 0, False
        for tag in TAG.finditer(self._content):
            tags += 1
            kind, attributes = tag[2], _attributes(tag[3])
            if tag[1] and kind == b"table":
                self._bounds.add(facts)
                self.by_name[name] = facts
            elif tag[1] and kind == b"table-row":
                row += row_repeats
            elif tag[1]:
                continue
            elif kind == b"table":
                name, facts, row = _decoded(attributes.get(b"table:name", b"")), SheetFacts(), 0
                facts.has_hidden = attributes.get(b"table:style-name") in self._hidden_styles
            elif kind == b"table-column":
                facts.has_hidden |= attributes.get(b"table:visibility") in HIDING
            elif kind == b"table-row":
                row_repeats, column = _repeats(attributes, b"table:number-rows-repeated"), 0
                hides = attributes.get(b"table:visibility") in HIDING
                row += row_repeats if tag[4] else 0
            else:
                repeats = _repeats(attributes, b"table:number-columns-repeated")
                self._cell(tag, attributes, facts, (row, row_repeats, column, repeats), hides)
                column += repeats
        if tags != sum(1 for _ in TAG_START.finditer(self._content)):
            raise FileRefused("CORRUPT", cause="a cell whose tag does not end")

    def _cell(
        self,
        tag: re.Match[bytes],
        attributes: dict[bytes, bytes],
        facts: SheetFacts,
        place: tuple[int, int, int, int],
        hides: bool,
    ) -> None:
        """Count a cell unless it is empty."""
        row, row_repeats, column, repeats = place
        spans = attributes.get(b"table:number-rows-spanned", b"1")
        is_empty = tag[4] or self._content.startswith(b"</table:", tag.end())
        if is_empty and b"office:value-type" not in attributes:
            return
        facts.cells += row_repeats * repeats
        if row_repeats * repeats > MOST_CELLS:
            raise FileRefused("HOSTILE", cause=f"a cell repeated {row_repeats} x {repeats} times")
        check_cells(facts.cells)
        facts.rows, facts.columns = max(facts.rows, row + row_repeats), max(facts.columns, column + repeats)
        facts.has_hidden |= hides
        facts.last_row = max(facts.last_row, row + row_repeats - 1)
        if row_repeats * repeats > 1:
            end = self._content.find(b"</table:table-cell", tag.end())
            self._bounds.add_text((max(end, tag.end()) - tag.start()) * row_repeats * repeats)
        if spans.isdigit() and int(spans) > 1:
            last = row + min(int(spans), MOST_REPEATS) - 1
            width = attributes.get(b"table:number-columns-spanned", b"1")
            facts.merge(Merged(row, last, column, column + max(int(width or 1), 1) - 1))
        error = self._errors.get(tag.end())
        if error or attributes.get(b"calcext:value-type") == b"error":
            for at, where in product(range(row, row + row_repeats), range(column, column + repeats)):
                facts.mark_error(at, where, error or ERROR_UNKNOWN)


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in ATTRIBUTE.findall(text)}


def _repeats(attributes: dict[bytes, bytes], name: bytes) -> int:
    text = attributes.get(name, b"1")
    return min(int(text), 1 << 32) if text.isdigit() and len(text) < 12 else (1 << 32 if text.isdigit() else 1)


def _decoded(text: bytes) -> str:
    return html.unescape(text.decode("utf-8", "replace"))
