"""Energy of an invoice is counted once: one quantity per meter, register and period, however many lines repeat it.

Suppliers print the same kilowatt hours on the lines of supply, of a green option, of a fee. Which line is a charge on
energy is told by its wording (see the mapping); what is left here are lines that all say to be energy. Consumption that is
priced in blocks sums up, and so do deliveries of fuel: those are never repeats.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.feeds import Feed
from ingestion.folding import fold

SAME_BILL = (
    "member_id",
    "supplier",
    "bill_no",
    "bill_type",
    "meter_id",
    "register",
    "carrier",
    "period_start",
    "period_end",
)
NEEDED = ("quantity", "unit", "line_label", "index_start", "index_end", "multiplier")
# Carriers that arrive through a meter. Two deliveries of equal size are two deliveries.
METERED = ("electricity", "electricity_self_generated", "electricity_exported", "natural_gas", "steam", "hot_water")
BLOCK = re.compile(
    r"\b(tranches?|tiers?|steps?|blocks?|blocs?|paliers?|zones?|staffel\w*|schijf\w*|tramos?|scaglion\w*|band[es]?|bracket"
    r"|from [0-9]+|de [0-9]+ a [0-9]+|jusqu a [0-9]+|au dela|over [0-9]+|up to [0-9]+|شطر|الشطر)\b"
)
CLEARLY_ENERGY = re.compile(
    r"consom|consum|energie (re)?active|active energy|wirkarbeit|arbeitspreis|verbrauch|verbruik|forbrug|forbruk|استهلاك"
)
ALSO_ENERGY = re.compile(
    r"energi|energy|fourniture|suppl|liefer|levering|suministro|fornitura|electri|elektri|elettri|gas\b|gaz\b"
)
# What a cubic metre of natural gas may hold, in kWh: between lean gas by its net and rich gas by its gross heating value.
LEAST_KWH_PER_M3, MOST_KWH_PER_M3 = Decimal(8), Decimal("13.5")
KWH = {
    "kWh": Decimal(1), "MWh": Decimal(1000), "GWh": Decimal(1000000), "MJ": Decimal(1) / Decimal("3.6"),
    "GJ": Decimal(1000) / Decimal("3.6"), "thermie": Decimal("1.163"), "therm": Decimal("29.3"), "MMBtu": Decimal(293),
}  # fmt: skip
CUBIC_METRES = ("m3", "Nm3")


@dataclass(frozen=True)
class _Line:
    row: int
    quantity: Decimal
    unit: str
    label: str
    by_index: Decimal | None  # what the readings printed on the line come to

    @property
    def rank(self) -> tuple[int, int]:
        """What is most clearly energy comes first, then what is printed first."""
        clear = 0 if CLEARLY_ENERGY.search(self.label) else 1 if ALSO_ENERGY.search(self.label) else 2
        return clear, self.row


def count_once(table: pa.Table, feed: Feed) -> pa.Table:
    """The rows of a file with component `other` and the flag QTY_REPEATED where a quantity of the bill is repeated."""
    if feed.name != "energy_bills" or table.column("line_no").null_count == table.num_rows:
        return table
    repeated = [row for lines in _bills(table) for row in _repeated(lines)]
    if not repeated:
        return table
    mask = np.zeros(table.num_rows, dtype=bool)
    mask[repeated] = True
    flags = table.column("flags")
    marked = pc.if_else(pc.equal(flags, ""), "QTY_REPEATED", pc.binary_join_element_wise(flags, "QTY_REPEATED", ","))
    marked = [
        ",".join(sorted(text.split(","))) if at else text for text, at in zip(marked.to_pylist(), mask, strict=True)
    ]
    flags = pc.if_else(pa.array(mask), pa.array(marked, pa.string()), flags)
    component = pc.if_else(pa.array(mask), "other", table.column("component"))
    for name, values in (("flags", flags), ("component", component)):
        table = table.set_column(table.column_names.index(name), name, values)
    return table


def _bills(table: pa.Table) -> Iterator[Sequence[_Line]]:
    """The energy lines of each bill, meter, register, carrier and period that have more than one."""
    candidates = pc.and_(
        pc.and_(pc.equal(table.column("component"), "energy"), pc.is_valid(table.column("line_no"))),
        pc.and_(
            pc.is_in(table.column("carrier"), pa.array(METERED)), pc.not_equal(table.column("quantity"), Decimal(0))
        ),
    )
    rows = np.flatnonzero(pc.fill_null(candidates, False).to_numpy(zero_copy_only=False))
    chosen = table.select([*SAME_BILL, *NEEDED]).take(pa.array(rows))
    keys = pc.binary_join_element_wise(
        *(pc.fill_null(chosen.column(n).cast(pa.string()), "") for n in SAME_BILL), "\x1f"
    )
    codes = keys.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    shared = np.flatnonzero(np.bincount(codes)[codes] > 1) if len(codes) else np.empty(0, np.int64)
    groups: dict[int, list[_Line]] = defaultdict(list)
    for place, record in zip(shared.tolist(), chosen.select(NEEDED).take(pa.array(shared)).to_pylist(), strict=True):
        groups[int(codes[place])].append(_line(int(rows[place]), record))
    yield from groups.values()


def _line(row: int, record: Mapping[str, Decimal | str | None]) -> _Line:
    start, end, multiplier = (record[name] for name in ("index_start", "index_end", "multiplier"))
    by_index = None
    if isinstance(start, Decimal) and isinstance(end, Decimal) and isinstance(multiplier, Decimal):
        by_index = (end - start) * multiplier
    quantity = record["quantity"] if isinstance(record["quantity"], Decimal) else Decimal(0)
    return _Line(row, quantity, str(record["unit"] or ""), fold(str(record["line_label"] or "")), by_index)


def _repeated(lines: Sequence[_Line]) -> list[int]:
    """The rows whose quantity another line of the group states."""
    by_unit: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_unit[line.unit].append(line)
    found = [row for same in by_unit.values() for row in _repeated_in_unit(same)]
    kept = [line for line in lines if line.row not in set(found)]
    return found + _repeated_as_volume(kept)


def _repeated_in_unit(lines: Sequence[_Line]) -> list[int]:
    total = sum((line.quantity for line in lines), Decimal(0))
    by_index = {abs(line.by_index) for line in lines if line.by_index is not None}
    # Readings that come to the sum of the lines say that the lines are parts.
    if len(lines) > 1 and abs(total) in by_index and abs(total) not in {abs(line.quantity) for line in lines}:
        return []
    blocks = [line for line in lines if BLOCK.search(line.label)]
    whole = [line for line in lines if line not in blocks]
    if blocks and len({line.quantity for line in whole}) == 1 and whole[0].quantity == sum(b.quantity for b in blocks):
        return [line.row for line in whole]
    by_quantity: dict[Decimal, list[_Line]] = defaultdict(list)
    for line in whole:
        by_quantity[line.quantity].append(line)
    return [line.row for same in by_quantity.values() for line in sorted(same, key=lambda line: line.rank)[1:]]


def _repeated_as_volume(lines: Sequence[_Line]) -> list[int]:
    """The cubic metres of gas that the same bill also states in units of energy."""
    energy = sum((line.quantity * KWH[line.unit] for line in lines if line.unit in KWH), Decimal(0))
    volumes = [line for line in lines if line.unit in CUBIC_METRES]
    volume = sum((line.quantity for line in volumes), Decimal(0))
    if not energy or not volume or not LEAST_KWH_PER_M3 <= energy / volume <= MOST_KWH_PER_M3:
        return []
    return [line.row for line in volumes]
