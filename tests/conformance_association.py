"""The association of the conformance tests: each published example is a site that did what the example says.

Its landing folder is read by the real ingestion and its accounts are made by the real dbt models. Where an example has
parameters of its own (a calorific value, the factor of another country's grid), they stand in a copy of the project in
the place of the library's rows.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingestion.feeds import QUARANTINE_SCHEMA, load_feeds, raw_schema
from ingestion.landing import ingest_feed
from orchestration.manifest import DBT_EXECUTABLE, DBT_PROJECT, dbt_environment
from warehouse.database import connect
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.raw import register_sources

MEMBER = "999900000000057"
YEAR = 2024
PERIOD = {"period_start": f"{YEAR}-01-01", "period_end": f"{YEAR}-01-31"}

Row = dict[str, Any]

# What the library says, and what an example says in its place: seed, key, value of the key, column, value.
PARAMETERS_OF_EXAMPLES = (
    ("factors/fuel_properties.csv", "property_id", "heavy_fuel_oil.ncv", "value", "TPL-01", "NCV_GJ_per_t"),
    (
        "factors/emission_factors.csv",
        "factor_id",
        "ipcc2006.stationary.heavy_fuel_oil.co2",
        "value",
        "TPL-01",
        "EF_tCO2_per_TJ",
    ),
    ("factors/grid_factors.csv", "year", str(YEAR), "value", "EC-STEEL3-INST", "grid_EF"),
)
SCALES = {"grid_EF": Decimal(1000)}  # t/MWh as g/kWh, in which the seed is stated


class Landing:
    """The rows of the landing folder, feed by feed."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {
            "members": [
                {
                    "member_id": MEMBER, "legal_name": "Exemples publiés", "activity_code": "2410", "sector": "steel",
                    "region": "Casablanca-Settat", "joined_on": "2020-01-01",
                }
            ]
        }  # fmt: skip

    def add(self, feed: str, **row: Any) -> None:
        """One row of a feed, of the one member."""
        self.rows.setdefault(feed, []).append({"member_id": MEMBER, **row})

    def site(self, site_id: str) -> str:
        """A site of its own for an example."""
        self.add("sites", site_id=site_id, name=site_id, region="Casablanca-Settat")
        return site_id

    def bill(self, site_id: str, carrier: str, quantity: Any, unit: str) -> None:
        """A bill of January."""
        bill_no = f"{site_id}-{carrier}"
        meter = {"meter_id": bill_no, "site_id": site_id, "carrier": carrier, "supplier": "Published"}
        self.rows.setdefault("meters", []).append(meter)
        self.add(
            "energy_bills", site_id=site_id, meter_id=bill_no, supplier="Published", bill_no=bill_no, bill_type="invoice",
            issued_on=f"{YEAR}-02-05", carrier=carrier, quantity=quantity, unit=unit, **PERIOD,
        )  # fmt: skip

    def process(
        self, site_id: str, process: str, material: str, quantity: Any, unit: str = "t", **parameters: Any
    ) -> None:
        """A process of January: one record for each of its parameters, or one without."""
        for parameter, value in (parameters or {"": ""}).items():
            self.add(
                "process_activity", site_id=site_id, process=process, material=material, quantity=quantity, unit=unit,
                parameter=parameter, parameter_value=value, measure_method="weighbridge", **PERIOD,
            )  # fmt: skip

    def product(self, site_id: str, product_id: str, tonnes: Any, precursors: Iterable[Mapping[str, Any]]) -> None:
        """A product of a site and what its maker says of the precursors in it."""
        self.add(
            "products", product_id=product_id, site_id=site_id, name=product_id, hs6="720610", declared_unit="t",
            unit_mass_kg=1000,
        )  # fmt: skip
        for precursor in list(precursors) or [{}]:
            self.add(
                "production", site_id=site_id, product_id=product_id, quantity_gross=tonnes, unit="t",
                measure_method="weighbridge", status="final", **precursor, **PERIOD,
            )  # fmt: skip

    def write(self, home: Home) -> None:
        """One file for each feed."""
        for feed, found in self.rows.items():
            folder = home.landing / feed
            folder.mkdir(parents=True)
            columns = list(dict.fromkeys(column for row in found for column in row))
            with (folder / f"{feed}.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, columns)
                writer.writeheader()
                writer.writerows(found)


def build(
    home: Home, landing: Landing, examples: Mapping[str, Row], extra_models: Mapping[str, str], folder: Path
) -> None:
    """Read the landing folder and make the accounts; `extra_models` are SQL files beside those of the project."""
    landing.write(home)
    feeds, ledger = load_feeds(), Ledger(home.ledger)
    for name in landing.rows:
        result = ingest_feed(home, ledger, feeds[name])
        assert not any(file.rows_quarantined for file in result.files), (name, result)
    home.build.mkdir(parents=True, exist_ok=True)
    with connect(home.build / "mizan.duckdb", read_only=False) as connection:
        schemas = {name: raw_schema(feed) for name, feed in feeds.items()}
        register_sources(connection, home, Ledger(home.ledger), schemas, QUARANTINE_SCHEMA)
    project = folder / "project"
    shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    state_parameters(project, examples)
    (project / "models" / "conformance").mkdir()
    for name, sql in extra_models.items():
        (project / "models" / "conformance" / f"{name}.sql").write_text(sql, encoding="utf-8")
    selected = ["+fct_emissions", "+rpt_product_years", *extra_models]
    done = subprocess.run(
        [DBT_EXECUTABLE, "--no-use-colors", "build", "--exclude-resource-type", "test", "unit_test", "--select", *selected,
         "--profiles-dir", project],
        cwd=project, env=dbt_environment(home), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]


def state_parameters(project: Path, examples: Mapping[str, Row]) -> None:
    """Put the parameters of the examples into the seeds of a copy of the project."""
    for seed, key, key_value, column, example, parameter in PARAMETERS_OF_EXAMPLES:
        path = project / "seeds" / seed
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        value = Decimal(str(examples[example]["inputs"][parameter])) * SCALES.get(parameter, 1)
        changed = [row for row in rows if row[key] == key_value]
        assert changed, (seed, key_value)
        for row in changed:
            row[column] = f"{value.normalize():f}"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
