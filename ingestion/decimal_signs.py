"""Which decimal signs the columns of a table may use: what its mapping says and what its cells prove.

A table that is read in parts proves its signs bit by bit: the evidence of the parts is added up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingestion import casting
from ingestion.cells import Column
from ingestion.feeds import Feed


@dataclass(frozen=True)
class Evidence:
    """The decimal signs that each column proves to use, and the columns in which either sign is found at all."""

    proven: Mapping[str, frozenset[str]] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()

    def __or__(self, other: Evidence) -> Evidence:
        """The evidence of two parts of a table."""
        names = {**self.proven, **other.proven}
        nothing: frozenset[str] = frozenset()
        return Evidence(
            {name: self.proven.get(name, nothing) | other.proven.get(name, nothing) for name in names},
            self.marked | other.marked,
        )

    def signs(self, stated: str | None) -> dict[str, frozenset[str]]:
        """The signs of each column, which may be the `stated` one of the mapping.

        A column that proves none takes the one sign that the file's other columns prove, if they agree.
        """
        of_mapping = frozenset({stated} if stated else ())
        of_file = frozenset().union(*self.proven.values()) | of_mapping
        shared = of_file if len(of_file) == 1 else frozenset()
        return {name: (signs | of_mapping) or shared for name, signs in self.proven.items()}


NOTHING_KNOWN = Evidence()


def evidence_of(columns: Mapping[str, Column], feed: Feed) -> Evidence:
    """What the decimal columns of a feed prove."""
    decimals = [column.name for column in feed.columns if column.type == "decimal" and column.name in columns]
    marked = frozenset(name for name in decimals if casting.has_decimal_marks(columns[name]))
    return Evidence(
        {name: casting.decimal_evidence(columns[name]) if name in marked else frozenset() for name in decimals}, marked
    )
