"""The one place where the definitions are put together, for the command line, the UI and the tests alike."""

from __future__ import annotations

import dagster as dg
from dagster_dbt import DbtCliResource

from ingestion.feeds import load_feeds
from orchestration.assets.landing import landing_assets
from orchestration.assets.models import dbt_project, model_assets
from orchestration.assets.publication import publication_assets
from orchestration.jobs import schedules_and_jobs
from orchestration.manifest import DBT_EXECUTABLE, DBT_PROJECT, prepared_manifest
from orchestration.progress import progress_logger
from orchestration.resources import HomeResource
from warehouse.dictionary import load_manifest, published_marts
from warehouse.home import Home

OWNERS = ["team:data-engineering"]


def build_definitions(home: Home) -> dg.Definitions:
    """All assets, checks, jobs, schedules and sensors, bound to one home."""
    feeds = load_feeds()
    manifest = prepared_manifest(home)
    models = model_assets(home, feeds, manifest, OWNERS)
    built = {mart.name for mart in published_marts(load_manifest(manifest)) if mart.is_built_by_dbt}
    marts = sorted((key for key in models.keys if key.path[-1] in built), key=lambda key: key.path)
    landing = landing_assets(feeds, OWNERS)
    publication = publication_assets(manifest, marts, OWNERS)
    assets = [part for part in [*landing, models, *publication] if not isinstance(part, dg.AssetChecksDefinition)]
    return dg.Definitions(
        assets=assets,
        asset_checks=[part for part in publication if isinstance(part, dg.AssetChecksDefinition)],
        resources={
            "home": HomeResource(root=str(home.root)),
            "dbt": DbtCliResource(
                project_dir=dbt_project(home), profiles_dir=str(DBT_PROJECT), dbt_executable=str(DBT_EXECUTABLE)
            ),
        },
        executor=dg.in_process_executor,
        loggers={"progress": progress_logger},
        **schedules_and_jobs(home, feeds),
    )
