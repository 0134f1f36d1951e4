"""Checks on the published figures of a release candidate, against physics and against the last release.

Keys, relations and conserved totals are tests of the dbt project; this module judges whether the figures can be
believed.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.mart_frames import Previous, Read, build_frame
from expectations.results import CheckResult
from expectations.runner import Outcome, faulty_outcomes, run_checks
from expectations.suites import Check, Suite, suites


def expected_checks() -> list[str]:
    """The identifiers of all checks that a release candidate goes through."""
    return [check.check_id for suite in suites("marts").values() for check in suite.checks]


def check_marts(read: Read, previous: Previous) -> list[CheckResult]:
    """Run every suite of the marts.

    `read(mart)` gives a mart of the candidate; `previous(mart)` the same of the last release, None when there is none.
    Any failed critical result must hold the release back. A mart that cannot be read fails all of its checks as
    critical.
    """
    return [
        outcome.result(mart) for mart, suite in suites("marts").items() for outcome in _outcomes(suite, read, previous)
    ]


def _outcomes(suite: Suite, read: Read, previous: Previous) -> list[Outcome]:
    by_frame: dict[str, list[Outcome]] = {}
    for frame_name in dict.fromkeys(check.frame for check in suite.checks):
        checks = [check for check in suite.checks if check.frame == frame_name]
        by_frame[frame_name] = list(_frame_outcomes(suite, frame_name, checks, read, previous))
    by_check = {outcome.check.check_id: outcome for outcomes in by_frame.values() for outcome in outcomes}
    return [by_check[check.check_id] for check in suite.checks]


def _frame_outcomes(
    suite: Suite, frame_name: str, checks: Sequence[Check], read: Read, previous: Previous
) -> list[Outcome]:
    try:
        frame = build_frame(suite.subject, frame_name, read, previous)
    except Exception as error:  # noqa: BLE001 -- what cannot be read was not checked, and must hold the release back
        return faulty_outcomes(checks, error)
    return run_checks(checks, frame)
