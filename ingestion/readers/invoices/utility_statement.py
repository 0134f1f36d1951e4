"""UBL 2 UtilityStatement, as suppliers of electricity, gas and heat send it in Denmark (OIOUBL): readings of meters.

One row per reading of a meter, with its index at start and end; where a point of consumption has no reading, one row per
reported consumption, and where it has neither, one per line of the consumption that was charged. So the energy of a
point is stated once. Prices are in the invoice that the statement explains.

A reading closes its day: what it counts begins on the day after the reading before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

import numpy as np
from lxml import etree

from ingestion.cells import Cells, Column, FileRefused, HeadRow
from ingestion.readers.invoices.derived import buyer_identifier
from ingestion.readers.invoices.terms import Terms, refuse_too_many
from ingestion.readers.invoices.tree import all_text, text, with_local_names
from ingestion.readers.invoices.ubl import as_day, party

ROOTS = frozenset({"{urn:oasis:names:specification:ubl:schema:xsd:UtilityStatement-2}UtilityStatement"})

COLUMNS = (
    "Statement number", "Issue date", "Explained invoice", "Supplier", "Subscriber identifier", "Subscriber",
    "Consumption point", "Consumption point address", "Contract", "Meter number", "Line number", "Consumption type",
    "Description", "Period start", "Period end", "Previous meter quantity", "Latest meter quantity", "Meter constant",
    "Previous reading method", "Latest reading method", "Consumed quantity", "Unit code",
)  # fmt: skip


@dataclass(frozen=True)
class StatementSheet:
    """The readings of a statement as a table."""

    rows: Sequence[Mapping[str, str]]
    name: str = "readings"

    def head(self) -> list[HeadRow]:
        """The header; a statement has no other row before its readings."""
        return [HeadRow(0, COLUMNS)]

    def body(self, header: int) -> Cells:
        """The readings, numbered from 1."""
        columns = tuple(Column.of([row.get(name, "") for row in self.rows]) for name in COLUMNS)
        return Cells(columns, np.arange(1, len(self.rows) + 1, dtype=np.int32))


def read(root: etree._Element) -> StatementSheet:
    """The statement under this root; raises `FileRefused` NO_LINES when it states no consumption."""
    with_local_names(root)
    refuse_too_many(sum(1 for _ in root.iter("MeterReading", "ConsumptionReport", "ConsumptionLine")))
    shared = {
        "Statement number": text(root, "ID"),
        "Issue date": as_day(text(root, "IssueDate")),
        "Explained invoice": text(root, "ParentDocumentReference/ID", "DocumentReference/ID"),
        "Supplier": party(root.find("SenderParty")).name,
    }
    type_ = text(root, "UtilityStatementTypeCode")
    customers = [root.find(name) for name in ("SubscriberParty", "CustomerParty/Party", "ReceiverParty")]
    rows = []
    for subscription in root.iterfind("SubscriberConsumption"):
        subscribers = [party(each) for each in (subscription.find("SubscriberParty"), *customers)]
        known = {
            **shared,
            "Subscriber identifier": next(filter(None, map(buyer_identifier, subscribers)), ""),
            "Subscriber": next((each.name for each in subscribers if each.name), ""),
            "Contract": text(subscription, "SupplierConsumption/Contract/ID"),
        }
        rows += [{**known, **row} for row in _consumption(subscription, type_)]
    if not rows:
        raise FileRefused("NO_LINES", profile="UtilityStatement")
    return StatementSheet([{**row, "Line number": str(number)} for number, row in enumerate(rows, start=1)])


def _consumption(subscription: etree._Element, type_: str) -> list[Terms]:
    """The rows of one subscription, from the closest look at it that the statement has."""
    for rows in (_readings, _reports, _charges):
        found = list(rows(subscription))
        if found:
            return [{**row, "Consumption type": row["Consumption type"] or type_} for row in found]
    return []


def _readings(subscription: etree._Element) -> Iterator[Terms]:
    for point in subscription.iterfind("UtilityConsumptionPoint"):
        for meter in point.iterfind("UtilityMeter"):
            for reading in meter.iterfind("MeterReading"):
                constant = text(meter, "MeterConstant")
                previous, latest = text(reading, "PreviousMeterQuantity"), text(reading, "LatestMeterQuantity")
                delivered = text(reading, "DeliveredQuantity")
                yield {
                    **_point(point),
                    "Meter number": text(meter, "MeterNumber") or text(point, "ID"),
                    "Consumption type": text(reading, "MeterReadingType", "MeterReadingTypeCode"),
                    "Description": text(meter, "MeterName"),
                    **_between(
                        as_day(text(reading, "PreviousMeterReadingDate")),
                        as_day(text(reading, "LatestMeterReadingDate")),
                    ),
                    "Previous meter quantity": previous,
                    "Latest meter quantity": latest,
                    "Meter constant": constant,
                    "Previous reading method": text(
                        reading, "PreviousMeterReadingMethod", "PreviousMeterReadingMethodCode"
                    ),
                    "Latest reading method": text(reading, "LatestMeterReadingMethod", "LatestMeterReadingMethodCode"),
                    "Consumed quantity": delivered or _difference(previous, latest, constant),
                    "Unit code": _unit(reading, "DeliveredQuantity", "LatestMeterQuantity", "PreviousMeterQuantity"),
                }


def _reports(subscription: etree._Element) -> Iterator[Terms]:
    points = subscription.findall("UtilityConsumptionPoint")
    point = _point(points[0]) if points else {}
    for path in ("Consumption", "SupplierConsumption/Consumption"):
        for consumption in subscription.iterfind(path):
            for report in consumption.iterfind("EnergyWaterSupply/ConsumptionReport"):
                yield {
                    **point,
                    "Meter number": point.get("Consumption point", ""),
                    "Consumption type": text(report, "ConsumptionType", "ConsumptionTypeCode"),
                    "Description": " | ".join(all_text(report, "Description")),
                    **_period(report.find("Period"), consumption.find("MainPeriod")),
                    "Consumed quantity": text(report, "TotalConsumedQuantity"),
                    "Unit code": _unit(report, "TotalConsumedQuantity"),
                }


def _charges(subscription: etree._Element) -> Iterator[Terms]:
    points = subscription.findall("UtilityConsumptionPoint")
    point = _point(points[0]) if points else {}
    for supply in subscription.iterfind("SupplierConsumption"):
        for line in supply.iterfind("ConsumptionLine"):
            yield {
                **point,
                "Meter number": point.get("Consumption point", ""),
                "Consumption type": text(line, "UtilityItem/ConsumptionType", "UtilityItem/ConsumptionTypeCode"),
                "Description": " | ".join(all_text(line, "UtilityItem/Description")),
                **_period(line.find("Period"), supply.find("Consumption/MainPeriod")),
                "Consumed quantity": text(line, "InvoicedQuantity"),
                "Unit code": _unit(line, "InvoicedQuantity"),
            }


def _point(point: etree._Element) -> Terms:
    street, city = text(point, "Address/StreetName"), text(point, "Address/CityName")
    return {
        "Consumption point": text(point, "ID"),
        "Consumption point address": ", ".join(filter(None, (street, city))),
    }


def _period(*periods: etree._Element | None) -> Terms:
    for period in periods:
        if period is not None and text(period, "StartDate") and text(period, "EndDate"):
            return {
                "Period start": as_day(text(period, "StartDate")),
                "Period end": as_day(text(period, "EndDate")),
            }
    return {}


def _between(previous: str, latest: str) -> Terms:
    """The days between two readings; days that are no days are handed over as they are written."""
    try:
        first = min(date.fromisoformat(previous) + timedelta(days=1), date.fromisoformat(latest))
    except ValueError:
        return {"Period start": previous, "Period end": latest}
    return {"Period start": first.isoformat(), "Period end": latest}


def _difference(previous: str, latest: str, constant: str) -> str:
    """What the meter counted, where the statement leaves it to the reader; '' when its figures are no numbers."""
    try:
        return str((Decimal(latest) - Decimal(previous)) * Decimal(constant or "1"))
    except InvalidOperation:
        return ""


def _unit(element: etree._Element, *names: str) -> str:
    for name in names:
        quantity = element.find(name)
        if quantity is not None and quantity.get("unitCode"):
            return quantity.get("unitCode", "").strip()
    return ""
