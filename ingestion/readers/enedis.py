"""Answers of Enedis, the French grid operator: consulterMesures v1.1, consulterMesuresDetaillees v2.0 and v3.

What is read: consumption between readings (EA), energy per day (EA), the index of each time class (EA), and the load curve
(PA): mean powers, whose energy is power by duration. A load curve is dated at the start or at the end of its steps; its
first point tells, beside the day from which it was asked. Peak powers and durations are no energy. Local time is France's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from lxml import etree

from ingestion.cells import FileRefused
from ingestion.readers.document import DocumentSheet
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
from ingestion.readers.xml import parse_xml

TERMS = {
    METER: "pointId",
    SERVICE: "grandeurMetier",
    REGISTER: "classeTemporelle",
    LINE: "classeTemporelle ligne",
    LABEL: "grandeurPhysique",
    STATEMENT: "pointId et classeTemporelle",
    FIRST_DAY: "dateDebut",
    LAST_DAY: "dernier jour",
    QUANTITY: "valeur",
    UNIT: "unite",
    READING: "nature",
    MEASURED: "grandeur mesuree",
    ISSUED: "fin de la periode",
    SUPPLIER: "gestionnaire",
}
SERVICES = "http://www.enedis.fr/sge/b2b/services/"
ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"
ZONE = ZoneInfo("Europe/Paris")
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?")
STEP = re.compile(r"P(?:([0-9]{1,3})D)?(?:T(?:([0-9]{1,3})H)?(?:([0-9]{1,4})M)?)?")
MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
ACTIVE, MEAN_POWER = "EA", "PA"
MEAN_REACTIVE_POWERS = ("PRI", "PRC")
TOTALS = ("", "BASE")
ESTIMATED = ("E", "ESTIME", "ESTIMEE")  # nature of a reading
HOUR = 3600
# Units of energy by the unit of the power that they come from, and a mean power by a second in these units.
OF_POWER = {"W": ("Wh", HOUR), "KW": ("kWh", HOUR), "VAR": ("kvarh", 1000 * HOUR), "KVAR": ("kvarh", HOUR)}
REACTIVE_UNITS = {"VARH": 1000, "KVARH": 1}


@dataclass(frozen=True)
class _Series:
    """The measures of one quantity and time class, as the answer nests them."""

    point: str
    direction: str
    quantity: str
    time_class: str
    unit: str
    grid: int
    kind: str
    measures: tuple[etree._Element, ...]


def is_enedis(tag: str) -> bool:
    """Whether a root element may be that of an answer: a SOAP envelope, or the answer itself."""
    return tag == ENVELOPE or tag.startswith(f"{{{SERVICES}")


def open_sheets(path: Path) -> list[DocumentSheet]:
    """The days or periods of all time classes; raises `FileRefused`: what `parse_xml` refuses, XML_UNKNOWN, NO_DATA."""
    root = parse_xml(path.read_bytes())
    answer = _answer(root)
    if answer is None:
        raise FileRefused("XML_UNKNOWN", root=root.tag)
    point = _text(root, ".//pointId")  # of the answer, or of the acknowledgement before it
    asked = (_text(answer, "periode/dateDebut"), _text(answer, "periode/dateFin"))
    channels, ordinal = [], 0
    for series in _all_series(answer, point):
        channels.append(_channel(series, asked, ordinal))
        ordinal += len(series.measures)
    return [sheet_of((channel for channel in channels if channel.intervals), TERMS)]


def _answer(root: etree._Element) -> etree._Element | None:
    for element in (root, *root.iterfind("{*}Body/*")):
        name = etree.QName(element)
        if (name.namespace or "").startswith(SERVICES) and "Response" in name.localname:
            return element
    return None


def _all_series(answer: etree._Element, point: str) -> Iterator[_Series]:
    """Every series: of the grids of v1.1, the points and the calendars of the detailed answers."""
    grids = [child for child in answer if _name(child).startswith("seriesMesuresDatees")]
    for grid, container in enumerate(grids):
        for serie in _all(container, "serie"):
            yield _Series(
                point,
                "PROD" if "PROD" in _code(serie, "grandeurMetier") else "CONS",
                _code(serie, "grandeurPhysique"),
                _code(serie, "classeTemporelle"),
                _text(serie, "unite"),
                grid,
                "period",
                tuple(_all(serie, "mesuresDatees/mesure")),
            )
    for quantity in answer.iter("{*}grandeur"):
        series = _Series(
            point, _text(quantity, "grandeurMetier"), _text(quantity, "grandeurPhysique"), "", _text(quantity, "unite"), 0,
            "step", (*_all(quantity, "mesure"), *_all(quantity, "points")),
        )  # fmt: skip
        yield series
        for grid, calendar in enumerate(_all(quantity, "calendrier")):
            for time_class in _all(calendar, "classeTemporelle"):
                values = tuple(_all(time_class, "valeur"))
                name = _text(time_class, "idClasseTemporelle")
                yield replace(series, time_class=name, grid=grid, kind="index", measures=values)


def _channel(series: _Series, asked: tuple[str, str], ordinal: int) -> Channel:
    unit, divisor, measured, is_power = _measured(series)
    flags: frozenset[str] = frozenset({"ENERGY_FROM_POWER"} if is_power else ())
    is_received = series.direction == "PROD"
    is_part = series.time_class not in TOTALS
    channel = Channel(
        cells={
            METER: series.point + (RECEIVED if is_received else ""),
            SERVICE: series.direction,
            REGISTER: series.time_class if is_part else "total",
            LABEL: series.quantity,
            UNIT: unit,
            MEASURED: measured,
            ISSUED: asked[1],
            SUPPLIER: "Enedis",
        },
        intervals=(),
        is_part=is_part,
        grid=series.grid,
        divisor=divisor,
        fault=None if series.point else ("READING_UNLINKED", "pointId"),
        dropped=None if measured else "POWER_DROPPED",
        flags=flags,
    )
    return _with_intervals(channel, series, asked, ordinal, is_power=is_power)


def _measured(series: _Series) -> tuple[str, int, str, bool]:
    """The unit, what divides the values into it, what is measured (empty: no energy), and whether values are powers."""
    unit = series.unit.upper()
    if series.quantity == ACTIVE:
        return series.unit, 1, ENERGY, False
    if series.quantity == MEAN_POWER and unit in ("W", "KW"):
        return *OF_POWER[unit], ENERGY, True
    if series.quantity in MEAN_REACTIVE_POWERS and unit in ("VAR", "KVAR"):
        return *OF_POWER[unit], REACTIVE, True
    if series.quantity.startswith("ER") and unit in REACTIVE_UNITS:
        return "kvarh", REACTIVE_UNITS[unit], REACTIVE, False
    return series.unit, 1, "", False


def _with_intervals(
    channel: Channel, series: _Series, asked: tuple[str, str], ordinal: int, *, is_power: bool
) -> Channel:
    if series.kind == "period":
        intervals = [_dated(measure, ordinal + place) for place, measure in enumerate(series.measures, start=1)]
        issued = max((_text(measure, "dateFin")[:10] for measure in series.measures), default="")
        return replace(channel, intervals=intervals, cells={**channel.cells, ISSUED: channel.cells[ISSUED] or issued})
    points = _points(series, ordinal)
    if series.kind == "index":
        states = [interval_of(p.ordinal, p.moment, p.moment, p.text, p.value) for p in points]
        states_channel = replace(channel, intervals=states)
        return use_between_states(states_channel) if states and not channel.dropped else states_channel
    ends = is_power and _is_dated_at_end(points, asked[0])
    return replace(channel, intervals=[_stepped(point, is_power=is_power, ends=ends) for point in points])


@dataclass(frozen=True)
class _Point:
    """A value of a detailed answer, its moment and its step."""

    ordinal: int
    moment: datetime
    step: timedelta
    text: str
    value: Decimal | None
    is_estimated: bool


def _points(series: _Series, ordinal: int) -> list[_Point]:
    points: list[_Point] = []
    seen: set[datetime] = set()
    for place, measure in enumerate(series.measures, start=1):
        moment = _moment(_text(measure, "d"), f"{series.quantity} {ordinal + place}")
        # The hour that clocks repeat comes twice where times have no zone: the second time it is the later one.
        if moment.replace(fold=0) in seen:
            moment = moment.replace(fold=1)
        seen.add(moment.replace(fold=0))
        text = _text(measure, "v")
        step = _step(_text(measure, "p"))
        is_estimated = _text(measure, "n").upper() in ESTIMATED
        points.append(_Point(ordinal + place, moment, step, text, _number(text), is_estimated))
    return points


def _stepped(point: _Point, *, is_power: bool, ends: bool) -> Interval:
    if point.step >= timedelta(days=1):  # a day by the calendar, which may have 23 or 25 hours
        start, end = point.moment, point.moment + point.step
    elif ends:
        start, end = _shifted(point.moment, -point.step), point.moment
    else:
        start, end = point.moment, _shifted(point.moment, point.step)
    value = point.value
    if is_power and value is not None:
        value *= int(end.timestamp() - start.timestamp())
    return interval_of(point.ordinal, start, end, point.text, value, is_estimated=point.is_estimated)


def _shifted(moment: datetime, step: timedelta) -> datetime:
    """A moment later or earlier in elapsed time, by the same local time."""
    return datetime.fromtimestamp(moment.timestamp() + step.total_seconds(), moment.tzinfo)


def _is_dated_at_end(points: Iterable[_Point], asked_from: str) -> bool:
    """Whether the first point of a load curve stands a step after the day from which it was asked."""
    first = min(points, key=lambda point: point.moment.timestamp(), default=None)
    if first is None or not MOMENT.fullmatch(asked_from):
        return False
    begin = _moment(asked_from, "dateDebut").replace(tzinfo=first.moment.tzinfo)
    return first.moment.timestamp() == begin.timestamp() + first.step.total_seconds()


def _dated(measure: etree._Element, ordinal: int) -> Interval:
    """The use between two readings: the day of the second one belongs to what follows."""
    start, end = (_moment(_text(measure, name)[:10], f"mesure {ordinal}") for name in ("dateDebut", "dateFin"))
    text = _text(measure, "valeur")
    is_estimated = _code(measure, "nature").upper() in ESTIMATED
    return interval_of(ordinal, start, end, text, _number(text), is_estimated=is_estimated)


def _moment(text: str, where: str) -> datetime:
    match = MOMENT.fullmatch(text)
    if match is None:
        raise FileRefused("CORRUPT", cause=f"{where}: {text!r}")
    day, time, offset = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time or '00:00:00'}")
        if not FIRST_YEAR <= moment.year < LAST_YEAR:
            raise ValueError(day)
        if not offset:
            return moment.replace(tzinfo=ZONE)
        if offset == "Z":
            return moment.replace(tzinfo=UTC).astimezone(ZONE)
        return datetime.fromisoformat(f"{moment.isoformat()}{offset}")
    except (ValueError, OverflowError) as error:
        raise FileRefused("CORRUPT", cause=f"{where}: {text!r}") from error


def _step(text: str) -> timedelta:
    """The step of a point; one that states none speaks of its day."""
    match = STEP.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return timedelta(days=days, hours=hours, minutes=minutes) or timedelta(days=1)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if NUMBER.fullmatch(text) else None


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join("{*}" + name for name in path.split("/")))


def _text(element: etree._Element, path: str) -> str:
    found = element.find("/".join("{*}" + name if name.isalpha() else name for name in path.split("/")))
    return "" if found is None else " ".join((found.text or "").split())


def _code(element: etree._Element, name: str) -> str:
    found = element.find("{*}" + name)
    return "" if found is None else found.get("code", "")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname
