"""What runs when: the night, the backfill, the schedule, the landing sensor and the message after a failure."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ingestion.feeds import Feed
from ingestion.landing import files_waiting
from orchestration import alerts
from warehouse import reviews
from warehouse.home import Home
from warehouse.ledger import Ledger

NIGHT = "night"
BACKFILL = "backfill"


def schedules_and_jobs(home: Home, feeds: dict[str, Feed]) -> dict[str, list[Any]]:
    """The jobs, schedule and sensor of a home, as keyword arguments of `dg.Definitions`."""

    @dg.failure_hook(name="tell_people")
    def tell_people(context: dg.HookContext) -> None:
        """Leave a readable message in `alerts/`, and post it when a webhook is set."""
        error = context.op_exception
        text = f"Mizan: step {context.op.name} failed in run {context.run_id}.\n{error}\n"
        text += "The last published release stays in place. Next step: mizan status, then mizan ui.\n"
        alerts.tell_people(home, context.run_id, text)

    night = dg.define_asset_job(
        NIGHT,
        selection=dg.AssetSelection.all(),
        hooks={tell_people},
        description="Ingest, check, build, check, publish, report.",
    )
    backfill = dg.define_asset_job(
        BACKFILL,
        selection=dg.AssetSelection.all(),
        hooks={tell_people},
        config={"ops": {"land": {"config": {"reread_archive": True}}}},
        description="The night, with every archived file read again: after a mapping was mended.",
    )
    nightly = dg.ScheduleDefinition(
        name="nightly", job=night, cron_schedule="0 2 * * *", execution_timezone="Africa/Casablanca"
    )

    @dg.sensor(name="landing_sensor", job=night, minimum_interval_seconds=300)
    def landing_sensor(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        """Ask for a night when files wait, or persons decided on rows to confirm; the same files or decision ask once."""
        ledger = Ledger(home.ledger)
        waiting = files_waiting(home, ledger, feeds)
        review = reviews.newest_unpublished(ledger)
        if waiting:
            yield dg.RunRequest(run_key="|".join(sorted(f"{file.feed}/{file.name}:{file.sha256}" for file in waiting)))
        elif review:
            yield dg.RunRequest(run_key=f"review:{review['hash']}")
        else:
            yield dg.SkipReason("No file waits in the landing folder, and no new decision.")

    return {"jobs": [night, backfill], "schedules": [nightly], "sensors": [landing_sensor]}
