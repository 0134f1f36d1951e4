"""Parquet: the types of its columns are kept, as canonical text and the kind of each cell.

A file is read some thousands of rows at a time, within bounds: its encodings can make much of a few bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.cells import CellKind, Cells, Column, FileRefused, HeadRow

ROWS_OF_A_PART = 50_000
MOST_ROWS = 50_000_000
MOST_COLUMNS = 2_000
WORST_RATIO = 1_000  # cells per byte, in a file of more than so many cells
FREE_OF_RATIO = 10_000_000
MOST_TEXT = 256 * 1024 * 1024  # of one column in one part


def open_sheets(path: Path) -> list[ParquetSheet]:
    """The one table of a Parquet file; raises `FileRefused` with CORRUPT, NO_DATA, TOO_LARGE or HOSTILE."""
    try:
        with pq.ParquetFile(path) as file:
            _check(file, path.stat().st_size)
            return [ParquetSheet(path, tuple(file.schema_arrow.names))]
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error


@dataclass(frozen=True)
class ParquetSheet:
    """The table of a Parquet file; its column names are its header."""

    path: Path
    names: tuple[str, ...]
    name: str = ""

    def head(self) -> list[HeadRow]:
        """The column names; a Parquet file has no other header."""
        return [HeadRow(0, self.names)]

    def body(self, header: int) -> Cells:
        """All rows, numbered from 1."""
        return Cells.joined(list(self.parts(header)))

    def parts(self, header: int) -> Iterator[Cells]:
        """All rows, some thousands at a time; raises `FileRefused` with CORRUPT or HOSTILE."""
        start = 1
        try:
            texts = [field.name for field in pq.read_schema(self.path) if _is_text(field.type)]
            # Texts stay shared until their sizes are known.
            with pq.ParquetFile(self.path, read_dictionary=texts, pre_buffer=False) as file:
                for batch in file.iter_batches(ROWS_OF_A_PART):
                    numbers = np.arange(start, start + batch.num_rows, dtype=np.int32)
                    start += batch.num_rows
                    yield Cells(tuple(_column(column) for column in batch.columns), numbers)
                if start != file.metadata.num_rows + 1:
                    raise FileRefused("CORRUPT", cause=f"{start - 1} rows instead of {file.metadata.num_rows}")
        except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
            raise FileRefused("CORRUPT", cause=str(error)) from error


def _check(file: pq.ParquetFile, size: int) -> None:
    """Refuse a file whose rows or columns are beyond bounds by what its footer says, or hold lists and records.

    The footer is asked for no more: of a damaged column it answers by ending the process.
    """
    rows, columns = file.metadata.num_rows, file.metadata.num_columns
    if rows == 0:
        raise FileRefused("NO_DATA")
    if rows * columns > max(FREE_OF_RATIO, WORST_RATIO * size):
        raise FileRefused("HOSTILE", cause=f"{rows} rows of {columns} columns in {size} bytes")
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise FileRefused("TOO_LARGE", size=rows * columns, limit=MOST_ROWS)
    # One row of a list may hold any number of values, in a few bytes.
    nested = [field.name for field in file.schema_arrow if pa.types.is_nested(field.type)]
    if nested:
        raise FileRefused("TYPE_UNKNOWN", container=f"Parquet with nested columns ({', '.join(nested[:9])})")


def _is_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_binary(type_))


def _column(values: pa.Array) -> Column:
    type_ = values.type
    values.validate(full=True)  # of a damaged file Arrow hands over texts that are no UTF-8
    if pa.types.is_dictionary(type_):
        return _column(_decoded(values))
    text, kind = _as_text(values, type_)
    text = pc.fill_null(text, "")
    return Column(text, None if kind is CellKind.TEXT else np.full(len(text), kind, dtype=np.uint8))


def _decoded(values: pa.DictionaryArray) -> pa.Array:
    """The values one by one; raises `FileRefused` HOSTILE when a shared text would be repeated beyond bounds."""
    if _is_text(values.type.value_type):
        lengths = pc.binary_length(values.dictionary)
        size = pc.sum(lengths.cast(pa.int64()).take(values.indices)).as_py() or 0
        if size > MOST_TEXT:
            raise FileRefused("HOSTILE", cause=f"{size} bytes of repeated text")
    return values.dictionary_decode()


def _as_text(values: pa.Array, type_: pa.DataType) -> tuple[pa.Array, CellKind]:
    if pa.types.is_timestamp(type_):
        moments = pc.strftime(values.cast(pa.timestamp("s", type_.tz), safe=False), format="%Y-%m-%dT%H:%M:%S")
        return pc.replace_substring(moments, "T00:00:00", ""), CellKind.DATE
    if pa.types.is_date(type_):
        return values.cast(pa.date32()).cast(pa.string()), CellKind.DATE
    if pa.types.is_boolean(type_):
        return values.cast(pa.string()), CellKind.BOOLEAN
    if pa.types.is_integer(type_) or pa.types.is_decimal(type_) or pa.types.is_floating(type_):
        return values.cast(pa.string()), CellKind.NUMBER
    if _is_text(type_):
        return values.cast(pa.string()), CellKind.TEXT
    return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string()), CellKind.TEXT
