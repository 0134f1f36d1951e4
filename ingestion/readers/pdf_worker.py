"""The text of a PDF and the template that fits it, worked out in a process of its own.

Run as a script by `ingestion.readers.pdf`, since a hostile PDF can hang a parser or fill the memory: the process limits
its own memory and time, and may write no file. It imports nothing of this project. It reads
`{"path", "templates", "memory", "seconds", "pages"}` as JSON from stdin and answers on stdout with `{"template": name,
"documents": [...]}`, or `{"lines": [...]}` when it is given no templates, or `{"refused": code, "details": {...}}`.
JavaScript and attachments of the PDF are never looked at.
"""

from __future__ import annotations

import json
import logging
import re
import resource
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_CHARACTERS = 1_000_000
FEWEST_CHARACTERS = 30  # less is the stamp of a scanner, not a bill
FORMS = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufeff]+")  # ligatures and Arabic presentation forms
SPACES = re.compile("[ \t\u00a0\u2007\u2009\u202f]+")
GLYPH_WITHOUT_TEXT = re.compile(r"\(cid:[0-9]+\)")
INVOICE_XML = re.compile(rb"urn:(factur-x|zugferd|ferd):", re.IGNORECASE)


class Refused(Exception):
    """The PDF cannot be read: a reason code and the values its message names."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.answer = {"refused": code, "details": details}


@dataclass(frozen=True)
class Page:
    """One page: its number in the PDF and its lines of text from top to bottom."""

    number: int
    lines: tuple[str, ...]


def plain_text(text: str) -> str:
    """Text as templates see it: Arabic presentation forms and ligatures as letters, one kind of space.

    Other compatibility characters stay: a raised digit of a footnote must not become a digit of a number.
    """
    letters = FORMS.sub(lambda forms: unicodedata.normalize("NFKC", forms[0]), GLYPH_WITHOUT_TEXT.sub("", text))
    return SPACES.sub(" ", letters).strip()


def pages_of(path: str, most_pages: int) -> tuple[list[Page], bool]:
    """The pages of a PDF, and whether it says that it carries the XML of an invoice; raises `Refused`."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(path) as document:
            count = len(document.pages)
            if count > most_pages:
                raise Refused("PDF_TOO_LONG", pages=count, limit=most_pages)
            pages, characters = [], 0
            for page in document.pages:
                text = page.extract_text()
                characters += len(text)
                if characters > MOST_CHARACTERS:
                    raise Refused("HOSTILE", cause=f"more than {MOST_CHARACTERS} characters of text")
                pages.append(Page(page.page_number, tuple(plain_text(line) for line in text.split("\n"))))
                page.close()
            return pages, _says_it_has_xml(document.doc)
    except (MemoryError, RecursionError, Refused):
        raise
    except Exception as error:
        causes = [error, error.__cause__, error.__context__, *(a for a in error.args if isinstance(a, Exception))]
        if any(isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError) for cause in causes):
            raise Refused("ENCRYPTED") from error
        if any(isinstance(cause, MemoryError | RecursionError) for cause in causes):
            raise Refused("HOSTILE", cause="it fills the memory") from error
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        raise Refused("CORRUPT", cause=f"{type(cause).__name__}: {cause}"[:200]) from error


def _says_it_has_xml(document: Any) -> bool:
    """Whether the metadata name one of the profiles of Factur-X or ZUGFeRD."""
    from pdfminer.pdftypes import PDFStream, resolve1

    metadata = resolve1(document.catalog.get("Metadata"))
    return isinstance(metadata, PDFStream) and bool(INVOICE_XML.search(metadata.get_data()))


@dataclass(frozen=True)
class Document:
    """The text of one bill: pages one after the other, and where each line of it begins."""

    pages: tuple[Page, ...]

    @property
    def text(self) -> str:
        """All lines of all pages."""
        return "\n".join(line for page in self.pages for line in page.lines)

    def places(self) -> list[tuple[int, int, int, str]]:
        """For each line its offset in the text, page, number on the page, and the line itself."""
        found, offset = [], 0
        for page in self.pages:
            for number, line in enumerate(page.lines, start=1):
                found.append((offset, page.number, number, line))
                offset += len(line) + 1
        return found


def documents_of(pages: list[Page], first_page: str | None) -> list[Document]:
    """The bills in a PDF: one, or one from each page on which the pattern of a first page is found."""
    groups: list[list[Page]] = []
    for page in pages:
        is_first = first_page is not None and re.search(first_page, "\n".join(page.lines), re.MULTILINE)
        if is_first or not groups:
            groups.append([])
        groups[-1].append(page)
    return [Document(tuple(group)) for group in groups]


def read_document(document: Document, template: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a bill under a template, and what the template requires and the bill lacks."""
    text, fields, missing = document.text, dict(template["constants"]), []
    for name, field in template["fields"].items():
        match = re.search(field["pattern"], text, re.MULTILINE)
        value = next((group for group in match.groups() if group), None) if match else None
        if value:
            fields[name] = " ".join(value.split())
        elif not field["optional"]:
            missing.append(name)
    if not template["tables"]:
        return [{"cells": fields, "page": document.pages[0].number, "line": 0, "unread": None}], missing
    rows = [row for table in template["tables"] for row in _table_rows(document, text, table, fields)]
    if not any(row["unread"] is None for row in rows):
        missing.append("lines")
    return sorted(rows, key=lambda row: (row["page"], row["line"])), missing


def _table_rows(
    document: Document, text: str, table: dict[str, Any], fields: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """A row for each line that a rule of the table reads, and one for each that none reads although it has digits."""
    places = document.places()
    offsets = [offset for offset, *_ in places]
    number = 0
    for begin, end in _regions(text, table):
        covered: set[int] = set()
        for start, stop, rule, groups in _matches(text, table["lines"], begin, end):
            first, last = bisect_right(offsets, start) - 1, bisect_right(offsets, max(start, stop - 1)) - 1
            covered.update(range(first, last + 1))
            number += 1
            cells = {**fields, **({"line": str(number)} if rule["numbered"] else {}), **rule["set"], **groups}
            yield {"cells": cells, "page": places[first][1], "line": places[first][2], "unread": None}
        if table["start"] is None:
            continue
        for index in range(bisect_right(offsets, begin), bisect_right(offsets, max(begin, end - 1))):
            _, page, line, content = places[index]
            skipped = any(re.search(pattern, content) for pattern in table["skip"])
            if index not in covered and not skipped and re.search("[0-9]", content):
                yield {"cells": fields, "page": page, "line": line, "unread": content}


def _regions(text: str, table: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """The parts of the text from the line after each start mark to the next end mark."""
    if table["start"] is None:
        yield 0, len(text)
        return
    position = 0
    while match := re.compile(table["start"], re.MULTILINE).search(text, position):
        begin = text.find("\n", max(match.start(), match.end() - 1))
        if begin < 0:
            return
        stop = re.compile(table["end"], re.MULTILINE).search(text, begin + 1)
        end = stop.start() if stop else len(text)
        yield begin, end
        position = max(end, match.end() + 1)


def _matches(
    text: str, rules: list[dict[str, Any]], begin: int, end: int
) -> list[tuple[int, int, dict[str, Any], dict[str, str]]]:
    """What the rules find in a part of the text, in its order; of overlapping finds the earlier rule's stands."""
    found: list[tuple[int, int, dict[str, Any], dict[str, str]]] = []
    for rule in rules:
        for match in re.compile(rule["pattern"], re.MULTILINE).finditer(text, begin, end):
            if match.end() > match.start() and all(match.end() <= s or match.start() >= e for s, e, *_ in found):
                groups = {name: " ".join(value.split()) for name, value in match.groupdict().items() if value}
                found.append((match.start(), match.end(), rule, groups))
    return sorted(found, key=lambda one: one[0])


def fitting(pages: list[Page], templates: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer of the template that finds what it requires; raises `Refused`.

    Of several, one of the home comes before the shipped ones, and then the one that recognises most.
    """
    text = Document(tuple(pages)).text
    recognised = [t for t in templates if all(re.search(mark, text, re.MULTILINE) for mark in t["recognise"])]
    lacking = []
    for template in sorted(recognised, key=lambda t: (t["is_shipped"], -len(t["recognise"]))):
        documents, missing = [], []
        for document in documents_of(pages, template["first_page"]):
            rows, lacks = read_document(document, template)
            documents.append({"page": document.pages[0].number, "rows": rows})
            missing.extend(lacks)
        if not missing:
            return {"template": template["template"], "documents": documents}
        lacking.append(f"{template['template']}: {', '.join(dict.fromkeys(missing))}")
    raise Refused("PDF_LAYOUT_UNKNOWN", detail="; ".join(lacking) or "-")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """What is to be answered to a request."""
    try:
        pages, says_it_has_xml = pages_of(request["path"], request["pages"])
        if sum(len(line.replace(" ", "")) for page in pages for line in page.lines) < FEWEST_CHARACTERS:
            raise Refused("NO_XML" if says_it_has_xml else "PDF_NO_TEXT")
        if request["templates"] is None:
            places = Document(tuple(pages)).places()
            return {"lines": [(page, line, content) for _, page, line, content in places]}
        try:
            return fitting(pages, request["templates"])
        except Refused as refusal:
            raise (Refused("NO_XML") if says_it_has_xml else refusal) from None
    except Refused as refusal:
        return refusal.answer
    except (MemoryError, RecursionError) as error:
        cause = "it fills the memory" if isinstance(error, MemoryError) else "it is nested without end"
        return Refused("HOSTILE", cause=cause).answer


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer the request on stdin."""
    request = json.load(sys.stdin)
    _limit(request["memory"], request["seconds"])
    logging.disable(logging.CRITICAL)
    json.dump(answer(request), sys.stdout)


if __name__ == "__main__":
    main()
