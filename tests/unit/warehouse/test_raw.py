from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.raw import create_source, current_batches, file_table, register_sources

COLUMNS = pa.schema([("row_id", pa.string()), ("quantity", pa.decimal128(18, 6))])
QUARANTINE = pa.schema([("row_id", pa.string()), ("reason_code", pa.string())])


def batch(batch_id: str, files: list[str], rows: int = 1) -> dict:
    return {"kind": "batch", "batch_id": batch_id, "feed": "bills", "files": files, "rows": rows, "quarantine_rows": 0}


def write_batch(home: Home, batch_id: str, table: pa.Table) -> None:
    file = home.raw_batch("bills", batch_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file)


def row(row_id: str, quantity: str) -> pa.Table:
    return pa.table({"row_id": [row_id], "quantity": pa.array([Decimal(quantity)], pa.decimal128(18, 6))})


def test_a_feed_without_files_is_an_empty_table_of_the_right_types() -> None:
    connection = duckdb.connect()
    create_source(connection, "raw", "bills", COLUMNS, [])
    assert connection.execute("select * from raw.bills").fetchall() == []
    types = [column[1] for column in connection.execute("describe raw.bills").fetchall()]
    assert types == ["VARCHAR", "DECIMAL(18,6)"]


def test_only_what_the_ledger_names_is_data(home: Home, ledger: Ledger) -> None:
    write_batch(home, "known", row("a", "1.5"))
    write_batch(home, "left-by-a-crash", row("b", "2"))
    ledger.append([batch("known", ["f1"])])
    connection = duckdb.connect()
    register_sources(connection, home, ledger, {"bills": COLUMNS}, QUARANTINE)
    assert connection.execute("select * from raw.bills").fetchall() == [("a", Decimal("1.500000"))]


def test_a_batch_read_again_replaces_the_batches_of_its_files(ledger: Ledger) -> None:
    ledger.append([batch("one", ["f1"])])
    ledger.append([batch("two", ["f2"])])
    ledger.append([batch("again", ["f1", "f2"])])
    assert [entry["batch_id"] for entry in current_batches(ledger)] == ["again"]


def test_a_column_that_an_old_batch_lacks_reads_as_null(home: Home, ledger: Ledger) -> None:
    write_batch(home, "old", pa.table({"row_id": ["a"]}))
    ledger.append([batch("old", ["f1"])])
    connection = duckdb.connect()
    register_sources(connection, home, ledger, {"bills": COLUMNS}, QUARANTINE)
    assert connection.execute("select quantity from raw.bills").fetchall() == [(None,)]


def test_a_file_is_told_of_as_its_last_reading_left_it(ledger: Ledger) -> None:
    entry = {
        "kind": "file",
        "feed": "bills",
        "name": "a.csv",
        "file_sha256": "f1",
        "dropped_by_reason": {"BLANK_ROW": 2},
    }
    ledger.append([{**entry, "status": "partial"}, batch("one", ["f1"])])
    ledger.append([{**entry, "status": "accepted"}, batch("again", ["f1"])])
    (told,) = file_table(ledger).to_pylist()
    assert told["status"] == "accepted"
    assert told["file_sequence"] == 3
    assert told["dropped_by_reason"] == '{"BLANK_ROW": 2}'
