"""One night, run in this process: the very job that the schedule runs, recorded in the same instance."""

from __future__ import annotations

import logging
from contextlib import redirect_stdout
from dataclasses import dataclass
from enum import StrEnum

from ingestion.feeds import load_feeds
from ingestion.landing import files_waiting
from warehouse import checks, releases
from warehouse.code import code_version
from warehouse.home import Home
from warehouse.ledger import Ledger


class Outcome(StrEnum):
    """How a night can end."""

    published = "published"
    nothing_new = "nothing new"
    held_back = "held back"
    failed = "failed"


@dataclass(frozen=True)
class Night:
    """How a night ended, in one word and in words for people."""

    run_id: str
    outcome: Outcome
    message: str


def run_night(home: Home, *, reread: bool = False) -> Night:
    """Run the night on a home and say how it ended. Raises nothing for a night that failed: it says so.

    With `reread` it is the job that reads every archived file again with today's mappings. Else, when no file waits and
    the latest release is current, there is nothing to run, and Dagster is not even loaded.
    """
    ledger = Ledger(home.ledger)
    if (
        not reread
        and releases.is_current(home, ledger, code_version())
        and not files_waiting(home, ledger, load_feeds())
    ):
        return _night(home, run_id="", has_succeeded=True)

    from orchestration.build import build_definitions
    from orchestration.instance import instance
    from orchestration.jobs import BACKFILL, NIGHT

    logging.getLogger("dagster").setLevel(logging.ERROR)
    definitions = build_definitions(home)
    # dbt writes its log to stdout, which is for data; it goes to a file instead.
    with (home.build / "night.log").open("w") as log, redirect_stdout(log), instance(home) as dagster_instance:
        result = definitions.resolve_job_def(BACKFILL if reread else NIGHT).execute_in_process(
            instance=dagster_instance, raise_on_error=False, run_config={"loggers": {"progress": {}}}
        )
    return _night(home, result.run_id, result.success)


def _night(home: Home, run_id: str, has_succeeded: bool) -> Night:
    latest = releases.latest_release(home)
    if latest is not None and latest["run_id"] == run_id:
        return Night(run_id, Outcome.published, f"Published {latest['release_id']}.")
    still = f"The latest release is still {latest['release_id']}." if latest else "Nothing has been published yet."
    outcomes = [o for border in ("models", "marts") for o in checks.results_of_run(home, run_id, border)]
    failed = [f"{o.check_id} on {o.subject}: {o.observed}" for o in outcomes if o.holds_release_back]
    if failed:
        return Night(run_id, Outcome.held_back, "\n".join(["The release is held back:", *failed, still]))
    if has_succeeded:
        return Night(run_id, Outcome.nothing_new, f"Nothing new. {still}")
    alert = home.alerts / f"{run_id}.txt"
    said = alert.read_text(encoding="utf-8") if alert.exists() else f"Run {run_id} failed; see: mizan ui"
    return Night(run_id, Outcome.failed, f"{said}{still}")
