"""A block of delimited text as columns: whole records through Arrow, the few that do not fit through Python.

A block may end within a record; what is left of it belongs in front of the next block. Where a quotation mark is never
closed, the lines that it swallows are told apart, not read.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ingestion.readers.text_dialect import Dialect

LINE_FEED, RETURN = 10, 13


@dataclass(frozen=True)
class Records:
    """The records of a block: their cells, the line of each counted from the start of the block, those that do not fit.

    `columns` hold the records of the usual width, `lines` their lines; `odd` are the others as (line, record), and
    `broken` the lines that an unclosed quotation mark swallowed, as (line, text).
    """

    columns: tuple[pa.Array, ...]
    lines: np.ndarray
    odd: list[tuple[int, list[str]]]
    consumed: int
    lines_consumed: int
    broken: list[tuple[int, str]] = field(default_factory=list)
    broken_bytes: int = 0


def read_lines(content: bytes, dialect: Dialect, width: int, *, is_last: bool, has_returns: bool) -> Records | None:
    """The records of a block if each of its lines is one, or None."""
    end = len(content) if is_last else _end_of_last_line(content, has_returns)
    lines = count_lines(content, end, has_returns)
    parsed = _parsed(content, end, dialect, width)
    if parsed is None:
        return None
    table, odd = parsed
    if table.num_rows + len(odd) != lines or any("\n" in text or "\r" in text for _, text in odd):
        return None
    columns = _columns(table)
    # A record that is cut off within quotation marks takes the end of its line for text, or lacks cells.
    if odd and odd[-1][0] == lines - 1:
        is_cut_off = dialect.quote in odd[-1][1]
    else:
        is_cut_off = any(mark in column[-1].as_py() for column in columns if lines for mark in "\r\n")
    if is_cut_off:
        return None
    numbers = np.arange(lines, dtype=np.int64)
    places = [number for number, _ in odd]
    fitted = [(number, _record(text, dialect)) for number, text in odd]
    return Records(columns, np.delete(numbers, places) if places else numbers, fitted, end, lines)


def read_records(content: bytes, dialect: Dialect, width: int, *, is_last: bool, has_returns: bool) -> Records | None:
    """The records of a block that has line breaks within quotation marks; None if its parser disagrees on their number."""
    frame = _Frame(content, dialect, is_last=is_last, has_returns=has_returns)
    starts, end_line = frame.find_records()
    end = int(frame.ends[end_line - 1]) if end_line else 0
    kept, kept_starts = content[:end], starts
    broken, broken_bytes = [], 0
    if frame.broken:
        pieces, last = [], 0
        for first, after in frame.broken:
            begin, stop = frame.start(first), int(frame.ends[after - 1])
            pieces.append(content[last:begin])
            last = stop
            broken_bytes += stop - begin
            for line in range(first, after):
                text = content[frame.start(line) : int(frame.ends[line])].decode("utf-8", "replace").strip("\r\n")
                broken.append((line, text))
        kept = b"".join([*pieces, content[last:end]])
    parsed = _parsed(kept, len(kept), dialect, width)
    if parsed is None or parsed[0].num_rows + len(parsed[1]) != len(kept_starts):
        return None
    table, odd = parsed
    places = [number for number, _ in odd]
    lines = np.delete(kept_starts, places) if places else kept_starts
    fitted = [(int(kept_starts[number]), _record(text, dialect)) for number, text in odd]
    return Records(_columns(table), lines, fitted, end, end_line, broken, broken_bytes)


def count_lines(content: bytes, end: int, has_returns: bool) -> int:
    """How many lines there are before a position that ends one or ends the text."""
    count = content.count(b"\n", 0, end)
    if has_returns:
        count += content.count(b"\r", 0, end) - content.count(b"\r\n", 0, end)
    ends = b"\n\r" if has_returns else b"\n"
    return count + (end > 0 and content[end - 1] not in ends)


def _end_of_last_line(content: bytes, has_returns: bool) -> int:
    end = content.rfind(b"\n") + 1
    # A return at the very end may be the first half of a line end.
    return max(end, content.rfind(b"\r", 0, len(content) - 1) + 1) if has_returns else end


def _parsed(content: bytes, end: int, dialect: Dialect, width: int) -> tuple[pa.Table, list[tuple[int, str]]] | None:
    """The records of this width as a table, the others as (position, text); None if Arrow gives up."""
    names = [str(number) for number in range(width)]
    odd: list[tuple[int, str]] = []

    def put_aside(row: arrow_csv.InvalidRow) -> str:
        odd.append((row.number - 1, row.text))
        return "skip"

    if not end:
        return pa.table({name: pa.array([], pa.string()) for name in names}), odd
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(content).slice(0, end),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=end + 1, use_threads=False),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=put_aside,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return table, odd


def _columns(table: pa.Table) -> tuple[pa.Array, ...]:
    columns = []
    for column in table.columns:
        single = column.num_chunks == 1
        columns.append(column.chunk(0) if single else pa.concat_arrays([pa.array([], pa.string()), *column.chunks]))
    return tuple(columns)


def _record(text: str, dialect: Dialect) -> list[str]:
    return next(iter(dialect.reader(io.StringIO(text, newline=""))), [])


class _Frame:
    """Where the records of a block begin and end, from its line ends and its quotation marks.

    A mark that opens a quoted cell follows a delimiter or a line end, one that closes it comes before one; as long as
    that holds, a line end after an even number of marks ends a record. Where it does not hold, the one record is read
    sign by sign, and if a quoted cell of it runs on over lines until some other mark, its lines are `broken`.
    """

    def __init__(self, content: bytes, dialect: Dialect, *, is_last: bool, has_returns: bool) -> None:
        signs = np.frombuffer(content, dtype=np.uint8)
        is_end = signs == LINE_FEED
        if has_returns:
            is_end |= (signs == RETURN) & (np.append(signs[1:], 0 if is_last else LINE_FEED) != LINE_FEED)
        ends = np.flatnonzero(is_end) + 1
        if is_last and len(content) and (not len(ends) or ends[-1] < len(content)):
            ends = np.append(ends, len(content))
        self.ends = ends
        self.broken: list[tuple[int, int]] = []
        self._is_last = is_last
        self._marks = np.flatnonzero(signs == ord(dialect.quote))
        edges = np.zeros(256, dtype=bool)
        edges[[ord(dialect.delimiter), LINE_FEED, RETURN]] = True
        before = signs[np.maximum(self._marks - 1, 0)]
        after = signs[np.minimum(self._marks + 1, len(signs) - 1)] if len(signs) else signs
        self._opens = edges[before] | (self._marks == 0)
        is_mark = np.zeros(256, dtype=bool)
        is_mark[ord(dialect.quote)] = True
        self._doubled = is_mark[after] & (self._marks + 1 < len(signs))
        may_open = self._opens | is_mark[before]
        may_close = edges[after] | self._doubled | (self._marks + 1 == len(signs))
        parity = np.arange(len(self._marks)) % 2
        self._wrong = [np.flatnonzero(np.where(parity == base, ~may_open, ~may_close)) for base in (0, 1)]
        self._marks_before = np.searchsorted(self._marks, self.ends)

    def start(self, line: int) -> int:
        """The position of the first sign of a line."""
        return int(self.ends[line - 1]) if line else 0

    def find_records(self) -> tuple[np.ndarray, int]:
        """The lines on which records start, without the broken ones, and the number of lines that they take up."""
        starts: list[np.ndarray] = []
        line = mark = 0
        while line < len(self.ends):
            wrong = self._wrong[mark % 2]
            place = np.searchsorted(wrong, mark)
            limit = int(self._marks[wrong[place]]) if place < len(wrong) else None
            after = len(self.ends) if limit is None else int(np.searchsorted(self.ends, limit, side="right"))
            even = np.flatnonzero((self._marks_before[line:after] - mark) % 2 == 0) + line
            if len(even):
                starts.append(np.concatenate([[line], even[:-1] + 1]))
                line = int(even[-1]) + 1
                mark = int(self._marks_before[line - 1])
            if limit is None:
                if line < len(self.ends) and self._is_last:
                    self.broken.append((line, len(self.ends)))
                    line = len(self.ends)
                break
            found = self._end_of_record(line, mark)
            if found is None:
                if self._is_last:
                    self.broken.append((line, len(self.ends)))
                    line = len(self.ends)
                break
            last, mark = found
            if last == line:
                starts.append(np.asarray([line]))
            else:
                self.broken.append((line, last + 1))
            line = last + 1
        return (np.concatenate(starts) if starts else np.empty(0, np.int64)), line

    def _end_of_record(self, line: int, mark: int) -> tuple[int, int] | None:
        """The last line of the record that starts on a line, and the first mark behind it; None if it has no end."""
        inside = False
        while line < len(self.ends):
            while mark < self._marks_before[line]:
                if not inside:
                    inside = bool(self._opens[mark])
                elif self._doubled[mark]:
                    mark += 1
                else:
                    inside = False
                mark += 1
            if not inside:
                return line, mark
            line += 1
        return None
