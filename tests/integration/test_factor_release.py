"""A factor release is known beforehand, adopted, and rolled back: what was foretold is what a build gives, to the last digit."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from orchestration.manifest import DBT_EXECUTABLE, DBT_PROJECT, dbt_environment
from warehouse.factors import difference
from warehouse.home import Home

PIN = '{number},2025,{release},2026-12-01,a test,"{reason}"\n'
FIGURES = """
select member_id, year, 1 as scope, null as method, scope1_kgco2e as kgco2e from marts.rpt_member_years
union all select member_id, year, 2, 'location', scope2_location_kgco2e from marts.rpt_member_years
union all select member_id, year, 2, 'market', scope2_market_kgco2e from marts.rpt_member_years
"""
Figures = dict[tuple[str, int, int, str | None], object]


def figures(database: Path) -> Figures:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(FIGURES).fetchall()
    return {
        (member, year, scope, method): kgco2e for member, year, scope, method, kgco2e in found if kgco2e is not None
    }


def build(home: Home, project: Path) -> Figures:
    """What the members' years are after a build of all that hangs on the pins."""
    arguments = ["build", "--select", "factor_release_pins+", "--exclude-resource-type", "test", "unit_test"]
    done = subprocess.run(
        [
            DBT_EXECUTABLE,
            "--no-use-colors",
            *arguments,
            "--profiles-dir",
            project,
            "--target-path",
            home.build / "pins",
        ],
        cwd=project,
        env=dbt_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return figures(home.build / "mizan.duckdb")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the dbt project, whose pins may change."""
    copy = tmp_path / "dbt_project"
    shutil.copytree(DBT_PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
    return copy


def test_adopted_as_foretold_and_rolled_back(another_night: Home, project: Path) -> None:
    release = another_night.latest_release.resolve()
    published = figures(release / "mizan.duckdb")
    foretold = {
        (row["member_id"], row["year"], row["scope"], row["method"]): row["after_kgco2e"]
        for row in difference(release, "2026.1", "2025.1")
        if row["year"] == 2025
    }
    assert foretold, "the sample must have a figure of 2025 that the earlier factor release changes"
    pins = project / "seeds" / "factors" / "factor_release_pins.csv"
    original = pins.read_text()
    pins.write_text(original + PIN.format(number=2, release="2025.1", reason="adopted"))
    adopted = build(another_night, project)
    assert adopted == {**published, **foretold}
    pins.write_text(pins.read_text() + PIN.format(number=3, release="2026.1", reason="rolled back"))
    assert build(another_night, project) == published
    assert json.loads((release / "release.json").read_text())["release_id"] == release.name
