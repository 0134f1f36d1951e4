"""What a check says after it ran: the record that goes to `ops_checks` and to the quality page."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.suites import Severity


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check on one subject (a feed or a mart).

    `observed` is short text without language: counts and a few offending values. `rows_failed` counts rows of the
    frame that the check looked at. A check that could not run is `critical`, not passed, and says so in `observed`.
    """

    check_id: str
    subject: str
    severity: Severity
    passed: bool
    observed: str
    rows_failed: int
    description_fr: str
    description_en: str
