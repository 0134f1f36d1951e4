"""PDF bills: the text of their pages under the template of their supplier.

A PDF that carries its invoice as XML never comes here: `ingestion.readers.facturx` reads that.

One sheet per bill, headed by the terms of `pdf_templates/schema.json`, one row per line. What a template reads out of a
page is never sure: the mapping of such tables holds every row until a person confirms it (`to_confirm`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ingestion.cells import Cells, Column, FileRefused, HeadRow, Sheet
from ingestion.readers.isolated import ask_about_pdf
from ingestion.readers.pdf_template import Template, load_templates, titles

WORKER = Path(__file__).with_name("pdf_worker.py")
MOST_PAGES = 50
MOST_SECONDS = 5  # of a processor, after what `facturx` may take: less than ten in all
SECONDS_TO_WAIT = 3  # more, by the clock, for a machine that has other things to do

EVIDENCE = "Evidence"


def open_sheets(path: Path, templates: Sequence[Template] | None = None) -> Sequence[Sheet]:
    """The bills of a PDF; `templates` are the shipped ones unless given.

    Raises `FileRefused`: ENCRYPTED, CORRUPT, HOSTILE, PDF_TIMEOUT or PDF_TOO_LONG; NO_XML, PDF_NO_TEXT or
    PDF_LAYOUT_UNKNOWN for a PDF that opens, but whose bill has to be entered by hand.
    """
    known = {template.name: template for template in (load_templates() if templates is None else templates)}
    answer = _ask(path, list(known.values()))
    if "refused" in answer:
        raise FileRefused(answer["refused"], **answer["details"])
    documents, template = answer["documents"], known[answer["template"]]
    sheets: list[BillSheet] = []
    for bill in documents:
        name = f"page {bill['page']}" if len(documents) > 1 else ""
        before = sum(len(sheet.rows) for sheet in sheets)
        sheets.append(BillSheet(name, bill["rows"], template, first_number=before + 1))
    return sheets


def printed_lines(path: Path) -> list[tuple[int, int, str]]:
    """Page, number on it and text of every line of a PDF, as templates see them; raises as `open_sheets` does."""
    answer = _ask(path, None)
    if "refused" in answer:
        raise FileRefused(answer["refused"], **answer["details"])
    return [(page, line, content) for page, line, content in answer["lines"]]


@dataclass(frozen=True)
class BillSheet:
    """One bill: rows of terms, as `pdf_worker` found them under a template, numbered through the PDF."""

    name: str
    rows: list[dict[str, Any]]
    template: Template
    first_number: int = 1

    def head(self) -> list[HeadRow]:
        """The headers of all terms, then that of the place in the PDF."""
        return [HeadRow(0, (*titles().values(), EVIDENCE))]

    def body(self, header: int) -> Cells:
        """The lines; one that no rule of the template read is a fault."""
        return self._body

    @cached_property
    def _body(self) -> Cells:
        terms = [Column.of([row["cells"].get(term, "") for row in self.rows]) for term in titles()]
        places = Column.of([_place(row) for row in self.rows])
        unread = {
            position: ("PDF_LINE_UNREAD", row["unread"])
            for position, row in enumerate(self.rows)
            if row["unread"] is not None
        }
        return Cells(
            (*terms, places),
            np.arange(self.first_number, self.first_number + len(self.rows), dtype=np.int32),
            faults=unread,
            decimal_sign=self.template.decimal_sign,
            date_order=self.template.date_order,
            read_with=f"{self.template.name}@{self.template.version}",
        )


def _place(row: dict[str, Any]) -> str:
    return f"page {row['page']}, line {row['line']}" if row["line"] else f"page {row['page']}"


def _ask(path: Path, templates: list[Template] | None) -> dict[str, Any]:
    """The bills of a PDF under the templates or, without any, its lines."""
    bodies = None if templates is None else [template.body for template in templates]
    patience = MOST_SECONDS + SECONDS_TO_WAIT
    return ask_about_pdf(WORKER, path, MOST_SECONDS, patience, templates=bodies, pages=MOST_PAGES)
