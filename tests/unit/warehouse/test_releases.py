from pathlib import Path

import duckdb
import pytest

from warehouse import releases
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.releases import Candidate, content_hash, publish


def hashed(*statements: str, columns: list[str]) -> str:
    connection = duckdb.connect()
    for statement in statements:
        connection.execute(statement)
    return content_hash(connection, "t", columns)


def test_the_content_hash_knows_no_order() -> None:
    make = "create table t (a varchar, b decimal(18, 6))"
    forwards = hashed(make, "insert into t values ('x', 1.5), ('y', null)", columns=["a", "b"])
    backwards = hashed(make, "insert into t values ('y', null), ('x', 1.500000)", columns=["a", "b"])
    assert forwards == backwards


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("('a|b', 'c')", "('a', 'b|c')"),
        ("(null, 'c')", "('\\N', 'c')"),
        ("('', 'c')", "(null, 'c')"),
        ("('a', 'b'), ('a', 'b')", "('a', 'b')"),
        ("('a\\', 'b')", "('a', '\\b')"),
    ],
    ids=["separator in a text", "null and its spelling", "empty and null", "a row twice", "backslash"],
)
def test_different_content_has_a_different_hash(left: str, right: str) -> None:
    make = "create table t (a varchar, b varchar)"
    columns = ["a", "b"]
    assert hashed(make, f"insert into t values {left}", columns=columns) != hashed(
        make, f"insert into t values {right}", columns=columns
    )


def candidate(home: Home, release_id: str) -> Candidate:
    folder = home.build / "candidate"
    (folder / "marts").mkdir(parents=True)
    (folder / "marts" / "a.parquet").write_bytes(b"rows")
    facts = {"release_id": release_id, "published_at": "2026-01-01T00:00:00Z", "code_version": "1", "run_id": "run"}
    return Candidate(folder, {**facts, "ledger_head": "0", "marts": [{"mart": "a", "rows": 1, "content_hash": "h"}]})


def test_publishing_moves_latest_and_keeps_the_old_release(home: Home, ledger: Ledger) -> None:
    for release_id in ("r1", "r2"):
        publish(home, ledger, candidate(home, release_id))
    assert home.latest_release.resolve().name == "r2"
    assert releases.latest_release(home)["release_id"] == "r2"
    assert {path.name for path in home.releases.iterdir()} == {"r1", "r2", "latest"}
    assert [entry["release_id"] for entry in ledger.of_kind("release")] == ["r1", "r2"]
    assert "marts/a.parquet" in (home.releases / "r1" / "SHA256SUMS").read_text()


def test_a_publication_cut_before_the_ledger_is_undone(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, ledger, candidate(home, "r1"))
    second = candidate(home, "r2")

    def crash(*_: object) -> None:
        raise OSError("power is gone")

    monkeypatch.setattr(Ledger, "append", crash)
    with pytest.raises(OSError, match="power"):
        publish(home, ledger, second)
    assert (home.releases / "r2").exists()
    releases.recover(home, ledger)
    assert not (home.releases / "r2").exists()
    assert home.latest_release.resolve().name == "r1"


def test_a_publication_cut_after_the_ledger_is_finished(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "_point_latest_to", lambda *_: None)
    publish(home, ledger, candidate(home, "r1"))
    monkeypatch.undo()
    assert not home.latest_release.exists()
    releases.recover(home, ledger)
    assert home.latest_release.resolve().name == "r1"


def test_before_the_first_release_there_is_none(tmp_path: Path) -> None:
    assert releases.latest_release(Home.at(tmp_path)) is None
