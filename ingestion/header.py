"""The header of a sheet: where each column of the feed is, and which mapping fits a file best.

A header is found by what it says, not by where it stands. Nothing is read here but the first rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.cells import Cells, Column, FileRefused, HeadRow
from ingestion.feeds import Feed
from ingestion.folding import fold
from ingestion.header_rows import merged_heads
from ingestion.mapping import ColumnRule, SourceMapping

FEWEST_GAINED = 2  # columns that two rows together name and neither does alone: less is chance


@dataclass(frozen=True)
class Header:
    """A header row that fits a mapping: where each column of the feed is, and the columns of a wide layout."""

    position: int
    labels: tuple[str, ...]
    places: Mapping[str, int]
    joined: Mapping[str, int] = field(default_factory=dict)
    wide: tuple[tuple[int, dict[str, str]], ...] = ()

    def label(self, column: str) -> str:
        """What the file calls a column of the feed; the feed's own name if it comes from elsewhere."""
        return self.labels[self.places[column]] if column in self.places else column

    def columns_of(self, cells: Cells, mapping: SourceMapping) -> dict[str, Column]:
        """The cells of each column of the feed, joined and cleared of what the mapping removes."""
        found = {name: cells.columns[place] for name, place in self.places.items()}
        for rule in mapping.columns:
            if rule.name in found and rule.name in self.joined:
                found[rule.name] = _joined(found[rule.name], cells.columns[self.joined[rule.name]])
            if rule.name in found and rule.remove:
                found[rule.name] = _without(found[rule.name], rule.remove)
        return found

    def origin(self, column: str) -> str:
        """The header, or the two headers, that a column of the feed is read from; '' if there is none."""
        places = [places[column] for places in (self.places, self.joined) if column in places]
        return " + ".join(self.labels[place] for place in places)

    @property
    def unused(self) -> list[str]:
        """The labels of columns that nothing is taken from."""
        used = {*self.places.values(), *self.joined.values(), *(place for place, _ in self.wide)}
        return [label for place, label in enumerate(self.labels) if label.strip() and place not in used]


@dataclass(frozen=True)
class Fit:
    """How a mapping fits a file: the header of each sheet that has one, and what decides between two that fit.

    The mapping that takes most columns is the best; then the one that insists on most headers; then one of the home's
    own. Two that are equal in all of that contradict each other.
    """

    mapping: SourceMapping
    headers: Mapping[str, Header]
    columns: int
    needed: int

    @property
    def rank(self) -> tuple[int, int, bool]:
        """What decides, in this order."""
        return self.columns, self.needed, not self.mapping.is_shipped


def _joined(first: Column, second: Column) -> Column:
    return Column(pc.utf8_trim_whitespace(pc.binary_join_element_wise(first.text, second.text, " ")))


def _without(column: Column, unwanted: re.Pattern[str]) -> Column:
    encoded = column.text.dictionary_encode()
    texts = [unwanted.sub("", text).strip() for text in encoded.dictionary.to_pylist()]
    return Column(pa.array(texts, pa.string()).take(encoded.indices), column.kinds)


def choose(
    mappings: Iterable[SourceMapping], feed: Feed, heads: Mapping[str, Sequence[HeadRow]]
) -> tuple[SourceMapping, dict[str, Header]]:
    """The mapping that fits the sheets' heads best, and the header of each sheet that has one.

    Raises `FileRefused`: SCHEMA_DRIFT naming the missing and the found headers, HEADER_MULTI for
    a header in two rows that lacks some, MAPPING_AMBIGUOUS naming two mappings
    that fit equally well, DUP_HEADER for a column that is there twice.
    """
    mappings = tuple(mappings)
    fits = rank(mappings, feed, heads)
    merged = iter(()) if fits else merged_heads(heads)
    while not fits:
        head = next(merged, None)
        if head is None:
            raise refusal(mappings, feed, heads)
        fits = rank(mappings, feed, head)
    best = fits[0]
    equal = [fit.mapping.name for fit in fits if fit.rank == best.rank]
    if len(equal) > 1:
        raise FileRefused("MAPPING_AMBIGUOUS", mappings=", ".join(equal))
    for header in best.headers.values():
        _refuse_duplicates(best.mapping, header)
    return best.mapping, dict(best.headers)


def rank(mappings: Iterable[SourceMapping], feed: Feed, heads: Mapping[str, Sequence[HeadRow]]) -> list[Fit]:
    """The mappings that fit, best first."""
    folded = {name: [[fold(cell) for cell in row.cells] for row in head] for name, head in heads.items()}
    fits = []
    for mapping in mappings:
        found = {name: _find(mapping, feed, head, folded[name]) for name, head in heads.items()}
        headers = {name: header for name, header in found.items() if header is not None}
        if headers:
            columns = max(len(header.places) + len(header.joined) + bool(header.wide) for header in headers.values())
            needed = sum(_is_needed(rule, mapping, feed) for rule in mapping.columns)
            fits.append(Fit(mapping, headers, columns, needed))
    return sorted(fits, key=lambda fit: fit.rank, reverse=True)


def find_header(mapping: SourceMapping, feed: Feed, head: Sequence[HeadRow]) -> Header | None:
    """The first row that has every header which the mapping needs."""
    return _find(mapping, feed, head, [[fold(cell) for cell in row.cells] for row in head])


def _find(
    mapping: SourceMapping, feed: Feed, head: Sequence[HeadRow], folded: Sequence[Sequence[str]]
) -> Header | None:
    for position, (row, labels) in enumerate(zip(head, folded, strict=True)):
        if not _missing(mapping, feed, labels):
            return Header(
                position,
                tuple(" ".join(cell.split()) for cell in row.cells),
                _places(mapping, labels),
                {
                    rule.name: labels.index(next(label for label in labels if label in rule.joined_headers))
                    for rule in mapping.columns
                    if rule.joined_headers and set(labels) & set(rule.joined_headers)
                },
                _wide(mapping, labels),
            )
    return None


def _places(mapping: SourceMapping, labels: Sequence[str]) -> dict[str, int]:
    return {rule.name: place for rule in mapping.columns if (place := _place(rule, labels)) is not None}


def _place(rule: ColumnRule, labels: Sequence[str]) -> int | None:
    places = [place for place, label in enumerate(labels) if label in rule.headers]
    wanted = (rule.occurrence or 1) - 1
    return places[wanted] if wanted < len(places) else None


def _missing(mapping: SourceMapping, feed: Feed, labels: Sequence[str]) -> list[str]:
    """The columns whose header must be there and is not."""
    there = set(labels)
    needed = [rule for rule in mapping.columns if _is_needed(rule, mapping, feed)]
    absent = [rule.name for rule in needed if not there & set(rule.headers)]
    absent += [rule.name for rule in needed if rule.joined_headers and not there & set(rule.joined_headers)]
    if mapping.unpivot and not any(mapping.unpivot.headers.fullmatch(label) for label in labels):
        absent.append(mapping.unpivot.value)
    return list(dict.fromkeys(absent))


def _is_needed(rule: ColumnRule, mapping: SourceMapping, feed: Feed) -> bool:
    by_feed = feed.column(rule.name).required and rule.name not in mapping.filled_elsewhere
    return bool(rule.headers) and (rule.required or by_feed)


def _wide(mapping: SourceMapping, labels: Sequence[str]) -> tuple[tuple[int, dict[str, str]], ...]:
    if mapping.unpivot is None:
        return ()
    matches = ((place, mapping.unpivot.headers.fullmatch(label)) for place, label in enumerate(labels))
    return tuple((place, match.groupdict()) for place, match in matches if match)


def _refuse_duplicates(mapping: SourceMapping, header: Header) -> None:
    folded = [fold(label) for label in header.labels]
    for rule in mapping.columns:
        labels = [header.labels[place] for place, label in enumerate(folded) if label in rule.headers]
        if len(labels) > 1 and rule.occurrence is None:
            raise FileRefused("DUP_HEADER", header=" / ".join(dict.fromkeys(labels)))


def closeness(mappings: Iterable[SourceMapping], heads: Mapping[str, Sequence[HeadRow]]) -> int:
    """The most headers that any row has in common with any of the mappings."""
    return max((fitting for fitting, _, _ in _comparisons(mappings, heads)), default=0)


def refusal(mappings: Iterable[SourceMapping], feed: Feed, heads: Mapping[str, Sequence[HeadRow]]) -> FileRefused:
    """Why no mapping fits: what is missing from the row that comes closest to a header."""
    compared = _comparisons(mappings, heads)
    if not compared:
        return FileRefused("NO_DATA")
    _, mapping, row = max(compared, key=lambda comparison: comparison[0])
    missing = _missing(mapping, feed, [fold(cell) for cell in row.cells])
    found = [" ".join(cell.split()) for cell in row.cells if cell.strip()]
    two_rows = [comparison for head in merged_heads(heads) for comparison in _comparisons(mappings, head)]
    columns, other, lower = max(two_rows, key=lambda comparison: comparison[0])
    if columns >= len(_places(mapping, [fold(cell) for cell in row.cells])) + FEWEST_GAINED:
        missing = _missing(other, feed, [fold(cell) for cell in lower.cells])
        return FileRefused("HEADER_MULTI", row=lower.row_no, missing=", ".join(missing))
    return FileRefused("SCHEMA_DRIFT", missing=", ".join(missing), found=", ".join(found))


def _comparisons(
    mappings: Iterable[SourceMapping], heads: Mapping[str, Sequence[HeadRow]]
) -> list[tuple[int, SourceMapping, HeadRow]]:
    rows = [row for head in heads.values() for row in head if any(cell.strip() for cell in row.cells)]
    folded = [[fold(cell) for cell in row.cells] for row in rows]
    return [
        (len(_places(mapping, labels)), mapping, row)
        for mapping in mappings
        for row, labels in zip(rows, folded, strict=True)
    ]
