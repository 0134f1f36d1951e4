"""The arithmetic macros of dbt, rendered as DuckDB gets them and compared with exact fractions.

What the models do with them is tested by the dbt unit tests beside the models.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MACROS = Path(__file__).resolve().parents[3] / "dbt_project" / "macros"

quantities = st.decimals(min_value=-(10**9), max_value=10**9, places=6)
weights = st.lists(st.integers(min_value=0, max_value=31), min_size=1, max_size=14).filter(any)


def rendered_macros() -> Any:
    """The macros as a Jinja module, with dbt's dispatch resolved to DuckDB."""
    source = "".join((MACROS / name).read_text() for name in ("types.sql", "arithmetic.sql", "largest_remainder.sql"))
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    names: dict[str, Any] = {}

    def dispatch(name: str, _project: str) -> Any:
        return getattr(names["macros"], f"duckdb__{name}")

    template = environment.from_string(
        source, {"adapter": SimpleNamespace(dispatch=dispatch), "return": lambda value: value}
    )
    names["macros"] = template.make_module()
    return names["macros"]


@pytest.fixture(scope="module")
def macros() -> Any:
    return rendered_macros()


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def half_up(value: Fraction, places: int) -> Decimal:
    """`value` rounded half away from zero to `places` decimals."""
    whole = (abs(value) * 10**places * 2 + 1) // 2
    return Decimal(int(whole) * (-1 if value < 0 else 1)).scaleb(-places)


def literal(value: Decimal) -> str:
    return f"cast('{value}' as decimal(18, 6))"


@settings(max_examples=60, deadline=None)
@given(numerator=quantities, denominator=quantities)
def test_decimal_divide_is_exact(
    macros: Any, connection: duckdb.DuckDBPyConnection, numerator: Decimal, denominator: Decimal
) -> None:
    sql = f"select {macros.decimal_divide(literal(numerator), literal(denominator), 6)}"
    if denominator == 0:
        assert connection.execute(sql).fetchone() == (None,)
        return
    expected = half_up(Fraction(numerator) / Fraction(denominator), 6)
    if abs(expected) < 10**11:
        assert connection.execute(sql).fetchone() == (expected,)


@pytest.mark.parametrize(
    ("numerator", "denominator", "scale", "expected"),
    [("1", "8", 2, "0.13"), ("-1", "8", 2, "-0.13"), ("2", "3", 12, "0.666666666667")],
)
def test_decimal_divide_rounds_half_away_from_zero(
    macros: Any, connection: duckdb.DuckDBPyConnection, numerator: str, denominator: str, scale: int, expected: str
) -> None:
    sql = f"select {macros.decimal_divide(literal(Decimal(numerator)), literal(Decimal(denominator)), scale)}"
    assert connection.execute(sql).fetchone() == (Decimal(expected),)


@settings(max_examples=60, deadline=None)
@given(whole=quantities, parts=weights)
def test_largest_remainder_sums_to_the_whole_and_strays_less_than_a_millionth(
    macros: Any, connection: duckdb.DuckDBPyConnection, whole: Decimal, parts: list[int]
) -> None:
    rows = ", ".join(f"('k', {number}, {weight}, {literal(whole)})" for number, weight in enumerate(parts))
    split = macros.largest_remainder("shares", "shares.whole", "shares.weight", ["grp"], "number")
    sql = f"with shares (grp, number, weight, whole) as (values {rows}) select number, part from ({split}) order by number"
    found = connection.execute(sql).fetchall()
    assert sum(part for _, part in found) == whole
    for (_, part), weight in zip(found, parts, strict=True):
        share = Fraction(whole) * weight / sum(parts)
        assert abs(Fraction(part) - share) < Fraction(1, 10**6)


@settings(max_examples=30, deadline=None)
@given(whole=quantities, parts=weights)
def test_largest_remainder_of_a_credit_note_mirrors_its_bill(
    macros: Any, connection: duckdb.DuckDBPyConnection, whole: Decimal, parts: list[int]
) -> None:
    rows = ", ".join(
        f"('{key}', {number}, {weight}, {literal(value)})"
        for key, value in (("bill", whole), ("credit", -whole))
        for number, weight in enumerate(parts)
    )
    split = macros.largest_remainder("shares", "shares.whole", "shares.weight", ["grp"], "number")
    sql = (
        f"with shares (grp, number, weight, whole) as (values {rows}) "
        f"select sum(part) from ({split}) group by number having sum(part) <> 0"
    )
    assert connection.execute(sql).fetchall() == []
