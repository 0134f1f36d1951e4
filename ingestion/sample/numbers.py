"""Exact numbers and repeatable chance for the made-up association.

Everything is made with integers and `Decimal`, and each part of the sample draws from its own generator, named after
what it makes: the same seed gives the same bytes on any machine, and a change in one part leaves the others as they
were.
"""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

FIRST_DAY = date(2023, 1, 1)
LAST_DAY = date(2025, 12, 31)
YEARS = (2023, 2024, 2025)

Month: TypeAlias = tuple[int, int]


def generator(seed: int, *what: str) -> random.Random:
    """A generator of its own for one part of the sample."""
    return random.Random("/".join([str(seed), *what]))  # noqa: S311 - made-up data, not a secret


def vary(chance: random.Random, value: int, percent: int) -> int:
    """`value` moved by at most `percent` up or down, as an integer."""
    return value * (1000 + chance.randint(-10 * percent, 10 * percent)) // 1000


def scaled(value: int, decimals: int) -> Decimal:
    """The number whose last of `decimals` places counts `value`: 12345 and 2 make 123.45."""
    return Decimal(value).scaleb(-decimals)


def cents(value: Decimal) -> Decimal:
    """Money rounded half up to two places."""
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def months() -> list[Month]:
    """The months of the sample, in order."""
    return [(year, month) for year in YEARS for month in range(1, 13)]


def first_of(month: Month) -> date:
    """The first day of a month."""
    return date(month[0], month[1], 1)


def last_of(month: Month) -> date:
    """The last day of a month."""
    return date(month[0], month[1], monthrange(*month)[1])


def month_parts(start: date, end: date) -> Iterator[tuple[Month, int, int]]:
    """Each month that `start` to `end` (both included) touches, with the days touched and the days the month has."""
    day = start
    while day <= end:
        month = (day.year, day.month)
        stop = min(end, last_of(month))
        yield month, (stop - day).days + 1, last_of(month).day
        day = stop + timedelta(days=1)


def spread(monthly: dict[Month, int], start: date, end: date) -> int:
    """What falls into `start` to `end` of monthly quantities that are used evenly over the days of each month."""
    return sum(monthly.get(month, 0) * days // days_in_month for month, days, days_in_month in month_parts(start, end))


def ice(enterprise: int) -> str:
    """A made-up company identifier: 9999, five digits, one establishment, and digits that make a multiple of 97."""
    body = f"9999{enterprise:05d}0000"
    return f"{body}{-int(body) * 100 % 97:02d}"
