"""Units: one base for each dimension, a source for each size, and no size that leads from one dimension to another."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds" / "units"
BOTTLES = "bottle"  # a bottle holds a mass, so that its base is the kilogram


def units() -> list[dict[str, str]]:
    with (SEEDS / "units.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_a_dimension_has_one_base_of_size_one() -> None:
    bases = defaultdict(set)
    for row in units():
        bases[row["dimension"]].add(row["base_unit"])
    assert all(len(found) == 1 for found in bases.values()), bases
    sizes = {row["unit"]: row for row in units()}
    for dimension, (base,) in bases.items():
        assert Decimal(sizes[base]["factor_to_base"]) == 1
        assert sizes[base]["dimension"] == dimension or dimension == BOTTLES


def test_no_base_serves_two_dimensions() -> None:
    dimensions = defaultdict(set)
    for row in units():
        if row["dimension"] != BOTTLES:
            dimensions[row["base_unit"]].add(row["dimension"])
    assert all(len(found) == 1 for found in dimensions.values()), dimensions


def test_each_size_has_a_source_and_is_positive() -> None:
    for row in units():
        assert row["source_title"], row["unit"]
        assert row["locator"], row["unit"]
        assert row["confidence"], row["unit"]
        assert Decimal(row["factor_to_base"]) > 0, row["unit"]
