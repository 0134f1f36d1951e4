"""The factor and unit seeds against what they were taken from: the reference rows, and the unit codes that ingestion writes.

Values are not judged here, only that none was typed, changed or lost on the way.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[3]
SEEDS = PROJECT / "dbt_project" / "seeds"
REFERENCE = PROJECT.parent / "shared" / "reference"

CARRIED_OVER = {
    "emission_factors.csv": "factors/emission_factors.csv",
    "fuel_properties.csv": "factors/fuel_properties.csv",
    "grid_factors_morocco.csv": "factors/grid_factors.csv",
    "gwp.csv": "factors/global_warming_potentials.csv",
    "process_factors.csv": "factors/process_factors.csv",
    "units.csv": "units/unit_conversions.csv",
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize(("source", "seed"), CARRIED_OVER.items(), ids=lambda name: Path(name).stem)
def test_reference_rows_are_carried_over_whole(source: str, seed: str) -> None:
    if not REFERENCE.exists():
        pytest.skip(f"{REFERENCE} is absent: the reference tables are not part of the project")
    carried = [tuple(row[column] for column in rows_of(REFERENCE / source)[0]) for row in rows_of(SEEDS / seed)]
    missing = [row for row in rows_of(REFERENCE / source) if tuple(row.values()) not in carried]
    assert missing == []


def test_every_unit_code_of_ingestion_has_a_size() -> None:
    codes = yaml.safe_load((PROJECT / "ingestion" / "units.yml").read_text(encoding="utf-8"))
    sized = {row["unit"] for row in rows_of(SEEDS / "units" / "units.csv")}
    assert set(codes) - sized == set()


def test_units_follow_from_the_published_conversions() -> None:
    published = {row["from_unit"]: row for row in rows_of(SEEDS / "units" / "unit_conversions.csv")}
    to_base: dict[str, Decimal | int] = {
        "GJ": 1000,
        "MJ": 1,
        "TJ": 1_000_000,
        "kg": 1,
        "t": 1000,
        "L": Decimal("0.001"),
    }
    prefixes: dict[str, Decimal] = {
        "kBtu": Decimal("0.001"),
        "MJ": Decimal(1) / Decimal("3.6"),
        "GJ": Decimal(1) / Decimal("3.6"),
    }
    for row in rows_of(SEEDS / "units" / "units.csv"):
        source = published.get(row["reference_unit"])
        if source is None or row["unit"] in {"L", "hL", "m3", "Nm3", "kg", "t", "g"}:
            continue
        expected = Decimal(source["factor"]) * to_base[source["to_unit"]] * prefixes.get(row["unit"], Decimal(1))
        assert abs(Decimal(row["factor_to_base"]) - expected) < Decimal("1e-9"), row["unit"]


def test_reasons_are_given_in_both_languages() -> None:
    for row in rows_of(SEEDS / "factors" / "held_out_reasons.csv"):
        assert row["message_fr"], row["reason_code"]
        assert row["message_en"], row["reason_code"]
