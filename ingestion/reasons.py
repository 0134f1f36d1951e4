"""Reason codes: how severe each is, and what it says to people in French and in English."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ingestion.yaml_text import load_yaml

REASONS_FILE = Path(__file__).with_name("reasons.yml")
LONGEST_CELL, LONGEST_LIST = 80, 600

Severity = Literal["refuse", "quarantine", "drop", "flag"]


@dataclass(frozen=True)
class Reason:
    """One reason code and its messages, with the names of values in braces."""

    code: str
    severity: Severity
    message_fr: str
    message_en: str
    alert: bool = False  # people are told at once, not only those who look at the quarantine

    def messages(self, **values: Any) -> tuple[str, str]:
        """The French and the English message with these values in it; a long cell is cut."""
        shown = _Values({name: _shortened(name, str(value)) for name, value in values.items()})
        return self.message_fr.format_map(shown), self.message_en.format_map(shown)


class _Values(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"


@functools.cache
def load_reasons(path: Path = REASONS_FILE) -> dict[str, Reason]:
    """All reasons of `reasons.yml` by code."""
    document = load_yaml(path.read_text(encoding="utf-8"))
    return {code: Reason(code=code, **body) for code, body in document.items()}


def _shortened(name: str, text: str) -> str:
    line, longest = " ".join(text.split()), LONGEST_CELL if name == "cell" else LONGEST_LIST
    return line if len(line) <= longest else line[: longest - 1] + "…"
