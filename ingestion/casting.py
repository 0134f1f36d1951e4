"""Whole columns of text to whole columns of typed values.

What is common goes through Arrow at once; only the cells that Arrow cannot read take the parser of their type, each
distinct text once. A cell that cannot be read leaves a null here and a fault in the notes, which keeps its row out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.cells import CellFault, CellKind, Column
from ingestion.feeds import DECIMAL
from ingestion.folding import null_token
from ingestion.notes import Notes
from ingestion.numbers import EXCEL_ERROR, parse_native_number, parse_number, proven_sign

Parsed: TypeAlias = tuple[Any, frozenset[str]]
Parser: TypeAlias = Callable[[str, CellKind], Parsed]

# Once the decimal sign of a column is known, such cells have one reading.
PLAIN_NUMBER = {".": r"^-?[0-9]{1,12}(?:\.[0-9]{1,6})?$", ",": r"^-?[0-9]{1,12}(?:,[0-9]{1,6})?$"}
# Such cells have one reading in any column: they are not of the form of `1,234`, which may be grouped.
PROVING_NUMBER = {
    sign: rf"^-?(?:(?:0[0-9]{{0,11}}|[1-9][0-9]{{3,11}})[{sign}][0-9]{{1,6}}"
    rf"|[1-9][0-9]{{0,2}}[{sign}](?:[0-9]{{1,2}}|[0-9]{{4,6}}))$"
    for sign in ".,"
}
WHOLE_NUMBER = r"^-?[0-9]{1,12}$"
FIRST_ROWS = 2000
LONGEST_NULL_TOKEN = 40
# What a text begins with that may be a formula, an error or a number, or has spaces to take off.
PLAIN_TEXT = r"^(?:[!\"$%&()*,./0-9:;<>?A-Z\[\\\]^_`a-z{|}~](?:[ -~]*[!-~])?)?$"
ODD_FIRST = np.isin(np.arange(256), np.frombuffer(b" =@+-#'", dtype=np.uint8))


def cast_texts(name: str, column: Column, parser: Parser, notes: Notes, null_tokens: frozenset[str]) -> pa.Array:
    """A column of text or identifiers, most of which stay as they are."""
    if column.kinds is not None or _repeats(column.text):
        return cast_by_value(name, column, pa.string(), parser, notes, null_tokens)
    suspects = np.zeros(len(column), dtype=bool) if _is_plain(column.text) else ~_plain_cells(column.text)
    if null_tokens:
        tokens = pc.is_in(pc.ascii_lower(column.text), pa.array(sorted(null_tokens), pa.string()))
        suspects |= tokens.to_numpy(zero_copy_only=False)
    values, rows = _nulls_for_empty(column.text), np.flatnonzero(suspects)
    return _patched(name, column, values, rows, parser, notes, null_tokens) if len(rows) else values


def _repeats(text: pa.Array) -> bool:
    """Whether the first cells are so often the same that it pays to look at each distinct one only."""
    first = text.slice(0, FIRST_ROWS)
    return 4 * pc.count_distinct(first).as_py() < len(first)


def cast_by_value(
    name: str, column: Column, type_: pa.DataType, parser: Parser, notes: Notes, null_tokens: frozenset[str]
) -> pa.Array:
    """A column in which the same texts come again and again: each distinct cell is parsed once."""
    texts, kinds, codes = _distinct(column)
    values: list[Any] = []
    noted: dict[int, CellFault | frozenset[str]] = {}
    for position, (text, kind) in enumerate(zip(texts, kinds, strict=True)):
        try:
            value, flags = _parsed(text, CellKind(kind), parser, null_tokens)
        except CellFault as fault:
            value, noted[position] = None, fault
        else:
            if flags:
                noted[position] = flags
        values.append(value)
    _note(name, column, codes, noted, notes)
    if pa.types.is_string(type_) and all(value == (text or None) for value, text in zip(values, texts, strict=True)):
        return _nulls_for_empty(column.text)
    return pa.array(values, type_).take(codes)


def _distinct(column: Column) -> tuple[list[str], Iterable[int], pa.Array]:
    """The distinct cells of a column, their kinds, and which of them each row has."""
    encoded = column.text.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    if column.kinds is None:
        return texts, [CellKind.TEXT] * len(texts), encoded.indices
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64) * len(CellKind) + column.kinds
    distinct, places = np.unique(codes, return_inverse=True)
    text_codes, kinds = np.divmod(distinct, len(CellKind))
    return [texts[code] for code in text_codes.tolist()], kinds.tolist(), pa.array(places)


def has_decimal_marks(column: Column) -> bool:
    """Whether any text of the column has a point or a comma."""
    return bool(_marks(_texts_only(column)))


def decimal_evidence(column: Column) -> frozenset[str]:
    """The decimal signs that the cells of a column prove it to use."""
    text = _texts_only(column)
    present = _marks(text)
    proven: set[str] = set()
    for part in (text.slice(0, FIRST_ROWS), text):
        plain = np.zeros(len(part), dtype=bool)
        for sign in present:
            if pc.any(pc.match_substring_regex(part, PROVING_NUMBER[sign])).as_py():
                proven.add(sign)
            plain |= pc.match_substring_regex(part, PLAIN_NUMBER[sign]).to_numpy(zero_copy_only=False)
        if present <= proven:
            break
        for cell in pc.unique(part.filter(pa.array(~plain))).to_pylist():
            proven.add(proven_sign(cell))
            if present <= proven:
                break
    return frozenset(proven - {""})


def _texts_only(column: Column) -> pa.Array:
    return column.text if column.kinds is None else column.text.filter(pa.array(column.kinds == CellKind.TEXT))


def _marks(text: pa.Array) -> set[str]:
    content = _bytes(text)
    return {sign for sign in ".," if sign.encode() in content}


def cast_decimals(
    name: str, column: Column, signs: frozenset[str], notes: Notes, null_tokens: frozenset[str]
) -> tuple[pa.Array, dict[int, str]]:
    """A column of numbers, and the units written in its cells by row. `signs` are the decimal signs that it may use."""
    units: dict[int, str] = {}

    def parse(text: str, kind: CellKind) -> Parsed:
        if kind in (CellKind.BOOLEAN, CellKind.DATE):
            raise CellFault("NUM_IS_DATE" if kind is CellKind.DATE else "NUM_INVALID")
        number = parse_native_number(text) if kind is CellKind.NUMBER else parse_number(text, signs)
        stored_as_text = frozenset({"TEXT_NUMBER"} if column.kinds is not None and kind is CellKind.TEXT else ())
        return (number.value, number.suffix), number.flags | stored_as_text

    whole = _whole_column(column, signs)
    if whole is not None:
        return whole, units
    quick, is_quick = _quick_cells(column, signs)
    if column.kinds is None and len(signs) > 1:
        notes.flag_rows(is_quick & _matches(column.text, "[.,]"), "NUM_MIXED")
    slow = np.flatnonzero(~is_quick & ~column.is_empty())
    parsed = _parse_rows(name, column, slow, parse, notes, null_tokens)
    replacements = [None if found is None else found[0] for found in parsed]
    units.update({int(row): found[1] for row, found in zip(slow, parsed, strict=True) if found and found[1]})
    return _replaced(quick, slow, pa.array(replacements, DECIMAL)), units


def _whole_column(column: Column, signs: frozenset[str]) -> pa.Array | None:
    """The column through one cast, if it is plain text in which no cell has two readings."""
    if column.kinds is not None:
        return None
    content = _bytes(column.text)
    if not content:
        return pa.nulls(len(column), DECIMAL)
    present = {sign for sign in ".," if sign.encode() in content}
    if len(present) > 1 or (present and signs != present) or any(mark in content for mark in (b"e", b"E", b"+")):
        return None
    text = pc.replace_substring(column.text, ",", ".") if present == {","} else column.text
    try:
        return _nulls_for_empty(text).cast(DECIMAL)
    except pa.ArrowInvalid:
        return None


def _quick_cells(column: Column, signs: frozenset[str]) -> tuple[pa.Array, np.ndarray]:
    """The plain cells of a mixed column, cast, and which they are: typed numbers, and texts with the one known sign."""
    found, text = np.zeros(len(column), dtype=bool), column.text
    if column.kinds is not None:
        found = _matches(text, PLAIN_NUMBER["."]) & (column.kinds == CellKind.NUMBER)
    elif len(signs) == 1:
        (sign,) = signs
        found = _matches(text, PLAIN_NUMBER[sign])
        text = pc.replace_substring(text, ",", ".") if sign == "," else text
    elif signs:
        found = _matches(text, WHOLE_NUMBER)
        for sign in signs:
            found |= _matches(text, PROVING_NUMBER[sign])
        text = pc.replace_substring(text, ",", ".")
    if not found.any():
        return pa.nulls(len(column), DECIMAL), found
    return pc.if_else(pa.array(found), text, pa.scalar(None, pa.string())).cast(DECIMAL), found


def _matches(text: pa.Array, pattern: str) -> np.ndarray:
    return pc.match_substring_regex(text, pattern).to_numpy(zero_copy_only=False)


def states_nothing(column: Column, null_tokens: frozenset[str]) -> np.ndarray:
    """Which cells are empty or a token of absence."""
    encoded = column.text.dictionary_encode()
    empty = [not text.strip() or null_token(text) in null_tokens for text in encoded.dictionary.to_pylist()]
    return np.asarray(empty, dtype=bool)[encoded.indices.to_numpy(zero_copy_only=False)]


def _parsed(text: str, kind: CellKind, parser: Parser, null_tokens: frozenset[str]) -> Parsed:
    stripped = text.strip()
    if not stripped:
        return None, frozenset()
    if kind is CellKind.TEXT and len(stripped) <= LONGEST_NULL_TOKEN and null_token(stripped) in null_tokens:
        return None, frozenset({"NULL_TOKEN"})
    if stripped[0] == "#" and EXCEL_ERROR.fullmatch(stripped):
        raise CellFault("EXCEL_ERROR")
    return parser(text, kind)


def _parse_rows(
    name: str, column: Column, rows: np.ndarray, parser: Parser, notes: Notes, null_tokens: frozenset[str]
) -> list[Any]:
    """The values of these rows: None where a cell says nothing or cannot be read. Each distinct cell is parsed once."""
    known: dict[tuple[str, int], Parsed | CellFault] = {}
    values: list[Any] = []
    kinds: Iterable[int] = np.zeros(len(rows), np.uint8) if column.kinds is None else column.kinds[rows]
    for row, text, kind in zip(rows.tolist(), column.text.take(pa.array(rows)).to_pylist(), kinds, strict=True):
        key = (text, int(kind))
        if key not in known:
            try:
                known[key] = _parsed(text, CellKind(key[1]), parser, null_tokens)
            except CellFault as fault:
                known[key] = fault
        found = known[key]
        if isinstance(found, CellFault):
            notes.fault(row, name, text, found.code, **found.details)
            values.append(None)
        else:
            notes.flag(row, found[1])
            values.append(found[0])
    return values


def _patched(
    name: str,
    column: Column,
    values: pa.Array,
    rows: np.ndarray,
    parser: Parser,
    notes: Notes,
    null_tokens: frozenset[str],
) -> pa.Array:
    return _replaced(values, rows, pa.array(_parse_rows(name, column, rows, parser, notes, null_tokens), values.type))


def _replaced(values: pa.Array, rows: np.ndarray, replacements: pa.Array) -> pa.Array:
    if not len(rows):
        return values
    mask = np.zeros(len(values), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(values, pa.array(mask), replacements)


def _note(
    name: str, column: Column, codes: pa.Array, noted: dict[int, CellFault | frozenset[str]], notes: Notes
) -> None:
    if not noted:
        return
    places = codes.to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(np.isin(places, np.fromiter(noted, np.int64))).tolist():
        found = noted[int(places[row])]
        if isinstance(found, CellFault):
            notes.fault(row, name, column.text[row].as_py(), found.code, **found.details)
        else:
            notes.flag(row, found)


def _nulls_for_empty(text: pa.Array) -> pa.Array:
    lengths = pc.binary_length(text)
    if (pc.min(lengths).as_py() or 0) > 0:
        return text
    return pc.if_else(pc.equal(lengths, 0), pa.scalar(None, pa.string()), text)


def _bytes(text: pa.Array) -> bytes:
    """The bytes of all cells, one after the other, without copying the offsets."""
    offsets, data = text.buffers()[1:]
    if data is None or not len(text):
        return b""
    bounds = np.frombuffer(offsets, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    return memoryview(data)[bounds[0] : bounds[-1]].tobytes()


def _plain_cells(text: pa.Array) -> np.ndarray:
    """Which cells are printable ASCII, without outer spaces, lost digits, error signs or formula starts."""
    plain = pc.match_substring_regex(text, PLAIN_TEXT).to_numpy(zero_copy_only=False)
    return plain & ~pc.match_substring(text, "e+", ignore_case=True).to_numpy(zero_copy_only=False)


def _is_plain(text: pa.Array) -> bool:
    """Whether every cell is printable ASCII, without outer spaces, lost digits, error signs or formula starts."""
    offsets, data = text.buffers()[1:]
    if data is None or not len(text):
        return True
    bounds = np.frombuffer(offsets, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    content = np.frombuffer(data, dtype=np.uint8)[bounds[0] : bounds[-1]]
    if not len(content):
        return True
    if content.min() < 0x20 or content.max() > 0x7E:
        return False
    bounds = bounds - bounds[0]
    filled = bounds[1:] > bounds[:-1]
    firsts, lasts = content[bounds[:-1][filled]], content[bounds[1:][filled] - 1]
    if ODD_FIRST[firsts].any() or (lasts == 0x20).any():
        return False
    signs = content.tobytes()
    return b"E+" not in signs and b"e+" not in signs
