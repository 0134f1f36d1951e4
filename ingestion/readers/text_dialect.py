"""The dialect of delimited text: delimiter, quotation mark, escape sign, and spaces after the delimiter."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

DELIMITERS = (";", ",", "\t", "|")
SNIFFED_RECORDS = 60
LONGEST_CELL = 1 << 24
ROW_START = r"(?:^|(?<=[\r\n]))"


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart. `escape` stands before a quotation mark that is text."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    skips_spaces: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether Arrow's parser reads it: quotation marks are doubled, cells start at the delimiter."""
        return self.escape is None and not self.skips_spaces

    def reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """Python's reader of this dialect; it counts the lines that it has read in `line_num`."""
        csv.field_size_limit(LONGEST_CELL)
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            skipinitialspace=self.skips_spaces,
        )


def sniff_dialect(text: str) -> Dialect:
    """The dialect in which most of the first records have the same number of cells, and most cells."""
    best, best_score = Dialect(), 0.0
    for delimiter in DELIMITERS:
        dialect = _with_marks(text, delimiter)
        widths = _widths(text, dialect)
        usual = max(set(widths), key=widths.count, default=1)
        score = widths.count(usual) / max(len(widths), 1) * (usual - 1)
        if score > best_score:
            best, best_score = dialect, score
    return best


def _widths(text: str, dialect: Dialect) -> list[int]:
    widths = []
    try:
        for record in islice(dialect.reader(io.StringIO(text, newline="")), SNIFFED_RECORDS):
            if any(record):
                widths.append(len(record))
    except csv.Error:
        pass
    return widths


def _with_marks(text: str, delimiter: str) -> Dialect:
    """The dialect of this delimiter, with the quotation mark, the escape sign and the spaces that the text shows."""
    start = rf"(?:{ROW_START}|(?<={re.escape(delimiter)}))"
    end = rf"(?={re.escape(delimiter)}|[\r\n]|$)"
    quote, skips_spaces = '"', False
    if '"' not in text or not re.search(rf'{start} *"', text):
        opened = len(re.findall(rf"{start}'", text)) if "'" in text else 0
        closed = len(re.findall(rf"{start}'(?:[^']|'')*'{end}", text)) if opened else 0
        quote = "'" if closed >= 2 and 10 * closed >= 9 * opened else '"'
    elif delimiter != "\t" and re.search(rf'{re.escape(delimiter)} +"', text):
        skips_spaces = f'{delimiter}"' not in text
    escapes = rf"{start} *{quote}[^{quote}\r\n]*\\{quote}(?!{quote}|{re.escape(delimiter)}|[\r\n]|$)"
    is_escaped = "\\" + quote in text and re.search(escapes, text)
    return Dialect(delimiter, quote, "\\" if is_escaped else None, skips_spaces)
