"""One released sample association for all tests that only read; a copy of it for those that write."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingestion.sample import make_sample
from orchestration.night import Night, run_night
from warehouse.home import Home


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Night]:
    """The sample association after its first night."""
    home = Home.at(tmp_path_factory.mktemp("association"))
    make_sample(home.root)
    return home, run_night(home)


@pytest.fixture(scope="session")
def released(first_night: tuple[Home, Night]) -> Home:
    """The home of the released sample. Read it, never write."""
    return first_night[0]


@pytest.fixture
def another_night(released: Home, tmp_path: Path) -> Home:
    """A copy of the released home, to land files in and run nights on."""
    copy = tmp_path / "home"
    shutil.copytree(released.root, copy, symlinks=True)
    return Home.at(copy)
