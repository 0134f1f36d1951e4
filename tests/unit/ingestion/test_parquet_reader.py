"""Parquet: parts say the same as the whole, and damaged bytes are a table or a coded refusal."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.cells import Cells, FileRefused
from ingestion.readers import open_sheets, parquet

TABLE = pa.table(
    {
        "id": ["007", None, "x"] * 3,
        "kind": pa.array(["a", "b", "a"] * 3).dictionary_encode(),
        "amount": pa.array([Decimal("12.340000"), None, Decimal("0.1")] * 3, pa.decimal128(18, 6)),
        "share": pa.array([0.1, 139067318.0, None] * 3),
        "day": pa.array([date(2024, 5, 6), None, date(1999, 12, 31)] * 3),
        "flag": pa.array([True, None, False] * 3),
    }
)


def written(table: pa.Table, **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def table(cells: Cells) -> list[list[str]]:
    return [list(row) for row in zip(*(column.text.to_pylist() for column in cells.columns), strict=True)]


@pytest.mark.parametrize("options", [{}, {"compression": "zstd", "use_dictionary": False}, {"row_group_size": 4}])
def test_parts_say_the_same_as_the_whole(
    tmp_path: Path, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(written(TABLE, **options))
    expected = [
        ["007", "a", "12.340000", "0.1", "2024-05-06", "true"],
        ["", "b", "", "139067318", "", ""],
        ["x", "a", "0.100000", "", "1999-12-31", "false"],
    ] * 3
    assert table(open_sheets(path)[0].body(0)) == expected
    monkeypatch.setattr(parquet, "ROWS_OF_A_PART", 2)
    parts = list(open_sheets(path)[0].parts(0))  # type: ignore[attr-defined]
    assert len(parts) > 1
    assert table(Cells.joined(parts)) == expected
    assert Cells.joined(parts).row_numbers.tolist() == list(range(1, 10))


def test_lists_and_records_are_no_cells(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(written(pa.table({"a": ["x"], "lines": pa.array([[1, 2]])})))
    with pytest.raises(FileRefused) as caught:
        open_sheets(path)
    assert caught.value.code == "TYPE_UNKNOWN"
    assert "lines" in str(caught.value.details)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_bytes_are_a_table_or_a_coded_refusal(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    content = bytearray(written(TABLE))
    for place, value in changes:
        content[place % len(content)] = value
    path = tmp_path_factory.mktemp("parquet") / "file"
    path.write_bytes(content)
    try:
        for sheet in open_sheets(path):
            if sheet.head():
                sheet.body(0)
    except FileRefused:
        pass
