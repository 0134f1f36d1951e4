"""Units and currencies written in the cell of a number: they must agree with the column that states them."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from ingestion.checks import Values
from ingestion.feeds import Feed
from ingestion.notes import Notes
from ingestion.units import find_unit

CURRENCIES = {
    "mad": "MAD", "dh": "MAD", "dhs": "MAD", "درهم": "MAD", "د.م": "MAD", "د.م.": "MAD",
    "eur": "EUR", "€": "EUR", "euro": "EUR", "euros": "EUR", "usd": "USD", "$": "USD", "gbp": "GBP", "£": "GBP",
}  # fmt: skip
MONEY = ("amount_excl_vat", "vat_amount", "amount_incl_vat", "fob_value_mad", "value_mad", "invoice_value")
CURRENCY_COLUMNS = {"invoice_value": "invoice_currency"}
UNIT_IN_NAME = {"_kg": "kg", "_kva": "kVA", "_kwh": "kWh", "_t": "t"}
PER_CENT = "%"


def check_units_in_cells(
    feed: Feed,
    values: Values,
    texts: Mapping[str, pa.Array],
    units_in_cells: Mapping[str, Mapping[int, str]],
    notes: Notes,
) -> None:
    """Refuse cells whose unit contradicts its column; a measure without a unit takes the one written in its cell."""
    filled: dict[int, str] = {}
    for column, units in units_in_cells.items():
        for row, printed in units.items():
            fault, expected = _compared(feed, values, column, row, printed, filled)
            if fault:
                notes.fault(row, column, texts[column][row].as_py(), fault, expected=expected)
    if filled and feed.measure and feed.measure.unit:
        units_column = values[feed.measure.unit].to_pylist()
        for row, unit in filled.items():
            units_column[row] = unit
        values[feed.measure.unit] = pa.array(units_column, pa.string())


def _compared(
    feed: Feed, values: Values, column: str, row: int, printed: str, filled: dict[int, str]
) -> tuple[str | None, str]:
    """The reason code if what is printed does not fit, and what was expected."""
    if column in MONEY:
        found, expected = CURRENCIES.get(printed.casefold()), _currency(values, column, row)
    elif printed == PER_CENT:
        return None, ""
    else:
        found, expected = find_unit(printed), _unit(feed, values, column, row)
        if expected is None and found and feed.measure and column == feed.measure.quantity:
            filled[row] = found
            return None, ""
    if found is None:
        return "NUM_INVALID", ""
    return (None, "") if found == expected else ("UNIT_CLASH", expected or "")


def _currency(values: Values, column: str, row: int) -> str | None:
    if column.endswith("_mad"):
        return "MAD"
    stated = values.get(CURRENCY_COLUMNS.get(column, "currency"))
    return stated[row].as_py() if stated is not None else None


def _unit(feed: Feed, values: Values, column: str, row: int) -> str | None:
    for ending, unit in UNIT_IN_NAME.items():
        if column.endswith(ending):
            return unit
    return values[feed.measure.unit][row].as_py() if feed.measure and feed.measure.unit else None
