"""How the command line prints: data on stdout as a table, JSON or CSV; everything else on stderr."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 10_000


class Format(StrEnum):
    """The forms in which data is printed."""

    table = "table"
    json = "json"
    csv = "csv"


def say(text: str) -> None:
    """Tell the person something; not data."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(text, markup=False)


def print_rows(found: Sequence[Mapping[str, Any]], form: Format) -> None:
    """Print rows of equal columns. Decimals keep every digit; in JSON they are texts."""
    if form is Format.json:
        print_json(list(found))
    elif form is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        if found:
            writer.writerow(found[0].keys())
        writer.writerows([["" if value is None else _cell(value) for value in row.values()] for row in found])
    else:
        table = Table(box=None, header_style="bold")
        for name in found[0] if found else ():
            table.add_column(name, no_wrap=True)
        for row in found:
            table.add_row(*("" if value is None else Text(_shown(value)) for value in row.values()))
        # A pipe has no width: nothing is cut off there.
        console = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=WIDE)
        console.print(table)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=_shown) + "\n")


def _shown(value: Any) -> str:
    """A value as text: a decimal with all its places and never with an exponent, a date in ISO form."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _cell(value: Any) -> str:
    """A CSV cell. A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    text = _shown(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r" else text
