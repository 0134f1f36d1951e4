"""From checked marts to a published release: candidate, reports, release.

The marts are checked against physics and the last release; a critical failure, or a check that did not run, holds the
release back and leaves yesterday's in place.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from expectations.marts import check_marts, expected_checks
from expectations.suites import suites
from orchestration import gate
from orchestration.resources import HomeResource
from reporting.publish import write_reports
from warehouse import checks, releases
from warehouse.code import code_version
from warehouse.database import connect, identifier, rows
from warehouse.dictionary import expected_tests, load_manifest
from warehouse.home import Home
from warehouse.releases import Candidate

REPORTS = {
    "quality": "The nightly quality page: files, refused rows, checks and findings. For the association's own eyes.",
    "sector": "The sector page: released sector figures, safe to publish.",
}


def publication_assets(manifest: Path, marts: list[dg.AssetKey], owners: list[str]) -> list[Any]:
    """The asset and check definitions of publication. `marts` are the keys of the mart models."""
    mart_keys = {key.path[-1]: key for key in marts}
    check_specs = [
        dg.AssetCheckSpec(
            check.check_id.replace(".", "_"),
            asset=mart_keys[mart],
            description=check.description_en,
            blocking=check.severity == checks.CRITICAL,
        )
        for mart, suite in suites("marts").items()
        for check in suite.checks
    ]

    @dg.multi_asset_check(specs=check_specs, pool="mizan_writer")
    def published_figures(context: dg.AssetCheckExecutionContext, home: HomeResource) -> Iterator[dg.AssetCheckResult]:
        """Whether the figures can be believed."""
        outcomes = _check_marts(home.home)
        checks.record_results(home.home, context.run.run_id, "marts", outcomes)
        for outcome in outcomes:
            critical = outcome.severity == checks.CRITICAL
            yield dg.AssetCheckResult(
                asset_key=mart_keys[outcome.subject],
                check_name=outcome.check_id.replace(".", "_"),
                passed=outcome.passed,
                severity=dg.AssetCheckSeverity.ERROR if critical else dg.AssetCheckSeverity.WARN,
                metadata={"observed": outcome.observed, "rows_failed": outcome.rows_failed},
            )

    @dg.asset(
        deps=marts,
        group_name="publication",
        owners=owners,
        description="Marts, operations tables and data dictionary as they will be published.",
        pool="mizan_writer",
    )
    def release_candidate(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult:
        project = load_manifest(manifest)
        expected = [f"dbt.{project['nodes'][test]['name']}" for test in expected_tests(project)]
        verdict = gate.verdict(home.home, context.run_id, expected + expected_checks())
        if not verdict.is_open:
            raise dg.Failure(f"The release is held back.\n{verdict.message()}", allow_retries=False)
        candidate = releases.build_candidate(home.home, home.ledger, manifest, context.run_id, code_version())
        (home.home.build / "candidate.json").write_text(json.dumps(candidate.facts, default=str), encoding="utf-8")
        return dg.MaterializeResult(metadata={mart["mart"]: mart["rows"] for mart in candidate.facts["marts"]})

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                ["report", name], deps=[release_candidate], group_name="publication", description=text, owners=owners
            )
            for name, text in REPORTS.items()
        ],
        pool="mizan_writer",
    )
    def reports(home: HomeResource) -> Iterator[dg.MaterializeResult]:
        """The pages for people, in French and English."""
        candidate = _candidate(home.home)
        with connect(candidate.database, read_only=True) as connection:
            write_reports(lambda sql: rows(connection, sql), candidate.folder / "reports")
        for name in REPORTS:
            page = home.home.latest_release / "reports" / f"{name}.en.html"
            yield dg.MaterializeResult(asset_key=["report", name], metadata={"page": dg.MetadataValue.path(page)})

    @dg.asset(
        deps=[["report", name] for name in REPORTS],
        group_name="publication",
        owners=owners,
        description="The published release: immutable, checksummed, entered in the ledger.",
        pool="mizan_writer",
    )
    def release(home: HomeResource) -> dg.MaterializeResult:
        folder = releases.publish(home.home, home.ledger, _candidate(home.home))
        facts = releases.latest_release(home.home) or {}
        return dg.MaterializeResult(
            metadata={
                "release": facts["release_id"],
                "folder": dg.MetadataValue.path(folder),
                "reports": dg.MetadataValue.path(folder / "reports" / "index.html"),
                "rows": sum(mart["rows"] for mart in facts["marts"]),
            }
        )

    return [published_figures, release_candidate, reports, release]


def _candidate(home: Home) -> Candidate:
    facts = json.loads((home.build / "candidate.json").read_text(encoding="utf-8"))
    return Candidate(home.build / "candidate", facts)


def _check_marts(home: Home) -> list[checks.RecordedCheck]:
    with connect(home.build_database, read_only=True) as build:
        results = check_marts(
            lambda mart: build.execute(f"select * from marts.{identifier(mart)}").df(),
            lambda mart: _previous(home, mart),
        )
    return [
        checks.RecordedCheck(
            check_id=result.check_id,
            subject=result.subject,
            severity=result.severity,
            passed=result.passed,
            observed=result.observed,
            rows_failed=result.rows_failed,
        )
        for result in results
    ]


def _previous(home: Home, mart: str) -> pd.DataFrame | None:
    """A mart of the latest release, or None when there is none."""
    file = home.latest_release / "marts" / f"{mart}.parquet"
    return pd.read_parquet(file) if file.exists() else None
