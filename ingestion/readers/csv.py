"""Delimited text: its encoding and delimiter are found from the content, its cells are handed over as text.

A file with one line per record goes through Arrow's parser. A file with line breaks inside quotes, blank lines or
records that do not fit the header goes through Python's, which keeps the line on which each record starts. Both read
the same cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

import charset_normalizer
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ingestion.cells import HEAD_ROWS, Cells, Column, FileRefused, HeadRow

DELIMITERS = (";", ",", "\t")
SNIFFED_RECORDS = 60
SNIFFED_CHARACTERS = 262_144
LONGEST_CELL = 1 << 24
LARGEST_BLOCK = 1 << 30  # one block gives columns in one piece, which need not be joined
# Letters and signs of French, English and Spanish text in Windows' Western encoding.
WESTERN = frozenset("àâäçéèêëîïôöùûüÿœæñáíóúãõåøßÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆÑÁÍÓÚÃÕÅØ°²³€£§µ·×’‘“”«»–—…™©®¿¡½¼\u00a0")
FOREIGN_RUN = re.compile(r"[^\W\d_a-zA-Z]{3,}")
RECORD_AS_TEXT = 500


def open_sheets(path: Path) -> list[TextSheet]:
    """The one sheet of a text file; raises `FileRefused` with NOT_TEXT, ENC_UNCERTAIN or NO_DATA."""
    content, flags = to_utf8(path.read_bytes())
    if not content or content.isspace():
        raise FileRefused("NO_DATA")
    return [TextSheet(content, sniff_delimiter(content), flags)]


def to_utf8(data: bytes) -> tuple[bytes, frozenset[str]]:
    """The text as UTF-8 without byte order mark, and what had to be done for that."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16").encode(), frozenset({"ENC_UTF16"})
        except UnicodeError as error:
            raise FileRefused("NOT_TEXT") from error
    if b"\0" in data:
        raise FileRefused("NOT_TEXT")
    flags = frozenset({"BOM_STRIPPED"} if data.startswith(b"\xef\xbb\xbf") else ())
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.isascii():
        return data, flags
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _from_western(data).encode(), flags | {"ENC_CP1252"}
    return data, flags


def _from_western(data: bytes) -> str:
    """Decode Windows-1252, unless the text would not be Western: then it is not known what it says."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise FileRefused("ENC_UNCERTAIN") from error
    if {character for character in text if not character.isascii()} <= WESTERN and not FOREIGN_RUN.search(text):
        return text
    candidates = ["cp1252", "cp1256", "iso8859_6", "cp1250", "cp1251"]
    guess = charset_normalizer.from_bytes(data, cp_isolation=candidates).best()
    if guess is None or guess.encoding != "cp1252":
        raise FileRefused("ENC_UNCERTAIN")
    return text


def sniff_delimiter(content: bytes) -> str:
    """The delimiter that splits most of the first records into the same number of cells, and into most cells."""
    text = content[:SNIFFED_CHARACTERS].decode("utf-8", errors="ignore")
    best, best_score = DELIMITERS[1], 0.0
    for delimiter in DELIMITERS:
        widths = [len(record) for _, record in islice(_records(text, delimiter), SNIFFED_RECORDS) if any(record)]
        usual = max(set(widths), key=widths.count, default=1)
        score = widths.count(usual) / max(len(widths), 1) * (usual - 1)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record and the number of the line on which it starts."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for record in reader:
            yield start, record
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused("QUOTE_BROKEN", line=start, cause=str(error)) from error


@dataclass(frozen=True)
class TextSheet:
    """The table of a delimited text file."""

    content: bytes
    delimiter: str
    flags: frozenset[str] = frozenset()
    name: str = ""

    @cached_property
    def _head(self) -> list[HeadRow]:
        text = io.TextIOWrapper(io.BytesIO(self.content), "utf-8", newline="")
        csv.field_size_limit(LONGEST_CELL)
        reader, start, head = csv.reader(text, delimiter=self.delimiter), 1, []
        try:
            for record in islice(reader, HEAD_ROWS):
                head.append(HeadRow(start, tuple(record)))
                start = reader.line_num + 1
        except csv.Error as error:
            raise FileRefused("QUOTE_BROKEN", line=start, cause=str(error)) from error
        return head

    def head(self) -> list[HeadRow]:
        """The first records."""
        return self._head

    def body(self, header: int) -> Cells:
        """The records after the header."""
        head = self._head[header]
        labels = list(head.cells)
        flags = self.flags | ({"HEADER_OFFSET"} if header else set())
        while len(labels) > 1 and not labels[-1].strip():
            labels.pop()
        if len(labels) < len(head.cells):
            flags |= {"PHANTOM_COL"}
        first_line = self._head[header + 1].row_no if header + 1 < len(self._head) else None
        quick = self._quick(first_line, len(head.cells), len(labels)) if first_line else None
        cells = quick or self._careful(head.row_no, len(labels))
        return replace(cells, flags=flags)

    def _quick(self, first_line: int, width: int, kept: int) -> Cells | None:
        """The body through Arrow's parser, or None unless each line is one whole record."""
        carriage_returns = self.content.count(b"\r")
        if carriage_returns and carriage_returns != self.content.count(b"\r\n"):
            return None
        start = _offset_of_line(self.content, first_line)
        lines = self.content.count(b"\n", start) + (not self.content.endswith(b"\n"))
        names = [str(number) for number in range(width)]
        block = min(len(self.content) + 1, LARGEST_BLOCK)
        try:
            table = arrow_csv.read_csv(
                pa.py_buffer(self.content).slice(start),
                read_options=arrow_csv.ReadOptions(column_names=names, block_size=block),
                parse_options=arrow_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=False),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != lines:
            return None
        numbers = np.arange(first_line, first_line + lines, dtype=np.int32)
        beyond = [table.column(index) for index in range(kept, width)]
        if any(pc.any(pc.not_equal(column, "")).as_py() for column in beyond):
            return None
        return Cells(tuple(Column(_combined(table.column(index))) for index in range(kept)), numbers)

    def _careful(self, header_line: int, width: int) -> Cells:
        """The body through Python's parser, record by record."""
        text = self.content.decode("utf-8")
        columns: list[list[str]] = [[] for _ in range(width)]
        numbers: list[int] = []
        faults: dict[int, tuple[str, str]] = {}
        for line, record in _records(text, self.delimiter):
            if line <= header_line:
                continue
            fitted = record if len(record) == width else self._fitted(record, width, len(numbers), faults)
            numbers.append(line)
            for column, cell in zip(columns, fitted, strict=True):
                column.append(cell)
        return Cells(tuple(Column.of(cells) for cells in columns), np.asarray(numbers, dtype=np.int32), faults)

    def _fitted(self, record: list[str], width: int, row: int, faults: dict[int, tuple[str, str]]) -> list[str]:
        """A record cut or filled to the width of the header, with a fault noted when that changed what it says."""
        if any(cell.strip() for cell in record[width:]):
            faults[row] = ("EXTRA_CELLS", self.delimiter.join(record)[:RECORD_AS_TEXT])
        elif len(record) < width and any(cell.strip() for cell in record):
            faults[row] = ("MISSING_CELLS", self.delimiter.join(record)[:RECORD_AS_TEXT])
        return (record + [""] * width)[:width]


def _combined(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _offset_of_line(content: bytes, line: int) -> int:
    """The position of the first byte of a line, counted from 1."""
    offset = 0
    for _ in range(line - 1):
        offset = content.index(b"\n", offset) + 1
    return offset
