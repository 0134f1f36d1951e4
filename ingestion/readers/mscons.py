"""MSCONS (UN/EDIFACT D.99A, D.04B): consumption of metered services, as rows of days, or of longer periods.

What is read: the metering point (LOC+172), the register (PIA, an OBIS code), quantities with their period (DTM 163 and
164, or a period in one) and states of an index (DTM 7 or 9). Times with an offset other than zero are local as they
stand; UTC and times without zone are brought to the time of Germany for parties coded there, else to that of Morocco.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from ingestion.cells import FileRefused
from ingestion.readers.document import DocumentSheet
from ingestion.readers.edifact import Segment, read_messages
from ingestion.readers.espi_time import HOME_ZONE
from ingestion.readers.metering import (
    ENERGY,
    FIRST_DAY,
    FIRST_YEAR,
    ISSUED,
    LABEL,
    LAST_DAY,
    LAST_YEAR,
    LINE,
    MEASURED,
    METER,
    QUANTITY,
    REACTIVE,
    READING,
    RECEIVED,
    REGISTER,
    SERVICE,
    STATEMENT,
    SUPPLIER,
    UNIT,
    Channel,
    Interval,
    interval_of,
    sheet_of,
    use_between_states,
)

TERMS = {
    METER: "LOC+172 metering point",
    SERVICE: "OBIS medium and direction",
    REGISTER: "OBIS tariff",
    LINE: "OBIS phase",
    LABEL: "PIA+5 product",
    STATEMENT: "LOC+172 and PIA",
    FIRST_DAY: "DTM+163 first day",
    LAST_DAY: "DTM+164 last day",
    QUANTITY: "QTY quantity",
    UNIT: "QTY unit",
    READING: "QTY qualifier",
    MEASURED: "OBIS quantity",
    ISSUED: "DTM+137 document date",
    SUPPLIER: "NAD+MS sender",
}
GERMAN_AGENCY, GERMAN_ZONE = "293", ZoneInfo("Europe/Berlin")
NUMBER = re.compile(r"[+-]?[0-9]{1,24}(?:[.,][0-9]{1,12})?")
OBIS = re.compile(r"(?:([0-9]+)-[0-9]+:)?([0-9]+)\.([0-9]+)\.([0-9]+)(?:[*.&][0-9]+)?")
MOMENT = re.compile(r"([0-9]{8})([0-9]{4})?([0-9]{2})?(?:([+-])([0-9]{2})([0-9]{2})?)?")

TRUE_QUANTITIES, SUM = frozenset({"220", "46", "136"}), "79"
SUBSTITUTES = frozenset({"67", "201", "Z18", "Z30", "Z31"})
CANCELLATION = "1"
MEDIA = {"1": "electricity", "7": "natural gas", "6": "heat"}
IMPORT, EXPORT = {"1": "", "21": "L1", "41": "L2", "61": "L3"}, {"2": "", "22": "L1", "42": "L2", "62": "L3"}
REACTIVE_QUANTITIES = frozenset({"3", "4", "5", "6", "7", "8"})
NO_DIRECTION = frozenset({"15", "16"})  # sum and difference of import and export
ENERGY_KINDS = frozenset({"8", "9", "10", "29", "30"})  # time integrals; the others are powers, maxima and the like
POWER_UNITS = frozenset({"KWT", "KW", "MAW", "MW", "WTT", "W", "KVA", "KVR", "P1"})
UNITS = {"K3": "kvarh"}  # codes of UN/ECE Rec 20 that the list of units does not have


@dataclass
class _Quantity:
    """A QTY segment with the DTM segments that follow it."""

    ordinal: int
    qualifier: str
    text: str
    unit: str
    dates: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Stated:
    """A quantity with its period as stated: an end that is a day is included, unless the next period begins on it."""

    quantity: _Quantity
    start: datetime
    end: datetime
    ends_on_day: bool


@dataclass
class _Register:
    """What a channel will be: its cells, and what its quantities state."""

    channel: Channel
    stated: list[_Stated] = field(default_factory=list)


@dataclass
class _Place:
    """What holds for the quantities of one metering point."""

    meter: str = ""
    product: str = ""
    dates: dict[str, tuple[str, str]] = field(default_factory=dict)


def open_sheets(path: Path) -> list[DocumentSheet]:
    """The days of all registers; raises `FileRefused`: TYPE_UNKNOWN for other messages, CORRUPT, TOO_LARGE, NO_DATA."""
    messages = read_messages(path.read_bytes())
    wanted = [message for message in messages if message.type == "MSCONS"]
    if messages and not wanted:
        raise FileRefused("TYPE_UNKNOWN", container=f"EDIFACT {messages[0].type}")
    registers: dict[tuple[object, ...], _Register] = {}
    ordinal = 0
    for message in wanted:
        quantities = _Quantities(ordinal)
        for segment in message.segments:
            quantities.take(segment)
        for place, quantity in quantities.found:
            _add(registers, place, quantity, quantities.header)
        ordinal += len(quantities.found)
    return [sheet_of((_finished(register) for register in registers.values()), TERMS)]


@dataclass
class _Header:
    """What a message says of all its quantities."""

    function: str = ""
    issued_on: str = ""
    sender: str = ""
    zone: tzinfo = HOME_ZONE


class _Quantities:
    """The quantities of a message, each with what holds for it where it stands."""

    def __init__(self, ordinal: int) -> None:
        self.found: list[tuple[_Place, _Quantity]] = []
        self.header = _Header()
        self._ordinal = ordinal
        self._place = _Place()
        self._in_detail = False
        self._open: _Quantity | None = None
        self._takers = {
            "BGM": self._take_bgm,
            "NAD": self._take_nad,
            "LOC": self._take_loc,
            "LIN": self._take_lin,
            "PIA": self._take_pia,
            "QTY": self._take_qty,
            "DTM": self._take_dtm,
        }

    def take(self, segment: Segment) -> None:
        """The next segment of the message."""
        if segment.tag in ("QTY", "LIN", "PIA", "LOC", "NAD", "UNS"):
            self._open = None
            self._in_detail |= segment.tag in ("UNS", "LOC", "LIN")
        if segment.tag in self._takers:
            self._takers[segment.tag](segment)

    def _take_bgm(self, segment: Segment) -> None:
        self.header.function = segment.get(2)

    def _take_nad(self, segment: Segment) -> None:
        if segment.get(0) == "MS":
            self.header.sender = segment.get(1)
        if segment.get(0) in ("MS", "MR") and segment.get(1, 2) == GERMAN_AGENCY:
            self.header.zone = GERMAN_ZONE
        if self._in_detail:
            self._place = _Place()

    def _take_loc(self, segment: Segment) -> None:
        self._place = _Place(meter=segment.get(1) if segment.get(0) == "172" else "")

    def _take_lin(self, _: Segment) -> None:
        self._place = replace(self._place, product="")

    def _take_pia(self, segment: Segment) -> None:
        self._place = replace(self._place, product=segment.get(1))

    def _take_qty(self, segment: Segment) -> None:
        self._ordinal += 1
        self._open = _Quantity(self._ordinal, segment.get(0, 0), segment.get(0, 1), segment.get(0, 2))
        self.found.append((self._place, self._open))

    def _take_dtm(self, segment: Segment) -> None:
        qualifier, value = segment.get(0), (segment.get(0, 1), segment.get(0, 2))
        if self._open is not None:
            self._open.dates[qualifier] = value
        elif self._in_detail:
            self._place = replace(self._place, dates={**self._place.dates, qualifier: value})
        elif qualifier == "137":
            self.header.issued_on = value[0][:8]


def _add(registers: dict[tuple[object, ...], _Register], place: _Place, quantity: _Quantity, header: _Header) -> None:
    """Put a quantity where those of its register are; sums and states of an index stand apart."""
    stated = _stated(place, quantity, header.zone)
    is_index = stated is not None and stated.start == stated.end and not stated.ends_on_day
    fault = None
    if quantity.qualifier not in TRUE_QUANTITIES | SUBSTITUTES | {SUM}:
        fault = ("READING_NOT_USE", f"QTY {quantity.qualifier}")
    elif header.function == CANCELLATION:
        fault = ("READING_NOT_USE", "BGM 1 (cancellation)")
    elif stated is None:
        fault = ("READING_UNLINKED", "DTM+163, DTM+164")
    key = (place.meter, place.product, quantity.unit, quantity.qualifier == SUM, is_index, fault)
    register = registers.get(key)
    if register is None:
        channel = _channel(place, quantity, header)
        register = registers[key] = _Register(replace(channel, fault=channel.fault or fault))
    if stated is None:
        # A quantity without a period has its row all the same, on the day of the document.
        day = _moment(header.issued_on, header.zone) or datetime(1970, 1, 1, tzinfo=UTC)
        stated = _Stated(quantity, day, day, ends_on_day=False)
    register.stated.append(stated)


def _stated(place: _Place, quantity: _Quantity, zone: tzinfo) -> _Stated | None:
    """The period of a quantity: its own, else the moment of its reading, else that of its metering point."""
    for dates in (quantity.dates, place.dates):
        if "163" in dates and "164" in dates:
            start, end = _moment(dates["163"][0], zone), _moment(dates["164"][0], zone)
            if start and end:
                return _Stated(quantity, start, end, ends_on_day=dates["164"][1] == "102")
        for value, form in dates.values():
            period = _period(value, form, zone)
            if period:
                return _Stated(quantity, *period, ends_on_day=form == "718")
        for qualifier in ("9", "7"):
            moment = _moment(dates[qualifier][0], zone) if qualifier in dates else None
            if moment:
                return _Stated(quantity, moment, moment, ends_on_day=False)
    return None


def _period(value: str, form: str, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """A period in one: two days, two moments, or a month."""
    digits = value.replace("-", "")
    if form in ("718", "719") and len(digits) == {"718": 16, "719": 24}[form]:
        start, end = _moment(digits[: len(digits) // 2], zone), _moment(digits[len(digits) // 2 :], zone)
        return (start, end) if start and end else None
    if form == "610" and len(digits) == 6:
        start = _moment(f"{digits}01", zone)
        return (start, (start + timedelta(days=32)).replace(day=1)) if start else None
    return None


def _moment(value: str, zone: tzinfo) -> datetime | None:
    """A moment of the formats 102, 203, 204, 303 and 304 in local time; None when it is none of these."""
    match = MOMENT.fullmatch(value)
    if match is None:
        return None
    day, minutes, seconds, sign, hours, more = match.groups()
    try:
        if not FIRST_YEAR <= int(day[:4]) < LAST_YEAR:
            return None
        hour, minute = int((minutes or "0000")[:2]), int((minutes or "0000")[2:])
        moment = datetime(int(day[:4]), int(day[4:6]), int(day[6:]), tzinfo=zone)
        moment += timedelta(hours=hour, minutes=minute, seconds=int(seconds or 0))  # the hour may be 24
        if sign is None:
            return moment
        offset = timedelta(hours=int(hours), minutes=int(more or 0)) * (-1 if sign == "-" else 1)
        if offset:
            return moment.replace(tzinfo=timezone(offset))
        return moment.replace(tzinfo=UTC).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _channel(place: _Place, quantity: _Quantity, header: _Header) -> Channel:
    match = OBIS.fullmatch(place.product)
    medium, kind, integral, tariff = match.groups() if match else (None, "", "", "0")
    service = MEDIA.get(medium or "1", f"medium {medium}") if match else ""
    is_electric = service == "electricity"
    unit, flags = UNITS.get(quantity.unit, quantity.unit), frozenset[str]()
    is_reactive = is_electric and kind in REACTIVE_QUANTITIES
    if is_electric and not unit:
        unit, flags = "kvarh" if is_reactive else "kWh", frozenset({"UNIT_ASSUMED"})
    is_export = is_electric and kind in EXPORT
    is_part = is_electric and tariff != "0"
    fault = None
    if not place.meter or not match:
        fault = ("READING_UNLINKED", "LOC+172" if not place.meter else f"PIA {place.product}")
    elif is_electric and kind in NO_DIRECTION:
        fault = ("READING_NOT_USE", place.product)
    return Channel(
        cells={
            METER: place.meter + (RECEIVED if is_export else ""),
            SERVICE: f"{service} received" if is_export else service,
            REGISTER: f"tariff {tariff}" if is_part else "total",
            LINE: (IMPORT | EXPORT).get(kind, "") if is_electric else "",
            LABEL: place.product,
            UNIT: unit,
            MEASURED: REACTIVE if is_reactive else ENERGY,
            ISSUED: header.issued_on,
            SUPPLIER: header.sender,
        },
        intervals=(),
        is_part=is_part,
        fault=fault,
        dropped=_dropped(service, kind, integral, quantity.unit) if match else None,
        flags=flags,
    )


def _dropped(service: str, kind: str, integral: str, unit: str) -> str | None:
    if service not in MEDIA.values() or unit in POWER_UNITS:
        return "POWER_DROPPED"
    measures = {*IMPORT, *EXPORT, *REACTIVE_QUANTITIES, *NO_DIRECTION}
    if service == "electricity" and (kind not in measures or integral not in ENERGY_KINDS):
        return "POWER_DROPPED"
    return None


def _finished(register: _Register) -> Channel:
    """The channel with its intervals; of an index, with what was used between its states."""
    starts = {stated.start for stated in register.stated}
    normalised = False
    intervals: list[Interval] = []
    for stated in register.stated:
        end = stated.end
        if stated.ends_on_day and not (end in starts and end > stated.start):
            end = end + timedelta(days=1)
        normalised |= stated.ends_on_day and end == stated.end
        text = stated.quantity.text
        value = Decimal(text.replace(",", ".")) if NUMBER.fullmatch(text) else None
        is_estimated = stated.quantity.qualifier in SUBSTITUTES
        intervals.append(
            interval_of(stated.quantity.ordinal, stated.start, end, text, value, is_estimated=is_estimated)
        )
    flags = register.channel.flags | ({"PERIOD_NORMALISED"} if normalised else frozenset())
    channel = replace(register.channel, intervals=intervals, flags=flags)
    is_index = all(interval.seconds == 0 for interval in intervals)
    return use_between_states(channel) if is_index and not channel.fault and not channel.dropped else channel
