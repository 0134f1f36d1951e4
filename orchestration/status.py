"""What an engineer wants to know in the morning, in one look."""

from __future__ import annotations

from typing import Any

from ingestion.feeds import load_feeds
from ingestion.landing import files_waiting
from orchestration.instance import instance
from warehouse import checks, releases
from warehouse.home import Home
from warehouse.ledger import Ledger


def status_of(home: Home) -> dict[str, Any]:
    """The last run and release, files waiting, landing folders of no feed, rows quarantined, checks failed in the last run."""
    with instance(home) as dagster_instance:
        records = dagster_instance.get_run_records(limit=1)
    last = records[0].dagster_run if records else None
    latest = releases.latest_release(home)
    ledger, feeds = Ledger(home.ledger), load_feeds()
    return {
        "last_run": {"run_id": last.run_id, "job": last.job_name, "status": last.status.value} if last else None,
        "latest_release": latest["release_id"] if latest else None,
        "files_waiting": [f"{file.feed}/{file.name}" for file in files_waiting(home, ledger, feeds)],
        "folders_ignored": sorted(path.name for path in home.landing.glob("*") if path.name not in feeds),
        "rows_quarantined": _quarantined(home),
        "checks_failed": _failed(home, last.run_id) if last else [],
    }


def _quarantined(home: Home) -> dict[str, int]:
    """Rows refused by reason, in the latest release."""
    from warehouse.database import connect, rows

    if not home.latest_release.exists():
        return {}
    with connect(home.latest_release / "mizan.duckdb", read_only=True) as connection:
        found = rows(
            connection,
            "select reason_code, count(distinct row_id) as refused from marts.ops_quarantine "
            "group by reason_code order by refused desc, reason_code",
        )
    return {row["reason_code"]: row["refused"] for row in found}


def _failed(home: Home, run_id: str) -> list[dict[str, Any]]:
    return [
        {"check_id": o.check_id, "subject": o.subject, "severity": o.severity, "observed": o.observed}
        for border in ("landed", "models", "marts")
        for o in checks.results_of_run(home, run_id, border)
        if not o.passed
    ]
