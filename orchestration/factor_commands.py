"""`mizan factors`: which emission factor was used and why, and what another release of the factor library would change."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.options import DEFAULT_HOME, Fault, FormatOption, HomeOption, home_at
from orchestration.output import Format, print_rows, say
from orchestration.release_commands import latest

factors_app = typer.Typer(
    help="Emission factors: which, why, and what another release would change.", no_args_is_help=True
)


@factors_app.command()
def releases(home: HomeOption = DEFAULT_HOME, output: FormatOption = Format.table) -> None:
    """The releases of the factor library and the reporting years computed with each."""
    from warehouse.factors import factor_releases

    print_rows(factor_releases(latest(home_at(home))), output)


@factors_app.command()
def explain(
    member: Annotated[str, typer.Argument(help="The member's company number (ICE).")],
    year: Annotated[int, typer.Option(help="Calendar year.")],
    home: HomeOption = DEFAULT_HOME,
    output: FormatOption = Format.table,
) -> None:
    """The factors behind a member's year: which, from which source, and what was looked for before."""
    from warehouse.factors import NothingKnown
    from warehouse.factors import explain as factors_of

    try:
        print_rows(factors_of(latest(home_at(home)), member, year), output)
    except NothingKnown as error:
        raise Fault(str(error)) from error


@factors_app.command()
def show(
    factor_id: Annotated[str, typer.Argument(help="A factor, as fct_emissions names it.")],
    home: HomeOption = DEFAULT_HOME,
    output: FormatOption = Format.table,
) -> None:
    """One factor: its gases, potentials, source, edition, validity and status."""
    from warehouse.factors import NothingKnown, factor

    try:
        found = factor(latest(home_at(home)), factor_id)
    except NothingKnown as error:
        raise Fault(str(error)) from error
    is_table = output is Format.table
    print_rows([{"column": name, "value": value} for name, value in found.items()] if is_table else [found], output)


@factors_app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A factor release, such as 2025.1.")],
    after: Annotated[str, typer.Argument(help="Another factor release.")],
    home: HomeOption = DEFAULT_HOME,
    output: FormatOption = Format.table,
) -> None:
    """What a factor release would change, member by member, before it is adopted. Nothing is built or written."""
    from warehouse.factors import NothingKnown, difference

    try:
        found = difference(latest(home_at(home)), before, after)
    except NothingKnown as error:
        raise Fault(str(error)) from error
    print_rows(found, output)
    members = {row["member_id"] for row in found}
    say(f"{before} -> {after}: {len(found)} figures of {len(members)} members would change.")
