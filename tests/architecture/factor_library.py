"""The rows of the factor library by the release that they came in with, and their hashes."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

FACTORS = Path(__file__).parents[2] / "dbt_project" / "seeds" / "factors"
LIBRARY = (
    "carrier_factors",
    "combustion_factor_sets",
    "emission_factors",
    "fuel_properties",
    "global_warming_potentials",
    "grid_factors",
    "process_factor_map",
    "process_factors",
    "refrigerant_compositions",
)


def rows_of(seed: str) -> list[dict[str, str]]:
    """The rows of a seed as text."""
    with (FACTORS / f"{seed}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def content_hash(factor_release: str) -> str:
    """SHA-256 of all rows of the library that came in with a release, whatever their order in the file."""
    rows = sorted(
        json.dumps([seed, row], ensure_ascii=False, sort_keys=True)
        for seed in LIBRARY
        for row in rows_of(seed)
        if row["added_in"] == factor_release
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
