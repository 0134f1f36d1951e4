"""Source mappings: what each layout calls the columns of a feed, and how it writes dates, numbers and choices.

A mapping is data (`mappings/*.yml`, validated by `mappings/schema.json`). This module is their model and loads them; what
a file says that is wrong is told by `mapping_file`. Which mapping fits a file is the business of `header`, how cells are
then read that of `casting`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from ingestion.cells import FileRefused
from ingestion.dates import DateOrder
from ingestion.feeds import Feed, load_feeds
from ingestion.folding import fold, null_token
from ingestion.mapping_file import MAPPINGS_FOLDER, MappingFile, MappingInvalid, read_mapping_file
from ingestion.mapping_units import PLACEHOLDER, check_units
from ingestion.reasons import load_reasons

__all__ = [
    "MAPPINGS_FOLDER",
    "ColumnRule",
    "DropRule",
    "MappingInvalid",
    "SourceMapping",
    "load_mapping",
    "load_mappings",
]

WORDED_TYPES = ("identifier", "text", "unit", "country", "choice")


@dataclass(frozen=True)
class ColumnRule:
    """How one column of the feed is found and read; headers and words are folded, patterns are found in folded cells.

    A rule without headers only tells the words of a column that comes from elsewhere.
    """

    name: str
    headers: tuple[str, ...]
    joined_headers: tuple[str, ...] = ()
    remove: re.Pattern[str] | None = None
    required: bool = False
    occurrence: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    keeps_other_values: bool = True


@dataclass(frozen=True)
class DropRule:
    """Rows that state nothing of their own: those with one of these words or patterns under every header that is there.

    With `detail`, only where another row has the same cells under those headers and is not such a row.
    """

    headers: frozenset[str]
    words: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    reason: str
    detail: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unpivot:
    """The columns of a wide layout that become rows: headers that match, and the column that takes the cell."""

    headers: re.Pattern[str]
    value: str


@dataclass(frozen=True)
class FileNameRule:
    """Columns that the name of the file states, and its form in words for people."""

    pattern: re.Pattern[str]
    expected: str
    is_optional: bool = False


@dataclass(frozen=True)
class SourceMapping:
    """One layout of one feed."""

    name: str
    version: str
    feed: str
    date_order: DateOrder
    decimal_sign: str | None
    period_end_is_inclusive: bool
    null_tokens: frozenset[str]
    columns: tuple[ColumnRule, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    drops: tuple[DropRule, ...] = ()
    file_name: FileNameRule | None = None
    unpivot: Unpivot | None = None
    ignores_other_columns: bool = False
    is_to_confirm: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    is_shipped: bool = True

    def is_valid_on(self, day: date) -> bool:
        """Whether the mapping speaks of files received on this day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def values_of_file_name(self, name: str) -> dict[str, str]:
        """The columns that the file's name states; raises `FileRefused` FILE_NAME_UNKNOWN when it does not."""
        if self.file_name is None:
            return {}
        match = self.file_name.pattern.search(Path(name).name)
        if match is None and self.file_name.is_optional:
            return {}
        if match is None:
            raise FileRefused("FILE_NAME_UNKNOWN", expected=self.file_name.expected)
        return {column: value for column, value in match.groupdict().items() if value is not None}

    @functools.cached_property
    def filled_elsewhere(self) -> frozenset[str]:
        """The columns that a file can leave out, since the mapping fills them otherwise."""
        stated = self.file_name.pattern.groupindex if self.file_name and not self.file_name.is_optional else {}
        wide = {*self.unpivot.headers.groupindex, self.unpivot.value} if self.unpivot else set()
        return frozenset({*self.constants, *self.copies, *stated, *wide})


def load_mappings(*folders: Path) -> dict[str, tuple[SourceMapping, ...]]:
    """The shipped mappings and those of the folders, by feed, in the order of their names.

    A mapping of a later folder takes the place of one with its name. Raises `MappingInvalid` naming the file, the place
    in it and what is wrong; or two mappings that say the same of the same days.
    """
    named = {path.stem: path for folder in (MAPPINGS_FOLDER, *folders) for path in folder.glob("*.yml")}
    found: dict[str, list[SourceMapping]] = {}
    for name in sorted(named):
        mapping = load_mapping(named[name])
        found.setdefault(mapping.feed, []).append(mapping)
    for mappings in found.values():
        _refuse_twins(mappings)
    return {feed: tuple(mappings) for feed, mappings in found.items()}


def load_mapping(path: Path) -> SourceMapping:
    """One mapping; raises `MappingInvalid` naming the file, the place in it and what is wrong."""
    mapping = _load(path, path.read_bytes())
    return replace(mapping, is_shipped=path.parent == MAPPINGS_FOLDER)


@functools.cache
def _load(path: Path, content: bytes) -> SourceMapping:
    file = read_mapping_file(path, content)
    feeds = load_feeds()
    document = file.document
    if document["mapping"] != path.stem:
        raise file.invalid(f"the name must be that of the file, {path.stem!r}", "mapping")
    if document["feed"] not in feeds:
        raise file.invalid(f"{document['feed']!r} is no feed of feeds.yml ({', '.join(feeds)})", "feed")
    mapping = _built(file)
    _check(mapping, feeds[mapping.feed], file)
    return mapping


def _refuse_twins(mappings: list[SourceMapping]) -> None:
    """Two mappings of one origin that recognise a file by the same headers must speak of different days."""
    for one, other in combinations(mappings, 2):
        if one.is_shipped != other.is_shipped or _signature(one) != _signature(other):
            continue
        latest_start = max(one.valid_from or date.min, other.valid_from or date.min)
        if latest_start <= min(one.valid_to or date.max, other.valid_to or date.max):
            raise MappingInvalid(
                f"{one.name}.yml and {other.name}.yml have the same headers and are valid on the same days: "
                "give them a valid_from and a valid_to that do not overlap"
            )


def _signature(mapping: SourceMapping) -> tuple[object, ...]:
    wide = (mapping.unpivot.headers.pattern, mapping.unpivot.value) if mapping.unpivot else None
    return frozenset((rule.name, rule.headers, rule.joined_headers) for rule in mapping.columns), wide


def _built(file: MappingFile) -> SourceMapping:
    document = file.document
    unpivot = document.get("unpivot")
    mapping = SourceMapping(
        name=document["mapping"],
        version=document["version"],
        feed=document["feed"],
        date_order=document["dates"],
        decimal_sign=None if document["decimal"] == "detect" else document["decimal"],
        period_end_is_inclusive=document["period_end"] == "inclusive",
        null_tokens=frozenset(null_token(token) for token in document["nulls"]),
        columns=tuple(_rule(name, body, file) for name, body in document["columns"].items()),
        constants=document.get("constants", {}),
        copies=document.get("copies", {}),
        drops=tuple(_drop_rule(body, index, file) for index, body in enumerate(document.get("drop", ()))),
        file_name=_file_name_rule(document["file_name"], file) if "file_name" in document else None,
        unpivot=_unpivot(unpivot, file) if unpivot else None,
        ignores_other_columns=document.get("ignores_other_columns", False),
        is_to_confirm=document.get("to_confirm", False),
        valid_from=_day(file, "valid_from"),
        valid_to=_day(file, "valid_to"),
    )
    if mapping.valid_from and mapping.valid_to and mapping.valid_from > mapping.valid_to:
        raise file.invalid("valid_from is after valid_to", "valid_from")
    return mapping


def _day(file: MappingFile, key: str) -> date | None:
    if key not in file.document:
        return None
    try:
        return date.fromisoformat(file.document[key])
    except ValueError as error:
        raise file.invalid(str(error), key) from error


def _unpivot(body: dict[str, Any], file: MappingFile) -> Unpivot:
    return Unpivot(file.pattern(body["headers"], "unpivot", "headers", flags=re.IGNORECASE), body["value"])


def _file_name_rule(body: dict[str, Any], file: MappingFile) -> FileNameRule:
    pattern = file.pattern(body["pattern"], "file_name", "pattern")
    return FileNameRule(pattern, body["expected"], body.get("optional", False))


def _drop_rule(body: dict[str, Any], index: int, file: MappingFile) -> DropRule:
    reason = load_reasons().get(body["reason"])
    if reason is None or reason.severity != "drop":
        raise file.invalid(f"{body['reason']} is no reason of severity drop in reasons.yml", "drop", index, "reason")
    return DropRule(
        headers=frozenset(fold(header) for header in body["headers"]),
        words=frozenset(fold(word) for word in body.get("words", ())),
        patterns=tuple(
            file.pattern(text, "drop", index, "patterns", place) for place, text in enumerate(body.get("patterns", ()))
        ),
        reason=body["reason"],
        detail=tuple(fold(header) for header in body.get("detail", ())),
    )


def _rule(name: str, body: dict[str, Any], file: MappingFile) -> ColumnRule:
    return ColumnRule(
        name=name,
        headers=_folded(body.get("headers", ())),
        joined_headers=_folded(body.get("joined_with", ())),
        remove=file.pattern(body["remove"], "columns", name, "remove") if "remove" in body else None,
        required=body.get("required", False),
        occurrence=body.get("occurrence"),
        values={fold(word): value for value, words in body.get("values", {}).items() for word in words},
        patterns={
            value: file.pattern(pattern, "columns", name, "patterns", value)
            for value, pattern in body.get("patterns", {}).items()
        },
        keeps_other_values=body.get("otherwise", "keep") == "keep",
    )


def _folded(headers: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(header) for header in headers))


def _check(mapping: SourceMapping, feed: Feed, file: MappingFile) -> None:
    """A mapping names only columns of its feed, only choices that exist, and fills what the feed requires."""
    _check_names(mapping, feed, file)
    if mapping.is_to_confirm and feed.kind != "activity":
        raise file.invalid(f"rows of {feed.name}, which is no activity feed, cannot wait for a person", "to_confirm")
    filled = {rule.name for rule in mapping.columns if rule.headers} | mapping.filled_elsewhere
    filled |= set(mapping.file_name.pattern.groupindex) if mapping.file_name else set()
    required = [column.name for column in feed.columns if column.required and not column.default]
    unfilled = [name for name in required if name not in filled]
    if unfilled:
        raise file.invalid(f"required by {feed.name} but not filled: {', '.join(unfilled)}", "columns")
    for rule in mapping.columns:
        if rule.name not in filled:
            raise file.invalid("neither headers nor anything else fills this column", "columns", rule.name)
        _check_choices(rule, feed, file)
    for name, value in mapping.constants.items():
        _check_constant(name, value, mapping, feed, file)
    check_units(file.document, feed, file)
    for target, source in mapping.copies.items():
        if source in mapping.copies or source not in filled or feed.column(target).type != feed.column(source).type:
            raise file.invalid(f"{source!r} is not a filled column of the same type", "copies", target)


def _check_names(mapping: SourceMapping, feed: Feed, file: MappingFile) -> None:
    for section, names in _named(mapping).items():
        for name in names:
            if name not in feed.column_names:
                known = ", ".join(feed.column_names)
                raise file.invalid(f"{name!r} is no column of {feed.name} ({known})", section, name)


def _check_choices(rule: ColumnRule, feed: Feed, file: MappingFile) -> None:
    if (rule.values or rule.patterns) and feed.column(rule.name).type not in WORDED_TYPES:
        raise file.invalid("words can only stand for text, units, countries and choices", "columns", rule.name)
    choices = feed.column(rule.name).choices
    for key, values in (("values", rule.values.values()), ("patterns", rule.patterns)):
        for value in values:
            if choices and value not in choices:
                raise file.invalid(f"{value!r} is not among {', '.join(choices)}", "columns", rule.name, key, value)


def _check_constant(name: str, value: str, mapping: SourceMapping, feed: Feed, file: MappingFile) -> None:
    if value == PLACEHOLDER:
        raise file.invalid("a draft's placeholder is still to be replaced", "constants", name)
    choices = {fold(choice) for choice in feed.column(name).choices}
    words = {word for rule in mapping.columns if rule.name == name for word in rule.values}
    if choices and fold(value) not in choices | words:
        raise file.invalid(f"{value!r} is not among {', '.join(feed.column(name).choices)}", "constants", name)


def _named(mapping: SourceMapping) -> dict[str, list[str]]:
    """The columns that the mapping names, by the section of the file that names them."""
    wide = [mapping.unpivot.value, *mapping.unpivot.headers.groupindex] if mapping.unpivot else []
    return {
        "columns": [rule.name for rule in mapping.columns],
        "constants": list(mapping.constants),
        "copies": [*mapping.copies, *mapping.copies.values()],
        "unpivot": wide,
        "file_name": list(mapping.file_name.pattern.groupindex) if mapping.file_name else [],
    }
