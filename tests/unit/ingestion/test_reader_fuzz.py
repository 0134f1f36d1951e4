"""Damaged files of every reader end in rows that are all accounted for, or in a refusal with a code; never in anything else.

`benchmarks/fuzz.py` does the same for as long as one likes, each reader in a process of its own.
"""

import io
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bill_files import attempt, read
from binary_workbooks import ods_bytes, zipped
from fuzz_files import SEEDS, damaged, outcome

from ingestion.readers import open_sheets

CASES, CASES_OF_SLOW = 40, 5
MOST_SECONDS = 10


@pytest.mark.parametrize("name", SEEDS)
def test_the_file_is_read_as_long_as_it_is_whole(tmp_path: Path, name: str) -> None:
    seed = SEEDS[name]
    if name == "zip":
        assert outcome(tmp_path, seed, seed.make()) == "UNPACKED"
        return
    rows = read(tmp_path, seed.make(), seed.name, seed.feed)
    assert rows.rows_accepted > 0
    assert rows.rows_quarantined == 0


@pytest.mark.parametrize("name", SEEDS)
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, name: str) -> None:
    seed = SEEDS[name]
    content = seed.make()
    for number in range(CASES_OF_SLOW if seed.is_slow else CASES):
        start = time.process_time()
        outcome(tmp_path, seed, damaged(content, number))
        assert time.process_time() - start < MOST_SECONDS, f"{name} {number}"


def test_damage_is_told_by_its_number() -> None:
    content = SEEDS["csv"].make()
    assert damaged(content, 7) == damaged(content, 7)
    assert len({damaged(content, number) for number in range(50)}) > 45


def test_an_ods_whose_tags_do_not_match_is_damaged(tmp_path: Path) -> None:
    """Calamine looks for the end of the cell for ever."""
    content = ods_bytes([["a", "b"], ["1", "2"], ["3", "4"]])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts: dict[str, bytes | str] = {name: package.read(name) for name in package.namelist()}
    parts["content.xml"] = bytes(parts["content.xml"]).replace(b"<text:p>2</text:p></table:table-cell>", b"<text:p>2")  # type: ignore[arg-type]
    path = tmp_path / "bills.ods"
    path.write_bytes(zipped(parts))
    assert attempt(open_sheets, path)[1] == "CORRUPT"


def test_a_parquet_of_texts_that_are_no_utf8_is_damaged(tmp_path: Path) -> None:
    broken = pa.array([b"F1", b"F\xff"])
    texts = pa.Array.from_buffers(pa.string(), len(broken), broken.buffers())
    path = tmp_path / "bills.parquet"
    pq.write_table(pa.table({"a": texts}), path)
    assert attempt(lambda: open_sheets(path)[0].body(0))[1] == "CORRUPT"


def test_a_parquet_of_bytes_that_are_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bills.parquet"
    pq.write_table(pa.table({"a": pa.array([b"F1", "é".encode()])}), path)
    assert open_sheets(path)[0].body(0).columns[0].text.to_pylist() == ["F1", "é"]
