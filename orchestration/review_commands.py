"""`mizan review`: what waits for a person's word, and how that word is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.options import DEFAULT_HOME, Fault, FormatOption, HomeOption, home_at
from orchestration.output import Format, print_rows, say

if TYPE_CHECKING:
    from warehouse.home import Home
    from warehouse.ledger import Ledger
    from warehouse.reviews import Decision, ReviewRow

SHOWN = (
    "member_id", "supplier", "bill_no", "meter_id", "period_start", "period_end", "register", "component", "quantity", "unit",
)  # fmt: skip
AMOUNTS = ("amount_excl_vat", "amount_incl_vat", "fob_value_mad")


def review(
    file: Annotated[str | None, typer.Argument(help="A file: its SHA-256, the beginning of it, or its name.")] = None,
    row: Annotated[list[int] | None, typer.Option("--row", help="A row of the file; repeat it for several.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Let the rows count.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Keep the rows out.")] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who decides.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="Why.")] = None,
    home: HomeOption = DEFAULT_HOME,
    output: FormatOption = Format.table,
) -> None:
    """List the rows that wait for a person's word, or give it: rows read from a PDF count only when accepted.

    Without --row, a decision is on every row of the file that waits. A later decision on a row takes the place of an
    earlier one. Nothing is edited: a bill that was read wrongly is rejected and entered by hand in the template.
    """
    from warehouse.home import HomeIsBusy
    from warehouse.ledger import Ledger
    from warehouse.reviews import NothingToReview

    place = home_at(home)
    ledger = Ledger(place.ledger)
    try:
        if not accept and not reject:
            if by or note:
                raise typer.BadParameter("--by and --note go with --accept or --reject")
            _list(place, ledger, file, row or [], output)
        else:
            if accept and reject:
                raise typer.BadParameter("give either --accept or --reject")
            if file is None or not (by or "").strip():
                raise typer.BadParameter("a decision needs the file and --by, the person who decides")
            with place.writer():
                _decide(place, ledger, file, row or [], "accept" if accept else "reject", str(by).strip(), note, output)
    except (NothingToReview, HomeIsBusy) as problem:
        raise Fault(str(problem)) from problem


def _list(home: Home, ledger: Ledger, file: str | None, numbers: list[int], output: Format) -> None:
    waiting = [row for row in _rows(home, ledger, file, numbers) if row.standing is None]
    names = _names(ledger)
    print_rows([_shown(row, names) for row in waiting], output)
    if not waiting:
        say("No row waits for a person's word.")
    else:
        say(f"{len(waiting)} rows wait. Next step: mizan review FILE [--row N] --accept|--reject --by PERSON")


def _decide(
    home: Home,
    ledger: Ledger,
    file: str,
    numbers: list[int],
    decision: Decision,
    person: str,
    note: str | None,
    output: Format,
) -> None:
    from ingestion.landing import recover
    from warehouse.reviews import NothingToReview, decide

    recover(home, ledger)
    rows = _rows(home, ledger, file, numbers)
    if not numbers:
        rows = [row for row in rows if row.standing is None]
    if not rows:
        raise NothingToReview(f"no row of {file} waits; to change a decision, name its rows with --row")
    decide(ledger, rows, decision, person, note)
    names = _names(ledger)
    print_rows([{**_shown(row, names), "message": f"{decision}ed by {person}"} for row in rows], output)
    outcome = "count" if decision == "accept" else "stay out"
    say(f"{len(rows)} rows {outcome} from the next night on. Next step: mizan run --home {home.root}")


def _rows(home: Home, ledger: Ledger, file: str | None, numbers: list[int]) -> list[ReviewRow]:
    """The rows to confirm of a file or of all, in the order of receipt; raises when a number is not among them."""
    from warehouse.raw import current_batches
    from warehouse.reviews import NothingToReview, file_named, review_rows

    if numbers and file is None:
        raise typer.BadParameter("--row needs the file")
    sha256 = file_named(ledger, file) if file else None
    rows = list(review_rows(home, ledger, current_batches(ledger), sha256))
    unknown = set(numbers) - {row.cells["row_no"] for row in rows}
    if unknown:
        listed = ", ".join(str(number) for number in sorted(unknown))
        raise NothingToReview(f"{file} has no row to confirm with number {listed}")
    meant = [row for row in rows if not numbers or row.cells["row_no"] in numbers]
    return sorted(meant, key=lambda row: (row.cells["file_sequence"], row.cells["row_no"], row.row_id))


def _names(ledger: Ledger) -> dict[tuple[str, str], str]:
    return {(entry["feed"], entry["file_sha256"]): entry["name"] for entry in ledger.of_kind("file")}


def _shown(row: ReviewRow, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    cells = row.cells
    return {
        "file": names[(row.feed, cells["file_sha256"])],
        "file_sha256": cells["file_sha256"],
        "row": cells["row_no"],
        **{name: cells.get(name) for name in SHOWN},
        "amount": next((cells[name] for name in AMOUNTS if cells.get(name) is not None), None),
        "message": _message(row),
    }


def _message(row: ReviewRow) -> str:
    place = row.cells.get("evidence_ref") or f"row {row.cells['row_no']}"
    if row.decided is not None:
        done = f"{row.decided['decision']}ed by {row.decided['person']}"
        return f"Read otherwise since it was {done}: compare it with the document again ({place})."
    return f"Compare it with the document ({place})."
