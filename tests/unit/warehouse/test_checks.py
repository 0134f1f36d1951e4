import pyarrow as pa

from warehouse.checks import HOLD_SCHEMA, holds_file, is_checked, record_holds
from warehouse.home import Home

NONE = pa.table({name: [] for name in HOLD_SCHEMA.names}).cast(HOLD_SCHEMA)


def test_a_batch_without_holds_counts_as_checked(home: Home) -> None:
    assert not is_checked(home, "b1", "suite1")
    assert holds_file(home, "b1") is None
    record_holds(home, "b1", "suite1", NONE)
    assert is_checked(home, "b1", "suite1")
    assert not is_checked(home, "b2", "suite1")


def test_a_changed_suite_checks_again_and_replaces_the_holds(home: Home) -> None:
    record_holds(home, "b1", "suite1", NONE)
    assert not is_checked(home, "b1", "suite2")
    record_holds(home, "b1", "suite2", NONE)
    file = holds_file(home, "b1")
    assert file is not None
    assert file.name == "batch=b1.suite2.parquet"
    assert not is_checked(home, "b1", "suite1")
