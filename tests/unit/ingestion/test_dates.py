"""Dates: every style round-trips, the order is the mapping's, the impossible is refused."""

from datetime import date, datetime

import pytest
from bill_files import attempt
from hypothesis import given
from hypothesis import strategies as st

from ingestion.cells import CellFault, CellKind
from ingestion.dates import parse_date, parse_timestamp

days = st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31))
FRENCH = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@given(days)
def test_round_trip_of_every_style(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day:%d/%m/%Y}",
        f"{day:%d-%m-%Y}",
        f"{day:%d.%m.%Y}",
        f"{day.day} {FRENCH[day.month - 1]} {day.year}",
        f"{day.isoformat()} 00:00:00",
    ):
        assert parse_date(text)[0] == day
    assert parse_date(f"{day:%m/%d/%Y}", order="month_first")[0] == day


@given(days)
def test_serial_numbers_follow_the_date_system_of_the_workbook(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    if serial >= 10_000 and day >= date(1950, 1, 1):
        assert parse_date(str(serial), CellKind.NUMBER, uses_1904_dates=False) == (day, frozenset({"DATE_SERIAL"}))
    serial_1904 = (day - date(1904, 1, 1)).days
    if serial_1904 >= 10_000:
        found, flags = parse_date(str(serial_1904), CellKind.NUMBER, uses_1904_dates=True)
        assert found == day
        assert "DATE_1904" in flags


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("02/13/2025", "DATE_ORDER"),
        ("31/02/2025", "DATE_INVALID"),
        ("29/02/2023", "DATE_INVALID"),
        ("01/01/0024", "DATE_INVALID"),
        ("01/01/2204", "DATE_INVALID"),
        ("13/13/2025", "DATE_INVALID"),
        ("45658", "DATE_INVALID"),
        ("janvier 2024", "DATE_INVALID"),
        ("#REF!", "EXCEL_ERROR"),
        ("demain", "DATE_INVALID"),
    ],
)
def test_refusals(text: str, code: str) -> None:
    with pytest.raises(CellFault) as caught:
        parse_date(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "edge", "day"),
    [
        ("janv.-24", "first", date(2024, 1, 1)),
        ("janv.-24", "last", date(2024, 1, 31)),
        ("Aout 2020", "last", date(2020, 8, 31)),
        ("févr 2024", "last", date(2024, 2, 29)),
    ],
)
def test_a_month_is_a_period_edge(text: str, edge: str, day: date) -> None:
    found, flags = parse_date(text, edge=edge)
    assert found == day
    assert "MONTH_NAME" in flags


def test_moments_are_utc() -> None:
    assert parse_timestamp("2025-03-01T10:00:00+01:00")[0] == datetime.fromisoformat("2025-03-01T09:00")
    assert parse_timestamp("2025-03-01T10:00:00Z")[0] == datetime.fromisoformat("2025-03-01T10:00")
    assert parse_timestamp("01/03/2025 10:30")[0] == datetime.fromisoformat("2025-03-01T10:30")


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_coded_fault(text: str) -> None:
    for found, code in (
        attempt(parse_date, text, edge="last", uses_1904_dates=False),
        attempt(parse_timestamp, text),
    ):
        assert isinstance(found, date) or code in {"DATE_INVALID", "DATE_ORDER", "EXCEL_ERROR"}


@pytest.mark.parametrize(
    ("text", "month"),
    [("13 يناير 2025", 1), ("13 غشت 2025", 8), ("١٣ دجنبر ٢٠٢٥", 12), ("13 أكتوبر 2025", 10), ("13 جويلية 2025", 7)],
)
def test_arabic_months(text: str, month: int) -> None:
    assert parse_date(text) == (date(2025, month, 13), frozenset({"MONTH_NAME"}))
