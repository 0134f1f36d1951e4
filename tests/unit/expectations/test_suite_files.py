"""Suites say what they must, and runs in chunks answer as runs in one piece."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from expectations.runner import run_checks
from expectations.suites import Check, SuiteIsWrong, load_suite, suites

FEEDS = Path(__file__).parents[3] / "ingestion" / "feeds.yml"
GOOD = {
    "check_id": "landed.x.y",
    "expectation": "ExpectColumnValuesToNotBeNull",
    "kwargs": {"column": "a"},
    "severity": "critical",
    "description_fr": "Une raison.",
    "description_en": "A reason.",
}


def test_every_feed_has_a_suite_and_no_other() -> None:
    assert set(suites("landed")) == set(yaml.safe_load(FEEDS.read_text(encoding="utf-8")))


def test_check_ids_are_unique_over_both_borders() -> None:
    checks = [
        check for border in (suites("landed"), suites("marts")) for suite in border.values() for check in suite.checks
    ]
    assert len(checks) > 100
    assert len({check.check_id for check in checks}) == len(checks)
    assert all(check.check_id == check.check_id.lower() for check in checks)


def test_both_languages_are_written_and_differ() -> None:
    for border in (suites("landed"), suites("marts")):
        for suite in border.values():
            for check in suite.checks:
                assert check.description_fr != check.description_en
                assert check.description_fr.endswith(".")
                assert check.description_en.endswith(".")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"check_id": "marts.x.y"}, "begins with"),
        ({"expectation": "ExpectColumnMeanToBeBetween"}, "one by one"),
        ({"severity": "fatal"}, "critical or warning"),
        ({"description_fr": " "}, "French and in English"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_check_is_refused_with_its_reason(tmp_path: Path, change: dict, message: str) -> None:
    (tmp_path / "x.yml").write_text(yaml.safe_dump({"checks": [GOOD | change]}), encoding="utf-8")
    with pytest.raises(SuiteIsWrong, match=message):
        load_suite(tmp_path / "x.yml", "landed")


def test_an_identifier_used_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(yaml.safe_dump({"checks": [GOOD, GOOD]}), encoding="utf-8")
    with pytest.raises(SuiteIsWrong, match=r"used twice: landed\.x\.y"):
        load_suite(tmp_path / "x.yml", "landed")


@pytest.mark.parametrize("rows_per_chunk", [1, 3, 100])
def test_chunks_add_up_to_the_whole(rows_per_chunk: int) -> None:
    values = {"column": "a", "min_value": 0, "max_value": 9}
    between = GOOD | {"expectation": "ExpectColumnValuesToBeBetween"}
    checks = [
        Check(**{**between, "check_id": "landed.x.all", "kwargs": values}),
        Check(**{**between, "check_id": "landed.x.most", "kwargs": {**values, "mostly": 0.7}}),
        Check(**{**between, "check_id": "landed.x.nearly_all", "kwargs": {**values, "mostly": 0.9}}),
        Check(**{**GOOD, "check_id": "landed.x.present"}),
    ]
    frame = pd.DataFrame({"a": [1.0, 99.0, None, 2.0, 3.0, 4.0, 77.0, 5.0, 6.0]})
    every, most, nearly_all, present = run_checks(checks, frame, rows_per_chunk)
    assert every.failing == [1, 6]
    assert not every.passed
    assert (every.rows, every.rows_judged) == (9, 8)
    assert every.observed == "rows=9; judged=8; failed=2; e.g. 99, 77"
    assert most.passed  # six of eight fit
    assert not nearly_all.passed
    assert present.failing == [2]
    assert not present.passed
