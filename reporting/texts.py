"""The words of the pages: one YAML catalogue per page, each text in French and in English."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
TEXTS_FOLDER = Path(__file__).parent / "texts"


class Texts:
    """The texts of some pages in one language: `texts("key", name=value)` fills the placeholders of a text."""

    def __init__(self, language: Language, *pages: str) -> None:
        self.language: Language = language
        entries = {key: entry[language] for page in pages for key, entry in catalogue(page).items()}
        self._entries = {key: _unbroken(text, language) for key, text in entries.items()}

    def __call__(self, key: str, **values: Any) -> str:
        """The text of `key`. Raises KeyError for a text or a placeholder that is missing."""
        return self._entries[key].format(**values)

    def name(self, kind: str, code: str) -> str:
        """The name of a code that registers may extend (a sector, a feed): the code in plain letters when it has none."""
        return self._entries.get(f"{kind}.{code}", code.replace("_", " "))


def _unbroken(text: str, language: Language) -> str:
    """French sets a space before double punctuation marks; a line must not break there."""
    return re.sub(" (?=[:;?!])", "\u00a0", text) if language == "fr" else text


@cache
def catalogue(page: str) -> dict[str, dict[str, str]]:
    """All texts of a page by key, then by language."""
    return yaml.safe_load((TEXTS_FOLDER / f"{page}.yml").read_text(encoding="utf-8"))
