"""Dagster's own home inside ours: its configuration and its instance."""

from __future__ import annotations

import os

import dagster as dg

from warehouse.home import Home, write_atomically

# No telemetry, no invitation, one run at a time: there is one writer.
CONFIGURATION = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
  pools:
    granularity: op
    default_limit: 1
"""


def dagster_home(home: Home) -> str:
    """The folder for DAGSTER_HOME, made ready."""
    file = home.dagster / "dagster.yaml"
    if not file.exists() or file.read_text(encoding="utf-8") != CONFIGURATION:
        write_atomically(file, CONFIGURATION.encode())
    return str(home.dagster)


def instance(home: Home) -> dg.DagsterInstance:
    """The instance that the command line, the schedule and the UI share. Use it as a context manager."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    os.environ["DAGSTER_HOME"] = dagster_home(home)
    return dg.DagsterInstance.from_config(str(home.dagster))
