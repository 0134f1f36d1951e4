"""The rows of one file while it is read: in memory while they are few, else in one Parquet file of its own.

Rows come in the order of the file and stay in it. Once all are in, some may be taken out: those that repeat or
contradict others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROW_GROUP = 122_880
WRITES_AHEAD = 2
SAMPLE = 2000


class RowStore:
    """Tables of one schema, one after the other.

    Beyond one row group they are written to `path`, if one is given, after `finish` has brought them into the form of
    that file; with `holds_rows` off even the last few are.
    """

    def __init__(
        self,
        schema: pa.Schema,
        path: Path | None,
        finish: Callable[[pa.Table], pa.Table],
        *,
        holds_rows: bool = True,
    ) -> None:
        self.schema = schema
        self._path, self._finish, self._holds_rows = path, finish, holds_rows
        self._held: list[pa.Table] = []
        self._held_rows = self._added = 0
        self._removed = np.empty(0, dtype=np.int64)
        self._writer: pq.ParquetWriter | None = None
        self._writes: list[Future[None]] = []
        self._thread: ThreadPoolExecutor | None = None

    @property
    def num_rows(self) -> int:
        """The rows that are left."""
        return self._added - len(self._removed)

    @property
    def whole_file(self) -> Path | None:
        """The Parquet file that holds exactly the rows, if there is one."""
        return self._path if self._writer is not None and not len(self._removed) else None

    def add(self, table: pa.Table) -> None:
        """Put rows behind those that are there."""
        if table.num_rows:
            self._held.append(table)
            self._held_rows += table.num_rows
            self._added += table.num_rows
        while self._path is not None and self._held_rows >= ROW_GROUP:
            self._write(self._path, ROW_GROUP)

    def close(self) -> None:
        """No more rows come; what goes to disk is there now. Raises what went wrong on the way."""
        if self._path is not None and self._held_rows and (self._writer is not None or not self._holds_rows):
            self._write(self._path, self._held_rows)
        self.wait(0)
        if self._writer is not None and self._thread is not None:
            self._thread.shutdown()
            self._writer.close()

    def abandon(self) -> None:
        """Stop writing and remove the file."""
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)
        if self._writer is not None:
            self._writer.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def remove(self, positions: np.ndarray) -> None:
        """Take out the rows at these positions, counted over all that were added."""
        self._removed = np.sort(positions)

    def tables(self) -> Iterator[pa.Table]:
        """The rows that are left, some thousands at a time."""
        start = 0
        for table in self._all():
            first, after = np.searchsorted(self._removed, (start, start + table.num_rows))
            start += table.num_rows
            if first == after:
                yield table
                continue
            kept = np.ones(table.num_rows, dtype=bool)
            kept[self._removed[first:after] - (start - table.num_rows)] = False
            yield table.filter(pa.array(kept))

    def table(self) -> pa.Table:
        """All rows that are left, in memory."""
        return pa.concat_tables([self.schema.empty_table(), *(t.select(self.schema.names) for t in self.tables())])

    def take(self, positions: np.ndarray) -> pa.Table:
        """The rows at these ascending positions, counted over all that were added."""
        found, start = [self.schema.empty_table()], 0
        for table in self._all():
            first, after = np.searchsorted(positions, (start, start + table.num_rows))
            if after > first:
                found.append(table.select(self.schema.names).take(pa.array(positions[first:after] - start)))
            start += table.num_rows
        return pa.concat_tables(found)

    def wait(self, ahead: int = WRITES_AHEAD) -> None:
        """Wait until no more than so many writes are under way."""
        while len(self._writes) > ahead:
            self._writes.pop(0).result()

    def _all(self) -> Iterator[pa.Table]:
        if self._writer is None or self._path is None:
            yield from self._held
            return
        with pq.ParquetFile(self._path) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group)

    def _write(self, path: Path, rows: int) -> None:
        """Write the first rows that are held as one row group, in a thread of its own."""
        held = pa.concat_tables(self._held)
        group, rest = held.slice(0, rows), held.slice(rows)
        self._held, self._held_rows = ([rest] if rest.num_rows else []), rest.num_rows
        if self._writer is None or self._thread is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = parquet_writer(path, self._finish(group))
            self._thread = ThreadPoolExecutor(1)
        self.wait()
        self._writes.append(self._thread.submit(self._write_group, self._writer, group))

    def _write_group(self, writer: pq.ParquetWriter, group: pa.Table) -> None:
        writer.write_table(self._finish(group), row_group_size=ROW_GROUP)


def parquet_writer(path: Path, first: pa.Table) -> pq.ParquetWriter:
    """A writer of such tables: texts that repeat go into dictionaries, numbers and what differs in each row do not."""
    repeated = [field.name for field in first.schema if _repeats(field, first.column(field.name))]
    return pq.ParquetWriter(
        path, first.schema, compression="zstd", compression_level=1, use_dictionary=repeated, store_schema=False
    )


def _repeats(field: pa.Field, column: pa.ChunkedArray) -> bool:
    if pa.types.is_decimal(field.type) or pa.types.is_integer(field.type):
        return False
    if pa.types.is_dictionary(field.type):
        return True
    sample = column.slice(0, SAMPLE)
    return 2 * pc.count_distinct(sample).as_py() <= len(sample)
