"""The unit tests of the dbt models, run by dbt itself on the database of a built night."""

from __future__ import annotations

import subprocess

from orchestration.manifest import DBT_EXECUTABLE, DBT_PROJECT, dbt_environment
from warehouse.home import Home


def test_every_dbt_unit_test_passes(another_night: Home) -> None:
    target = another_night.build / "dbt_unit_tests"
    arguments = ["test", "--select", "test_type:unit", "--profiles-dir", DBT_PROJECT, "--target-path", target]
    done = subprocess.run(
        [DBT_EXECUTABLE, "--no-use-colors", *arguments, "--log-path", target],
        cwd=DBT_PROJECT,
        env=dbt_environment(another_night),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "unit tests" in done.stdout, "no unit test ran"
