"""The feed definitions hold together, and give the raw schema that dbt reads."""

from pathlib import Path

import pyarrow as pa
import pytest

from ingestion.feeds import load_feeds, raw_schema


def test_registers_come_before_activity() -> None:
    kinds = [feed.kind for feed in load_feeds().values()]
    assert kinds == sorted(kinds, key=("register", "activity", "reference").index)
    assert next(iter(load_feeds())) == "members"


def test_the_schema_is_the_feed_and_where_each_row_came_from() -> None:
    feed = load_feeds()["energy_bills"]
    schema = raw_schema(feed)
    own = len(feed.columns)
    assert schema.names[:own] == list(feed.column_names)
    assert schema.names[own:] == [
        "row_id", "file_sha256", "sheet", "row_no", "batch_id", "file_sequence", "received_at", "mapping",
        "mapping_version", "flags", "quantity_as_printed", "unit_as_printed",
    ]  # fmt: skip
    assert schema.field("quantity").type == pa.decimal128(18, 6)
    assert schema.field("period_start").type == pa.date32()
    assert "quantity_as_printed" not in raw_schema(load_feeds()["members"]).names


@pytest.mark.parametrize("key", ["nobody", "[nobody]"])
def test_a_feed_that_contradicts_itself_is_named(tmp_path: Path, key: str) -> None:
    path = tmp_path / "feeds.yml"
    path.write_text(f"odd: {{description: x, kind: register, key: {key}, columns: {{a: {{type: text}}}}}}")
    with pytest.raises(ValueError, match="odd refers to columns"):
        load_feeds(path)
