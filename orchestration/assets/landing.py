"""From the landing folder to typed rows: one raw table per feed, with the checks of its batches.

A critical check that fails holds the rows of that member and period out; it never stops the night.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.landed import check_landed
from expectations.results import CheckResult
from expectations.suites import suites
from ingestion.feeds import Feed
from ingestion.landing import FeedIngestion, ingest_feed
from ingestion.landing import recover as recover_ingestion
from orchestration.alerts import alert_of_batch, tell_people
from orchestration.resources import HomeResource
from warehouse import checks, releases
from warehouse.code import code_version
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.raw import current_batches
from warehouse.reviews import TO_CONFIRM

LANDED_BY_MIZAN = {
    ("ledger", "files"): "What became of each file received.",
    ("ledger", "quarantine"): "Every refused cell with its reason, in French and English.",
    ("ledger", "reviews"): "What persons decided on rows to confirm.",
    ("checks", "holds"): "Rows that a failed batch check holds out of the accounts.",
}


class LandingConfig(dg.Config):
    """How the landing folder is read."""

    reread_archive: bool = False


def landing_assets(feeds: dict[str, Feed], owners: list[str]) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """The asset definitions of landing: what members send (external), and the raw tables made from it."""
    landed = [
        dg.AssetSpec(
            ["landing", feed.name], group_name="landing", description=f"Files in landing/{feed.name}/.", owners=owners
        )
        for feed in feeds.values()
    ]
    raw = [
        dg.AssetSpec(
            ["raw", feed.name],
            deps=[["landing", feed.name]],
            group_name="raw",
            description=f"{feed.description} Accepted rows, typed, with their provenance.",
            owners=owners,
            kinds={"parquet"},
            skippable=True,
        )
        for feed in feeds.values()
    ]
    written = [
        dg.AssetSpec(
            list(key),
            deps=[["landing", feed] for feed in feeds],
            group_name="raw",
            description=text,
            owners=owners,
            skippable=True,
        )
        for key, text in LANDED_BY_MIZAN.items()
    ]
    check_specs = [
        dg.AssetCheckSpec(check.check_id.replace(".", "_"), asset=["raw", feed], description=check.description_en)
        for feed, suite in suites("landed").items()
        for check in suite.checks
    ]

    @dg.multi_asset(
        specs=[*raw, *written],
        check_specs=check_specs,
        can_subset=True,
        retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
        pool="mizan_writer",
    )
    def land(context: dg.AssetExecutionContext, config: LandingConfig, home: HomeResource) -> Iterator[Any]:
        """Read what is new, keep what is good, explain what is not, and check each new batch."""
        recover_ingestion(home.home, home.ledger)
        releases.recover(home.home, home.ledger)
        ingested = {
            name: ingest_feed(home.home, home.ledger, feed, reread=config.reread_archive)
            for name, feed in feeds.items()
        }
        if releases.is_current(home.home, home.ledger, code_version()):
            context.log.info("Nothing new: the latest release was made from the same files by the same code.")
            return
        results = _check_new_batches(home.home, home.ledger, context.run_id)
        for feed in feeds:
            yield dg.MaterializeResult(asset_key=["raw", feed], metadata=_metadata(home.ledger, feed, ingested[feed]))
        for key in LANDED_BY_MIZAN:
            yield dg.MaterializeResult(asset_key=list(key))
        for result in results:
            yield dg.AssetCheckResult(
                asset_key=["raw", result.subject],
                check_name=result.check_id.replace(".", "_"),
                passed=result.passed,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"observed": result.observed, "rows_failed": result.rows_failed},
            )

    return [*landed, land]


def _check_new_batches(home: Home, ledger: Ledger, run_id: str) -> list[checks.RecordedCheck]:
    """Check every current batch that today's expectations have not seen, and keep the rows to hold out.

    Several batches of a feed, as after a changed suite, give one outcome per check: failed if one failed.
    """
    outcomes: dict[tuple[str, str], list[CheckResult]] = {}
    for batch in current_batches(ledger):
        suite = suites("landed").get(batch["feed"])
        digest = hashlib.sha256(repr(suite).encode()).hexdigest()[:16]
        if checks.is_checked(home, batch["batch_id"], digest):
            continue
        alert = alert_of_batch(home, ledger, batch)
        if alert:
            tell_people(home, f"batch-{batch['batch_id']}", alert)
        held: list[dict[Any, Any]] = []
        if suite is not None and batch["rows"]:
            for part in _sure_and_unsure(pq.read_table(home.raw_batch(batch["feed"], batch["batch_id"]))):
                landed = check_landed(batch["feed"], part.to_pandas())
                held.extend(landed.holds.to_dict(orient="records"))
                for result in landed.results:
                    outcomes.setdefault((result.subject, result.check_id), []).append(result)
        rows = [{"feed": batch["feed"], "batch_id": batch["batch_id"], **row} for row in held]
        checks.record_holds(home, batch["batch_id"], digest, pa.Table.from_pylist(rows, schema=checks.HOLD_SCHEMA))
    results = [_combined(several) for _, several in sorted(outcomes.items())]
    checks.record_results(home, run_id, "landed", results)
    return results


def _sure_and_unsure(batch: pa.Table) -> list[pa.Table]:
    """A batch in parts that are checked apart: a page that was misread holds out no row that needs no person's word."""
    unsure = pc.match_substring_regex(batch.column("flags"), rf"(^|,){TO_CONFIRM}(,|$)")
    parts = [batch.filter(pc.invert(unsure)), batch.filter(unsure)]
    return [part for part in parts if part.num_rows]


def _combined(several: list[CheckResult]) -> checks.RecordedCheck:
    return checks.RecordedCheck(
        check_id=several[0].check_id,
        subject=several[0].subject,
        severity=several[0].severity,
        passed=all(result.passed for result in several),
        observed="; ".join(sorted({result.observed for result in several})),
        rows_failed=sum(result.rows_failed for result in several),
    )


def _metadata(ledger: Ledger, feed: str, ingested: FeedIngestion) -> dict[str, Any]:
    batches = [batch for batch in current_batches(ledger) if batch["feed"] == feed]
    return {
        "dagster/row_count": sum(batch["rows"] for batch in batches),
        "rows_quarantined": sum(batch["quarantine_rows"] for batch in batches),
        "files_tonight": len(ingested.files),
        "rows_read_tonight": ingested.rows_read,
        "rows_quarantined_tonight": ingested.rows_quarantined,
        "rows_dropped_tonight": ingested.rows_dropped,
    }
