"""The metrics of the semantic layer, asked with MetricFlow from a release, against the marts that they sum.

MetricFlow is the extra `metrics`, in an environment of its own: where no `mf` is on the PATH these tests are skipped.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.manifest import DBT_EXECUTABLE, DBT_PROJECT, dbt_environment
from warehouse.database import connect, rows
from warehouse.home import Home

METRICFLOW = shutil.which("mf")
SEMANTIC = sorted((DBT_PROJECT / "models" / "semantic").glob("*.yml"))
DEFINED = {
    metric["name"]: metric
    for path in SEMANTIC
    for metric in yaml.safe_load(path.read_text(encoding="utf-8")).get("metrics", ())
}

OF_MEMBERS = """
select
    member_id as member, year, scope1_kgco2e, scope2_location_kgco2e, scope2_market_kgco2e, biogenic_co2_kg, energy_gj,
    estimated_share, coverage_share, meter_months_expected, meter_months_present, facts_without_factor
from marts.rpt_member_years
"""
OF_MEMBERS_FACTS = """
select
    member_id as member, cast(extract(year from month) as int) as year,
    sum(abs(consolidated_energy_gj)) as absolute_energy_gj,
    sum(case when is_estimated then abs(consolidated_energy_gj) else 0 end) as estimated_energy_gj
from marts.fct_energy_use
group by all
"""
OF_SECTORS = """
select members.sector as member__sector, years.year, sum(years.scope1_kgco2e) as scope1_kgco2e
from marts.rpt_member_years as years
inner join marts.dim_members as members on years.member_id = members.member_id
group by all
"""
OF_PRODUCTS = """
select
    product_id as product_year__product_id, year,
    direct_kgco2e as direct_kgco2e_of_weighed_products, produced_t as direct_produced_t,
    direct_kgco2e / produced_t as direct_kgco2e_per_t,
    indirect_kgco2e as indirect_kgco2e_of_weighed_products, produced_t as indirect_produced_t,
    indirect_kgco2e / produced_t as indirect_kgco2e_per_t
from marts.rpt_product_years
where direct_kgco2e is not null and indirect_kgco2e is not null and produced_t > 0
"""
QUESTIONS = {
    "members": OF_MEMBERS,
    "facts_of_members": OF_MEMBERS_FACTS,
    "sectors": OF_SECTORS,
    "products": OF_PRODUCTS,
}
KEYS = {"member", "year", "member__sector", "product_year__product_id"}


@pytest.fixture(scope="module")
def semantic_layer(released: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A parsed copy of the dbt project, and the environment in which `mf` reads the release with it."""
    if METRICFLOW is None:
        pytest.skip("MetricFlow is not installed: pip install '.[metrics]' in an environment of its own, on the PATH")
    project = tmp_path_factory.mktemp("semantic") / "project"
    shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    environment = {**dbt_environment(released), "DBT_TARGET": "release", "DBT_PROFILES_DIR": str(project)}
    parsed = subprocess.run(
        [DBT_EXECUTABLE, "--quiet", "parse"], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert parsed.returncode == 0, parsed.stdout + parsed.stderr
    return project, environment


def asked(layer: tuple[Path, dict[str, str]], metrics: list[str], group_by: list[str]) -> list[dict[str, str]]:
    """What MetricFlow answers."""
    project, environment = layer
    answer = project / "answer.csv"
    question = ["--metrics", ",".join(metrics), "--group-by", ",".join(group_by), "--csv", str(answer), "--quiet"]
    done = subprocess.run(
        [str(METRICFLOW), "query", *question], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with answer.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def same(metric: str, found: str, expected: Any) -> bool:
    """Sums agree to the last digit; MetricFlow divides in double precision, so that ratios agree to twelve digits."""
    if expected is None or found in ("", "None", "nan"):
        return expected is None and found in ("", "None", "nan")
    if DEFINED[metric]["type"] == "ratio":
        value = Decimal(str(expected))
        return abs(Decimal(found) - value) <= abs(value) * Decimal("1e-12") + Decimal("1e-12")
    return Decimal(found) == expected


def test_every_metric_is_asked_below() -> None:
    asked_for = {name for name in DEFINED if any(name in sql for sql in QUESTIONS.values())}
    assert asked_for == set(DEFINED)


@pytest.mark.parametrize("name", DEFINED)
def test_a_metric_says_what_it_is(name: str) -> None:
    assert DEFINED[name]["description"]
    assert DEFINED[name]["label"]
    assert name.endswith(("_kgco2e", "_kg", "_gj", "_t", "_share", "_kgco2e_of_weighed_products")) or name in {
        "facts_without_factor",
        "meter_months_expected",
        "meter_months_present",
    }


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_metric_is_what_the_mart_says(
    question: str, released: Home, semantic_layer: tuple[Path, dict[str, str]]
) -> None:
    with connect(released.latest_release / "mizan.duckdb", read_only=True) as connection:
        expected = rows(connection, QUESTIONS[question])
    (key,) = KEYS & set(expected[0]) - {"year"}
    metrics = [name for name in expected[0] if name not in KEYS]
    before = {path: path.stat().st_mtime_ns for path in released.latest_release.iterdir()}
    found = asked(semantic_layer, metrics, [key, "metric_time__year"])
    answers = {(row[key], int(row["metric_time__year"][:4])): row for row in found}

    assert len(answers) >= len(expected) > 0
    for row in expected:
        answer = answers[row[key], row["year"]]
        wrong = {name: (answer[name], row[name]) for name in metrics if not same(name, answer[name], row[name])}
        assert wrong == {}, (row[key], row["year"])
    assert {path: path.stat().st_mtime_ns for path in released.latest_release.iterdir()} == before
