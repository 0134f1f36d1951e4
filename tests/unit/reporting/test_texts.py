"""The catalogues are complete in both languages, and say neither more nor less than the templates ask for."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from string import Formatter

import pytest

from reporting import formats
from reporting.pages import TEMPLATES_FOLDER
from reporting.texts import LANGUAGES, TEXTS_FOLDER, Texts, catalogue

PAGES = sorted(path.stem for path in TEXTS_FOLDER.glob("*.yml"))
SOURCES = [*TEMPLATES_FOLDER.glob("*.html"), *TEMPLATES_FOLDER.parent.glob("*.py")]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("page", PAGES)
def test_each_text_exists_in_both_languages_with_the_same_placeholders(page: str) -> None:
    for key, entry in catalogue(page).items():
        assert set(entry) == set(LANGUAGES), key
        assert all(entry[language].strip() for language in LANGUAGES), key
        assert _placeholders(entry["fr"]) == _placeholders(entry["en"]), key


def test_no_text_is_unused() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    quoted = set(re.findall(r"[\"']([a-z_0-9.]+)[\"']", source))
    # Keys put together from a code: t("status." ~ status), texts.name("sector", code), f"indicator.{name}.short".
    prefixes = {name for name in quoted if name.endswith(".")} | {"sector.", "feed.", "indicator.", "unit."}
    for page in PAGES:
        for key in catalogue(page):
            assert key in quoted or any(key.startswith(prefix) for prefix in prefixes), f"{page}: {key}"


def test_a_text_or_a_value_that_is_missing_is_an_error() -> None:
    texts = Texts("en", "common")
    with pytest.raises(KeyError):
        texts("no.such.text")
    with pytest.raises(KeyError):
        texts("release.line", release="r")
    assert texts.name("sector", "steel_and_aluminium") == "Steel and aluminium"
    assert texts.name("sector", "argan_oil") == "argan oil"


def test_numbers_are_rounded_half_up_and_written_as_the_reader_does() -> None:
    assert formats.number(Decimal("1234567.5"), "fr") == "1\u202f234\u202f568"
    assert formats.number(Decimal("2.5"), "en") == "3"
    assert formats.number(Decimal("-1234.005"), "en", places=2) == "-1,234.01"
    assert formats.percent(Decimal("0.12345"), "fr") == "12,3\u00a0%"
    assert formats.percent(Decimal("0.9995"), "en") == "100.0%"
    assert formats.day(date(2026, 2, 1), "fr") == "1er février 2026"
    assert formats.day(date(2026, 2, 11), "fr") == "11 février 2026"
