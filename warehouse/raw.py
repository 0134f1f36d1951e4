"""The raw schema of the build database: one view per feed over the batches that the ledger calls current.

dbt reads these views as its sources. Reads only what the ledger names: a file that a crash left in `raw/` is not data.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.home import Home
from warehouse.ledger import Entry, Ledger


def current_batches(ledger: Ledger) -> list[Entry]:
    """The batch entries whose rows count: for each file the last batch that read it."""
    last_batch_of_file: dict[tuple[str, str], str] = {}
    batches = {entry["batch_id"]: entry for entry in ledger.of_kind("batch")}
    for entry in batches.values():
        for sha256 in entry["files"]:
            last_batch_of_file[(entry["feed"], sha256)] = entry["batch_id"]
    current = set(last_batch_of_file.values())
    return [entry for batch_id, entry in batches.items() if batch_id in current]


def create_source(connection: duckdb.DuckDBPyConnection, schema: str, name: str, columns: pa.Schema, files: list[Path]) -> None:
    """Create the relation `schema.name` with exactly these columns: a view over Parquet files, or an empty table without any.

    A column that an older file lacks reads as null. Identifiers come from the feed definitions, never from input.
    """
    connection.execute(f'create schema if not exists "{schema}"')
    empty = pa.table({field.name: pa.array([], field.type) for field in columns}, schema=columns)
    connection.register("_columns", empty)
    connection.execute(f'create or replace table "{schema}"."{name}" as select * from _columns')
    connection.unregister("_columns")
    if not files:
        return
    types = connection.execute(f'describe "{schema}"."{name}"').fetchall()
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    present = {
        row[0] for row in connection.execute(f"describe select * from read_parquet([{listed}], union_by_name = true)").fetchall()
    }
    select = ",\n    ".join(
        f'cast("{column}" as {type_}) as "{column}"' if column in present else f'cast(null as {type_}) as "{column}"'
        for column, type_, *_ in types
    )
    connection.execute(f'drop table "{schema}"."{name}"')
    connection.execute(
        f'create view "{schema}"."{name}" as select\n    {select}\nfrom read_parquet([{listed}], union_by_name = true)'
    )


def register_feeds(connection: duckdb.DuckDBPyConnection, home: Home, ledger: Ledger, feeds: Mapping[str, pa.Schema]) -> None:
    """Create `raw.<feed>` for every feed from the current batches of the ledger."""
    batches = current_batches(ledger)
    for feed, columns in feeds.items():
        files = [home.raw_batch(feed, entry["batch_id"]) for entry in batches if entry["feed"] == feed and entry["rows"] > 0]
        create_source(connection, "raw", feed, columns, files)
