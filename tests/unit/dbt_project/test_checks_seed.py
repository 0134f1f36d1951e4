"""The seed of the checks against the models that evaluate them and the page that lists them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
SEED = PROJECT / "dbt_project" / "seeds" / "checks" / "checks.csv"
FINDINGS = PROJECT / "dbt_project" / "models" / "intermediate" / "findings"
PAGE = PROJECT / "docs" / "checks.md"

with SEED.open(newline="", encoding="utf-8") as handle:
    CHECKS = list(csv.DictReader(handle))

BILL_CHECKS = [f"B{number:02d}" for number in range(1, 35)]


def line_of_page(check: dict[str, str]) -> str:
    """The row of the page's table for a check of the seed."""
    ends = " to ".join(end for end in (check["threshold"], check["threshold_upper"]) if end)
    threshold = f"{ends} {check['unit']}" if ends else "-"
    minima = [
        text
        for text in (
            check["minimum_count"] and f"{check['minimum_count']} observations",
            check["minimum_value"] and f"{check['minimum_value']} {check['minimum_value_unit']}",
        )
        if text
    ]
    severity = check["severity"] + (", blocking" if check["is_blocking"] == "true" else "")
    cells = (
        check["check_id"],
        check["name_en"],
        threshold,
        "; ".join(minima) or "-",
        severity,
        check["owner"].replace("_", " "),
        f"{check['due_days']} d",
        check["next_step_en"],
    )
    return f"| {' | '.join(cells)} |"


def test_each_of_the_34_bill_checks_has_one_row() -> None:
    assert [check["check_id"] for check in CHECKS if check["check_id"].startswith("B")] == BILL_CHECKS


def test_the_page_lists_the_checks_as_the_seed_has_them() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| [A-Z]\d\d \|", line)]
    assert rows == [line_of_page(check) for check in CHECKS]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check["check_id"])
def test_a_check_is_told_in_both_languages(check: dict[str, str]) -> None:
    assert check["name_fr"] != check["name_en"]
    assert check["next_step_fr"] != check["next_step_en"]
    assert check["next_step_fr"].endswith(".")
    assert check["next_step_en"].endswith(".")


def test_the_model_of_its_family_names_the_check() -> None:
    models = {path.stem.removeprefix("int_findings__"): path for path in FINDINGS.glob("int_findings__*.sql")}
    silent = [
        check["check_id"]
        for check in CHECKS
        if check["family"] not in models
        or f"'{check['check_id']}'" not in models[check["family"]].read_text(encoding="utf-8")
    ]
    assert silent == []
