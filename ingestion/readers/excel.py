"""Workbooks (XLSX, XLSB, XLS, ODS) through calamine: typed cells are kept, numbers in their shortest spelling."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from ingestion.cells import HEAD_ROWS, CellKind, Cells, Column, FileRefused, HeadRow

EXACT_DIGITS = 15  # what a spreadsheet shows of a number; more is the noise of binary fractions
ERROR_CELL = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]+)"[^>]*>.*?<v>([^<]*)</v>', re.DOTALL)
DATES_FROM_1904 = re.compile(rb'<workbookPr\b[^>]*\bdate1904="(1|true)"')
NAMESPACE = {"main": "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"}
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Errors = dict[tuple[int, int], str]


def open_sheets(path: Path) -> list[WorkbookSheet]:
    """The worksheets of a workbook, hidden ones too; raises `FileRefused` with ENCRYPTED, CORRUPT or NO_DATA."""
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        grids = {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except PasswordError as error:
        raise FileRefused("ENCRYPTED") from error
    except BaseException as error:
        # A panic of the Rust reader on a damaged file is no `Exception`; anything else that is none passes.
        if not isinstance(error, CalamineError | OSError | ValueError) and type(error).__name__ != "PanicException":
            raise
        if "password" in str(error).lower() or _is_encrypted(path):
            raise FileRefused("ENCRYPTED") from error
        raise FileRefused("CORRUPT", cause=str(error)) from error
    if not any(grids.values()):
        raise FileRefused("NO_DATA")
    try:
        uses_1904_dates, errors = _package_facts(path)
    except (zipfile.BadZipFile, zlib.error, OSError) as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error
    return [WorkbookSheet(name, grid, errors.get(name, {}), uses_1904_dates) for name, grid in grids.items() if grid]


@dataclass(frozen=True)
class WorkbookSheet:
    """One worksheet; rows and columns are counted from its first cell A1."""

    name: str
    grid: list[list[Any]]
    errors: Errors
    uses_1904_dates: bool

    @cached_property
    def _head(self) -> list[HeadRow]:
        return [
            HeadRow(number, tuple(cell_text(cell)[0] for cell in row))
            for number, row in enumerate(self.grid[:HEAD_ROWS], start=1)
        ]

    def head(self) -> list[HeadRow]:
        """The first rows."""
        return self._head

    def body(self, header: int) -> Cells:
        """The rows below the header row."""
        rows = self.grid[header + 1 :]
        columns = []
        for index in range(len(self.grid[header])):
            pairs = [cell_text(row[index]) for row in rows]
            for (row, column), error in self.errors.items():
                if column == index and header < row <= header + len(rows):
                    pairs[row - header - 1] = (error, CellKind.ERROR)
            columns.append(Column.of([text for text, _ in pairs], [kind for _, kind in pairs]))
        numbers = np.arange(header + 2, header + 2 + len(rows), dtype=np.int32)
        flags = frozenset({"HEADER_OFFSET"} if header else ())
        return Cells(tuple(columns), numbers, flags=flags, uses_1904_dates=self.uses_1904_dates)


def cell_text(cell: Any) -> tuple[str, CellKind]:
    """A cell of calamine as text and kind."""
    if isinstance(cell, str):
        return cell, CellKind.TEXT
    if isinstance(cell, bool):
        return ("TRUE" if cell else "FALSE"), CellKind.BOOLEAN
    if isinstance(cell, int | float):
        return number_text(cell), CellKind.NUMBER
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return (cell.date() if midnight else cell.replace(microsecond=0)).isoformat(), CellKind.DATE
    if isinstance(cell, date):
        return cell.isoformat(), CellKind.DATE
    return "" if cell is None else str(cell), CellKind.TEXT


def number_text(number: float) -> str:
    """The shortest decimal spelling of a number, with at most the digits that a spreadsheet shows and no exponent."""
    shortest = repr(number)
    if len(shortest.partition("e")[0].replace(".", "").strip("-0")) > EXACT_DIGITS:
        shortest = f"{number:.{EXACT_DIGITS}g}"
    value = Decimal(shortest)
    if not value.is_finite() or abs(value.adjusted()) > 2 * EXACT_DIGITS:
        return shortest
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _package_facts(path: Path) -> tuple[bool, dict[str, Errors]]:
    """What calamine does not tell of an XLSX: its date system, and its error cells, which it hands over as empty."""
    if not zipfile.is_zipfile(path):
        return False, {}
    with zipfile.ZipFile(path) as package:
        if "xl/workbook.xml" not in package.namelist():
            return False, {}
        book = package.read("xl/workbook.xml")
        errors = {}
        for name, part in _worksheet_parts(package, book).items():
            if part in package.namelist():
                content = package.read(part)
                if b't="e"' in content:
                    errors[name] = {
                        (int(match[2]) - 1, _column_index(match[1].decode())): match[3].decode()
                        for match in ERROR_CELL.finditer(content)
                    }
    return bool(DATES_FROM_1904.search(book)), errors


def _worksheet_parts(package: zipfile.ZipFile, book: bytes) -> dict[str, str]:
    """The part of the package in which each worksheet lies."""
    if "xl/_rels/workbook.xml.rels" not in package.namelist():
        return {}
    relations = _parsed(package.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    parts = {}
    for sheet in _parsed(book).iter(NAMESPACE["main"] + "sheet"):
        target = targets.get(sheet.get(RELATION_ID), "")
        parts[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def _parsed(content: bytes) -> ElementTree.Element:
    """Parse a part of the package, which never needs a document type; one that has one is refused."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise FileRefused("CORRUPT", cause="document type declaration in a workbook")
    try:
        return ElementTree.fromstring(content)  # noqa: S314 - no entities, checked above
    except ElementTree.ParseError as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _is_encrypted(path: Path) -> bool:
    """An encrypted workbook is an OLE container with a stream of this name, in UTF-16."""
    return "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
