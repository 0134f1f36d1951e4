"""Damaged files of every reader end in rows that are all accounted for, or in a refusal with a code; never in anything else.

`benchmarks/fuzz.py` does the same for as long as one likes, each reader in a process of its own.
"""

import time
from pathlib import Path

import pytest
from bill_files import read
from fuzz_files import SEEDS, damaged, outcome

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
