"""What the lines of one invoice say about each other, once each of them is typed.

A mapping tells energy from charges by the name of a line. Where the name is silent, the rest of the line and of the
invoice may speak; where they do not, a line in a unit of energy is refused, and a line that is no energy is left out.
Quantities that several lines repeat are the business of `repeated_quantities`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from ingestion.cells import Cells, FileRefused
from ingestion.checks import COUNTED_COMPONENTS
from ingestion.folding import fold
from ingestion.header import Header
from ingestion.mapping import ColumnRule, SourceMapping
from ingestion.notes import Fault
from ingestion.readers.invoices.derived import unit_kind
from ingestion.readers.invoices.terms import DERIVED
from ingestion.sheets import SheetRows

# A charge may be negative, for a span or for a unit that no one knows: it counts nothing.
HARMLESS_ON_CHARGES = {("unit", "UNIT_UNKNOWN"), ("quantity", "NEGATIVE_QUANTITY")}
PERIOD = ("period_start", "period_end")
COUNTED_UNITS = ("energy", "volume", "mass", "bottle")


def settle_invoice_lines(rows: SheetRows, cells: Cells, header: Header, mapping: SourceMapping) -> SheetRows:
    """The rows of an invoice with what its other words say; rows of any other table as they are.

    Raises `FileRefused` NO_ENERGY_LINES for an invoice none of whose lines speaks of energy.
    """
    labels = [fold(label) for label in header.labels]
    places = {name: labels.index(fold(DERIVED[name])) for name in TEXTS if fold(DERIVED[name]) in labels}
    rules = {rule.name: rule for rule in mapping.columns}
    if len(places) < len(TEXTS) or not {"carrier", "component"} <= rules.keys() or not len(rows.row_numbers):
        return rows
    taken = cells.columns
    positions = np.searchsorted(cells.row_numbers, rows.row_numbers).tolist()
    texts = {name: [taken[place].text[position].as_py() for position in positions] for name, place in places.items()}
    invoice = _Lines(rows, texts, rules)
    invoice.settle()
    return invoice.rows()


TEXTS = ("details", "invoice wording", "label")


class _Lines:
    """The lines while they are settled: the two columns that may change, and the faults by row."""

    def __init__(self, rows: SheetRows, texts: Mapping[str, list[str]], rules: Mapping[str, ColumnRule]) -> None:
        self._source, self._texts, self._rules = rows, texts, rules
        self._columns = {name: rows.table.column(name).to_pylist() for name in ("carrier", "component", *PERIOD)}
        self._units = rows.table.column("unit_as_printed").to_pylist()
        self._left_out: set[int] = set()
        self._first_carrier: str | None = None

    def settle(self) -> None:
        """Find components, carriers and periods that are still open, and forgive what matters on energy alone."""
        for row in range(len(self._source.row_numbers)):
            if not self._is_refused_as_a_whole(row):
                self._settle_component(row)
                self._settle_carrier(row)
        self._first_carrier = next(filter(None, self._columns["carrier"]), None)
        for row in range(len(self._source.row_numbers)):
            if not self._is_refused_as_a_whole(row):
                self._settle_rest(row)

    def rows(self) -> SheetRows:
        """The settled rows, without those that are left out."""
        table, source = self._source.table, self._source
        for name, values in self._columns.items():
            place = table.column_names.index(name)
            table = table.set_column(place, name, pa.array(values, table.schema.field(name).type))
        if not self._left_out:
            return replace(source, table=table)
        if len(self._left_out) == len(source.row_numbers):
            raise FileRefused("NO_ENERGY_LINES")
        kept = np.setdiff1d(np.arange(len(source.row_numbers)), np.fromiter(self._left_out, np.int64))
        return replace(
            source,
            table=table.take(pa.array(kept)),
            row_numbers=source.row_numbers[kept],
            notes=source.notes.take(kept),
            dropped=source.dropped + Counter({"LINE_NOT_ENERGY": len(self._left_out)}),
        )

    def _settle_component(self, row: int) -> None:
        if not self._forgive(row, lambda fault: fault.column == "component" and fault.code == "VALUE_UNKNOWN"):
            return
        component = _first(self._rules["component"], self._texts["details"][row])
        self._columns["component"][row] = component
        if component is None:
            self._refuse_wording(row, "component")

    def _settle_carrier(self, row: int) -> None:
        if self._columns["carrier"][row] is not None:
            return
        self._forgive(row, lambda fault: fault.column == "carrier" and fault.code == "REQUIRED_MISSING")
        if self._columns["component"][row] is None:
            return
        carrier = _first(self._rules["carrier"], self._texts["details"][row])
        if carrier is None and self._is_counted(row):
            carrier = self._of_invoice(row)
            if carrier is None:
                self._refuse_wording(row, "carrier")
        self._columns["carrier"][row] = carrier

    def _of_invoice(self, row: int) -> str | None:
        """The one carrier that the invoice speaks of, where the unit of the line fits it."""
        kind = unit_kind(self._units[row] or "")
        found = _all(self._rules["carrier"], f"{kind}unit {self._texts['invoice wording'][row]}")
        carrier = found.pop() if len(found) == 1 else None
        return carrier if kind == "energy" or (kind == "volume" and carrier == "natural_gas") else None

    def _settle_rest(self, row: int) -> None:
        if self._columns["component"][row] is None:
            return
        if not self._is_counted(row):
            # A charge that names no carrier is one of those that the invoice bills.
            self._columns["carrier"][row] = self._columns["carrier"][row] or self._first_carrier
            if self._columns["carrier"][row] is None:
                self._left_out.add(row)
            self._forgive(row, lambda fault: (fault.column, fault.code) in HARMLESS_ON_CHARGES)
            self._settle_period(row)
        elif unit_kind(self._units[row] or "") == "count" and not self._faults(row, "unit"):
            self._source.notes.fault(row, "unit", self._units[row] or "", "UNIT_UNKNOWN")

    def _settle_period(self, row: int) -> None:
        """A charge without a period is one for the days that the invoice bills."""
        starts, ends = ([day for day in self._columns[name] if day is not None] for name in PERIOD)
        if all(self._columns[name][row] is None for name in PERIOD) and starts and ends:
            self._forgive(row, lambda fault: fault.column in PERIOD and fault.code == "REQUIRED_MISSING")
            self._columns["period_start"][row], self._columns["period_end"][row] = min(starts), max(ends)

    def _is_counted(self, row: int) -> bool:
        return self._columns["component"][row] in COUNTED_COMPONENTS

    def _is_refused_as_a_whole(self, row: int) -> bool:
        return any(fault.row == row and not fault.column for fault in self._source.notes.faults)

    def _refuse_wording(self, row: int, column: str) -> None:
        self._source.notes.fault(row, column, self._texts["label"][row], "WORDING_UNKNOWN")

    def _faults(self, row: int, column: str) -> bool:
        return any(fault.row == row and fault.column == column for fault in self._source.notes.faults)

    def _forgive(self, row: int, is_meant: Callable[[Fault], bool]) -> bool:
        """Take back the faults of a row that are meant; whether there were any."""
        notes = self._source.notes
        kept = [fault for fault in notes.faults if fault.row != row or not is_meant(fault)]
        found = len(kept) < len(notes.faults)
        notes.faults = kept
        return found


def _first(rule: ColumnRule, text: str) -> str | None:
    folded = fold(text)
    if folded in rule.values:
        return rule.values[folded]
    return next((value for value, pattern in rule.patterns.items() if pattern.search(folded)), None)


def _all(rule: ColumnRule, text: str) -> set[str]:
    folded = fold(text)
    return {value for value, pattern in rule.patterns.items() if pattern.search(folded)}
