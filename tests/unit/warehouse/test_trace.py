from decimal import Decimal

from warehouse.trace import MEASURES, Trace


def of(*values: str | None, published: str | None) -> Trace:
    rows = [{"kgco2e": None if value is None else Decimal(value)} for value in values]
    return Trace("r", "m", 2024, MEASURES["scope1_kgco2e"], None if published is None else Decimal(published), rows)


def test_rows_add_up_exactly() -> None:
    found = of("0.1", "0.2", "-0.3", "0.000001", published="0.000001")
    assert found.sum == Decimal("0.000001")
    assert found.is_complete


def test_a_missing_millionth_shows() -> None:
    assert not of("0.1", published="0.100001").is_complete


def test_without_a_known_row_the_sum_is_unknown_not_zero() -> None:
    assert of(None, published=None).sum is None
    assert of(published=None).is_complete
    assert not of(published="0").is_complete
