"""The command line `mizan`. Parses and prints; the work is done elsewhere, imported by the command that needs it.

Exit codes: 0 done, 1 fault, 2 usage, 3 a quality gate held the release back.
"""

from __future__ import annotations

import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration import release_commands
from orchestration.factor_commands import factors_app
from orchestration.mapping_commands import mapping_app
from orchestration.options import DEFAULT_HOME, Fault, FormatOption, HomeOption, home_at
from orchestration.output import Format, print_json, print_rows, say
from orchestration.review_commands import review

if TYPE_CHECKING:
    pass

app = typer.Typer(
    name="mizan",
    help="An emissions data warehouse: from bills to published figures, each traced to its row.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

GATE_CLOSED = 3


class TraceFormat(StrEnum):
    """The forms of a trace."""

    text = "text"
    json = "json"
    csv = "csv"
    html = "html"


class Method(StrEnum):
    """The two methods of scope 2."""

    location = "location"
    market = "market"


@app.command()
def sample(folder: Annotated[Path, typer.Argument(help="A new home folder.")]) -> None:
    """Make a made-up association of 40 members: real factors and codes, invented companies."""
    from ingestion.sample import make_sample

    made = make_sample(folder)
    say(f"{folder}: {made.files} files of a made-up association. Next step: mizan run --home {folder}")


@app.command()
def run(
    reread: Annotated[
        bool, typer.Option("--reread", help="Read every archived file again: after a mapping was added or mended.")
    ] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Run the night: ingest, check, build, check, publish, report."""
    from orchestration.night import Outcome, run_night

    place = home_at(home)
    night = run_night(place, reread=reread)
    say(night.message)
    if night.outcome is Outcome.held_back:
        raise typer.Exit(GATE_CLOSED)
    if night.outcome is Outcome.failed:
        raise typer.Exit(1)
    latest = place.latest_release
    print_rows(
        [
            {"what": "release", "where": str(latest)},
            {"what": "reports", "where": str(latest / "reports" / "index.html")},
            {"what": "Dagster", "where": f"mizan ui --home {place.root}"},
        ],
        Format.table,
    )


@app.command()
def ingest(home: HomeOption = DEFAULT_HOME, output: FormatOption = Format.table) -> None:
    """Read what landed, without building or publishing."""
    from ingestion.feeds import load_feeds
    from ingestion.landing import ingest_feed, recover
    from warehouse.ledger import Ledger

    place = home_at(home)
    ledger = Ledger(place.ledger)
    files: list[dict[str, Any]] = []
    with place.writer():
        recover(place, ledger)
        for feed in load_feeds().values():
            files.extend(
                {
                    "feed": feed.name,
                    "name": file.name,
                    "status": file.status,
                    "reason_code": file.reason_code,
                    "rows_read": file.rows_read,
                    "rows_accepted": file.rows_accepted,
                    "rows_quarantined": file.rows_quarantined,
                    "rows_dropped": file.rows_dropped,
                }
                for file in ingest_feed(place, ledger, feed).files
            )
    print_rows(files, output)
    if not files:
        say("Nothing new in the landing folder.")


@app.command()
def status(home: HomeOption = DEFAULT_HOME, output: FormatOption = Format.table) -> None:
    """What the last night did, what waits, and what is wrong."""
    from orchestration.status import status_of

    found = status_of(home_at(home))
    if output is Format.json:
        print_json(found)
    else:
        print_rows([{"what": key, "value": value} for key, value in found.items()], output)


@app.command()
def trace(
    member: Annotated[str, typer.Argument(help="The member's ICE.")],
    year: Annotated[int, typer.Option(help="The reporting year.")],
    scope: Annotated[int | None, typer.Option(min=1, max=2, help="1 or 2.")] = None,
    method: Annotated[Method, typer.Option(help="Of scope 2.")] = Method.location,
    measure: Annotated[
        str | None, typer.Option(help="Any other column of rpt_member_years, such as energy_gj.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    output: Annotated[TraceFormat, typer.Option("--format")] = TraceFormat.text,
) -> None:
    """Derive one figure of rpt_member_years: the rows, months, conversions, factors and files behind it."""
    from reporting.trace import render_trace
    from warehouse.trace import MEASURES, NothingToTrace
    from warehouse.trace import trace as derive

    if (scope is None) == (measure is None):
        raise typer.BadParameter("give either --scope or --measure")
    column = measure or ("scope1_kgco2e" if scope == 1 else f"scope2_{method.value}_kgco2e")
    if column not in MEASURES:
        raise typer.BadParameter(f"--measure is one of {', '.join(MEASURES)}")
    try:
        found = derive(release_commands.latest(home_at(home)), member, year, column)
    except NothingToTrace as error:
        raise Fault(str(error)) from error
    sys.stdout.write(render_trace(found, output.value))
    if not found.is_complete:
        raise Fault(f"the rows add up to {found.sum}, the published figure is {found.value}")


@app.command()
def verify(home: HomeOption = DEFAULT_HOME, output: FormatOption = Format.table) -> None:
    """Recompute the ledger chain, the archive, the batches and every release."""
    from dataclasses import asdict

    from warehouse.verify import verify as recompute

    found = recompute(home_at(home))
    if output is Format.json:
        print_json(asdict(found))
    else:
        print_rows([{"checked": kind, "number": number} for kind, number in found.checked.items()], output)
        for difference in found.differences:
            say(difference)
        say("Nothing differs." if not found.differences else f"{len(found.differences)} differences.")
    if found.differences:
        raise typer.Exit(1)


@app.command()
def ui(
    home: HomeOption = DEFAULT_HOME, port: Annotated[int, typer.Option(help="On this machine only.")] = 3000
) -> None:
    """Open Dagster on this home: assets, lineage, checks, runs, schedule and sensor."""
    from orchestration.instance import dagster_home
    from orchestration.manifest import dbt_environment

    place = home_at(home)
    environment = {
        **dbt_environment(place),
        "DAGSTER_HOME": dagster_home(place),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
    }
    say(f"Dagster on http://127.0.0.1:{port} (stop with Ctrl-C)")
    arguments = ["dev", "-m", "orchestration.definitions", "--host", "127.0.0.1", "--port", str(port)]
    dagster = str(Path(sys.executable).with_name("dagster"))
    os.environ.update(environment)
    raise typer.Exit(subprocess.call([dagster, *arguments], env=environment))  # noqa: S603 -- our own executable


for command in (release_commands.query, release_commands.releases, release_commands.restatements, review):
    app.command()(command)
app.add_typer(mapping_app, name="mapping")
app.add_typer(factors_app, name="factors")


def main() -> None:
    """The entry point of the `mizan` command."""
    app()
