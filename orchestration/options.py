"""What the commands share: the options that most of them take, the home they name, and a fault told to people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.output import Format, say

if TYPE_CHECKING:
    from warehouse.home import Home

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="MIZAN_HOME", help="The folder that holds landing, archive and releases.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How data is printed.")]
DEFAULT_HOME = Path("data")


class Fault(typer.Exit):
    """A fault that the person can act on: the message, then exit code 1."""

    def __init__(self, message: str) -> None:
        say(f"mizan: {message}")
        super().__init__(1)


def home_at(path: Path) -> Home:
    """The home that an option names."""
    from warehouse.home import Home

    return Home.at(path)
