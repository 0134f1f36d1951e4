"""The gate before publication: whether every expected check ran, and whether a critical one failed.

That none failed is not enough: a check that did not run says nothing, and what says nothing must not be published.
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse import checks
from warehouse.home import Home


@dataclass(frozen=True)
class Verdict:
    """Why a release is held back: the critical checks that failed, and the expected checks that did not run."""

    failed: list[checks.RecordedCheck]
    missing: list[str]

    @property
    def is_open(self) -> bool:
        """Whether the release may be published."""
        return not self.failed and not self.missing

    def message(self) -> str:
        """The reasons in one text, one line each."""
        lines = [f"failed: {c.check_id} on {c.subject}: {c.observed} ({c.rows_failed} rows)" for c in self.failed]
        lines += [f"did not run: {check_id}" for check_id in self.missing]
        return "\n".join(lines)


def verdict(home: Home, run_id: str, expected: list[str]) -> Verdict:
    """The gate's verdict on a run, from the outcomes it recorded. `expected` are check ids of models and marts.

    Checks on landed batches are not asked for: what they reject is held out of the accounts, row by row.
    """
    outcomes = [o for border in ("models", "marts") for o in checks.results_of_run(home, run_id, border)]
    ran = {outcome.check_id for outcome in outcomes}
    return Verdict(
        failed=[outcome for outcome in outcomes if outcome.holds_release_back],
        missing=sorted(set(expected) - ran),
    )
