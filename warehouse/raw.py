"""The sources of the build database: what dbt reads.

`raw.<feed>` is a view over the batches that the ledger calls current, `ledger.files` and `ledger.quarantine` say what
became of each file and refused cell, `ledger.reviews` what persons decided on rows to confirm, and `checks.holds` names
the rows that a failed batch check holds out. Reads only what the ledger names: a file that a crash left in `raw/` is
not data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.checks import HOLD_SCHEMA, holds_file
from warehouse.home import Home
from warehouse.ledger import Entry, Ledger
from warehouse.reviews import review_table

FILE_SCHEMA = pa.schema(
    [
        ("file_sha256", pa.string()),
        ("name", pa.string()),
        ("feed", pa.string()),
        ("mapping", pa.string()),
        ("mapping_version", pa.string()),
        ("size_bytes", pa.int64()),
        ("status", pa.string()),
        ("reason_code", pa.string()),
        ("message_fr", pa.string()),
        ("message_en", pa.string()),
        ("rows_read", pa.int64()),
        ("rows_accepted", pa.int64()),
        ("rows_quarantined", pa.int64()),
        ("rows_dropped", pa.int64()),
        ("dropped_by_reason", pa.string()),
        ("file_sequence", pa.int64()),
        ("received_at", pa.timestamp("us")),
    ]
)


def current_batches(ledger: Ledger) -> list[Entry]:
    """The batch entries whose rows count: for each file the last batch that read it."""
    last_batch_of_file: dict[tuple[str, str], str] = {}
    batches = {entry["batch_id"]: entry for entry in ledger.of_kind("batch")}
    for entry in batches.values():
        for sha256 in entry["files"]:
            last_batch_of_file[(entry["feed"], sha256)] = entry["batch_id"]
    current = set(last_batch_of_file.values())
    return [entry for batch_id, entry in batches.items() if batch_id in current]


def create_source(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str, columns: pa.Schema, files: list[Path]
) -> None:
    """Create `schema.name` with exactly these columns: a view over Parquet files, or an empty table without any.

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
        row[0]
        for row in connection.execute(
            f"describe select * from read_parquet([{listed}], union_by_name = true)"
        ).fetchall()
    }
    select = ",\n    ".join(
        f'cast("{column}" as {type_}) as "{column}"' if column in present else f'cast(null as {type_}) as "{column}"'
        for column, type_, *_ in types
    )
    connection.execute(f'drop table "{schema}"."{name}"')
    connection.execute(
        f'create view "{schema}"."{name}" as select\n    {select}\nfrom read_parquet([{listed}], union_by_name = true)'
    )


def register_sources(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    ledger: Ledger,
    feeds: Mapping[str, pa.Schema],
    quarantine: pa.Schema,
) -> None:
    """Create every source relation from the current batches of the ledger.

    `feeds` maps each feed to the schema of its raw rows, `quarantine` is the schema of a refused cell.
    """
    batches = current_batches(ledger)
    for feed, columns in feeds.items():
        files = [
            home.raw_batch(feed, batch["batch_id"]) for batch in batches if batch["feed"] == feed and batch["rows"]
        ]
        create_source(connection, "raw", feed, columns, files)
    refused = [home.quarantine_batch(b["feed"], b["batch_id"]) for b in batches if b["quarantine_rows"]]
    create_source(connection, "ledger", "quarantine", quarantine, refused)
    create_source(
        connection, "checks", "holds", HOLD_SCHEMA, [f for b in batches if (f := holds_file(home, b["batch_id"]))]
    )
    for name, table in (("files", file_table(ledger)), ("reviews", review_table(home, ledger, batches))):
        connection.register("_told", table)
        connection.execute(f'create or replace table ledger."{name}" as select * from _told')
        connection.unregister("_told")


def file_table(ledger: Ledger) -> pa.Table:
    """One row per file as its last reading left it: what the ledger says of it, when, and under which number."""
    last_reading = {(entry["feed"], entry["name"], entry["file_sha256"]): entry for entry in ledger.of_kind("file")}
    rows = [
        {
            **{name: entry.get(name) for name in FILE_SCHEMA.names},
            "dropped_by_reason": json.dumps(entry.get("dropped_by_reason") or {}, sort_keys=True),
            "file_sequence": entry["sequence"],
            "received_at": datetime.fromisoformat(entry["recorded_at"]).replace(tzinfo=None),
        }
        for entry in last_reading.values()
    ]
    return pa.Table.from_pylist(rows, schema=FILE_SCHEMA)
