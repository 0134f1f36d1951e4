"""What a row must satisfy by itself, from the definition of its feed and the rules of its kind.

Only the row's own cells are used: whatever needs another row, a register or another file is checked in dbt, so that the
order in which files arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.feeds import Feed, FeedColumn
from ingestion.harmonised_system import CN_LENGTH, SUBHEADING_LENGTH, VALID_FROM, subheadings
from ingestion.notes import Notes

LONGEST_PERIOD_DAYS = 400
COUNTED_COMPONENTS = ("energy", "losses")
UNCOUNTED_REGISTERS = ("reactive", "demand")
NO_ENERGY_UNITS = ("kvarh", "kVA", "kW")
SIGNED_ON_CREDIT = ("quantity", "amount_excl_vat", "vat_amount", "amount_incl_vat")

Values: TypeAlias = dict[str, pa.Array]


@dataclass(frozen=True)
class Checked:
    """What the checks of a sheet look at: typed values and texts by column, and where to note what is wrong."""

    feed: Feed
    values: Values
    texts: Mapping[str, pa.Array]
    notes: Notes
    received_on: date

    def refuse(self, where: Any, column: str, code: str, *others: str) -> None:
        """Note a fault in each row where the condition holds; the details show this column and the `others`."""
        for row in np.flatnonzero(_mask(where)).tolist():
            shown = ", ".join(f"{name} = {self.values[name][row].as_py()}" for name in (column, *others))
            self.notes.fault(row, column, self.cell(column, row), code, detail=shown)

    def cell(self, column: str, row: int) -> str:
        """The cell as the file has it; empty when the file does not have the column."""
        return self.texts[column][row].as_py() if column in self.texts else ""


def check_rows(checked: Checked) -> None:
    """Note every fault of every row, and sign credit notes."""
    unread = {(fault.row, fault.column) for fault in checked.notes.faults}
    for column in checked.feed.columns:
        _check_column(checked, column, unread)
    if checked.feed.period:
        _check_period(checked, *checked.feed.period)
    RULES.get(checked.feed.name, lambda _: None)(checked)


def _check_column(checked: Checked, column: FeedColumn, unread: set[tuple[int, str]]) -> None:
    values = checked.values[column.name]
    if column.required and values.null_count:
        for row in np.flatnonzero(_mask(values.is_null())).tolist():
            if (row, column.name) not in unread:
                checked.notes.fault(row, column.name, checked.cell(column.name, row), "REQUIRED_MISSING")
    if column.pattern and values.null_count < len(values):
        wrong = pc.invert(pc.match_substring_regex(values, f"^(?:{column.pattern})$"))
        _refuse_value(checked, column.name, wrong, "PATTERN_INVALID", column.pattern)
    if column.minimum is not None:
        below = pc.less(values, _number(column.minimum, column.arrow_type))
        _refuse_value(checked, column.name, below, "OUT_OF_RANGE", f">= {column.minimum}")
    if column.maximum is not None:
        above = pc.greater(values, _number(column.maximum, column.arrow_type))
        _refuse_value(checked, column.name, above, "OUT_OF_RANGE", f"<= {column.maximum}")


def _refuse_value(checked: Checked, column: str, where: pa.Array, code: str, expected: str) -> None:
    for row in np.flatnonzero(_mask(where)).tolist():
        checked.notes.fault(row, column, checked.cell(column, row), code, expected=expected)


def _check_period(checked: Checked, start_column: str, end_column: str) -> None:
    start, end = checked.values[start_column], checked.values[end_column]
    backwards = pc.less(end, start)
    if checked.feed.kind == "activity":
        days = pc.subtract(end.cast(pa.int32()), start.cast(pa.int32()))
        checked.refuse(
            pc.or_(backwards, pc.greater_equal(days, LONGEST_PERIOD_DAYS)), end_column, "PERIOD_INVALID", start_column
        )
        # A bill that is dated today in Morocco may be received when UTC still has yesterday.
        latest = pa.scalar(checked.received_on + timedelta(days=1), pa.date32())
        checked.refuse(pc.greater(end, latest), end_column, "PERIOD_FUTURE")
    else:
        checked.refuse(backwards, end_column, "PERIOD_INVALID", start_column)


def _check_energy_bills(checked: Checked) -> None:
    values = checked.values
    _sign_credit_notes(checked)
    readable = ~_unread(checked, "site_id", "meter_id")
    placeless = _mask(values["site_id"].is_null()) & _mask(values["meter_id"].is_null())
    checked.refuse(readable & placeless, "site_id", "REQUIRED_MISSING")
    bill_type, quantity = values["bill_type"], values["quantity"]
    refers = _is_one_of(bill_type, ("credit_note", "corrective"))
    checked.refuse(refers & _mask(values["corrects_bill_no"].is_null()), "corrects_bill_no", "CREDIT_UNLINKED")
    ordinary = _is_one_of(bill_type, ("invoice", "estimated"))
    negative = _mask(pc.less(quantity, _number(0, quantity.type)))
    checked.refuse(ordinary & negative, "quantity", "NEGATIVE_QUANTITY")
    energy = _is_one_of(values["component"], COUNTED_COMPONENTS)
    counted = energy & ~_is_one_of(values["register"], UNCOUNTED_REGISTERS)
    readable = ~_unread(checked, "quantity", "component", "register", "bill_type")
    # A void says which bill never was, and need not repeat what that bill said.
    stated = counted & ~_is_one_of(bill_type, ("void",))
    checked.refuse(stated & readable & _mask(quantity.is_null()), "quantity", "REQUIRED_MISSING")
    readable = ~_unread(checked, "unit")
    without_unit = _mask(quantity.is_valid()) & _mask(values["unit"].is_null())
    checked.refuse(energy & readable & without_unit, "unit", "UNIT_MISSING")
    checked.refuse(counted & _is_one_of(values["unit"], NO_ENERGY_UNITS), "unit", "NOT_ENERGY")


def _sign_credit_notes(checked: Checked) -> None:
    """A credit note is negative, whether its sender printed the minus sign or not."""
    credit = _is_one_of(checked.values["bill_type"], ("credit_note",))
    if not credit.any():
        return
    signed = np.zeros(len(credit), dtype=bool)
    for column in SIGNED_ON_CREDIT:
        values = checked.values[column]
        positive = credit & _mask(pc.greater(values, _number(0, values.type)))
        signed |= positive
        checked.values[column] = pc.if_else(pa.array(positive), pc.negate(values), values)
    for row in np.flatnonzero(signed).tolist():
        checked.notes.flag(row, ("CREDIT_SIGNED",))


def _check_exports(checked: Checked) -> None:
    heavier = pc.greater(checked.values["net_mass_kg"], checked.values["gross_mass_kg"])
    checked.refuse(heavier, "net_mass_kg", "MASS_INVALID", "gross_mass_kg")
    mass, value = checked.values["net_mass_kg"], checked.values["fob_value_mad"]
    weightless = _mask(pc.equal(mass, _number(0, mass.type))) & _mask(pc.greater(value, _number(0, value.type)))
    checked.refuse(weightless, "net_mass_kg", "MASS_INVALID", "fob_value_mad")
    _check_tariff_codes(checked)


def _check_tariff_codes(checked: Checked) -> None:
    """Codes of the day of the declaration, and of the right tariff: beyond six digits each tariff has its own."""
    codes, declared = checked.values["hs10"], checked.values["registered_on"]
    subheading = pc.utf8_slice_codeunits(codes, 0, SUBHEADING_LENGTH)
    is_known = pc.is_in(subheading, pa.array(sorted(subheadings())))
    is_of_edition = pc.greater_equal(declared, pa.scalar(VALID_FROM, pa.date32()))
    is_code = pc.match_substring_regex(codes, "^[0-9]{6}([0-9]{4})?$")
    obsolete = _mask(is_code) & _mask(is_of_edition) & ~_mask(is_known)
    checked.refuse(obsolete, "hs10", "HS_OBSOLETE", "registered_on")
    for row in np.flatnonzero(_mask(pc.equal(pc.utf8_length(codes), SUBHEADING_LENGTH))).tolist():
        checked.notes.flag(row, ("HS_SHORT",))
    cut = pc.equal(checked.values["cn8"], pc.utf8_slice_codeunits(codes, 0, CN_LENGTH))
    # A subheading that neither tariff divides has two zeros in both.
    divided = pc.invert(pc.equal(pc.utf8_slice_codeunits(codes, SUBHEADING_LENGTH, CN_LENGTH), "00"))
    checked.refuse(_mask(cut) & _mask(divided), "cn8", "CN8_FROM_NGP", "hs10")


def _flag_confidential_products(checked: Checked) -> None:
    """A publisher writes X for the digits of a product that it hides: such a row counts in totals only."""
    for row in np.flatnonzero(_mask(pc.match_substring(checked.values["product_code"], "X"))).tolist():
        checked.notes.flag(row, ("CN8_CONFIDENTIAL",))


RULES: dict[str, Callable[[Checked], None]] = {
    "energy_bills": _check_energy_bills,
    "exports": _check_exports,
    "partner_trade": _flag_confidential_products,
}


def _unread(checked: Checked, *columns: str) -> np.ndarray:
    """Rows in which one of these cells could not be read: they have their fault already."""
    mask = np.zeros(checked.notes.rows, dtype=bool)
    mask[[fault.row for fault in checked.notes.faults if fault.column in columns]] = True
    return mask


def _is_one_of(values: pa.Array, wanted: tuple[str, ...]) -> np.ndarray:
    return _mask(pc.is_in(values, pa.array(wanted, values.type)))


def _number(value: int, type_: pa.DataType) -> pa.Scalar:
    return pa.scalar(Decimal(value) if pa.types.is_decimal(type_) else value, type_)


def _mask(condition: Any) -> np.ndarray:
    """A condition as NumPy booleans; null, which compares with nothing, is false."""
    if isinstance(condition, np.ndarray):
        return condition
    return pc.fill_null(condition, False).to_numpy(zero_copy_only=False)
