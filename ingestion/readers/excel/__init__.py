"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS) through calamine: typed cells are kept, numbers in their shortest spelling.

What calamine does not tell is looked up in the parts of the workbook before it reads them (see `facts`); macros are
never run.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from ingestion.cells import HEAD_ROWS, CellKind, Cells, Column, FileRefused, HeadRow
from ingestion.readers.excel import ods, ooxml, xls, xlsb
from ingestion.readers.excel.facts import BookFacts, SheetFacts
from ingestion.readers.excel.parts import document_of, parts_of
from ingestion.readers.packages import opened_zip

LARGEST_WORKBOOK = 200 * 1024 * 1024
EXACT_DIGITS = 15  # what a spreadsheet shows of a number; more is the noise of binary fractions


def is_workbook(package: zipfile.ZipFile) -> bool:
    """Whether a zip is a workbook, by its parts; raises `FileRefused` as they are looked at."""
    return document_of(package, parts_of(package)) is not None


def open_sheets(path: Path) -> list[WorkbookSheet]:
    """The worksheets of a workbook, hidden ones too.

    Raises `FileRefused`: ENCRYPTED, CORRUPT, NO_DATA, TOO_LARGE, HOSTILE, HOSTILE_XML, MALWARE, READER_DISAGREE.
    """
    if path.stat().st_size > LARGEST_WORKBOOK:
        raise FileRefused("TOO_LARGE", size=path.stat().st_size, limit=LARGEST_WORKBOOK)
    with path.open("rb") as handle:
        is_package = handle.read(2) == b"PK"
    facts = _package_facts(path) if is_package else xls.read_facts(path)
    try:
        with path.open("rb") as handle:
            workbook = CalamineWorkbook.from_filelike(handle)
            sheets = [
                WorkbookSheet(
                    sheet.name,
                    workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False),
                    facts.of(place, sheet.name),
                    facts,
                    sheet.visible != SheetVisibleEnum.Visible,
                )
                for place, sheet in enumerate(workbook.sheets_metadata)
                if sheet.typ == SheetTypeEnum.WorkSheet
            ]
    except PasswordError as error:
        raise FileRefused("ENCRYPTED") from error
    except BaseException as error:
        # A panic of the Rust reader on a damaged file is no `Exception`; anything else that is none passes.
        if not isinstance(error, CalamineError | OSError | ValueError) and type(error).__name__ != "PanicException":
            raise
        raise FileRefused("ENCRYPTED" if "password" in str(error).lower() else "CORRUPT", cause=str(error)) from error
    for sheet in sheets:
        if len(sheet.grid) <= sheet.facts.last_row:
            last_row, read = sheet.facts.last_row + 1, len(sheet.grid)
            raise FileRefused("READER_DISAGREE", sheet=sheet.name, last_row=last_row, read=read)
    filled = [sheet for sheet in sheets if sheet.grid]
    if not filled:
        raise FileRefused("NO_DATA")
    return filled


def _package_facts(path: Path) -> BookFacts:
    with opened_zip(path) as package:
        parts = parts_of(package)
        document = document_of(package, parts)
        if document is None:
            raise FileRefused("TYPE_UNKNOWN", container="ZIP")
        if document == "content.xml":
            return ods.read_facts(package, parts, document)
        return (xlsb if document.endswith(".bin") else ooxml).read_facts(package, parts, document)


@dataclass(frozen=True)
class WorkbookSheet:
    """One worksheet; rows and columns are counted from its first cell A1."""

    name: str
    grid: list[list[Any]] = field(repr=False)
    facts: SheetFacts
    book: BookFacts
    is_hidden: bool

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
        first, height = header + 1, len(self.grid)
        columns = [column_of(values) for values in zip(*self.grid[first:], strict=True)]
        columns = columns or [column_of(()) for _ in self.grid[0]]
        for place, errors in self._errors(first, height).items():
            columns[place] = _replaced(columns[place], errors, CellKind.ERROR)
        faults, record_flags = self._spread_merged(columns, first, height - first)
        flags = {"HEADER_OFFSET"} if header else set()
        flags |= {"HIDDEN_DATA"} if self.is_hidden or self.facts.has_hidden else set()
        flags |= {"MACRO"} if self.book.has_macros else set()
        return Cells(
            tuple(columns),
            np.arange(first + 1, height + 1, dtype=np.int32),
            faults,
            frozenset(flags),
            record_flags=record_flags,
            uses_1904_dates=self.book.uses_1904_dates,
        )

    def _errors(self, first: int, height: int) -> dict[int, dict[int, str]]:
        """The error cells of the rows from one on: by column, then by row counted from it."""
        errors: dict[int, dict[int, str]] = {}
        for (row, column), error in self.facts.errors.items():
            if first <= row < height and column < len(self.grid[0]):
                errors.setdefault(column, {})[row - first] = error
        return errors

    def _spread_merged(
        self, columns: list[Column], first: int, height: int
    ) -> tuple[dict[int, tuple[str, str]], dict[int, frozenset[str]]]:
        """Repeat a text or date that is merged over several rows in each of them; a number is refused in all of them.

        The number of a merged cell may be one row's, or the sum of all: nothing says which.
        """
        faults: dict[int, tuple[str, str]] = {}
        flags: dict[int, frozenset[str]] = {}
        spread: dict[tuple[int, CellKind], dict[int, str]] = {}
        for merged in self.facts.merged:
            top, bottom, place = merged.first_row - first, min(merged.last_row - first, height - 1), merged.first_column
            if top < 0 or bottom <= top or place >= len(columns) or not columns[place].text[top].as_py().strip():
                continue
            text, kind = columns[place].text[top].as_py(), columns[place].kind(top)
            if kind is CellKind.NUMBER:
                faults.update(dict.fromkeys(range(top, bottom + 1), ("MERGED_NUMBER", text)))
            else:
                spread.setdefault((place, kind), {}).update(dict.fromkeys(range(top + 1, bottom + 1), text))
                flags.update(dict.fromkeys(range(top + 1, bottom + 1), frozenset({"MERGED_CELL"})))
        for (place, kind), texts in spread.items():
            columns[place] = _replaced(columns[place], texts, kind)
        return faults, flags


def column_of(values: Sequence[Any]) -> Column:
    """A column of calamine's cells: texts as they are, numbers all at once, the few others one by one."""
    is_text = np.fromiter(map(frozenset({str}).__contains__, map(type, values)), np.bool_, len(values))
    if is_text.all():
        return Column(pa.array(values, pa.string()))
    is_number = np.fromiter(map(frozenset({float}).__contains__, map(type, values)), np.bool_, len(values))
    cells = np.fromiter(values, object, len(values))
    kinds = np.where(is_number, np.uint8(CellKind.NUMBER), np.uint8(CellKind.TEXT))
    for row in np.flatnonzero(~is_text & ~is_number):
        cells[row], kinds[row] = cell_text(cells[row])
    cells[is_number] = _number_texts(cells[is_number].astype(np.float64))
    return Column(pa.array(cells, pa.string()), kinds if kinds.any() else None)


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
    text = f"{number:.{EXACT_DIGITS}g}"
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > 2 * EXACT_DIGITS:
        return repr(number)
    return f"{value:f}"


def _number_texts(numbers: np.ndarray) -> np.ndarray:
    """As `number_text`: Arrow spells them as short as can be, which is the same unless it is long or has an exponent."""
    texts = pa.array(numbers).cast(pa.string())
    long = pc.or_(pc.greater(pc.binary_length(texts), EXACT_DIGITS), pc.match_substring_regex(texts, "[a-z]"))
    spelled = texts.to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(long.to_numpy(zero_copy_only=False)):
        spelled[row] = number_text(float(numbers[row]))
    return spelled


def _replaced(column: Column, texts: Mapping[int, str], kind: CellKind) -> Column:
    """The column with other cells, all of one kind, in some rows."""
    rows = sorted(texts)
    mask = np.zeros(len(column), np.bool_)
    mask[rows] = True
    kinds = np.zeros(len(column), np.uint8) if column.kinds is None else column.kinds.copy()
    kinds[rows] = kind
    text = pc.replace_with_mask(column.text, pa.array(mask), pa.array([texts[row] for row in rows], pa.string()))
    return Column(text, kinds if kinds.any() else None)
