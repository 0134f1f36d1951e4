"""Source mappings: what each layout calls the columns of a feed, and how it writes dates, numbers and choices.

A mapping is data (`mappings/*.yml`, validated by `mappings/schema.json`). This module loads them, finds the header of a
sheet and chooses the mapping that fits. How cells are then read is the business of `casting`.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from ingestion.cells import FileRefused, HeadRow
from ingestion.dates import DateOrder
from ingestion.feeds import Feed, load_feeds
from ingestion.folding import fold, null_token

MAPPINGS_FOLDER = Path(__file__).with_name("mappings")


class MappingInvalid(ValueError):
    """A mapping file contradicts the schema or its feed."""


@dataclass(frozen=True)
class ColumnRule:
    """How one column of the feed is found and read; headers and words are folded, patterns are found in folded cells."""

    name: str
    headers: tuple[str, ...]
    required: bool = False
    occurrence: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    keeps_other_values: bool = True


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
    file_name: FileNameRule | None = None
    unpivot: Unpivot | None = None
    ignores_other_columns: bool = False
    is_to_confirm: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

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
        return match.groupdict()


@dataclass(frozen=True)
class Header:
    """A header row that fits a mapping: where each column of the feed is, and the columns of a wide layout."""

    position: int
    labels: tuple[str, ...]
    places: Mapping[str, int]
    wide: tuple[tuple[int, dict[str, str]], ...] = ()

    def label(self, column: str) -> str:
        """What the file calls a column of the feed; the feed's own name if it comes from elsewhere."""
        return self.labels[self.places[column]] if column in self.places else column

    @property
    def unused(self) -> list[str]:
        """The labels of columns that nothing is taken from."""
        used = {*self.places.values(), *(place for place, _ in self.wide)}
        return [label for place, label in enumerate(self.labels) if label.strip() and place not in used]


def load_mappings(*folders: Path) -> dict[str, tuple[SourceMapping, ...]]:
    """The shipped mappings and those of the folders, by feed, in the order of their names.

    A mapping of a later folder takes the place of one with its name. Raises `MappingInvalid` naming the file and what
    is wrong with it.
    """
    named = {path.stem: path for folder in (MAPPINGS_FOLDER, *folders) for path in folder.glob("*.yml")}
    found: dict[str, list[SourceMapping]] = {}
    for name in sorted(named):
        mapping = load_mapping(named[name])
        found.setdefault(mapping.feed, []).append(mapping)
    return {feed: tuple(mappings) for feed, mappings in found.items()}


def load_mapping(path: Path) -> SourceMapping:
    """One mapping; raises `MappingInvalid` naming the file and what is wrong with it."""
    return _load(path, path.read_bytes())


@functools.cache
def _load(path: Path, content: bytes) -> SourceMapping:
    feeds = load_feeds()
    try:
        document = yaml.safe_load(content)
        jsonschema.validate(document, _schema())
    except yaml.YAMLError as error:
        raise MappingInvalid(f"{path.name}: {error}") from error
    except jsonschema.ValidationError as error:
        raise MappingInvalid(f"{path.name}: {error.json_path}: {error.message}") from error
    if document["mapping"] != path.stem or document["feed"] not in feeds:
        raise MappingInvalid(f"{path.name}: its name must be that of the file, and its feed one of feeds.yml")
    mapping = _mapping(document, path.name)
    _check(mapping, feeds[mapping.feed], path.name)
    return mapping


@functools.cache
def _schema() -> dict[str, Any]:
    return dict(json.loads((MAPPINGS_FOLDER / "schema.json").read_text(encoding="utf-8")))


def choose(
    mappings: Iterable[SourceMapping], feed: Feed, heads: Mapping[str, Sequence[HeadRow]]
) -> tuple[SourceMapping, dict[str, Header]]:
    """The mapping that fits most columns of the sheets' heads, and the header of each sheet that has one.

    Raises `FileRefused`: SCHEMA_DRIFT naming the missing and the found headers, DUP_HEADER for a column that is twice.
    """
    candidates = []
    for mapping in mappings:
        headers = {name: header for name, head in heads.items() if (header := find_header(mapping, feed, head))}
        if headers:
            candidates.append((max(len(header.places) for header in headers.values()), mapping, headers))
    if not candidates:
        raise _drift(mappings, feed, heads)
    _, mapping, headers = max(candidates, key=lambda candidate: candidate[0])
    for header in headers.values():
        _refuse_duplicates(mapping, header)
    return mapping, headers


def find_header(mapping: SourceMapping, feed: Feed, head: Sequence[HeadRow]) -> Header | None:
    """The first row that has every required header of the mapping."""
    for position, row in enumerate(head):
        folded = [fold(cell) for cell in row.cells]
        if not _missing(mapping, feed, folded):
            places = {rule.name: place for rule in mapping.columns if (place := _place(rule, folded)) is not None}
            return Header(position, tuple(" ".join(cell.split()) for cell in row.cells), places, _wide(mapping, row))
    return None


def _place(rule: ColumnRule, folded: Sequence[str]) -> int | None:
    places = [place for place, label in enumerate(folded) if label in rule.headers]
    wanted = (rule.occurrence or 1) - 1
    return places[wanted] if wanted < len(places) else None


def _missing(mapping: SourceMapping, feed: Feed, folded: Sequence[str]) -> list[str]:
    """The columns whose header must be there and is not."""
    labels = set(folded)
    absent = [rule.name for rule in mapping.columns if _is_needed(rule, feed) and not labels & set(rule.headers)]
    if mapping.unpivot and not any(mapping.unpivot.headers.fullmatch(label) for label in folded):
        absent.append(mapping.unpivot.value)
    return absent


def _is_needed(rule: ColumnRule, feed: Feed) -> bool:
    return rule.required or feed.column(rule.name).required


def _wide(mapping: SourceMapping, row: HeadRow) -> tuple[tuple[int, dict[str, str]], ...]:
    if mapping.unpivot is None:
        return ()
    matches = ((place, mapping.unpivot.headers.fullmatch(fold(cell))) for place, cell in enumerate(row.cells))
    return tuple((place, match.groupdict()) for place, match in matches if match)


def _refuse_duplicates(mapping: SourceMapping, header: Header) -> None:
    folded = [fold(label) for label in header.labels]
    for rule in mapping.columns:
        labels = [header.labels[place] for place, label in enumerate(folded) if label in rule.headers]
        if len(labels) > 1 and rule.occurrence is None:
            raise FileRefused("DUP_HEADER", header=" / ".join(dict.fromkeys(labels)))


def _drift(mappings: Iterable[SourceMapping], feed: Feed, heads: Mapping[str, Sequence[HeadRow]]) -> FileRefused:
    """What is missing from the row that comes closest to a header."""
    rows = [row for head in heads.values() for row in head if any(cell.strip() for cell in row.cells)]
    closest: tuple[int, list[str], tuple[str, ...]] | None = None
    for mapping in mappings:
        for row in rows:
            folded = [fold(cell) for cell in row.cells]
            fitting = sum(_place(rule, folded) is not None for rule in mapping.columns)
            if closest is None or fitting > closest[0]:
                closest = (fitting, _missing(mapping, feed, folded), row.cells)
    if closest is None:
        return FileRefused("NO_DATA")
    found = [" ".join(cell.split()) for cell in closest[2] if cell.strip()]
    return FileRefused("SCHEMA_DRIFT", missing=", ".join(closest[1]), found=", ".join(found))


def _mapping(document: dict[str, Any], where: str) -> SourceMapping:
    try:
        return _built(document)
    except (re.error, ValueError) as error:
        raise MappingInvalid(f"{where}: {error}") from error


def _built(document: dict[str, Any]) -> SourceMapping:
    unpivot = document.get("unpivot")
    return SourceMapping(
        name=document["mapping"],
        version=document["version"],
        feed=document["feed"],
        date_order=document["dates"],
        decimal_sign=None if document["decimal"] == "detect" else document["decimal"],
        period_end_is_inclusive=document["period_end"] == "inclusive",
        null_tokens=frozenset(null_token(token) for token in document["nulls"]),
        columns=tuple(_rule(name, body) for name, body in document["columns"].items()),
        constants=document.get("constants", {}),
        file_name=_file_name_rule(document["file_name"]) if "file_name" in document else None,
        unpivot=Unpivot(re.compile(unpivot["headers"], re.IGNORECASE), unpivot["value"]) if unpivot else None,
        ignores_other_columns=document.get("ignores_other_columns", False),
        is_to_confirm=document.get("to_confirm", False),
        valid_from=_day(document.get("valid_from")),
        valid_to=_day(document.get("valid_to")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _file_name_rule(body: dict[str, Any]) -> FileNameRule:
    return FileNameRule(re.compile(body["pattern"]), body["expected"], body.get("optional", False))


def _rule(name: str, body: dict[str, Any]) -> ColumnRule:
    return ColumnRule(
        name=name,
        headers=tuple(dict.fromkeys(fold(header) for header in body["headers"])),
        required=body.get("required", False),
        occurrence=body.get("occurrence"),
        values={fold(word): value for value, words in body.get("values", {}).items() for word in words},
        patterns={value: re.compile(pattern) for value, pattern in body.get("patterns", {}).items()},
        keeps_other_values=body.get("otherwise", "keep") == "keep",
    )


def _check(mapping: SourceMapping, feed: Feed, where: str) -> None:
    """A mapping names only columns of its feed, only choices that exist, and fills what the feed requires."""
    named = {rule.name for rule in mapping.columns} | set(mapping.constants)
    if mapping.unpivot:
        named |= {mapping.unpivot.value, *mapping.unpivot.headers.groupindex}
    if mapping.file_name:
        named |= set(mapping.file_name.pattern.groupindex)
    unknown = named - set(feed.column_names)
    unfilled = {column.name for column in feed.columns if column.required and not column.default} - named
    if unknown or unfilled:
        raise MappingInvalid(f"{where}: unknown columns {sorted(unknown)}, required but not filled {sorted(unfilled)}")
    for rule in mapping.columns:
        choices = feed.column(rule.name).choices
        if choices and not {*rule.values.values(), *rule.patterns} <= set(choices):
            raise MappingInvalid(f"{where}: {rule.name} maps to values that are not among {list(choices)}")
