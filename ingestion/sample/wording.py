"""How people head their columns and word their choices in French.

The words are those that ingestion's template accepts: of the headers of a column the canonical name comes first and the
usual French one second; of the words for a choice the usual French one comes first. English files carry the canonical
names.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingestion.sample.rows import Cell, Row

MAPPINGS = Path(__file__).parents[1] / "mappings"

# Units as accountants spell them; the others are written as their code.
UNITS = {"kvarh": "kVArh", "t": "tonnes", "L": "litres", "piece": "pièces", "bottle_12kg": "bouteille 12 kg"}


@cache
def _template(feed: str) -> dict[str, Any]:
    """What the template's mapping says of each column of a feed."""
    document = yaml.safe_load((MAPPINGS / f"template_{feed}.yml").read_text(encoding="utf-8"))
    columns: dict[str, Any] = document["columns"]
    return columns


def header(feed: str, column: str, language: str) -> str:
    """What heads a column."""
    headers: list[str] = _template(feed)[column]["headers"]
    return headers[1] if language == "fr" and len(headers) > 1 else headers[0]


def cell(feed: str, row: Row, column: str, language: str) -> Cell:
    """A row's cell in the words of its language. Other text, such as dirt, stays as it is."""
    value = row.get(column)
    if language == "en" or not isinstance(value, str):
        return value
    if column == "unit":
        return UNITS.get(value, value)
    words: list[str] = _template(feed)[column].get("values", {}).get(value, [value])
    return words[0]
