"""What the cells of a column prove: its type, the order of its dates, its decimal sign, the words in it.

Serves the draft of a mapping. Nothing is decided here; what no cell proves is told as not proven.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ingestion.casting import decimal_evidence
from ingestion.cells import CellFault, CellKind, Cells, Column
from ingestion.dates import DateOrder, parse_date
from ingestion.dropping import TOTAL
from ingestion.folding import fold, null_token
from ingestion.identifiers import parse_country, parse_member
from ingestion.numbers import parse_number
from ingestion.units import find_unit, parse_unit

ROWS_LOOKED_AT = 2000
TEXTS_LOOKED_AT = 300
SAMPLES = 3
LEAST_PERIOD_DAYS, MOST_PERIOD_DAYS = 20, 100
NUMERIC_DATE = re.compile(r"\s*(\d{1,2})[-/. ](\d{1,2})[-/. ](?:\d{4}|\d{2})\b")
NO_MEASURE = ("piece", "pair")  # words of theirs stand in headers that mean something else
BOTH_SIGNS = frozenset(".,")


@dataclass(frozen=True, eq=False)
class Profile:
    """What the cells of one column are: how many distinct texts, some of them, the share of them of each type."""

    place: int
    label: str
    texts: tuple[str, ...]
    shares: dict[str, float]
    nulls: tuple[str, ...]

    @property
    def samples(self) -> tuple[str, ...]:
        """The first distinct cells, short."""
        return tuple(" ".join(text.split())[:40] for text in self.texts[:SAMPLES])

    def fits(self, type_: str) -> float:
        """The share of cells that can be read as a type of a feed; 1 for an empty column and for what takes any text."""
        if not self.texts:
            return 1.0
        if type_ in ("identifier", "tariff_code", "text", "choice"):
            return (
                1.0 - self.shares["date"] if type_ != "text" else 1.0 - max(self.shares["date"], self.shares["number"])
            )
        return self.shares[{"timestamp": "date", "decimal": "number", "integer": "number"}.get(type_, type_)]


def profile(place: int, label: str, column: Column, null_tokens: frozenset[str]) -> Profile:
    """The profile of a column, from its first rows."""
    column = column.take(np.arange(min(len(column), ROWS_LOOKED_AT)))
    cells: dict[str, CellKind] = {}
    for row, text in enumerate(column.text.to_pylist()):
        if text.strip():
            cells.setdefault(text, column.kind(row))
    nulls = tuple(text.strip() for text in cells if null_token(text) in null_tokens)
    stated = [(text, kind) for text, kind in cells.items() if null_token(text) not in null_tokens][:TEXTS_LOOKED_AT]
    shares = {name: _share(stated, can_read) for name, can_read in READABLE.items()}
    return Profile(place, label, tuple(text for text, _ in stated), shares, nulls)


def _share(cells: Sequence[tuple[str, CellKind]], can_read: Callable[[str, CellKind], bool]) -> float:
    return sum(can_read(text, kind) for text, kind in cells) / len(cells) if cells else 0.0


def _is_member(text: str, kind: CellKind) -> bool:
    try:
        parse_member(text, kind)
    except CellFault:
        return False
    return True


def _is_date(text: str, kind: CellKind) -> bool:
    if kind is CellKind.NUMBER:
        return False
    for order in ("day_first", "month_first"):
        try:
            parse_date(text, kind, order=order, edge="first")
        except CellFault:
            continue
        return not (kind is CellKind.TEXT and text.strip().isdigit() and len(text.strip()) != len("YYYYMMDD"))
    return False


def _is_date_in_figures(text: str) -> bool:
    """A date that is no month in words: such a month may head a column."""
    return not any(sign.isalpha() for sign in text) and _is_date(text, CellKind.TEXT)


def _is_number(text: str, kind: CellKind) -> bool:
    if kind is not CellKind.TEXT:
        return kind is CellKind.NUMBER
    try:
        parse_number(text, BOTH_SIGNS)
    except CellFault as fault:
        return fault.code == "NUM_AMBIGUOUS"
    return True


def _is_unit(text: str, kind: CellKind) -> bool:
    try:
        parse_unit(text, kind)
    except CellFault:
        return False
    return True


def _is_country(text: str, kind: CellKind) -> bool:
    try:
        parse_country(text, kind)
    except CellFault:
        return False
    return True


READABLE: dict[str, Callable[[str, CellKind], bool]] = {
    "member": _is_member,
    "date": _is_date,
    "number": _is_number,
    "unit": _is_unit,
    "country": _is_country,
}


def date_order(profiles: Iterable[Profile]) -> tuple[DateOrder, str]:
    """The order of day and month, and what proves it; '' when nothing does."""
    first_beyond, second_beyond, ambiguous = "", "", ""
    for text in (text for found in profiles for text in found.texts):
        match = NUMERIC_DATE.match(text)
        if match is None:
            continue
        ambiguous = ambiguous or text
        first_beyond = first_beyond or (text if int(match[1]) > 12 else "")
        second_beyond = second_beyond or (text if int(match[2]) > 12 else "")
    if first_beyond and second_beyond:
        return "day_first", ""
    if second_beyond:
        return "month_first", f"proven by {second_beyond}"
    if first_beyond:
        return "day_first", f"proven by {first_beyond}"
    return "day_first", "" if ambiguous else "no date is written in figures with the day or month first"


def decimal_sign(columns: Iterable[Column]) -> tuple[str, str]:
    """The decimal sign, or `detect`, and what is proven; '' when a cell with a separator proves nothing."""
    proven: set[str] = set()
    has_separators = False
    for whole in columns:
        column = whole.take(np.arange(min(len(whole), ROWS_LOOKED_AT)))
        proven |= decimal_evidence(column)
        has_separators |= any(
            column.kind(row) is CellKind.TEXT and ("." in cell or "," in cell)
            for row, cell in enumerate(column.text.to_pylist())
        )
    if len(proven) == 1:
        (sign,) = proven
        return sign, "proven by the cells"
    if proven:
        return "detect", "the cells use both signs: each column is read by what its own cells prove"
    return "detect", "" if has_separators else "no number is written with a separator"


def period_end(starts: Column, ends: Column, groups: Sequence[str], order: DateOrder) -> tuple[str, str]:
    """Whether the last day is included, from periods that follow one another; '' when none proves it."""
    periods = set()
    for row, (start, end, group) in enumerate(zip(starts.text.to_pylist(), ends.text.to_pylist(), groups, strict=True)):
        days = [_day(text, column.kind(row), order) for text, column in ((start, starts), (end, ends))]
        if days[0] and days[1]:
            periods.add((group, days[0], days[1]))
    first_days = {(group, start) for group, start, _ in periods}
    found: Counter[str] = Counter()
    for group, start, end in periods:
        if end > start:
            found["exclusive"] += (group, end) in first_days
            found["inclusive"] += (group, end + timedelta(days=1)) in first_days
    (kind, count), *others = found.most_common() or [("inclusive", 0)]
    if count and not any(other for _, other in others):
        return kind, f"proven: one period ends where the next begins ({count} times)"
    return "inclusive", ""


def following_periods(starts: Column, ends: Column, order: DateOrder) -> int | None:
    """How many of these days begin or end where another period does; None if they are not the days of periods."""
    periods = set()
    for row in range(min(len(starts), ROWS_LOOKED_AT)):
        start = _day(starts.text[row].as_py(), starts.kind(row), order)
        end = _day(ends.text[row].as_py(), ends.kind(row), order)
        if start and end:
            periods.add((start, end))
    lengths = [(end - start).days for start, end in periods]
    if not lengths or min(lengths) < 0 or not LEAST_PERIOD_DAYS <= max(lengths) <= MOST_PERIOD_DAYS:
        return None
    first_days = {start for start, _ in periods}
    return sum(end in first_days or end + timedelta(days=1) in first_days for _, end in periods)


def _day(text: str, kind: CellKind, order: DateOrder) -> date | None:
    try:
        return parse_date(text, kind, order=order)[0]
    except CellFault:
        return None


def unreadable(found: Profile, type_: str) -> tuple[str, ...]:
    """The texts of a column that its type does not read: units and countries that are spelled in an unknown way."""
    can_read = READABLE[type_]
    return tuple(text for text in found.texts if not can_read(text, CellKind.TEXT))


def unit_in_header(label: str) -> str | None:
    """The unit that a header names in brackets or as its last word."""
    bracketed = re.findall(r"[(\[]([^()\[\]]+)[)\]]", label)
    words = label.replace("_", " ").split()
    for text in [*bracketed, *(words[-1:] if len(words) > 1 else [])]:
        unit = find_unit(text.strip())
        if unit and unit not in NO_MEASURE:
            return unit
    return None


def without_totals(cells: Cells) -> Cells:
    """The first rows, but for those that begin with a word for a total: they are no example of what a column holds."""
    first = cells.take(np.arange(min(len(cells), ROWS_LOOKED_AT)))
    rows = zip(*(column.text.to_pylist() for column in first.columns), strict=True)
    filled = [next((text for text in row if text.strip()), "") for row in rows]
    return first.take(np.array([row for row, text in enumerate(filled) if not TOTAL.match(fold(text))], dtype=np.int64))


def header_row(heads: Sequence[tuple[int, Sequence[str]]], known: frozenset[str]) -> int | None:
    """The position of the row that looks most like a header: many texts, none of them a number, some of them known."""
    best, best_score = None, 0.0
    for position, cells in heads:
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) < 2:
            continue
        values = sum(_is_number(cell, CellKind.TEXT) or _is_date_in_figures(cell) for cell in filled)
        score = len({fold(cell) for cell in filled}) + 3 * sum(fold(cell) in known for cell in filled) - 4 * values
        if score > best_score:
            best, best_score = position, score
    return best
