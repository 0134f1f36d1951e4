"""Energy of an invoice is counted once: one quantity per meter, register and period, however many lines repeat it.

Suppliers print the same kilowatt hours on the lines of supply, of a green option, of a fee. Which line is a charge on
energy is told by its wording (see the mapping); what is left here are lines that all say to be energy. Consumption that is
priced in blocks sums up, and so do deliveries of fuel: those are never repeats.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.feeds import Feed
from ingestion.folding import fold

SAME_BILL = ("member_id", "supplier", "bill_no", "bill_type", "meter_id", "carrier", "period_start", "period_end")
NEEDED = ("quantity", "unit", "register", "line_label", "index_start", "index_end", "multiplier")
PARTS_OF_TOTAL = ("peak", "normal", "off_peak")
# Carriers that arrive through a meter. Two deliveries of equal size are two deliveries.
METERED = ("electricity", "electricity_self_generated", "electricity_exported", "natural_gas", "steam", "hot_water")
BLOCK = re.compile(
    r"\b(tranches?|tiers?|steps?|blocks?|blocs?|paliers?|zones?|staffel\w*|schijf\w*|tramos?|scaglion\w*|band[es]?|bracket"
    r"|from [0-9]+|de [0-9]+ a [0-9]+|jusqu a [0-9]+|au dela|over [0-9]+|up to [0-9]+|شطر|الشطر)\b"
    r"|\b(ancien|nouveau|nouvel|old|new|alter|neuer|oud|oude|nieuw|nieuwe) (prix|tarif|price|rate|tariff|preis|prijs)"
)
TOTAL = re.compile(r"\b(totale?s?|totaux|total consumption|gesamt\w*|summe|somme|totaal|i alt|sum)\b")
TOTAL_TOLERANCE = Decimal("0.02")  # a total may hold losses beside what the registers counted
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
    register: str
    label: str
    by_index: Decimal | None  # what the readings printed on the line come to

    @property
    def rank(self) -> tuple[int, int]:
        """What is most clearly energy comes first, then what is printed first."""
        clear = 0 if CLEARLY_ENERGY.search(self.label) else 1 if ALSO_ENERGY.search(self.label) else 2
        return clear, self.row

    @property
    def series(self) -> str:
        """The label without its numbers: lines that differ in nothing else are parts of one consumption."""
        return re.sub("[0-9]+", "#", self.label)


def compares_lines(feed: Feed, columns: Container[str]) -> bool:
    """Whether the rows of a file with these columns are lines of bills, which have to be seen together."""
    return feed.name == "energy_bills" and "line_no" in columns


def count_once(table: pa.Table, feed: Feed) -> pa.Table:
    """The rows of a file, in which what a line of a bill repeats is component `other`, flagged QTY_REPEATED.

    A line without a register beside lines that have one, and that is not their total, is one of the parts: it takes
    register `normal`, flagged REGISTER_ASSUMED, lest it be left out as the total.
    """
    if feed.name != "energy_bills" or table.column("line_no").null_count == table.num_rows:
        return table
    repeated: list[int] = []
    parts: list[int] = []
    for lines in _bills(table):
        found = _repeated(lines)
        repeated += found
        parts += _parts_without_register([line for line in lines if line.row not in set(found)])
    table = _changed(table, repeated, "component", "other", "QTY_REPEATED")
    return _changed(table, parts, "register", "normal", "REGISTER_ASSUMED")


def _changed(table: pa.Table, rows: Sequence[int], column: str, value: str, flag: str) -> pa.Table:
    if not rows:
        return table
    values, flags = table.column(column).to_pylist(), table.column("flags").to_pylist()
    for row in rows:
        values[row] = value
        flags[row] = ",".join(sorted({*filter(None, flags[row].split(",")), flag}))
    for name, changed in ((column, values), ("flags", flags)):
        table = table.set_column(table.column_names.index(name), name, pa.array(changed, pa.string()))
    return table


def _bills(table: pa.Table) -> Iterator[Sequence[_Line]]:
    """The energy lines of each bill, meter, carrier and period that have more than one."""
    energy = pc.and_(pc.equal(table.column("component"), "energy"), pc.is_valid(table.column("line_no")))
    metered = pc.is_in(table.column("carrier"), pa.array(METERED))
    candidates = pc.and_(pc.and_(energy, metered), pc.not_equal(table.column("quantity"), Decimal(0)))
    rows = np.flatnonzero(pc.fill_null(candidates, False).to_numpy(zero_copy_only=False))
    if not len(rows):
        return
    chosen = table.select([*SAME_BILL, *NEEDED]).take(pa.array(rows))
    texts = (pc.fill_null(chosen.column(name).cast(pa.string()), "") for name in SAME_BILL)
    keys = pc.binary_join_element_wise(*texts, "\x1f").combine_chunks()
    codes = keys.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    shared = np.flatnonzero(np.bincount(codes)[codes] > 1)
    bills: dict[int, list[_Line]] = defaultdict(list)
    for place, record in zip(shared.tolist(), chosen.select(NEEDED).take(pa.array(shared)).to_pylist(), strict=True):
        bills[int(codes[place])].append(_line(int(rows[place]), record))
    yield from bills.values()


def _line(row: int, record: Mapping[str, Any]) -> _Line:
    start, end, multiplier = (record[name] for name in ("index_start", "index_end", "multiplier"))
    by_index = None if None in (start, end, multiplier) else (end - start) * multiplier
    label = fold(record["line_label"] or "")
    return _Line(row, record["quantity"], record["unit"] or "", record["register"] or "", label, by_index)


def _repeated(lines: Sequence[_Line]) -> list[int]:
    """The rows whose quantity another line of the bill states."""
    alike: dict[tuple[str, str], list[_Line]] = defaultdict(list)
    for line in lines:
        alike[line.register, line.unit].append(line)
    found = [row for same in alike.values() for row in _repeated_in_register(same)]
    return found + _repeated_as_volume([line for line in lines if line.row not in set(found)])


def _repeated_in_register(lines: Sequence[_Line]) -> list[int]:
    total = sum((line.quantity for line in lines), Decimal(0))
    by_index = {abs(line.by_index) for line in lines if line.by_index is not None}
    # Readings that come to the sum of the lines say that the lines are parts.
    if len(lines) > 1 and abs(total) in by_index and abs(total) not in {abs(line.quantity) for line in lines}:
        return []
    labels = Counter(series for series, _ in {(line.series, line.label) for line in lines})
    parts = [line for line in lines if BLOCK.search(line.label) or labels[line.series] > 1]
    whole = [line for line in lines if line not in parts]
    if parts and len({line.quantity for line in whole}) == 1 and whole[0].quantity == sum(p.quantity for p in parts):
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


def _parts_without_register(lines: Sequence[_Line]) -> list[int]:
    """The lines without a register that are not the total of those that have one."""
    units = {line.unit for line in lines if line.register in PARTS_OF_TOTAL}
    found = []
    for unit in units:
        same = [line for line in lines if line.unit == unit]
        parts = sum((line.quantity for line in same if line.register in PARTS_OF_TOTAL), Decimal(0))
        loose = [line for line in same if line.register == "total" and not TOTAL.search(line.label)]
        is_total = abs(sum((line.quantity for line in loose), Decimal(0)) - parts) <= abs(parts) * TOTAL_TOLERANCE
        if not is_total:
            found += [line.row for line in loose if abs(line.quantity - parts) > abs(parts) * TOTAL_TOLERANCE]
    return found
