"""The dbt models as assets, and their tests as asset checks.

One run of dbt in a fresh database: nothing of an earlier night can show through. dbt itself decides the order; a
failed test stops what depends on it.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, DbtProject, dbt_assets

from ingestion.feeds import QUARANTINE_SCHEMA, Feed, raw_schema
from orchestration.manifest import DBT_PROJECT, dbt_environment, target_folder
from orchestration.resources import HomeResource
from warehouse import checks
from warehouse.database import connect
from warehouse.dictionary import expected_tests, load_manifest
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.raw import register_sources


class Translator(DagsterDbtTranslator):
    """How a dbt node looks in Dagster: grouped by layer, owned by a team."""

    def __init__(self, owners: list[str]) -> None:
        super().__init__(settings=DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))
        self.owners = owners

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Seeds, staging, intermediate or marts."""
        return "seeds" if dbt_resource_props["resource_type"] == "seed" else str(dbt_resource_props["fqn"][1])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The owners of the project: models have no owners of their own."""
        return self.owners


def dbt_project(home: Home) -> DbtProject:
    """The project with its target folder in this home."""
    return DbtProject(project_dir=DBT_PROJECT, target_path=target_folder(home))


def model_assets(home: Home, feeds: dict[str, Feed], manifest: Path, owners: list[str]) -> dg.AssetsDefinition:
    """The asset definition of all models and seeds."""
    project = dbt_project(home)

    @dbt_assets(
        manifest=manifest,
        project=project,
        dagster_dbt_translator=Translator(owners),
        name="models",
        pool="mizan_writer",
        retry_policy=dg.RetryPolicy(max_retries=1, delay=5),
    )
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource, home: HomeResource) -> Iterator[Any]:
        """Build every model from the sources that the ledger names, and keep the outcome of every test."""
        _prepare_database(home.home, home.ledger, feeds)
        os.environ.update(dbt_environment(home.home))  # the adapter that dagster-dbt opens in this process reads it too
        invocation = dbt.cli(["build", "--exclude-resource-type", "unit_test"], context=context)
        try:
            yield from invocation.stream()
        finally:
            results = invocation.target_path / "run_results.json"
            outcomes = test_outcomes(load_manifest(manifest), results) if results.exists() else []
            checks.record_results(home.home, context.run_id, "models", outcomes)

    return models


def test_outcomes(manifest: dict[str, Any], run_results: Path) -> list[checks.RecordedCheck]:
    """The outcome of every data test that ran, from dbt's `run_results.json`. A skipped test did not run."""
    tested = expected_tests(manifest)
    outcomes = []
    for result in json.loads(run_results.read_text(encoding="utf-8"))["results"]:
        unique_id, status = result["unique_id"], result["status"]
        if unique_id in tested and status != "skipped":
            node = manifest["nodes"][unique_id]
            outcomes.append(
                checks.RecordedCheck(
                    check_id=f"dbt.{node['name']}",
                    subject=tested[unique_id],
                    severity=checks.WARNING if node["config"]["severity"].lower() == "warn" else checks.CRITICAL,
                    passed=status == "pass",
                    observed=" ".join((result.get("message") or status).split()),
                    rows_failed=result.get("failures") or 0,
                )
            )
    return sorted(outcomes, key=lambda outcome: outcome.check_id)


def _prepare_database(home: Home, ledger: Ledger, feeds: dict[str, Feed]) -> None:
    home.build.mkdir(parents=True, exist_ok=True)
    for leftover in home.build.glob("mizan.duckdb*"):
        leftover.unlink()
    with connect(home.build_database, read_only=False) as connection:
        schemas = {name: raw_schema(feed) for name, feed in feeds.items()}
        register_sources(connection, home, ledger, schemas, QUARANTINE_SCHEMA)
