"""The dbt project as Dagster needs it: parsed once, again only when a file of it changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from warehouse.code import PROJECT, digest_of
from warehouse.home import Home, write_atomically

DBT_PROJECT = PROJECT / "dbt_project"
DBT_EXECUTABLE = Path(sys.executable).with_name("dbt")


class DbtParseFailed(RuntimeError):
    """dbt could not read its own project."""


def dbt_environment(home: Home) -> dict[str, str]:
    """The variables under which dbt works on this home."""
    return {**os.environ, "MIZAN_HOME": str(home.root), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}


def target_folder(home: Home) -> Path:
    """Where dbt keeps its manifest and its parsing cache for this home."""
    return home.build / "dbt"


def prepared_manifest(home: Home) -> Path:
    """The manifest of the dbt project as it is now. Raises DbtParseFailed with dbt's own words."""
    target = target_folder(home)
    manifest, stamp, digest = target / "manifest.json", target / "parsed", digest_of(DBT_PROJECT)
    if manifest.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return manifest
    target.mkdir(parents=True, exist_ok=True)
    arguments: list[str | Path] = [
        "parse",
        "--project-dir",
        DBT_PROJECT,
        "--profiles-dir",
        DBT_PROJECT,
        "--target-path",
        target,
    ]
    parsed = subprocess.run(  # noqa: S603 -- our own executable and our own paths
        [DBT_EXECUTABLE, "--no-use-colors", "--quiet", *arguments, "--log-path", target],
        cwd=DBT_PROJECT,
        env=dbt_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    if parsed.returncode:
        raise DbtParseFailed(f"dbt parse failed in {DBT_PROJECT}:\n{parsed.stdout}{parsed.stderr}")
    write_atomically(stamp, digest.encode())
    return manifest
