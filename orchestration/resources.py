"""The one resource: the home folder, locked for writing as long as a run lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from warehouse.home import Home
from warehouse.ledger import Ledger


class HomeResource(dg.ConfigurableResource):
    """The home that a run writes. A second run on the same home fails at once, with a message that says why."""

    root: str

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["HomeResource"]:
        """Hold the writer's lock from the first step of a run to its last."""
        with self.home.writer():
            yield self

    @property
    def home(self) -> Home:
        """The home folder as the warehouse knows it."""
        return Home.at(self.root)

    @property
    def ledger(self) -> Ledger:
        """The ledger of the home."""
        return Ledger(self.home.ledger)
