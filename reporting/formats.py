"""Numbers and dates as French and English readers write them. Decimals are rounded half up for the eye, never stored."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from reporting.texts import Language

LOCALES: dict[Language, str] = {"fr": "fr", "en": "en_GB"}


def number(value: Decimal | int, language: Language, places: int = 0) -> str:
    """A number with its thousands set apart and `places` decimals."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(rounded, format=pattern, locale=LOCALES[language])


def percent(share: Decimal, language: Language) -> str:
    """A share (0 to 1) as a percentage with one decimal."""
    rounded = share.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
    pattern = "#,##0.0\u00a0%" if language == "fr" else "#,##0.0%"
    return format_percent(rounded, format=pattern, locale=LOCALES[language])


def moment(value: datetime, language: Language) -> str:
    """A UTC time to the minute."""
    return f"{day(value, language)}, {format_datetime(value, format='HH:mm', locale=LOCALES[language])} UTC"


def day(value: date, language: Language) -> str:
    """A date in full."""
    text = format_date(value, format="d MMMM y", locale=LOCALES[language])
    # French says the first of a month as an ordinal, which the locale data leave out.
    return "1er" + text[1:] if language == "fr" and value.day == 1 else text
