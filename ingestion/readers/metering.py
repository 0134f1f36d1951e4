"""Readings of meters, whatever standard states them, as rows of days: what was used on each local day of each register.

The intervals of a day are added up exactly. An interval that is stated twice counts once; intervals that contradict
each other keep their day out; a sum that a document states beside its parts is checked against them and not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import NamedTuple

from ingestion.cells import FileRefused
from ingestion.numbers import EXACT
from ingestion.readers.document import DocumentSheet, Record

METER, SERVICE, REGISTER, LINE, LABEL, STATEMENT = "Meter", "Service", "Register", "Line", "Label", "Statement"
FIRST_DAY, LAST_DAY, ISSUED = "First day", "Last day", "Issued on"
QUANTITY, UNIT, READING, MEASURED, SUPPLIER = "Quantity", "Unit", "Reading", "Measured", "Supplier"
# The days come first: a refused row that states little else would pass for the total of a table.
HEADERS = (
    FIRST_DAY, LAST_DAY, METER, SERVICE, REGISTER, LINE, LABEL, STATEMENT, QUANTITY, UNIT, READING, MEASURED, ISSUED,
    SUPPLIER,
)  # fmt: skip

# What a row measures. A part of a total that the parts in the document do not add up to counts with the total.
ENERGY, REACTIVE, PART_OF_TOTAL = "energy", "reactive", "part of a total"
# A meter that measures both ways is two meters to the register of meters: the name of the second ends in this.
RECEIVED = "/received"

DAY = timedelta(days=1)
LONGEST_PERIOD = timedelta(days=400)  # as long as a bill may be
FIRST_YEAR, LAST_YEAR = 1970, 2100  # in which readings may lie
LONGEST_DAY = 25 * 3600  # the day on which clocks go back


class Interval(NamedTuple):
    """A quantity and the time that it covers. `text` is the value as stated, `value` None if that is no number."""

    ordinal: int
    start: int  # seconds since 1970-01-01T00:00Z
    seconds: int
    first_day: date
    last_day: date
    text: str
    value: Decimal | None
    is_estimated: bool = False


@dataclass(frozen=True)
class Channel:
    """One register of one meter: the cells that all its rows share, and its intervals or the states of its index.

    `is_part` tells a register that is part of a total from a total. Channels of several `grid` numbers divide the same
    energy in several ways, of which the lowest one counts. `divisor` brings the values to the unit of the
    cells. A channel with a `fault` or a code in `dropped` gives its rows that code.
    """

    cells: dict[str, str]
    intervals: Sequence[Interval]
    is_part: bool = False
    grid: int = 0
    divisor: int = 1
    fault: tuple[str, str] | None = None
    dropped: str | None = None
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Row:
    """A day, or a longer interval, of a channel."""

    channel: Channel
    ordinal: int
    first: date
    last: date
    start: int
    end: int
    quantity: Decimal | None
    is_estimated: bool = False
    fault: tuple[str, str] | None = None
    dropped: str | None = None
    flags: frozenset[str] = frozenset()
    measured: str = ENERGY

    @property
    def days(self) -> list[date]:
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]

    def overlaps(self, other: _Row) -> bool:
        return self.start < other.end and other.start < self.end

    @property
    def counts(self) -> bool:
        return self.fault is None and self.dropped is None


@dataclass
class _Day:
    """The intervals that are gathered for one row."""

    intervals: list[Interval] = field(default_factory=list)
    is_estimated: bool = False
    repeated: bool = False
    conflict: str = ""


def interval_of(
    ordinal: int, start: datetime, end: datetime, text: str, value: Decimal | None, *, is_estimated: bool = False
) -> Interval:
    """An interval between two moments, whose zone is the local time that tells the days.

    One that ends before it begins has no value that could be counted.
    """
    # Moments of one zone are subtracted by the clock on the wall, which is an hour wrong when clocks change.
    first, after = int(start.timestamp()), int(end.timestamp())
    if after < first:
        return Interval(ordinal, first, 0, start.date(), start.date(), f"{text} ({start} - {end})", None)
    last_moment = datetime.fromtimestamp(max(first, after - 1), end.tzinfo)
    return Interval(ordinal, first, after - first, start.date(), last_moment.date(), text, value, is_estimated)


def use_between_states(channel: Channel) -> Channel:
    """A channel whose intervals are the states of an index, each without length, as what was used between them.

    An index that runs backwards gives no value: whether it rolled over is not for a reader to say. A single state says
    nothing of use, and is refused.
    """
    states = sorted(channel.intervals, key=lambda state: (state.start, state.ordinal))
    if len({state.start for state in states}) == 1 and not channel.dropped:
        return replace(channel, fault=channel.fault or ("INDEX_ALONE", states[0].text))
    used = [
        _difference(earlier, later)
        for earlier, later in pairwise(states)
        if (earlier.start, earlier.value) != (later.start, later.value)
    ]
    return replace(channel, intervals=used, flags=channel.flags | {"INDEX_DIFFERENCE"})


def _difference(earlier: Interval, later: Interval) -> Interval:
    with localcontext(EXACT):
        used = None if earlier.value is None or later.value is None else later.value - earlier.value
    return Interval(
        ordinal=later.ordinal,
        start=earlier.start,
        seconds=later.start - earlier.start,
        first_day=earlier.first_day,
        last_day=max(earlier.first_day, later.first_day - DAY),
        text=f"{earlier.text} - {later.text}",
        value=used if used is not None and used >= 0 and later.start > earlier.start else None,
        is_estimated=earlier.is_estimated or later.is_estimated,
    )


def sheet_of(channels: Iterable[Channel], terms: Mapping[str, str]) -> DocumentSheet:
    """The rows of all channels in the order of the document, headed by what its standard calls these columns.

    `terms` gives the standard's term for each of `HEADERS`. Raises `FileRefused` NO_DATA when there are no rows.
    """
    with localcontext(EXACT):
        rows = [row for channel in channels for row in _rows(channel)]
        for settle in (_without_repeats, _without_other_grids, _with_totals):
            rows = settle(rows)
        records = [_record(row, terms) for row in sorted(rows, key=lambda row: row.ordinal)]
    if not records:
        raise FileRefused("NO_DATA")
    return DocumentSheet(tuple(terms[name] for name in HEADERS), records, frozenset({terms[QUANTITY]}))


def _rows(channel: Channel) -> list[_Row]:
    gathered: dict[tuple[date, date], _Day] = defaultdict(_Day)
    latest: dict[bool, Interval] = {}  # of intervals within a day, and of longer ones: a long one may repeat short ones
    for interval in sorted(channel.intervals, key=lambda interval: (interval.start, interval.ordinal)):
        day, is_long = gathered[_period(interval)], interval.seconds > LONGEST_DAY
        previous = latest.get(is_long)
        day.is_estimated |= interval.is_estimated
        if previous is not None and _states(previous) == _states(interval):
            day.repeated = True
            continue
        day.intervals.append(interval)
        # A state of an index that is read twice has no length, so equal starts are compared too.
        if previous is not None and interval.start < max(previous.start + previous.seconds, previous.start + 1):
            text = f"{_moment(interval)}: {previous.text} / {interval.text}"
            day.conflict = gathered[_period(previous)].conflict = text
        latest[is_long] = interval
    return [_row(channel, period, day) for period, day in gathered.items()]


def _states(interval: Interval) -> tuple[int, int, Decimal | None, str]:
    return interval.start, interval.seconds, interval.value, "" if interval.value is not None else interval.text


def _period(interval: Interval) -> tuple[date, date]:
    """The days of the row that an interval goes into: the day on which it starts unless it lasts longer than a day."""
    if interval.seconds <= LONGEST_DAY:
        return interval.first_day, interval.first_day
    return interval.first_day, interval.last_day


def _row(channel: Channel, period: tuple[date, date], day: _Day) -> _Row:
    fault = channel.fault if channel.dropped is None else None
    values = [interval.value for interval in day.intervals]
    numbers = [value for value in values if value is not None]
    if fault is None and channel.dropped is None:
        if len(numbers) < len(values):
            fault = ("READING_INVALID", next(i.text for i in day.intervals if i.value is None))
        elif period[1] - period[0] > LONGEST_PERIOD:
            fault = ("READING_INVALID", f"{day.intervals[0].text} ({period[0]} - {period[1]})")
        elif day.conflict:
            fault = ("INTERVAL_CONFLICT", day.conflict)
    return _Row(
        channel=channel,
        ordinal=min(interval.ordinal for interval in day.intervals),
        first=period[0],
        last=period[1],
        start=min(interval.start for interval in day.intervals),
        end=max(interval.start + interval.seconds for interval in day.intervals),
        quantity=sum(numbers, Decimal(0)) / channel.divisor if len(numbers) == len(values) else None,
        is_estimated=day.is_estimated,
        fault=fault,
        dropped=channel.dropped,
        flags=channel.flags | ({"DUPLICATE_INTERVAL"} if day.repeated else frozenset()),
        measured=channel.cells.get(MEASURED, ENERGY),
    )


def _grouped(rows: list[_Row], key: Callable[[_Row], tuple[object, ...]], *names: str) -> list[list[int]]:
    """The places of rows that count, put together by these cells and a key."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if row.counts:
            cells = row.channel.cells
            groups[
                (*(cells.get(name, "") for name in (METER, SERVICE, LINE, UNIT, MEASURED, *names)), *key(row))
            ].append(place)
    return list(groups.values())


def _total(rows: Iterable[_Row]) -> Decimal:
    return sum((row.quantity or Decimal(0) for row in rows), Decimal(0))


def _without_repeats(rows: list[_Row]) -> list[_Row]:
    """Rows of one register over the same days: a longer one repeats the shorter ones, or contradicts them."""
    settled = list(rows)
    for places in _grouped(rows, lambda row: (row.channel.grid,), REGISTER):
        by_day: dict[date, list[int]] = defaultdict(list)
        for place in sorted(places, key=lambda place: (rows[place].last - rows[place].first, rows[place].ordinal)):
            row = rows[place]
            beside = {part for day in row.days for part in by_day[day]}
            parts = {part for part in beside if row.overlaps(rows[part])}
            if not parts:
                for day in row.days:
                    by_day[day].append(place)
                continue
            is_covered = {day for part in parts for day in rows[part].days} == set(row.days)
            total = _total(rows[part] for part in parts)
            if is_covered and total == row.quantity:
                settled[place] = replace(row, dropped="READING_REPEATED")
                continue
            settled[place] = _mismatch(row, row.quantity, total)
            if is_covered and len(parts) == 1:  # two statements of equal standing: neither is believed
                (other,) = parts
                settled[other] = _mismatch(rows[other], row.quantity, total)
    return settled


def _without_other_grids(rows: list[_Row]) -> list[_Row]:
    """The same energy divided in another way: it must add up to the same."""
    settled = list(rows)
    for places in _grouped(rows, lambda row: (row.first, row.last)):
        by_grid: dict[int, list[int]] = defaultdict(list)
        for place in places:
            by_grid[rows[place].channel.grid].append(place)
        first, *others = (by_grid[grid] for grid in sorted(by_grid))
        counted = _total(rows[place] for place in first)
        for other in others:
            stated = _total(rows[place] for place in other)
            for place in other:
                is_equal = stated == counted
                row = rows[place]
                settled[place] = (
                    replace(row, dropped="READING_REPEATED") if is_equal else _mismatch(row, counted, stated)
                )
    return settled


def _with_totals(rows: list[_Row]) -> list[_Row]:
    """A total beside its parts: the parts count if they add up to it, else the total does; they cannot exceed it."""
    settled = list(rows)
    for places in _grouped(rows, lambda row: (row.first, row.last)):
        totals = [place for place in places if not rows[place].channel.is_part]
        parts = [place for place in places if rows[place].channel.is_part]
        if not totals or not parts:
            continue
        stated, added = _total(rows[place] for place in totals), _total(rows[place] for place in parts)
        for place in totals:
            if added == stated:
                settled[place] = replace(rows[place], dropped="READING_REPEATED")
        for place in parts:
            if added < stated:
                settled[place] = replace(rows[place], measured=PART_OF_TOTAL)
            elif added > stated:
                settled[place] = _mismatch(rows[place], stated, added)
    return settled


def _mismatch(row: _Row, stated: Decimal | None, added: Decimal) -> _Row:
    days = f"{row.first}" if row.first == row.last else f"{row.first} - {row.last}"
    return replace(row, fault=("SUM_MISMATCH", f"{days}: {_plain(stated)} / {_plain(added)}"))


def _record(row: _Row, terms: Mapping[str, str]) -> Record:
    own = row.channel.cells
    parts = (own[METER], own.get(REGISTER, "") if row.channel.is_part else "", own.get(LINE, ""))
    cells = own | {
        STATEMENT: "/".join(part for part in parts if part),
        FIRST_DAY: row.first.isoformat(),
        LAST_DAY: row.last.isoformat(),
        QUANTITY: "" if row.quantity is None else _plain(row.quantity),
        READING: "estimated" if row.is_estimated else row.channel.cells.get(READING, "actual"),
        MEASURED: row.measured,
        REGISTER: REACTIVE if row.measured == REACTIVE else own.get(REGISTER, ""),
    }
    named = {terms[name]: text for name, text in cells.items()}
    return Record(row.ordinal, named, row.fault, row.dropped, row.flags)


def _plain(value: Decimal | None) -> str:
    if value is None:
        return "?"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(interval: Interval) -> str:
    return datetime.fromtimestamp(interval.start, UTC).isoformat()
