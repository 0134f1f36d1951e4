"""Unit codes and their spellings. Conversion between units belongs to dbt, where each one has a source."""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path

from ingestion.cells import CellFault, CellKind
from ingestion.yaml_text import load_yaml

UNITS_FILE = Path(__file__).with_name("units.yml")


def parse_unit(text: str, kind: CellKind = CellKind.TEXT) -> tuple[str, frozenset[str]]:
    """The unit code that this text means, flagged UNIT_NAMED when it is spelled otherwise; raises UNIT_UNKNOWN."""
    if kind is CellKind.ERROR:
        raise CellFault("EXCEL_ERROR")
    value = " ".join(text.split())
    code = find_unit(value)
    if code is None:
        raise CellFault("UNIT_UNKNOWN")
    return code, frozenset() if code == value else frozenset({"UNIT_NAMED"})


def find_unit(text: str) -> str | None:
    """The unit code that this text means, or None."""
    exact, caseless = _spellings()
    return exact.get(_exact(text)) or caseless.get(_caseless(text))


@functools.cache
def _spellings() -> tuple[dict[str, str], dict[str, str]]:
    document: dict[str, list[str]] = load_yaml(UNITS_FILE.read_text(encoding="utf-8"))
    exact: dict[str, str] = {}
    caseless: dict[str, set[str]] = {}
    for code, spellings in document.items():
        for spelling in (code, *spellings):
            if exact.setdefault(_exact(spelling), code) != code:
                raise ValueError(f"units.yml: {spelling!r} means both {exact[_exact(spelling)]} and {code}")
            caseless.setdefault(_caseless(spelling), set()).add(code)
    return exact, {spelling: codes.pop() for spelling, codes in caseless.items() if len(codes) == 1}


def _exact(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _caseless(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).replace("_", " ").split())
