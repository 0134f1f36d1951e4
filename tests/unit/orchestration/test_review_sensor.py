"""The landing sensor asks for a night after a decision on rows to confirm, once."""

from __future__ import annotations

import dagster as dg

from orchestration.jobs import schedules_and_jobs
from warehouse.home import Home
from warehouse.ledger import Ledger


def asked(home: Home) -> dg.RunRequest | dg.SkipReason:
    (sensor,) = schedules_and_jobs(home, {})["sensors"]
    (answer,) = sensor(dg.build_sensor_context())
    return answer


def test_a_decision_asks_for_a_night_until_a_release_is_made(home: Home, ledger: Ledger) -> None:
    assert isinstance(asked(home), dg.SkipReason)
    (review,) = ledger.append([{"kind": "review", "feed": "energy_bills", "rows": {}}])
    first, second = asked(home), asked(home)
    assert isinstance(first, dg.RunRequest)
    assert first.run_key == second.run_key == f"review:{review['hash']}"
    ledger.append([{"kind": "release", "release_id": "r"}])
    assert isinstance(asked(home), dg.SkipReason)
