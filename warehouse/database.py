"""Connections to DuckDB files, all with the same settings, and rows as plain Python values.

Nothing is downloaded: extensions are neither installed nor loaded on demand. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]

SETTINGS: dict[str, str | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class QueryFailed(ValueError):
    """DuckDB could not run somebody's SQL; the message is DuckDB's own."""


@contextmanager
def connect(path: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the file at `path`, closed when the block ends."""
    connection = duckdb.connect(str(path), read_only=read_only, config=SETTINGS)
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


@contextmanager
def sandboxed(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection for somebody else's SQL: it can read this one file and nothing else on the machine.

    What DuckDB says against that SQL is raised as QueryFailed.
    """
    with connect(path, read_only=True) as connection:
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        try:
            yield connection
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error


def rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """The result of a query as dictionaries; decimals, dates and nulls stay what they are."""
    result = connection.execute(sql, list(parameters))
    names = [column[0] for column in result.description]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def identifier(name: str) -> str:
    """A name quoted for SQL, for the few places where a parameter cannot stand."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """A text quoted for SQL, for the statements that take no parameter (COPY, COMMENT, views)."""
    return "'" + str(text).replace("'", "''") + "'"
