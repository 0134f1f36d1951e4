"""The units of a mapping: it may spell them, never turn one into another or contradict the column that it fills.

A mapping has no factor to multiply with, and sizes of units are dbt's alone, each with its source. What is left to go
wrong is a name: a word that already is a unit, a constant that no one knows, a header that states another unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingestion.feeds import Feed
from ingestion.folding import fold
from ingestion.mapping_evidence import unit_in_header
from ingestion.mapping_file import MappingFile
from ingestion.units import find_unit
from ingestion.units_in_cells import UNIT_IN_NAME

PLACEHOLDER = "?"


def check_units(document: Mapping[str, Any], feed: Feed, file: MappingFile) -> None:
    """Refuse units that are none, words that mean another unit, and headers whose unit is not the column's.

    Raises `MappingInvalid` at the place of the file.
    """
    units = {column.name for column in feed.columns if column.type == "unit"}
    for name, body in document["columns"].items():
        if name in units:
            _check_words(name, body, file)
        elif expected := _unit_of_column(name, document, feed):
            _check_headers(name, body, expected, file)
    for name, value in document.get("constants", {}).items():
        words = {fold(word) for listed in _words(document, name).values() for word in listed}
        if name in units and value != PLACEHOLDER and find_unit(value) is None and fold(value) not in words:
            raise file.invalid(f"{value!r} is no unit of units.yml", "constants", name)


def _words(document: Mapping[str, Any], column: str) -> Mapping[str, list[str]]:
    words: Mapping[str, list[str]] = document["columns"].get(column, {}).get("values", {})
    return words


def _check_words(name: str, body: Mapping[str, Any], file: MappingFile) -> None:
    """Words stand for a unit code, and none of them is the spelling of another one."""
    for key in ("values", "patterns"):
        for code in body.get(key, {}):
            if find_unit(code) != code:
                raise file.invalid(f"{code!r} is no unit code of units.yml", "columns", name, key, code)
    for code, words in body.get("values", {}).items():
        for word in words:
            if find_unit(word) not in (None, code):
                problem = f"{word!r} means {find_unit(word)}, not {code}: a mapping spells units, it converts none"
                raise file.invalid(problem, "columns", name, "values", code)


def _unit_of_column(name: str, document: Mapping[str, Any], feed: Feed) -> str | None:
    """The unit that the name of a column states, or the one constant unit of the quantity of the feed."""
    if name not in feed.column_names or feed.column(name).type != "decimal" or "_per_" in name:
        return None
    if feed.measure and feed.measure.unit and name == feed.measure.quantity:
        return find_unit(document.get("constants", {}).get(feed.measure.unit, ""))
    return next((unit for ending, unit in UNIT_IN_NAME.items() if name.endswith(ending)), None)


def _check_headers(name: str, body: Mapping[str, Any], expected: str, file: MappingFile) -> None:
    for header in body.get("headers", ()):
        stated = unit_in_header(header)
        if stated not in (None, expected):
            problem = f"the header {header!r} states {stated}, but the column holds {expected}"
            raise file.invalid(problem, "columns", name, "headers")
