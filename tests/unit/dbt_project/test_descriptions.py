"""What stands beside each model: a description with its grain, and every column with a description and a type.

That the columns are the ones of the relation is for dbt's contracts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
MODELS = sorted((PROJECT / "models").rglob("*.sql"))
SINGULAR_TESTS = sorted((PROJECT / "tests").glob("*.sql"))


def described(model: Path) -> dict[str, Any]:
    document = yaml.safe_load(model.with_suffix(".yml").read_text(encoding="utf-8"))
    (found,) = [entry for entry in document["models"] if entry["name"] == model.stem]
    return found


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_model_says_its_grain_and_describes_its_columns(model: Path) -> None:
    entry = described(model)
    assert "grain" in entry["description"].lower()
    for column in entry["columns"]:
        assert column.get("description"), column["name"]
        assert column.get("data_type"), column["name"]


@pytest.mark.parametrize("test", SINGULAR_TESTS, ids=lambda path: path.stem)
def test_singular_test_names_the_model_that_it_checks(test: Path) -> None:
    assert "meta={'dagster': {'ref': {'name':" in test.read_text(encoding="utf-8")
