"""Green Button: an Atom feed of ESPI resources (NAESB REQ.21), whose interval readings become rows of days.

The kinds of things and their codes are the standard's. Not read: usage summaries, which repeat what the intervals say,
power quality and costs. A meter is called by its customer and usage point as in the link of the usage point.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from ingestion.cells import FileRefused
from ingestion.readers.document import DocumentSheet
from ingestion.readers.espi_time import LocalTime
from ingestion.readers.metering import (
    ENERGY,
    FIRST_DAY,
    ISSUED,
    LABEL,
    LAST_DAY,
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
    METER: "UsagePoint",
    SERVICE: "ServiceCategory and flowDirection",
    REGISTER: "ReadingType tou",
    LINE: "ReadingType phase",
    LABEL: "MeterReading title",
    STATEMENT: "UsagePoint and tou",
    FIRST_DAY: "timePeriod first day",
    LAST_DAY: "timePeriod last day",
    QUANTITY: "IntervalReading value",
    UNIT: "ReadingType uom",
    READING: "ReadingQuality",
    MEASURED: "ReadingType measured",
    ISSUED: "feed updated",
    SUPPLIER: "feed author",
}
ESPI, ATOM = "{http://naesb.org/espi}", "{http://www.w3.org/2005/Atom}"
VALUE, QUALITY, TIME_PERIOD = f"{ESPI}value", f"{ESPI}ReadingQuality", f"{ESPI}timePeriod"
START, DURATION, TIME_OF_USE = f"{ESPI}start", f"{ESPI}duration", f"{ESPI}tou"
DEEPEST_PATH = 40
WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
SECONDS = re.compile(r"[0-9]{1,10}")

# uom: the unit of the warehouse and the power of ten that leads to it
UNITS = {"72": ("Wh", 0), "31": ("J", 0), "132": ("kBtu", -3), "169": ("therm", 0), "119": ("ft3", 0), "42": ("m3", 0),
         "134": ("L", 0), "73": ("kvarh", -3)}  # fmt: skip
ENERGY_UNITS, VOLUME_UNITS = frozenset({"Wh", "J", "kBtu", "therm"}), frozenset({"ft3", "m3", "L"})
# currents, voltages, powers, power factors, flows, pressures, temperatures
NO_ENERGY_UOMS = frozenset({
    "5", "6", "23", "29", "33", "38", "61", "63", "65", "67", "69", "71", "106", "122", "125", "129", "131", "133", "137",
    "140", "155",
})  # fmt: skip
SERVICES = {"0": "electricity", "1": "natural gas", "2": "water"}
COMMODITIES = {"1": "electricity", "2": "electricity", "4": "air", "7": "natural gas", "8": "propane", "9": "water",
               "10": "steam", "11": "waste water", "12": "heating fluid", "13": "cooling fluid"}  # fmt: skip
FITTING_UNITS = {
    "electricity": ENERGY_UNITS | {"kvarh"}, "natural gas": ENERGY_UNITS | VOLUME_UNITS,
    "propane": ENERGY_UNITS | VOLUME_UNITS, "steam": ENERGY_UNITS, "heating fluid": ENERGY_UNITS,
    "water": VOLUME_UNITS, "waste water": VOLUME_UNITS, "air": VOLUME_UNITS, "cooling fluid": ENERGY_UNITS | VOLUME_UNITS,
}  # fmt: skip
NO_ENERGY_SERVICES = frozenset({"water", "waste water", "air", "cooling fluid"})
DELIVERED, REVERSE = ("", "0", "1"), "19"
INTERVAL_BEHAVIOURS, INDEX_BEHAVIOURS = ("", "0", "4"), ("1", "2", "3", "9")
EXTREMES = ("8", "9")  # dataQualifier: maximum, minimum
CURRENCY_KIND = "3"
PHASES = {"128": "A", "129": "A", "64": "B", "65": "B", "32": "C", "33": "C"}
ESTIMATED_QUALITIES = frozenset({"8", "9", "12"})  # by reference day, by interpolation, forecast


@dataclass(frozen=True)
class _Resource:
    """One ESPI resource with the links of its entry."""

    element: etree._Element
    own: str = ""
    up: str = ""
    related: tuple[str, ...] = ()
    title: str = ""
    entry_id: str = ""

    def text(self, path: str) -> str:
        """The text of a descendant, empty when it is absent."""
        return _text(self.element, ESPI, path)


@dataclass
class _Resources:
    """The resources of one kind, found by the links that lead to them."""

    all: list[_Resource] = field(default_factory=list)
    by_own: dict[str, _Resource] = field(default_factory=dict)
    by_related: dict[str, _Resource] = field(default_factory=dict)

    def add(self, resource: _Resource) -> None:
        self.all.append(resource)
        if resource.own:
            self.by_own.setdefault(resource.own, resource)
        for link in resource.related:
            self.by_related.setdefault(link, resource)

    def above(self, resource: _Resource) -> _Resource | None:
        """The one that a resource belongs to: by its place below it, or by a link; the only one if there is one."""
        for link in (resource.up, resource.own):
            for place in _above(link):
                if place in self.by_own:
                    return self.by_own[place]
            if link in self.by_related:
                return self.by_related[link]
        return self.all[0] if len(self.all) == 1 else None

    def linked(self, links: Iterable[str]) -> _Resource | None:
        """The first one that is linked to; the only one if there is one."""
        found = next((self.by_own[link] for link in links if link in self.by_own), None)
        return found or (self.all[0] if len(self.all) == 1 else None)


def is_green_button(tag: str) -> bool:
    """Whether a root element may be that of a Green Button document."""
    return tag.startswith(ESPI) or tag in (f"{ATOM}feed", f"{ATOM}entry")


def open_sheets(path: Path) -> list[DocumentSheet]:
    """The days of all registers; raises `FileRefused`: what `parse_xml` refuses, XML_UNKNOWN, CORRUPT or NO_DATA."""
    root = parse_xml(path.read_bytes())
    kinds: dict[str, _Resources] = defaultdict(_Resources)
    for resource in _resources(root):
        kinds[etree.QName(resource.element).localname].add(resource)
    if not kinds:
        raise FileRefused("XML_UNKNOWN", root=root.tag)
    common = {ISSUED: _issued_on(root), SUPPLIER: _text(root, ATOM, "author/name")}
    return [sheet_of(_channels(kinds, common), TERMS)]


def _resources(root: etree._Element) -> Iterator[_Resource]:
    entries = [root] if root.tag == f"{ATOM}entry" else list(root.iterchildren(f"{ATOM}entry"))
    if root.tag.startswith(ESPI):
        yield _Resource(root)
    for entry in entries:
        links = [(link.get("rel", ""), _path(link.get("href", ""))) for link in entry.iterchildren(f"{ATOM}link")]
        named = _Resource(
            entry,
            own=next((href for rel, href in links if rel == "self"), ""),
            up=next((href for rel, href in links if rel == "up"), ""),
            related=tuple(href for rel, href in links if rel == "related"),
            title=_text(entry, ATOM, "title"),
            entry_id=_text(entry, ATOM, "id"),
        )
        for content in entry.iterchildren(f"{ATOM}content"):
            for element in content.iterchildren(f"{ESPI}*"):
                yield replace(named, element=element)


def _channels(kinds: Mapping[str, _Resources], common: Mapping[str, str]) -> Iterator[Channel]:
    """One channel per meter reading and time-of-use class, in the order of the document."""
    readings: dict[tuple[int, str], tuple[_Resource | None, list[etree._Element], list[int]]] = {}
    ordinal = 0
    for block in kinds["IntervalBlock"].all:
        reading = kinds["MeterReading"].above(block)
        for element in block.element.iterchildren(f"{ESPI}IntervalReading"):
            ordinal += 1
            key = (id(reading), next((child.text or "" for child in element if child.tag == TIME_OF_USE), "").strip())
            _, elements, ordinals = readings.setdefault(key, (reading, [], []))
            elements.append(element)
            ordinals.append(ordinal)
    for (_, tou), (reading, elements, ordinals) in readings.items():
        point = kinds["UsagePoint"].above(reading) if reading else None
        kind = kinds["ReadingType"].linked(reading.related if reading else ())
        zone = kinds["LocalTimeParameters"].linked(point.related if point else ())
        yield _channel(common, point, reading, kind, tou, zone, elements, ordinals)


def _channel(
    common: Mapping[str, str],
    point: _Resource | None,
    reading: _Resource | None,
    kind: _Resource | None,
    tou: str,
    zone: _Resource | None,
    elements: list[etree._Element],
    ordinals: list[int],
) -> Channel:
    time = LocalTime.of(zone.element if zone else None)
    uom = kind.text("uom") if kind else ""
    unit, power = UNITS.get(uom, (f"uom {uom}" if uom else "", 0))
    power += _power(kind.text("powerOfTenMultiplier") if kind else "")
    default = kind.text("defaultQuality") if kind else ""
    intervals = [
        _interval(element, ordinal, power, time, default) for element, ordinal in zip(elements, ordinals, strict=True)
    ]
    service = _service(point, kind)
    flow = kind.text("flowDirection") if kind else ""
    tou = tou or (kind.text("tou") if kind else "")
    is_part = tou not in ("", "0")
    channel = Channel(
        cells={
            **common,
            METER: _meter(point) + (RECEIVED if flow == REVERSE else ""),
            SERVICE: f"{service} received" if flow == REVERSE else service,
            REGISTER: f"tou {tou}" if is_part else "total",
            LINE: PHASES.get(kind.text("phase"), "") if kind else "",
            LABEL: next((found.title for found in (reading, kind) if found and found.title), ""),
            UNIT: unit,
            MEASURED: REACTIVE if unit == "kvarh" else ENERGY,
        },
        intervals=intervals,
        is_part=is_part,
        fault=_fault(point, kind, service, unit, uom, flow),
        dropped=_dropped(kind, service, unit, uom),
        flags=frozenset({"LOCAL_TIME_ASSUMED"} if time.is_assumed else ()),
    )
    is_index = kind is not None and kind.text("accumulationBehaviour") in INDEX_BEHAVIOURS
    return use_between_states(_states(channel, time)) if is_index and not channel.dropped else channel


def _states(channel: Channel, time: LocalTime) -> Channel:
    """The index at the end of each interval: a state has no length."""
    states = []
    for interval in channel.intervals:
        moment = time.at(interval.start + interval.seconds)
        state = interval_of(interval.ordinal, moment, moment, interval.text, interval.value)
        states.append(state._replace(is_estimated=interval.is_estimated))
    return replace(channel, intervals=states)


def _interval(element: etree._Element, ordinal: int, power: int, time: LocalTime, default: str) -> Interval:
    start, seconds, text, qualities = "", "", "", set[str]()
    for (
        child
    ) in element:  # this is done for every reading of a file, and looking up each path takes three times as long
        if child.tag == VALUE:
            text = (child.text or "").strip()
        elif child.tag == QUALITY:
            qualities.update((part.text or "").strip() for part in child)
        elif child.tag == TIME_PERIOD:
            for part in child:
                if part.tag == START:
                    start = (part.text or "").strip()
                elif part.tag == DURATION:
                    seconds = (part.text or "").strip()
    if not SECONDS.fullmatch(start) or not SECONDS.fullmatch(seconds or "0"):
        raise FileRefused("CORRUPT", cause=f"IntervalReading {ordinal}: start {start!r}, duration {seconds!r}")
    return interval_of(
        ordinal,
        time.at(int(start)),
        time.at(int(start) + int(seconds or 0)),
        text,
        Decimal(text).scaleb(power) if WHOLE.fullmatch(text) else None,
        is_estimated=bool((qualities or {default}) & ESTIMATED_QUALITIES),
    )


def _power(text: str) -> int:
    """The power of ten, which the standard keeps between -12 and 9."""
    if not text:
        return 0
    if not WHOLE.fullmatch(text) or not -12 <= int(text) <= 12:
        raise FileRefused("CORRUPT", cause=f"powerOfTenMultiplier {text!r}")
    return int(text)


def _service(point: _Resource | None, kind: _Resource | None) -> str:
    """What is delivered: the commodity of the readings, or the service category of the usage point."""
    category = point.text("ServiceCategory/kind") if point else ""
    commodity = COMMODITIES.get(kind.text("commodity") if kind else "", "")
    of_category = SERVICES.get(category, "")
    if of_category and commodity and (of_category == "electricity") != (commodity == "electricity"):
        return f"kind {category}, commodity {commodity}"
    return commodity or of_category or (f"kind {category}" if category else "")


def _fault(
    point: _Resource | None, kind: _Resource | None, service: str, unit: str, uom: str, flow: str
) -> tuple[str, str] | None:
    missing = [
        name
        for name, found in (("UsagePoint", point), ("ReadingType", kind), ("uom", uom not in ("", "0")))
        if not found
    ]
    if missing or not service:
        return "READING_UNLINKED", ", ".join(missing) or "ServiceCategory"
    if uom in UNITS and unit not in FITTING_UNITS.get(service, frozenset()):
        return "UNIT_CARRIER_CLASH", f"{service}, {unit}"
    if flow not in (*DELIVERED, REVERSE) or (flow == REVERSE and service != "electricity"):
        return "READING_NOT_USE", f"flowDirection {flow}"
    return None


def _dropped(kind: _Resource | None, service: str, unit: str, uom: str) -> str | None:
    if kind is None:
        return None
    is_energy = (
        uom not in NO_ENERGY_UOMS
        and kind.text("kind") != CURRENCY_KIND
        and kind.text("dataQualifier") not in EXTREMES
        and kind.text("accumulationBehaviour") in (*INTERVAL_BEHAVIOURS, *INDEX_BEHAVIOURS)
        and not (service in NO_ENERGY_SERVICES and unit in FITTING_UNITS[service])
    )
    return None if is_energy else "POWER_DROPPED"


def _meter(point: _Resource | None) -> str:
    """The customer and the usage point; the identifier of the entry when it has no such link."""
    if point is None:
        return ""
    parts = point.own.split("/")
    if "UsagePoint" not in parts[:-1]:
        return point.entry_id
    place = len(parts) - 2 - parts[:-1][::-1].index("UsagePoint")
    customer = parts[place - 1] if place >= 2 and parts[place - 2] in ("User", "RetailCustomer") else ""
    return f"{customer}/{parts[place + 1]}" if customer else parts[place + 1]


def _issued_on(root: etree._Element) -> str:
    """The day on which the document was last written."""
    moments = [_text(root, ATOM, "updated")] if root.tag.startswith(ATOM) else []
    if not any(moments):
        moments = [element.text or "" for element in root.iter(f"{ATOM}updated", f"{ATOM}published")]
    return max((moment.strip()[:10] for moment in moments), default="")


def _above(path: str) -> Iterator[str]:
    """A path and those above it, the longest first."""
    for _ in range(DEEPEST_PATH):
        if not path:
            return
        yield path
        path = path.rpartition("/")[0]


def _path(href: str) -> str:
    """A link without host, query and outer slashes, so that absolute and relative ones compare."""
    try:
        return unquote(urlsplit(href.strip()).path).strip("/")
    except ValueError:
        return ""


def _text(element: etree._Element, namespace: str, path: str) -> str:
    found = element.find("/".join(namespace + name for name in path.split("/")))
    return "" if found is None else " ".join((found.text or "").split())
