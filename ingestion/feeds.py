"""The canonical feeds: what `feeds.yml` says, as frozen objects, and the Arrow schemas that follow from it.

How a file is brought into a feed's form is the business of a mapping; what a row must satisfy is checked in `checks`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingestion.yaml_text import load_yaml

FEEDS_FILE = Path(__file__).with_name("feeds.yml")

DECIMAL = pa.decimal128(18, 6)
TIMESTAMP = pa.timestamp("us")

ARROW_TYPES: dict[str, pa.DataType] = {
    "identifier": pa.string(),
    "text": pa.string(),
    "member": pa.string(),
    "country": pa.string(),
    "tariff_code": pa.string(),
    "unit": pa.string(),
    "choice": pa.string(),
    "date": pa.date32(),
    "timestamp": TIMESTAMP,
    "decimal": DECIMAL,
    "integer": pa.int32(),
}
KINDS = ("register", "activity", "reference")

PROVENANCE = (
    pa.field("row_id", pa.string()),
    pa.field("file_sha256", pa.string()),
    pa.field("sheet", pa.string()),
    pa.field("row_no", pa.int32()),
    pa.field("batch_id", pa.string()),
    pa.field("file_sequence", pa.int64()),
    pa.field("received_at", TIMESTAMP),
    pa.field("mapping", pa.string()),
    pa.field("mapping_version", pa.string()),
    pa.field("flags", pa.string()),
)
AS_PRINTED = (pa.field("quantity_as_printed", pa.string()), pa.field("unit_as_printed", pa.string()))

QUARANTINE_SCHEMA = pa.schema(
    [
        pa.field("row_id", pa.string()),
        pa.field("file_sha256", pa.string()),
        pa.field("sheet", pa.string()),
        pa.field("row_no", pa.int32()),
        pa.field("column_name", pa.string()),
        pa.field("cell", pa.string()),
        pa.field("reason_code", pa.string()),
        pa.field("message_fr", pa.string()),
        pa.field("message_en", pa.string()),
        pa.field("batch_id", pa.string()),
    ]
)


@dataclass(frozen=True)
class FeedColumn:
    """One column of a feed: its type and what its cells must satisfy."""

    name: str
    type: str
    required: bool = False
    choices: tuple[str, ...] = ()
    default: str | None = None
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None

    @property
    def arrow_type(self) -> pa.DataType:
        """The Arrow type of the column in raw rows."""
        return ARROW_TYPES[self.type]


@dataclass(frozen=True)
class Measure:
    """The quantity of a feed whose text as printed is kept, and the column of its unit (None: its name says it)."""

    quantity: str
    unit: str | None = None


@dataclass(frozen=True)
class Feed:
    """One kind of row that comes in, and its business key."""

    name: str
    description: str
    kind: str
    key: tuple[str, ...]
    columns: tuple[FeedColumn, ...]
    period: tuple[str, str] | None = None
    measure: Measure | None = None

    def column(self, name: str) -> FeedColumn:
        """The column of that name; `KeyError` if the feed has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"feed {self.name} has no column {name}")

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the feed's own columns, in order."""
        return tuple(column.name for column in self.columns)


def raw_schema(feed: Feed) -> pa.Schema:
    """The Arrow schema of the feed's raw rows: its columns, then where each row came from."""
    own = [pa.field(column.name, column.arrow_type) for column in feed.columns]
    return pa.schema([*own, *PROVENANCE, *(AS_PRINTED if feed.measure else ())])


@functools.cache
def load_feeds(path: Path = FEEDS_FILE) -> dict[str, Feed]:
    """The feeds of `feeds.yml` by name, registers first, each kind in the order of the file.

    Raises `ValueError` naming the feed and column when the file contradicts itself.
    """
    document = load_yaml(path.read_text(encoding="utf-8"))
    feeds = [_feed(name, body) for name, body in document.items()]
    return {feed.name: feed for kind in KINDS for feed in feeds if feed.kind == kind}


def _feed(name: str, body: dict[str, Any]) -> Feed:
    columns = tuple(_column(name, column, attributes) for column, attributes in body["columns"].items())
    names = {column.name for column in columns}
    period = tuple(body["period"]) if "period" in body else None
    measure = Measure(**body["measure"]) if "measure" in body else None
    used = {*body["key"], *(period or ()), *((measure.quantity, measure.unit or measure.quantity) if measure else ())}
    if used - names:
        raise ValueError(f"feeds.yml: {name} refers to columns it does not have: {sorted(used - names)}")
    if body["kind"] not in KINDS:
        raise ValueError(f"feeds.yml: {name} is of kind {body['kind']!r}, expected one of {KINDS}")
    return Feed(name, body["description"], body["kind"], tuple(body["key"]), columns, period, measure)


def _column(feed: str, name: str, attributes: dict[str, Any]) -> FeedColumn:
    if attributes["type"] not in ARROW_TYPES:
        known = ", ".join(ARROW_TYPES)
        raise ValueError(f"feeds.yml: {feed}.{name} is of type {attributes['type']!r}, expected one of {known}")
    return FeedColumn(name, **{**attributes, "choices": tuple(attributes.get("choices", ()))})
