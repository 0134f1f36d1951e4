"""A file tried under its mapping: what it is, which mapping fits and why, and what would become of each row.

Nothing is written. How the outcome is shown is the business of the command line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingestion.cells import FileRefused, HeadRow
from ingestion.containers import describe
from ingestion.feeds import Feed
from ingestion.files import FileRows, read_file
from ingestion.header import Fit, Header, closeness, rank, refusal
from ingestion.mapping import SourceMapping
from ingestion.quarantine import quarantine_table
from ingestion.readers import open_sheets
from ingestion.readers.pdf_template import Template

SAMPLE_ROWS = 10


@dataclass(frozen=True)
class TriedColumn:
    """Where a column of the feed comes from: a header of the file, or what else fills it ('' if nothing does)."""

    column: str
    type: str
    required: bool
    source: str


@dataclass(frozen=True)
class TriedSheet:
    """A sheet, its header row and its header; one without a header is skipped."""

    name: str
    header_row: int | None
    header: Header | None


@dataclass(frozen=True)
class Trial:
    """All that there is to say about a file under its mapping, before anything is kept of it."""

    container: Mapping[str, str]
    sheets: Sequence[TriedSheet]
    feed: Feed
    fits: Sequence[Fit]
    columns: Sequence[TriedColumn]
    unused_headers: Sequence[str]
    rows: FileRows
    accepted: pa.Table

    @property
    def mapping(self) -> SourceMapping:
        """The mapping that was taken."""
        return self.fits[0].mapping

    @property
    def runner_up(self) -> Fit | None:
        """The mapping that fits second best."""
        return self.fits[1] if len(self.fits) > 1 else None

    @property
    def sample(self) -> list[dict[str, Any]]:
        """The first accepted rows: the feed's columns that any of them fills, after sheet and row."""
        rows = self.accepted.slice(0, SAMPLE_ROWS).to_pylist()
        filled = [name for name in self.feed.column_names if any(row[name] is not None for row in rows)]
        return [{name: _short(row[name]) for name in ("sheet", "row_no", *filled, "flags")} for row in rows]

    @property
    def flags(self) -> Counter[str]:
        """How many accepted rows each flag is on."""
        found: Counter[str] = Counter()
        for entry in self.accepted.column("flags").value_counts().to_pylist():
            found.update({flag: entry["counts"] for flag in entry["values"].split(",") if flag})
        return found

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The refused cells, with their messages."""
        return quarantine_table(self.rows.refused, "", "").to_pylist()


def _short(value: Any) -> Any:
    """A value as it is shown: a decimal without the zeros that say nothing."""
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def try_file(
    path: Path,
    feeds: Iterable[Feed],
    mappings: Mapping[str, Sequence[SourceMapping]],
    received_on: date,
    pdf_templates: Sequence[Template] | None = None,
) -> Trial:
    """Read a file as if it were received on a day for the feed whose mapping fits it best; raises `FileRefused`.

    `pdf_templates` are the shipped ones unless given.
    """
    sheets = open_sheets(path, pdf_templates)
    heads = {sheet.name: sheet.head() for sheet in sheets}
    valid = {
        feed.name: [mapping for mapping in mappings.get(feed.name, ()) if mapping.is_valid_on(received_on)]
        for feed in feeds
    }
    feed, fits = _best_feed(feeds, valid, heads)
    rows = read_file(path, path.name, "", feed, received_on, valid[feed.name], pdf_templates)
    headers = fits[0].headers
    return Trial(
        container=describe(path, sheets),
        sheets=[
            TriedSheet(name, heads[name][headers[name].position].row_no, headers[name])
            if name in headers
            else TriedSheet(name, None, None)
            for name in heads
        ],
        feed=feed,
        fits=fits,
        columns=[_column(feed, name, fits[0].mapping, headers, path.name) for name in feed.column_names],
        unused_headers=list(dict.fromkeys(label for header in headers.values() for label in header.unused)),
        rows=rows,
        accepted=rows.accepted,
    )


def _best_feed(
    feeds: Iterable[Feed], valid: Mapping[str, Sequence[SourceMapping]], heads: Mapping[str, Sequence[HeadRow]]
) -> tuple[Feed, list[Fit]]:
    """The feed whose best mapping fits better than that of any other feed."""
    feeds = list(feeds)
    found = [(feed, fits) for feed in feeds if (fits := rank(valid[feed.name], feed, heads))]
    if not found:
        closest = max(feeds, key=lambda feed: closeness(valid[feed.name], heads))
        raise refusal(valid[closest.name], closest, heads)
    best = max(fits[0].rank for _, fits in found)
    equal = [(feed, fits) for feed, fits in found if fits[0].rank == best]
    if len(equal) > 1:
        raise FileRefused("MAPPING_AMBIGUOUS", mappings=", ".join(fits[0].mapping.name for _, fits in equal))
    return equal[0]


def _column(
    feed: Feed, name: str, mapping: SourceMapping, headers: Mapping[str, Header], file_name: str
) -> TriedColumn:
    column = feed.column(name)
    labels = list(dict.fromkeys(text for header in headers.values() if (text := header.origin(name))))
    sources = [" / ".join(labels)] if labels else []
    if name in mapping.constants:
        sources.append(f"constant {mapping.constants[name]}")
    if mapping.file_name and name in mapping.file_name.pattern.groupindex:
        sources.append(f"name of the file: {mapping.values_of_file_name(file_name).get(name, '')}")
    if mapping.unpivot and name == mapping.unpivot.value:
        sources.append("cells of the wide columns")
    if mapping.unpivot and name in mapping.unpivot.headers.groupindex:
        sources.append("headers of the wide columns")
    if name in mapping.copies:
        sources.append(f"copy of {mapping.copies[name]}")
    if column.default is not None:
        sources.append(f"default {column.default}")
    return TriedColumn(name, column.type, column.required, "; else ".join(sources))
