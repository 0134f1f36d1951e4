"""Dates and times as people write them. The order of day and month is the mapping's, never guessed from the cell."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from ingestion.cells import CellFault, CellKind

DateOrder = Literal["day_first", "month_first"]
Edge = Literal["first", "last"]

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})|(\d{4})(\d{2})(\d{2})")
NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
NAMED = re.compile(r"(?:(\d{1,2})(?:er)?[-/. ]+)?([^\W\d_]+)\.?[-/., ]*(\d{4}|\d{2})")
SERIAL = re.compile(r"[1-9]\d{4}")
TIME = re.compile(r"(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)

# French, English, Arabic as written in Morocco, and in the rest of the Maghreb and the East.
_MONTH_NAMES = (
    "janvier janv jan january يناير جانفي", "fevrier fevr fev february feb فبراير فيفري", "mars mar march مارس",
    "avril avr april apr ابريل افريل", "mai may ماي مايو", "juin jun june يونيو يونيه جوان",
    "juillet juil jul july يوليوز يوليو يوليه جويلية", "aout aou august aug غشت اغسطس اوت",
    "septembre sept sep september شتنبر سبتمبر", "octobre oct october اكتوبر", "novembre nov november نونبر نوفمبر",
    "decembre dec december دجنبر ديسمبر",
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}


def parse_date(
    text: str,
    kind: CellKind = CellKind.TEXT,
    *,
    order: DateOrder = "day_first",
    edge: Edge | None = None,
    uses_1904_dates: bool | None = None,
) -> tuple[date, frozenset[str]]:
    """Read a date and say what was normalised.

    A month without a day is read only where the column is the first or the last day of a period (`edge`). A serial
    number is read only in a workbook, by its own date system. Raises `CellFault`: DATE_INVALID, DATE_ORDER or EXCEL_ERROR.
    """
    flags: set[str] = set()
    if kind in (CellKind.BOOLEAN, CellKind.ERROR):
        raise CellFault("EXCEL_ERROR" if kind is CellKind.ERROR else "DATE_INVALID")
    day_text, time = _split_time(_fold(text))
    if time is not None and (time[0], time[1]) != (0, 0):
        flags.add("TIME_DROPPED")
    return _day(day_text, order, edge, uses_1904_dates, flags), frozenset(flags)


def parse_timestamp(
    text: str, kind: CellKind = CellKind.TEXT, *, order: DateOrder = "day_first"
) -> tuple[datetime, frozenset[str]]:
    """Read a moment in UTC, without zone; a moment without an offset is UTC. Raises like `parse_date`."""
    if kind in (CellKind.BOOLEAN, CellKind.ERROR, CellKind.NUMBER):
        raise CellFault("EXCEL_ERROR" if kind is CellKind.ERROR else "DATE_INVALID")
    flags: set[str] = set()
    day_text, time = _split_time(_fold(text))
    day = _day(day_text, order, None, None, flags)
    hour, minute, second, offset = time or (0, 0, 0, timedelta())
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC) - offset
    except ValueError as error:
        raise CellFault("DATE_INVALID") from error
    return moment.replace(tzinfo=None), frozenset(flags)


def _fold(text: str) -> str:
    folded = " ".join(unicodedata.normalize("NFKC", text).split())
    if folded.startswith("#"):
        raise CellFault("EXCEL_ERROR")
    return "".join(str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in folded)


def _split_time(text: str) -> tuple[str, tuple[int, int, int, timedelta] | None]:
    match = TIME.search(text)
    if match is None or match.end() != len(text):
        return text, None
    hour, minute, second, zone = match.groups()
    offset = timedelta()
    if zone and zone.upper() != "Z":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    return text[: match.start()], (int(hour), int(minute), int(second or 0), offset)


def _day(text: str, order: DateOrder, edge: Edge | None, uses_1904_dates: bool | None, flags: set[str]) -> date:
    if match := ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups() if part is not None)
        return _checked(year, month, day)
    if match := NUMERIC.fullmatch(text):
        return _ordered(int(match[1]), int(match[2]), _year(match[3], flags), order)
    if match := NAMED.fullmatch(text):
        return _named(match, edge, flags)
    if uses_1904_dates is not None and SERIAL.fullmatch(text):
        flags.update({"DATE_SERIAL"} | ({"DATE_1904"} if uses_1904_dates else set()))
        epoch = date(1904, 1, 1) if uses_1904_dates else date(1899, 12, 30)
        found = epoch + timedelta(days=int(text))
        return _checked(found.year, found.month, found.day)
    raise CellFault("DATE_INVALID")


def _ordered(first: int, second: int, year: int, order: DateOrder) -> date:
    day, month = (first, second) if order == "day_first" else (second, first)
    if month > 12 and day <= 12:
        raise CellFault("DATE_ORDER")
    return _checked(year, month, day)


def _named(match: re.Match[str], edge: Edge | None, flags: set[str]) -> date:
    decomposed = unicodedata.normalize("NFKD", match[2].casefold())
    month = MONTHS.get("".join(c for c in decomposed if not unicodedata.combining(c)))
    if month is None:
        raise CellFault("DATE_INVALID")
    year = _year(match[3], flags)
    flags.add("MONTH_NAME")
    if match[1]:
        return _checked(year, month, int(match[1]))
    if edge is None:
        raise CellFault("DATE_INVALID")
    _checked(year, month, 1)
    return date(year, month, 1 if edge == "first" else calendar.monthrange(year, month)[1])


def _year(text: str, flags: set[str]) -> int:
    if len(text) == 2:
        flags.add("YEAR_2_DIGITS")
        return 2000 + int(text)
    return int(text)


def _checked(year: int, month: int, day: int) -> date:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise CellFault("DATE_INVALID")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise CellFault("DATE_INVALID") from error
