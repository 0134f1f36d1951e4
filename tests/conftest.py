"""What all tests share: homes in temporary folders, and one built release for the tests that only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.home import Home
from warehouse.ledger import Ledger


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "home")


@pytest.fixture
def ledger(home: Home) -> Ledger:
    return Ledger(home.ledger)
