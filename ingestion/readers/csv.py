"""Delimited text: its encoding and dialect are found from the content, its cells are handed over as text, part by part.

A file is read block by block, so that its size does not matter. Blocks of plain records go through Arrow's parser; the
records that do not fit it go through Python's. Both read the same cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingestion.cells import HEAD_ROWS, Cells, Column, FileRefused, HeadRow
from ingestion.readers.text_blocks import Records, read_lines, read_records
from ingestion.readers.text_dialect import LONGEST_CELL, Dialect, sniff_dialect
from ingestion.readers.text_encoding import BLOCK, Encoding, find_encoding, utf8_blocks

SNIFFED_CHARACTERS = 262_144
RECORD_AS_TEXT = 500
RECORDS_OF_A_PART = 50_000
LARGEST_BROKEN_SHARE = 100  # one byte in so many may be lost within a quotation mark that is never closed
LINES_OF_A_BLOCK = 250_000
EMPTY_LINES = 1_000_000  # in one block, which then holds little else
LINE_END = re.compile(rb"\r\n|\n|\r")


def open_sheets(path: Path, block: int = BLOCK) -> list[TextSheet]:
    """The one sheet of a text file; raises `FileRefused` with NOT_TEXT, ENC_UNCERTAIN or NO_DATA."""
    encoding = find_encoding(path)
    first = next(utf8_blocks(path, encoding, max(block, SNIFFED_CHARACTERS)))
    text = first[:SNIFFED_CHARACTERS].decode("utf-8", errors="ignore")
    return [TextSheet(path, encoding, sniff_dialect(text), block)]


@dataclass(frozen=True)
class TextSheet:
    """The table of a delimited text file."""

    path: Path
    encoding: Encoding
    dialect: Dialect
    block: int = BLOCK
    name: str = ""

    @cached_property
    def _records(self) -> list[tuple[HeadRow, int]]:
        """The first records, and the line after each."""
        content = next(utf8_blocks(self.path, self.encoding, max(self.block, SNIFFED_CHARACTERS)))
        reader = self.dialect.reader(io.StringIO(content.decode("utf-8", errors="ignore"), newline=""))
        head: list[tuple[HeadRow, int]] = []
        start = 1
        try:
            for record in reader:
                after = reader.line_num + 1  # type: ignore[attr-defined]
                head.append((HeadRow(start, tuple(record)), after))
                start = after
                if len(head) == HEAD_ROWS:
                    break
        except csv.Error as error:
            if not head:
                raise FileRefused("QUOTE_BROKEN", row=start) from error
        return head

    def head(self) -> list[HeadRow]:
        """The first records."""
        return [row for row, _ in self._records]

    def body(self, header: int) -> Cells:
        """The records after the header."""
        return Cells.joined(list(self.parts(header)))

    def parts(self, header: int) -> Iterator[Cells]:
        """The records after the header, some thousands at a time; at least one part, which may be empty.

        Raises `FileRefused` QUOTE_BROKEN when too much of the file lies within quotation marks that are never closed.
        """
        head, first_line = self._records[header]
        labels = list(head.cells)
        flags = self.encoding.flags | ({"HEADER_OFFSET"} if header else set())
        while len(labels) > 1 and not labels[-1].strip():
            labels.pop()
        if len(labels) < len(head.cells):
            flags |= {"PHANTOM_COL"}
        following = [len(row.cells) for row, _ in self._records[header + 1 :] if any(row.cells)]
        # Records may all end in a delimiter that the header lacks; where one has the width of the header, none may.
        if len(head.cells) in following:
            following = [width for width in following if width <= len(head.cells)]
        usual = max(sorted(set(following)), key=following.count, default=len(labels))
        table = _Table(self.dialect, len(labels), max(usual, len(labels)), self.encoding.has_lone_returns)
        blocks = self._blocks_from(first_line)
        found = table.parts(blocks, first_line) if self.dialect.is_plain else table.parts_in_python(blocks, first_line)
        for part in found:
            yield replace(part, flags=frozenset(flags))

    def _blocks_from(self, line: int) -> Iterator[bytes]:
        """The text from the start of a line, counted from 1, in blocks."""
        blocks = utf8_blocks(self.path, self.encoding, self.block)
        held = b""
        while True:
            block = next(blocks, None)
            held += block or b""
            # A return at the end of a block may be half of a line end.
            ends = (match.end() for match in LINE_END.finditer(held) if block is None or match.end() < len(held))
            end = 0 if line == 1 else next(islice(ends, line - 2, None), None)
            if end is not None:
                held = held[end:]
                break
            if block is None:
                return iter(())
        return chain([held] if held else [], blocks)


def _of_few_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks, those of very short lines cut up: a line takes memory in each column, however little it holds.

    Raises `FileRefused` HOSTILE for a block of next to nothing but line ends.
    """
    for block in blocks:
        count = block.count(b"\n")
        if count > EMPTY_LINES and count > len(block) // 4:
            raise FileRefused("HOSTILE", cause=f"{count} lines in {len(block)} bytes")
        size = len(block) // (count // LINES_OF_A_BLOCK + 1) + 1
        yield from (block[at : at + size] for at in range(0, len(block), size))


@dataclass
class _Table:
    """The records of one table while its blocks pass by: `kept` cells count, `width` are usually there."""

    dialect: Dialect
    kept: int
    width: int
    has_returns: bool
    _is_framed: bool = False
    _bytes: int = 0
    _broken_bytes: int = 0
    _first_broken: int = 0

    def parts(self, blocks: Iterator[bytes], line: int) -> Iterator[Cells]:
        """The records of the blocks, the first of which is on this line."""
        blocks = _of_few_lines(blocks)
        rest, block = b"", next(blocks, b"")
        while True:
            following = next(blocks, None)
            content = rest + block
            found = self._read(content, line, is_last=following is None)
            self._count(found, line)
            rest = content[found.consumed :]
            yield self._cells(found, line)
            line += found.lines_consumed
            if following is None:
                break
            if len(rest) > LONGEST_CELL:
                raise FileRefused("QUOTE_BROKEN", row=line)
            block = following
        if self._broken_bytes * LARGEST_BROKEN_SHARE > self._bytes:
            raise FileRefused("QUOTE_BROKEN", row=self._first_broken)

    def parts_in_python(self, blocks: Iterator[bytes], line: int) -> Iterator[Cells]:
        """The same for a dialect that Arrow does not know."""
        reader = self.dialect.reader(_lines(blocks))
        start, records = line, []
        try:
            for record in reader:
                records.append((start - line, record))
                start = line + reader.line_num  # type: ignore[attr-defined]
                if len(records) == RECORDS_OF_A_PART:
                    yield self._cells(_odd_only(records, self.width), line)
                    records = []
        except csv.Error as error:
            raise FileRefused("QUOTE_BROKEN", row=start) from error
        yield self._cells(_odd_only(records, self.width), line)

    def _read(self, content: bytes, line: int, *, is_last: bool) -> Records:
        options = {"is_last": is_last, "has_returns": self.has_returns}
        found = None if self._is_framed else read_lines(content, self.dialect, self.width, **options)
        if found is None:
            # Line breaks within quotation marks rarely come alone.
            self._is_framed = True
            found = read_records(content, self.dialect, self.width, **options)
        if found is None:
            raise FileRefused("QUOTE_BROKEN", row=line)
        return found

    def _count(self, found: Records, line: int) -> None:
        self._bytes += found.consumed
        if found.broken and not self._broken_bytes:
            self._first_broken = line + found.broken[0][0]
        self._broken_bytes += found.broken_bytes

    def _cells(self, found: Records, line: int) -> Cells:
        """The records of a block as cells, in the order of their lines, with what does not fit as faults."""
        columns = found.columns[: self.kept]
        numbers = found.lines + line
        faults = self._filled_beyond(found)
        if found.odd or found.broken:
            records, lines = [record for _, record in found.odd], [number + line for number, _ in found.odd]
            count = len(numbers)
            for position, record in enumerate(records, start=count):
                faults.update(self._misfit(record, position))
            for number, text in found.broken:
                faults[count + len(records)] = ("QUOTE_BROKEN", text[:RECORD_AS_TEXT])
                records.append([])
                lines.append(number + line)
            numbers = np.concatenate([numbers, np.asarray(lines, dtype=np.int64)])
            order = np.argsort(numbers, kind="stable")
            filled = [(record + [""] * self.kept)[: self.kept] for record in records]
            added = [pa.array(cells, pa.string()) for cells in zip(*filled, strict=True)]
            rows = pa.array(order)
            columns = tuple(pa.concat_arrays(pair).take(rows) for pair in zip(columns, added, strict=True))
            numbers = numbers[order]
            positions = np.argsort(order)
            faults = {int(positions[position]): fault for position, fault in sorted(faults.items())}
        return Cells(tuple(Column(column) for column in columns), numbers.astype(np.int32), faults)

    def _filled_beyond(self, found: Records) -> dict[int, tuple[str, str]]:
        """Records of the usual width with text beyond the last header."""
        filled = np.zeros(len(found.lines), dtype=bool)
        for column in found.columns[self.kept :]:
            filled |= ~Column(column).is_empty()
        faults = {}
        for row in np.flatnonzero(filled).tolist():
            text = self.dialect.delimiter.join(column[row].as_py() for column in found.columns)
            faults[row] = ("EXTRA_CELLS", text[:RECORD_AS_TEXT])
        return faults

    def _misfit(self, record: list[str], position: int) -> dict[int, tuple[str, str]]:
        """The fault of a record of another width, if cutting or filling it changes what it says."""
        if not any(cell.strip() for cell in record):
            return {}
        # One cell more than the other records have, even if the last is empty, is a delimiter in some text.
        if len(record) > self.width or any(cell.strip() for cell in record[self.kept :]):
            code = "EXTRA_CELLS"
        elif len(record) < self.kept:
            code = "MISSING_CELLS"
        else:
            return {}
        return {position: (code, self.dialect.delimiter.join(record)[:RECORD_AS_TEXT])}


def _odd_only(records: list[tuple[int, list[str]]], width: int) -> Records:
    nothing = tuple(pa.array([], pa.string()) for _ in range(width))
    return Records(nothing, np.empty(0, np.int64), records, 0, 0)


def _lines(blocks: Iterator[bytes]) -> Iterator[str]:
    """The lines of the text with their ends."""
    rest = b""
    for block in blocks:
        content = rest + block
        end = content.rfind(b"\n") + 1
        yield from io.StringIO(content[:end].decode("utf-8"), newline="")
        rest = content[end:]
    yield from io.StringIO(rest.decode("utf-8"), newline="")
