"""What the lines of one invoice say about each other, once each of them is typed.

A mapping tells energy from charges by the name of a line. Where the name is silent, the rest of the line and of the
invoice may speak; where they do not, a line in a unit of energy is refused, and a line that is no energy is left out.
Quantities that several lines repeat are the business of `repeated_quantities`.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import date

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
HARMLESS_ON_CHARGES = frozenset({("unit", "UNIT_UNKNOWN"), ("quantity", "NEGATIVE_QUANTITY")})
PERIOD = ("period_start", "period_end")
TEXTS = ("details", "invoice wording", "label")


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


class _Lines:
    """The lines while they are settled: the columns that may change, and the faults by row."""

    def __init__(self, rows: SheetRows, texts: Mapping[str, list[str]], rules: Mapping[str, ColumnRule]) -> None:
        self._source, self._texts, self._rules = rows, texts, rules
        self._columns = {name: rows.table.column(name).to_pylist() for name in ("carrier", "component", *PERIOD)}
        self._units = rows.table.column("unit_as_printed").to_pylist()
        self._faults: dict[int, list[Fault]] = defaultdict(list)
        for fault in rows.notes.faults:
            self._faults[fault.row].append(fault)
        self._left_out: set[int] = set()

    def settle(self) -> None:
        """Find components, carriers and periods that are still open, and forgive what matters on energy alone."""
        whole = (all(fault.column for fault in self._faults[row]) for row in range(len(self._source.row_numbers)))
        open_rows = [row for row, is_open in enumerate(whole) if is_open]
        for row in open_rows:
            self._settle_component(row)
            self._settle_carrier(row)
        carriers, *days = ([each for each in self._columns[name] if each is not None] for name in ("carrier", *PERIOD))
        span = (min(days[0]), max(days[1])) if all(days) else None
        for row in open_rows:
            if self._is_counted(row):
                self._check_unit(row)
            elif self._columns["component"][row] is not None:
                self._settle_charge(row, carriers[0] if carriers else None, span)

    def rows(self) -> SheetRows:
        """The settled rows, without those that are left out."""
        table, source = self._source.table, self._source
        source.notes.faults = [fault for faults in self._faults.values() for fault in faults]
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
        if not self._forgive(row, {("component", "VALUE_UNKNOWN")}):
            return
        details = self._texts["details"][row]
        component = _first(self._rules["component"], details)
        if component is None and (self._columns["carrier"][row] or _first(self._rules["carrier"], details)):
            component = "energy"  # what names a carrier, and is none of the charges, is that carrier
        self._columns["component"][row] = component
        if component is None:
            self._refuse(row, "component", self._texts["label"][row], "WORDING_UNKNOWN")

    def _settle_carrier(self, row: int) -> None:
        if self._columns["carrier"][row] is not None:
            return
        self._forgive(row, {("carrier", "REQUIRED_MISSING")})
        if self._columns["component"][row] is None:
            return
        carrier = _first(self._rules["carrier"], self._texts["details"][row])
        if carrier is None and self._is_counted(row):
            carrier = self._of_invoice(row)
            if carrier is None:
                self._refuse(row, "carrier", self._texts["label"][row], "WORDING_UNKNOWN")
        self._columns["carrier"][row] = carrier

    def _of_invoice(self, row: int) -> str | None:
        """The one carrier that the invoice speaks of, where the unit of the line fits it."""
        kind = unit_kind(self._units[row] or "")
        carrier = self._named_by_invoice(kind, self._texts["invoice wording"][row])
        return carrier if kind == "energy" or (kind == "volume" and carrier == "natural_gas") else None

    @functools.cache  # noqa: B019 - it lives as long as the lines of one invoice
    def _named_by_invoice(self, kind: str, wording: str) -> str | None:
        folded = fold(f"{kind}unit {wording}")
        found = {value for value, pattern in self._rules["carrier"].patterns.items() if pattern.search(folded)}
        return found.pop() if len(found) == 1 else None

    def _check_unit(self, row: int) -> None:
        """Energy that is counted in pieces is not known."""
        is_open = not any(fault.column == "unit" for fault in self._faults[row])
        if is_open and unit_kind(self._units[row] or "") == "count":
            self._refuse(row, "unit", self._units[row] or "", "UNIT_UNKNOWN")

    def _settle_charge(self, row: int, carrier: str | None, span: tuple[date, date] | None) -> None:
        """A charge that names no carrier and no period is one on what the invoice bills."""
        self._forgive(row, HARMLESS_ON_CHARGES)
        self._columns["carrier"][row] = self._columns["carrier"][row] or carrier
        if self._columns["carrier"][row] is None:
            self._left_out.add(row)
        elif span and all(self._columns[name][row] is None for name in PERIOD):
            self._forgive(row, {(name, "REQUIRED_MISSING") for name in PERIOD})
            for name, day in zip(PERIOD, span, strict=True):
                self._columns[name][row] = day

    def _is_counted(self, row: int) -> bool:
        return self._columns["component"][row] in COUNTED_COMPONENTS

    def _refuse(self, row: int, column: str, cell: str, code: str) -> None:
        self._faults[row].append(Fault(row, column, cell, code))

    def _forgive(self, row: int, meant: Set[tuple[str, str]]) -> bool:
        """Take back faults of a row, by column and code; whether there were any."""
        faults = self._faults[row]
        self._faults[row] = [fault for fault in faults if (fault.column, fault.code) not in meant]
        return len(self._faults[row]) < len(faults)


def _first(rule: ColumnRule, text: str) -> str | None:
    folded = fold(text)
    if folded in rule.values:
        return rule.values[folded]
    return next((value for value, pattern in rule.patterns.items() if pattern.search(folded)), None)
