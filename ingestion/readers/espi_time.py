"""Local time in Green Button documents: an offset from UTC and the two rules between which daylight saving time holds."""

from __future__ import annotations

import calendar
import functools
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from lxml import etree

from ingestion.cells import FileRefused

ESPI = "{http://naesb.org/espi}"
# Members are in Morocco: its time is taken where a document states none. Its Ramadan has no rule that could be written down.
HOME_ZONE = ZoneInfo("Africa/Casablanca")
NO_RULE = 0xFFFFFFFF
LARGEST_OFFSET = 18 * 3600
OFFSET = re.compile(r"[+-]?[0-9]{1,6}")
RULE = re.compile(r"[0-9A-Fa-f]{8}")
LATEST_MOMENT = 4_102_444_800  # 2100-01-01


@dataclass(frozen=True)
class LocalTime:
    """The offset of local time, and the rules of daylight saving time (None: there is none)."""

    offset: int = 0
    saving: int = 0
    start_rule: int | None = None
    end_rule: int | None = None
    is_assumed: bool = False

    @classmethod
    def of(cls, parameters: etree._Element | None) -> LocalTime:
        """The time of a `LocalTimeParameters`; Morocco's when there is none. Raises `FileRefused` CORRUPT."""
        if parameters is None:
            return cls(is_assumed=True)
        offset, saving = (_offset(parameters, name) for name in ("tzOffset", "dstOffset"))
        start, end = (_rule(parameters, name) for name in ("dstStartRule", "dstEndRule"))
        if not saving or start is None or end is None:
            return cls(offset)
        return cls(offset, saving, start, end)

    def at(self, moment: int) -> datetime:
        """A moment, in seconds since 1970 UTC, by local time; raises `FileRefused` CORRUPT beyond the year 2100."""
        if moment > LATEST_MOMENT:
            raise FileRefused("CORRUPT", cause=f"start {moment}")
        if self.is_assumed:
            return datetime.fromtimestamp(moment, HOME_ZONE)
        offset = self.offset + (self.saving if self._saves(moment) else 0)
        return datetime.fromtimestamp(moment, timezone(timedelta(seconds=offset)))

    def _saves(self, moment: int) -> bool:
        if self.start_rule is None or self.end_rule is None:
            return False
        year = datetime.fromtimestamp(moment + self.offset, UTC).year
        start = _moment(self.start_rule, year) - self.offset
        end = _moment(self.end_rule, year) - self.offset - self.saving
        return start <= moment < end if start < end else not end <= moment < start


@functools.cache
def _moment(rule: int, year: int) -> int:
    """The second of a year, by the clock on the wall, that a rule names.

    Bits of a rule: month (4), operator (3), day of the month (5), day of the week from Monday = 1 (3), hour (5),
    second of the hour (12). Operators: 0 that day of the month, 1 that day of the week on or after it, 2 to 6 its
    first to fifth occurrence in the month, 7 its last.
    """
    month, operator, day, weekday = rule >> 28, rule >> 25 & 7, rule >> 20 & 31, rule >> 17 & 7
    hours, seconds = rule >> 12 & 31, rule & 0xFFF
    try:
        if operator == 0:
            found = datetime(year, month, day, tzinfo=UTC)
        elif operator == 7:
            last = datetime(year, month, calendar.monthrange(year, month)[1], tzinfo=UTC)
            found = last - timedelta(days=(last.isoweekday() - weekday) % 7)
        else:
            first = datetime(year, month, day or 1 if operator == 1 else 1, tzinfo=UTC)
            found = first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * max(operator - 2, 0))
    except ValueError as error:
        raise FileRefused("CORRUPT", cause=f"DstRule {rule:08X}") from error
    return int(found.timestamp()) + hours * 3600 + seconds


def _offset(parameters: etree._Element, name: str) -> int:
    text = (parameters.findtext(ESPI + name) or "0").strip()
    if not OFFSET.fullmatch(text) or abs(int(text)) > LARGEST_OFFSET:
        raise FileRefused("CORRUPT", cause=f"{name} {text!r}")
    return int(text)


def _rule(parameters: etree._Element, name: str) -> int | None:
    text = (parameters.findtext(ESPI + name) or "").strip()
    if not RULE.fullmatch(text):
        return None
    rule = int(text, 16)
    return None if rule == NO_RULE or not rule >> 28 else rule
