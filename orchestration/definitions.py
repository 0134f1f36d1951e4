"""What Dagster's own tools load: the definitions of the home that MIZAN_HOME names (default ./data)."""

import os

import dagster as dg

from orchestration.build import build_definitions
from warehouse.home import Home


@dg.definitions
def definitions() -> dg.Definitions:
    """The definitions, built when Dagster asks for them and not at import."""
    return build_definitions(Home.at(os.environ.get("MIZAN_HOME", "data")))
