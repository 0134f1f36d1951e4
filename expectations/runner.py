"""Runs checks through Great Expectations on a plain frame and says which rows failed.

An expectation that raised did not pass. No file context, no telemetry, no progress bar: what is kept is what the
callers record. Great Expectations takes seconds to import, so it is imported at the first run.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from expectations.results import CheckResult
from expectations.suites import Check

ROWS_PER_CHUNK = 1_000_000
EXAMPLES_SHOWN = 3


@dataclass
class Outcome:
    """One check after all chunks: rows that had a value, positions that failed, and why it could not run, if so."""

    check: Check
    rows: int = 0
    rows_judged: int = 0
    failing: list[int] = field(default_factory=list)
    examples: list[Any] = field(default_factory=list)
    fault: str | None = None

    @property
    def passed(self) -> bool:
        """True when the check ran on every chunk and enough of the judged rows fit."""
        if self.fault is not None:
            return False
        if not self.failing:
            return True
        return 1 - len(self.failing) / self.rows_judged >= self.check.least_share

    @property
    def observed(self) -> str:
        """Counts and a few offending values, or the fault."""
        if self.fault is not None:
            return f"did not run: {self.fault}"
        text = f"rows={self.rows}; judged={self.rows_judged}; failed={len(self.failing)}"
        if self.examples:
            text += "; e.g. " + ", ".join(str(example) for example in self.examples)
        return text

    def result(self, subject: str) -> CheckResult:
        """The record of this outcome; a check that did not run becomes critical whatever its suite says."""
        return CheckResult(
            check_id=self.check.check_id,
            subject=subject,
            severity=self.check.severity if self.fault is None else "critical",
            passed=self.passed,
            observed=self.observed,
            rows_failed=len(self.failing),
            description_fr=" ".join(self.check.description_fr.split()),
            description_en=" ".join(self.check.description_en.split()),
        )


def run_checks(checks: Sequence[Check], frame: pd.DataFrame, rows_per_chunk: int = ROWS_PER_CHUNK) -> list[Outcome]:
    """One outcome per check, in their order. `frame` is plain (see `plain_frames`) and its index counts from 0."""
    outcomes = {check.check_id: Outcome(check) for check in checks}
    if checks:
        for start in range(0, max(len(frame), 1), rows_per_chunk):
            _run_chunk(checks, frame.iloc[start : start + rows_per_chunk], outcomes)
    return list(outcomes.values())


def faulty_outcomes(checks: Sequence[Check], fault: Exception) -> list[Outcome]:
    """The outcomes of checks whose frame could not even be built."""
    return [Outcome(check, fault=_one_line(fault)) for check in checks]


def _run_chunk(checks: Sequence[Check], chunk: pd.DataFrame, outcomes: dict[str, Outcome]) -> None:
    try:
        results = _validate(checks, chunk)
    except Exception as error:  # noqa: BLE001 -- whatever is raised, the checks did not run and must not pass
        for check in checks:
            outcomes[check.check_id].fault = _one_line(error)
        return
    missing = {check.check_id for check in checks}
    for result in results:
        check_id = result.expectation_config.meta["check_id"]
        missing.discard(check_id)
        _add(outcomes[check_id], result, chunk)
    for check_id in missing:
        outcomes[check_id].fault = "no result came back"


def _add(outcome: Outcome, result: Any, chunk: pd.DataFrame) -> None:
    details = result.result
    if "unexpected_index_list" not in details:
        outcome.fault = _exception_message(result.exception_info)
        return
    failing = [int(position) for position in details["unexpected_index_list"] or []]
    outcome.rows += len(chunk)
    outcome.rows_judged += int(details["element_count"]) - int(details.get("missing_count") or 0)
    outcome.failing.extend(failing)
    for value in (details.get("unexpected_list") or [])[: EXAMPLES_SHOWN - len(outcome.examples)]:
        outcome.examples.append(f"{value:.6g}" if isinstance(value, float) else value)


def _validate(checks: Sequence[Check], chunk: pd.DataFrame) -> list[Any]:
    library, batch_definition = _batch_definition()
    suite = library.ExpectationSuite(name="checks")
    for check in checks:
        expectation = getattr(library.expectations, check.expectation)
        suite.add_expectation(expectation(**check.kwargs, meta={"check_id": check.check_id}))
    batch = batch_definition.get_batch(batch_parameters={"dataframe": chunk})
    return list(batch.validate(suite, result_format={"result_format": "COMPLETE"}).results)


@cache
def _batch_definition() -> tuple[Any, Any]:
    # The library decides about telemetry while it is imported.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return great_expectations, asset.add_batch_definition_whole_dataframe("whole")


def _exception_message(exception_info: dict[str, Any]) -> str:
    # One exception, or one per metric under the metric's name.
    entries = [exception_info] if "exception_message" in exception_info else list(exception_info.values())
    messages = sorted({str(entry["exception_message"]) for entry in entries if isinstance(entry, dict)})
    return "; ".join(messages) or "no reason given"


def _one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
