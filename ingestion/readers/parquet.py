"""Parquet: the types of its columns are kept, as canonical text and the kind of each cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.cells import CellKind, Cells, Column, FileRefused, HeadRow


def open_sheets(path: Path) -> list[ParquetSheet]:
    """The one table of a Parquet file; raises `FileRefused` with CORRUPT or NO_DATA."""
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error
    if table.num_rows == 0:
        raise FileRefused("NO_DATA")
    return [ParquetSheet(table)]


@dataclass(frozen=True)
class ParquetSheet:
    """The table of a Parquet file; its column names are its header."""

    table: pa.Table
    name: str = ""

    def head(self) -> list[HeadRow]:
        """The column names; a Parquet file has no other header."""
        return [HeadRow(0, tuple(self.table.column_names))]

    def body(self, header: int) -> Cells:
        """All rows, numbered from 1."""
        numbers = np.arange(1, self.table.num_rows + 1, dtype=np.int32)
        columns = tuple(_column(self.table.column(index).combine_chunks()) for index in range(self.table.num_columns))
        return Cells(columns, numbers)


def _column(values: pa.Array | pa.ChunkedArray) -> Column:
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks)
    type_ = values.type
    if pa.types.is_dictionary(type_):
        return _column(values.dictionary_decode())
    text, kind = _as_text(values, type_)
    text = pc.fill_null(text, "")
    return Column(text, None if kind is CellKind.TEXT else np.full(len(text), kind, dtype=np.uint8))


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
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return values.cast(pa.string()), CellKind.TEXT
    return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string()), CellKind.TEXT
