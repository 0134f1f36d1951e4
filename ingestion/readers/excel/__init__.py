"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS) through calamine: typed cells are kept, numbers in their shortest spelling.

What calamine does not tell is looked up in the parts of the workbook before it reads them (see `facts`); macros are
never run.
"""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ingestion.cells import HEAD_ROWS, CellKind, Cells, Column, FileRefused, HeadRow
from ingestion.readers.excel import ods, ooxml, xls, xlsb
from ingestion.readers.excel.facts import BookFacts, SheetFacts, check_cells
from ingestion.readers.excel.parts import document_of, parts_of
from ingestion.readers.isolated import run_isolated
from ingestion.readers.packages import opened_zip

PROBE = Path(__file__).with_name("probe.py")
MOST_SECONDS = 20  # by the clock, for a machine that has other things to do; the probe limits its own
LARGEST_WORKBOOK = 200 * 1024 * 1024
ROWS_OF_A_PART = 50_000
MERGED = frozenset({"MERGED_CELL"})
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
    if facts.is_binary:
        _try_apart(path)
    try:
        with path.open("rb") as handle:
            workbook = CalamineWorkbook.from_filelike(handle)
            sheets = [
                WorkbookSheet(
                    sheet.name,
                    workbook.get_sheet_by_name(sheet.name),
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
        if sheet.height <= sheet.facts.last_row:
            last_row = sheet.facts.last_row + 1
            raise FileRefused("READER_DISAGREE", sheet=sheet.name, last_row=last_row, read=sheet.height)
    filled = [sheet for sheet in sheets if sheet.height]
    if not filled:
        raise FileRefused("NO_DATA")
    return filled


def _try_apart(path: Path) -> None:
    """Let calamine read the workbook in a process of its own first; raises `FileRefused` CORRUPT when that dies."""
    try:
        run = run_isolated(PROBE, bytes(path.resolve()), MOST_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise FileRefused("CORRUPT", cause=f"not read within {MOST_SECONDS} seconds") from error
    if run.returncode:
        raise FileRefused("CORRUPT", cause="reading it takes more memory or time than any workbook of its size")


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
    sheet: CalamineSheet
    facts: SheetFacts
    book: BookFacts
    is_hidden: bool

    @property
    def height(self) -> int:
        """How many rows there are down to the last that holds anything."""
        return self.sheet.end[0] + 1 if self.sheet.end else 0

    def _rows(self) -> Iterator[list[Any]]:
        """All rows from A1 on; calamine leaves out the columns before the first that holds anything."""
        left = [""] * (self.sheet.start or (0, 0))[1]
        return (left + row for row in self.sheet.iter_rows()) if left else iter(self.sheet.iter_rows())

    @cached_property
    def _head(self) -> list[HeadRow]:
        rows = islice(self._rows(), HEAD_ROWS)
        return [HeadRow(number, tuple(cell_text(cell)[0] for cell in row)) for number, row in enumerate(rows, start=1)]

    def head(self) -> list[HeadRow]:
        """The first rows."""
        return self._head

    def body(self, header: int) -> Cells:
        """The rows below the header row."""
        return Cells.joined(list(self.parts(header)))

    def parts(self, header: int) -> Iterator[Cells]:
        """The rows below the header row, some thousands at a time."""
        flags = {"HEADER_OFFSET"} if header else set()
        flags |= {"HIDDEN_DATA"} if self.is_hidden or self.facts.has_hidden else set()
        flags |= {"MACRO"} if self.book.has_macros else set()
        spread, faulty = self._merged(header + 1)
        changes = [*((place, (text, CellKind.ERROR)) for place, text in self.facts.errors.items()), *spread.items()]
        by_part: dict[int, list[tuple[tuple[int, int], tuple[str, CellKind]]]] = {}
        for change in changes:
            by_part.setdefault((change[0][0] - header - 1) // ROWS_OF_A_PART, []).append(change)
        rows = islice(self._rows(), header + 1, None)
        for number in range(max(-(-(self.height - header - 1) // ROWS_OF_A_PART), 1)):
            first = header + 1 + number * ROWS_OF_A_PART
            cells = self._part(list(islice(rows, ROWS_OF_A_PART)), first, by_part.get(number, []), frozenset(flags))
            here = range(len(cells))
            yield replace(
                cells,
                faults={row - first: ("MERGED_NUMBER", text) for row, text in faulty.items() if row - first in here},
                record_flags={row - first: MERGED for row, _ in spread if row - first in here},
            )

    def _part(
        self,
        rows: list[list[Any]],
        first: int,
        changes: list[tuple[tuple[int, int], tuple[str, CellKind]]],
        flags: frozenset[str],
    ) -> Cells:
        """Some rows, with changed cells."""
        columns = [column_of(values) for values in zip(*rows, strict=True)]
        columns = columns or [column_of(()) for _ in self._head[0].cells]
        by_column: dict[int, dict[int, tuple[str, CellKind]]] = {}
        for (row, column), cell in changes:
            if first <= row < first + len(rows) and column < len(columns):
                by_column.setdefault(column, {})[row - first] = cell
        for column, cells in by_column.items():
            columns[column] = _replaced(columns[column], cells)
        numbers = np.arange(first + 1, first + 1 + len(rows), dtype=np.int32)
        return Cells(tuple(columns), numbers, flags=flags, uses_1904_dates=self.book.uses_1904_dates)

    def _merged(self, first: int) -> tuple[dict[tuple[int, int], tuple[str, CellKind]], dict[int, str]]:
        """What is merged over several rows: texts and dates, which hold for each of them; and rows of numbers.

        The number of a merged cell may be one row's, or the sum of all: nothing says which.
        """
        merged = [area for area in self.facts.merged if first <= area.first_row < self.height]
        if not merged:
            return {}, {}
        last_row = max(area.first_row for area in merged)
        columns_of_row: dict[int, set[int]] = {}
        for area in merged:
            columns_of_row.setdefault(area.first_row, set()).add(area.first_column)
        tops = {
            (row, column): cell_text(cells[column])
            for row, cells in enumerate(islice(self._rows(), last_row + 1))
            for column in columns_of_row.get(row, ())
            if column < len(cells)
        }
        spread: dict[tuple[int, int], tuple[str, CellKind]] = {}
        faulty: dict[int, str] = {}
        for area in merged:
            text, kind = tops.get((area.first_row, area.first_column), ("", CellKind.TEXT))
            rows = range(area.first_row, min(area.last_row, self.height - 1) + 1)
            check_cells(len(spread) + len(faulty) + len(rows))
            if kind is CellKind.NUMBER:
                faulty.update(dict.fromkeys(rows, text))
            elif text.strip():
                spread.update({(row, area.first_column): (text, kind) for row in rows[1:]})
        return spread, faulty


def column_of(values: Sequence[Any]) -> Column:
    """A column of calamine's cells: texts as they are, numbers all at once, the few others one by one."""
    types = set(map(type, values))
    if types <= {str}:
        return Column(pa.array(values, pa.string()))
    if types == {float}:
        return Column(_number_texts(np.asarray(values)), _kinds(CellKind.NUMBER, len(values)))
    if types == {date}:
        return Column(pa.array(values, pa.date32()).cast(pa.string()), _kinds(CellKind.DATE, len(values)))
    is_text = np.fromiter(map(frozenset({str}).__contains__, map(type, values)), np.bool_, len(values))
    is_number = np.fromiter(map(frozenset({float}).__contains__, map(type, values)), np.bool_, len(values))
    cells = np.fromiter(values, object, len(values))
    kinds = np.where(is_number, np.uint8(CellKind.NUMBER), np.uint8(CellKind.TEXT))
    for row in np.flatnonzero(~is_text & ~is_number):
        cells[row], kinds[row] = cell_text(cells[row])
    cells[is_number] = _number_texts(cells[is_number].astype(np.float64)).to_numpy(zero_copy_only=False)
    return Column(pa.array(cells, pa.string()), kinds if kinds.any() else None)


def _kinds(kind: CellKind, count: int) -> np.ndarray:
    return np.full(count, kind, dtype=np.uint8)


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


def _number_texts(numbers: np.ndarray) -> pa.Array:
    """As `number_text`: Arrow spells them as short as can be, which is the same unless it is long or has an exponent."""
    texts = pa.array(numbers).cast(pa.string())
    long = pc.or_(pc.greater(pc.binary_length(texts), EXACT_DIGITS), pc.match_substring_regex(texts, "[a-z]"))
    rows = np.flatnonzero(long.to_numpy(zero_copy_only=False))
    if not len(rows):
        return texts
    spelled = pa.array([number_text(number) for number in numbers[rows].tolist()], pa.string())
    return pc.replace_with_mask(texts, long, spelled)


def _replaced(column: Column, cells: Mapping[int, tuple[str, CellKind]]) -> Column:
    """The column with other cells in some rows."""
    rows = sorted(cells)
    mask = np.zeros(len(column), np.bool_)
    mask[rows] = True
    kinds = np.zeros(len(column), np.uint8) if column.kinds is None else column.kinds.copy()
    kinds[rows] = [cells[row][1] for row in rows]
    text = pc.replace_with_mask(column.text, pa.array(mask), pa.array([cells[row][0] for row in rows], pa.string()))
    return Column(text, kinds if kinds.any() else None)
