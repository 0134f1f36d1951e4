"""What calamine does not tell of a workbook, and the bounds within which it may read one.

Calamine hands error cells over as empty and lays a sheet out as a full grid, whose memory it asks for unchecked. So the
parts of a workbook are looked through before calamine sees them; each format has its module, which makes these facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingestion.cells import FileRefused

MOST_CELLS = 6_000_000  # of all sheets, some 100 bytes of memory each
LARGEST_GRID = 10_000_000  # cells of the rectangles around them, 32 bytes each
MOST_TEXT = 256 * 1024 * 1024  # bytes of the texts of all cells, a shared text counted in each
MOST_NOTED = 500_000  # error cells, merged ranges: of one sheet
SPARSE = 10

ERROR_TEXTS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
ERROR_UNKNOWN = "#ERROR!"

Errors = dict[tuple[int, int], str]


@dataclass(frozen=True)
class Merged:
    """A merged range; rows and columns from 0, the last ones included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass
class SheetFacts:
    """Facts of one sheet; rows and columns from 0."""

    errors: Errors = field(default_factory=dict)
    merged: list[Merged] = field(default_factory=list)
    has_hidden: bool = False  # rows or columns
    last_row: int = -1  # of a cell that holds a value, as far as it was looked for
    cells: int = 0
    rows: int = 0  # of the rectangle from A1 around all cells
    columns: int = 0

    def extend(self, row: int, column: int) -> None:
        """Count a cell."""
        self.cells += 1
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + 1)

    def mark_error(self, row: int, column: int, text: str) -> None:
        """Note an error cell; raises `FileRefused` TOO_LARGE beyond the bound of what is noted."""
        check_noted(len(self.errors))
        self.errors[row, column] = text

    def merge(self, area: Merged) -> None:
        """Note a merged range of several rows; raises as `mark_error`. One within a row changes nothing."""
        if area.last_row > area.first_row:
            check_noted(len(self.merged))
            self.merged.append(area)


@dataclass(frozen=True)
class BookFacts:
    """Facts of a workbook: its sheets by name, or by place where the format's names are in an old encoding."""

    sheets: Mapping[str | int, SheetFacts]
    uses_1904_dates: bool = False
    has_macros: bool = False
    is_binary: bool = False  # of records whose lengths may lie

    def of(self, place: int, name: str) -> SheetFacts:
        """The facts of a sheet."""
        return self.sheets.get(name) or self.sheets.get(place) or SheetFacts()


def check_noted(count: int) -> None:
    """Raise `FileRefused` TOO_LARGE beyond the bound of error cells or merged ranges."""
    if count >= MOST_NOTED:
        raise FileRefused("TOO_LARGE", size=count, limit=MOST_NOTED)


def check_cells(cells: int) -> None:
    """Raise `FileRefused` TOO_LARGE beyond the bound of cells."""
    if cells > MOST_CELLS:
        raise FileRefused("TOO_LARGE", size=cells, limit=MOST_CELLS)


class Bounds:
    """What the sheets of one workbook take together."""

    def __init__(self) -> None:
        self._cells = self._grid = self._text = 0

    def add(self, sheet: SheetFacts) -> None:
        """Count a sheet; raises `FileRefused` TOO_LARGE, or HOSTILE when its few cells lie far apart."""
        self._cells += sheet.cells
        self._grid += sheet.rows * sheet.columns
        if self._grid > LARGEST_GRID and self._grid > SPARSE * self._cells:
            raise FileRefused("HOSTILE", cause=f"{self._cells} cells in a grid of {sheet.rows} x {sheet.columns}")
        check_cells(self._cells)
        if self._grid > LARGEST_GRID:
            raise FileRefused("TOO_LARGE", size=self._grid, limit=LARGEST_GRID)

    def add_text(self, size: int) -> None:
        """Count the bytes of texts that cells repeat; raises `FileRefused` HOSTILE."""
        self._text += size
        if self._text > MOST_TEXT:
            raise FileRefused("HOSTILE", cause=f"{self._text} bytes of repeated text")
