"""`mizan query`, `mizan releases` and `mizan restatements`: what was published, now or at an earlier time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.options import DEFAULT_HOME, Fault, FormatOption, HomeOption, home_at
from orchestration.output import Format, print_json, print_rows, say

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.home import Home

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]


def query(
    sql: Annotated[str, typer.Argument(help="A query on a release; tables are in schema marts.")],
    as_known_at: Annotated[
        datetime | None, typer.Option(formats=MOMENTS, help="The release that was the latest then (UTC).")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    output: FormatOption = Format.table,
) -> None:
    """Ask a release in SQL, the latest or an earlier one. Read only; it sees nothing but the release."""
    from warehouse.database import QueryFailed, rows, sandboxed

    place = home_at(home)
    release = latest(place) if as_known_at is None else _as_known_at(place, as_known_at)
    try:
        with sandboxed(release / "mizan.duckdb") as connection:
            found = rows(connection, sql)
    except QueryFailed as error:
        raise Fault(str(error)) from error
    print_rows(found, output)


def releases(home: HomeOption = DEFAULT_HOME, output: FormatOption = Format.table) -> None:
    """The releases published so far, oldest first."""
    from warehouse.ledger import Ledger

    columns = ("release_id", "published_at", "code_version", "ledger_head")
    entries = Ledger(home_at(home).ledger).of_kind("release")
    print_rows([{column: entry[column] for column in columns} for entry in entries], output)


def restatements(
    earlier: Annotated[str | None, typer.Argument(help="A release; by default the one before the later one.")] = None,
    later: Annotated[str | None, typer.Argument(help="A release; by default the latest.")] = None,
    home: HomeOption = DEFAULT_HOME,
    output: FormatOption = Format.table,
) -> None:
    """What changed between two releases, by member, year and cause; the causes add up to the difference."""
    from dataclasses import asdict

    from warehouse.releases import NoSuchRelease, release_named
    from warehouse.restatements import restatements as compare

    place = home_at(home)
    after = latest(place).name if later is None else later
    try:
        found = compare(release_named(place, earlier or _before(place, after)), release_named(place, after))
    except NoSuchRelease as error:
        raise Fault(str(error)) from error
    if output is Format.json:
        print_json(asdict(found))
    else:
        print_rows(found.rows, output)
    say(f"{found.earlier} -> {found.later}: {len(found.rows)} changes by cause.")
    if not found.is_complete:
        raise Fault(f"{len(found.unexplained)} published figures differ by more than their causes: see --format json")


def latest(home: Home) -> Path:
    """The folder of the latest release; a `Fault` when there is none."""
    if not home.latest_release.exists():
        raise Fault(f"{home.releases} holds no release yet; next step: mizan run --home {home.root}")
    return home.latest_release.resolve()


def _before(home: Home, release_id: str) -> str:
    from warehouse.ledger import Ledger

    known = [entry["release_id"] for entry in Ledger(home.ledger).of_kind("release")]
    if release_id not in known[1:]:
        raise Fault(f"{release_id} has no release before it; see: mizan releases --home {home.root}")
    return str(known[known.index(release_id) - 1])


def _as_known_at(home: Home, moment: datetime) -> Path:
    from warehouse.releases import NoSuchRelease, release_as_known_at

    try:
        return release_as_known_at(home, moment.replace(tzinfo=UTC))
    except NoSuchRelease as error:
        raise Fault(str(error)) from error
