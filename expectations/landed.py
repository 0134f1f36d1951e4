"""Checks on a landed batch, and the rows that a critical failure holds out.

What is held out is the member-period: every row of the batch of that member whose period touches a month of a failing
row. A total with a hole in the middle of a month would look like a low bill; a month that is absent as a whole is seen
as absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from expectations.landed_columns import with_derived_columns
from expectations.plain_frames import plain_frame
from expectations.results import CheckResult
from expectations.runner import Outcome, faulty_outcomes, run_checks
from expectations.suites import Suite, suites

HOLD_COLUMNS = ["row_id", "check_id", "message_fr", "message_en"]


@dataclass(frozen=True)
class LandedChecks:
    """Results of all checks of a batch, and the rows to hold out: row_id, check_id, message_fr, message_en."""

    results: list[CheckResult]
    holds: pd.DataFrame


def expected_checks(feed: str) -> list[str]:
    """The identifiers of the checks that a batch of `feed` goes through. Raises KeyError for a feed without a suite."""
    return [check.check_id for check in suites("landed")[feed].checks]


def check_landed(feed: str, frame: pd.DataFrame) -> LandedChecks:
    """Run the suite of `feed` on a batch (the raw columns, Decimals as they are).

    A check that could not run is a failed critical check and holds the whole batch out: nobody looked at its rows.
    Raises KeyError for a feed without a suite.
    """
    suite = suites("landed")[feed]
    rows = plain_frame(frame)
    outcomes: Sequence[Outcome]
    try:
        rows = with_derived_columns(feed, rows)
    except Exception as error:  # noqa: BLE001 -- a batch that cannot be read was not checked, and that must show
        outcomes = faulty_outcomes(suite.checks, error)
    else:
        outcomes = run_checks(suite.checks, rows)
    holds = [_holds(suite, rows, outcome) for outcome in outcomes if not outcome.passed]
    return LandedChecks(
        results=[outcome.result(feed) for outcome in outcomes],
        holds=pd.concat([pd.DataFrame(columns=HOLD_COLUMNS, dtype="str"), *holds], ignore_index=True),
    )


def _holds(suite: Suite, rows: pd.DataFrame, outcome: Outcome) -> pd.DataFrame:
    result = outcome.result(suite.subject)
    if result.severity != "critical" or "row_id" not in rows:
        return pd.DataFrame(columns=HOLD_COLUMNS, dtype="str")
    if outcome.fault is not None:
        held = rows
        cause_fr, cause_en = "le contrôle n'a pas pu être exécuté", "the check could not run"
    else:
        failing = rows.loc[sorted(set(outcome.failing))]
        held = rows.loc[_member_period(suite, rows, failing)]
        cause_fr = f"{len(failing)} ligne(s) en cause dans ce lot"
        cause_en = f"{len(failing)} row(s) at fault in this batch"
    return pd.DataFrame(
        {
            "row_id": held["row_id"].drop_duplicates().sort_values(),
            "check_id": result.check_id,
            "message_fr": f"Mois retenus, à vérifier avec l'émetteur ({cause_fr}) : {result.description_fr}",
            "message_en": f"Months held out, to check with the sender ({cause_en}): {result.description_en}",
        }
    )


def _member_period(suite: Suite, rows: pd.DataFrame, failing: pd.DataFrame) -> pd.Series:
    if suite.member_column is None or suite.period_columns is None:
        return pd.Series(rows.index.isin(failing.index), index=rows.index)
    start, end = suite.period_columns
    held = pd.Series(False, index=rows.index)
    for member_id, its_failing in failing.groupby(suite.member_column):
        its_rows = rows.loc[rows[suite.member_column] == member_id]
        months = {month for span in _month_spans(its_failing, start, end) for month in span}
        touched = [not months.isdisjoint(span) for span in _month_spans(its_rows, start, end)]
        held.loc[its_rows.index[touched]] = True
    # A failing row whose dates stand the wrong way round touches no month; it is held out all the same.
    held.loc[failing.index] = True
    return held


def _month_spans(rows: pd.DataFrame, start: str, end: str) -> list[range]:
    low, high = (rows[column].dt.year * 12 + rows[column].dt.month for column in (start, end))
    return [range(first, last + 1) for first, last in zip(low.astype(int), high.astype(int), strict=True)]
