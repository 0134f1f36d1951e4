"""A row as its sender means it, before it is put into words and into a file."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

# A cell that is a text where a number or a date is due is written as it stands: that is how dirt gets in.
Cell: TypeAlias = str | int | Decimal | date | datetime | None
Row: TypeAlias = dict[str, Cell]
