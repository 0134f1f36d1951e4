"""One sheet under a mapping: its cells become typed, checked rows, with notes on what was refused and normalised."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion import casting
from ingestion.cells import CellFault, CellKind, Cells, Column
from ingestion.checks import Checked, Values, check_rows
from ingestion.dates import Edge, parse_date, parse_timestamp
from ingestion.decimal_signs import NOTHING_KNOWN, Evidence, evidence_of
from ingestion.dropping import Sifted, TableState, sift_rows
from ingestion.feeds import Feed, FeedColumn
from ingestion.folding import fold
from ingestion.header import Header
from ingestion.identifiers import parse_country, parse_identifier, parse_member, parse_tariff_code, parse_text
from ingestion.mapping import ColumnRule, SourceMapping
from ingestion.notes import Notes
from ingestion.numbers import parse_native_number, parse_number
from ingestion.row_filters import rows_to_leave_out
from ingestion.totals import Stretch, TotalRow, is_additive, stretches
from ingestion.units import parse_unit
from ingestion.units_in_cells import check_units_in_cells
from warehouse.reviews import TO_CONFIRM

FIRST_TABLE = TableState()
# UTF-8 that was read as Windows-1252: `Ã©` for é, `Â²` for ², `â€™` for an apostrophe, `Ø§` for an Arabic letter.
CONTINUED = "[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
MOJIBAKE = re.compile(f"[ÂÃÅÄØÙÚÛ]{CONTINUED}|â[€‚„]{CONTINUED}")
RECORD_AS_TEXT = 500


@dataclass(frozen=True)
class SheetRows:
    """The rows of one sheet: typed columns of the feed (and the measure as printed), their numbers, notes on them.

    `source_columns` are the numbers, from 1, of the columns that unpivoted rows came from. `rows_read` counts the
    dropped rows too. `signs` are the decimal signs that made a difference, by column; `evidence` is
    what these rows prove of them. `sifted` tells what was dropped; `totals` are the rows of totals among that, and
    `stretches` the sums between them.
    """

    table: pa.Table
    row_numbers: np.ndarray
    source_columns: np.ndarray | None
    notes: Notes
    rows_read: int
    dropped: Counter[str]
    evidence: Evidence
    signs: Mapping[str, frozenset[str]]
    sifted: Sifted
    totals: Sequence[TotalRow]
    stretches: Sequence[Stretch]


@dataclass(frozen=True)
class Source:
    """The columns of a feed as cells, before they are typed."""

    columns: Mapping[str, Column]
    row_numbers: np.ndarray
    source_columns: np.ndarray | None
    faults: dict[int, tuple[str, str]]
    record_flags: dict[int, frozenset[str]]


def read_rows(
    cells: Cells,
    header: Header,
    mapping: SourceMapping,
    feed: Feed,
    stated: Mapping[str, str],
    received_on: date,
    known: Evidence = NOTHING_KNOWN,
    state: TableState = FIRST_TABLE,
) -> SheetRows:
    """Type and check the rows of a sheet, or of a part of it.

    `stated` are columns that the file's name states, `known` is what other parts of the sheet prove of decimal signs,
    `state` is where the part before it ended.
    """
    mapping = replace(
        mapping,
        decimal_sign=cells.decimal_sign or mapping.decimal_sign,
        date_order=cells.date_order or mapping.date_order,
    )
    needed = {column.name for column in feed.columns if column.required and not column.default}
    required = [place for name, place in header.places.items() if name in needed - mapping.filled_elsewhere]
    labels = header.labels[: len(cells.columns)]
    left_out = rows_to_leave_out(cells, labels, mapping)
    sifted = sift_rows(cells, labels, required, state)
    # Of a record that could not be taken apart there are no cells, but it says something.
    stated_nothing = {row: why for row, why in sifted.reasons.items() if why != "BLANK_ROW" or row not in cells.faults}
    reasons = {**left_out, **stated_nothing, **cells.dropped}
    dropped = Counter(reasons.values())
    rows_read = len(cells)
    if sifted.other:
        cells = replace(cells, faults={**cells.faults, **_of_other_table(cells, sifted)})
    totals: list[TotalRow] = []
    if reasons:
        kept = np.setdiff1d(np.arange(len(cells)), np.fromiter(reasons, np.int64))
        if not mapping.unpivot:
            totals = _totals(cells, header, reasons, kept)
        cells = cells.take(kept)
    source = Source(header.columns_of(cells, mapping), cells.row_numbers, None, cells.faults, cells.record_flags)
    if mapping.unpivot:
        source, empty = _unpivoted(cells, header, mapping, mapping.unpivot.value, source)
        dropped = Counter({reason: count * len(header.wide) for reason, count in dropped.items()})
        dropped.update({"EMPTY_VALUE": empty} if empty else {})
        rows_read *= len(header.wide)
    count = len(source.row_numbers)
    fixed = {name: Column.constant(text, count) for name, text in {**mapping.constants, **stated}.items()}
    columns = {**source.columns, **{name: _filled(source.columns.get(name), cells) for name, cells in fixed.items()}}
    of_mapping = {"PERIOD_NORMALISED": not mapping.period_end_is_inclusive, TO_CONFIRM: mapping.is_to_confirm}
    notes = Notes(count, cells.flags | {flag for flag, applies in of_mapping.items() if applies})
    evidence = evidence_of(columns, feed)
    signs = (known | evidence).signs(mapping.decimal_sign)
    table = _typed(columns, mapping, feed, signs, notes, received_on, cells.uses_1904_dates)
    notes.refuse_whole(source.faults)
    for row, flags in source.record_flags.items():
        notes.flag(row, flags)
    used = {name: signs[name] for name in evidence.marked}
    sums = _stretches(table, notes, header, totals, is_whole=not (left_out or mapping.unpivot))
    return SheetRows(
        table,
        source.row_numbers,
        source.source_columns,
        notes,
        rows_read,
        dropped,
        evidence,
        used,
        sifted,
        totals,
        sums,
    )


def _of_other_table(cells: Cells, sifted: Sifted) -> dict[int, tuple[str, str]]:
    """The records of another table, to be refused as a whole."""
    taken = (column.text.take(pa.array(sifted.other)).to_pylist() for column in cells.columns)
    texts = (" | ".join(record)[:RECORD_AS_TEXT] for record in zip(*taken, strict=True))
    return {row: ("MULTI_TABLE", text) for row, text in zip(sifted.other, texts, strict=True)}


def _totals(cells: Cells, header: Header, reasons: Mapping[int, str], kept: np.ndarray) -> list[TotalRow]:
    """The rows of totals with the cells of their additive columns."""
    places = {name: place for name, place in header.places.items() if is_additive(name)}
    return [
        TotalRow(
            int(np.searchsorted(kept, row)),
            int(cells.row_numbers[row]),
            {name: cells.columns[place].text[row].as_py() for name, place in places.items()},
        )
        for row, reason in sorted(reasons.items())
        if reason == "SUBTOTAL_DROPPED"
    ]


def _stretches(
    table: pa.Table, notes: Notes, header: Header, totals: Sequence[TotalRow], *, is_whole: bool
) -> list[Stretch]:
    """The sums of the rows between totals; a table whose rows are not all there cannot be summed up."""
    names = [name for name in header.places if is_additive(name) and pa.types.is_decimal(table.schema.field(name).type)]
    values = {name: table.column(name) for name in names}
    unread: dict[str, list[int]] = {name: [] for name in names}
    for fault in notes.faults:
        for name in names if not fault.column else {fault.column} & unread.keys():
            unread[name].append(fault.row)
    # A credit note that is printed positive is counted negative, and nobody knows how the printed total counts it.
    for rows in unread.values():
        rows.extend(notes.rows_with("CREDIT_SIGNED"))
    if not is_whole:
        unread = {name: list(range(table.num_rows)) for name in names}
    return stretches(values, {name: np.asarray(rows) for name, rows in unread.items()}, totals, table.num_rows)


def _unpivoted(cells: Cells, header: Header, mapping: SourceMapping, value: str, source: Source) -> tuple[Source, int]:
    """One row per cell of the wide columns, row by row; and how many of them are empty, which state nothing."""
    count, width = len(cells), len(header.wide)
    rows = np.repeat(np.arange(count), width)
    wide = [cells.columns[place] for place, _ in header.wide]
    order = np.arange(count * width).reshape(width, count).T.ravel()
    kinds = None
    if any(column.kinds is not None for column in wide):
        kinds = np.concatenate([np.zeros(count, np.uint8) if c.kinds is None else c.kinds for c in wide])
    values = Column(pa.concat_arrays([column.text for column in wide]), kinds).take(order)
    kept = np.flatnonzero(~casting.states_nothing(values, mapping.null_tokens))
    columns = {name: column.take(rows[kept]) for name, column in source.columns.items()}
    columns[value] = values.take(kept)
    for name in header.wide[0][1]:
        texts = pa.array([captured[name] for _, captured in header.wide], pa.string())
        columns[name] = Column(texts.take(pa.array(kept % width)))
    faulty = {index: source.faults[row] for index, row in enumerate(rows[kept].tolist()) if row in source.faults}
    flagged = {i: source.record_flags[row] for i, row in enumerate(rows[kept].tolist()) if row in source.record_flags}
    sources = np.asarray([place + 1 for place, _ in header.wide], dtype=np.int32)[kept % width]
    unpivoted = Source(columns, source.row_numbers[rows[kept]], sources, faulty, flagged)
    return unpivoted, len(values) - len(kept)


def _filled(cells: Column | None, stated: Column) -> Column:
    """What the file's rows say, and where they say nothing, what its name or its mapping states."""
    if cells is None:
        return stated
    empty = cells.is_empty()
    text = pc.if_else(pa.array(empty), stated.text, cells.text)
    return Column(text, None if cells.kinds is None else np.where(empty, np.uint8(0), cells.kinds))


def _typed(
    columns: Mapping[str, Column],
    mapping: SourceMapping,
    feed: Feed,
    signs: Mapping[str, frozenset[str]],
    notes: Notes,
    received_on: date,
    uses_1904_dates: bool | None,
) -> pa.Table:
    rules = {rule.name: rule for rule in mapping.columns}
    values: Values = {}
    units_in_cells: dict[str, dict[int, str]] = {}
    for column in feed.columns:
        cells = columns.get(column.name)
        if cells is None:
            values[column.name] = pa.nulls(notes.rows, column.arrow_type)
        elif column.type == "decimal":
            values[column.name], units_in_cells[column.name] = casting.cast_decimals(
                column.name, cells, signs[column.name], notes, mapping.null_tokens
            )
        else:
            parser = _parser(column, feed, mapping, rules.get(column.name), uses_1904_dates)
            values[column.name] = _cast(
                column, cells, parser, mapping, notes, has_words=_has_words(rules.get(column.name))
            )
    if feed.period and not mapping.period_end_is_inclusive:
        end = values[feed.period[1]]
        values[feed.period[1]] = pc.subtract(end.cast(pa.int32()), pa.scalar(1, pa.int32())).cast(pa.date32())
    for column_name, copied in mapping.copies.items():
        values[column_name] = pc.coalesce(values[column_name], values[copied])
    for column in feed.columns:
        values[column.name] = _with_default(column, values[column.name])
    texts = {name: cells.text for name, cells in columns.items()}
    check_units_in_cells(feed, values, texts, units_in_cells, notes)
    check_rows(Checked(feed, values, texts, notes, received_on))
    arrays = {column.name: values[column.name] for column in feed.columns}
    if feed.measure:
        nothing = pa.nulls(notes.rows, pa.string())
        arrays["quantity_as_printed"] = _as_printed(texts.get(feed.measure.quantity, nothing))
        arrays["unit_as_printed"] = _as_printed(texts.get(feed.measure.unit or "", nothing))
    return pa.table(arrays)


def _cast(
    column: FeedColumn, cells: Column, parser: casting.Parser, mapping: SourceMapping, notes: Notes, *, has_words: bool
) -> pa.Array:
    if column.type in ("text", "identifier") and not has_words:
        return casting.cast_texts(column.name, cells, parser, notes, mapping.null_tokens)
    return casting.cast_by_value(column.name, cells, column.arrow_type, parser, notes, mapping.null_tokens)


def _has_words(rule: ColumnRule | None) -> bool:
    return rule is not None and bool(rule.values or rule.patterns)


def _parser(
    column: FeedColumn, feed: Feed, mapping: SourceMapping, rule: ColumnRule | None, uses_1904_dates: bool | None
) -> casting.Parser:
    """How a cell of this column is read: the mapping's words first, then the parser of the type."""
    parsers: dict[str, casting.Parser] = {
        "text": parse_text,
        "identifier": parse_identifier,
        "member": parse_member,
        "country": parse_country,
        "tariff_code": parse_tariff_code,
        "unit": parse_unit,
        "integer": _parse_integer,
        "choice": partial(_parse_choice, {fold(choice): choice for choice in column.choices}),
        "timestamp": partial(parse_timestamp, order=mapping.date_order),
        "date": partial(
            parse_date,
            order=mapping.date_order,
            edge=_edge(column, feed),
            uses_1904_dates=uses_1904_dates,
        ),
    }
    parser = parsers[column.type]
    if column.type in ("text", "identifier"):
        parser = partial(_parse_undamaged, parser, column.type == "identifier" or column.name in feed.key)
    if rule is None or not (_has_words(rule) or not rule.keeps_other_values):
        return parser
    return partial(_parse_word, rule, parser)


def _edge(column: FeedColumn, feed: Feed) -> Edge | None:
    """Whether the column is the first or the last day of the feed's period."""
    if feed.period is None or column.name not in feed.period:
        return None
    return "first" if column.name == feed.period[0] else "last"


def _parse_word(rule: ColumnRule, parser: casting.Parser, text: str, kind: CellKind) -> casting.Parsed:
    folded = fold(text)
    word = rule.values.get(folded)
    if word is None:
        word = next((value for value, pattern in rule.patterns.items() if pattern.search(folded)), None)
    if word is not None:
        return word, frozenset()
    return parser(text, kind) if rule.keeps_other_values else (None, frozenset())


def _parse_undamaged(parser: casting.Parser, identifies: bool, text: str, kind: CellKind) -> casting.Parsed:
    """A text that no change of encoding has damaged; a damaged one is still a label, but identifies nothing."""
    value, flags = parser(text, kind)
    if text.isascii() or not MOJIBAKE.search(text):
        return value, flags
    if identifies:
        raise CellFault("MOJIBAKE")
    return value, flags | {"LABEL_MOJIBAKE"}


def _parse_choice(choices: Mapping[str, str], text: str, kind: CellKind) -> casting.Parsed:
    if kind is CellKind.ERROR:
        raise CellFault("EXCEL_ERROR")
    choice = choices.get(fold(text))
    if choice is None:
        raise CellFault("VALUE_UNKNOWN", expected=", ".join(choices.values()))
    return choice, frozenset()


def _parse_integer(text: str, kind: CellKind) -> casting.Parsed:
    if kind is CellKind.DATE:
        raise CellFault("NUM_IS_DATE")
    number = parse_native_number(text) if kind is CellKind.NUMBER else parse_number(text)
    if number.value != number.value.to_integral_value() or number.suffix:
        raise CellFault("NUM_NOT_WHOLE")
    if abs(number.value) >= 2**31:
        raise CellFault("NUM_TOO_LARGE")
    return int(number.value), number.flags


def _with_default(column: FeedColumn, values: pa.Array) -> pa.Array:
    """Fill empty cells with the feed's default; a cell that could not be read stays null, its row is refused anyway."""
    if not values.null_count or column.default is None:
        return values
    convert = {"decimal": Decimal, "integer": int}.get(column.type, str)
    return pc.fill_null(values, pa.scalar(convert(column.default), column.arrow_type))


def _as_printed(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
