from pathlib import Path

import duckdb
import pytest

from warehouse.database import QueryFailed, identifier, literal, rows, sandboxed


@pytest.fixture
def release(tmp_path: Path) -> Path:
    file = tmp_path / "mizan.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.t as select 1 as a")
    return file


def test_somebodys_sql_reads_the_release(release: Path) -> None:
    with sandboxed(release) as connection:
        assert rows(connection, "select a from marts.t where a = ?", [1]) == [{"a": 1}]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "copy marts.t to 'stolen.csv'",
        "delete from marts.t",
        "set enable_external_access = true",
        "select nonsense",
    ],
)
def test_somebodys_sql_reads_nothing_else_and_changes_nothing(release: Path, sql: str) -> None:
    with pytest.raises(QueryFailed), sandboxed(release) as connection:
        rows(connection, sql)


def test_names_and_texts_cannot_leave_their_quotes() -> None:
    name, text = identifier('a"b'), literal("it's")
    assert duckdb.sql(f"select {text} as {name}").columns == ['a"b']
