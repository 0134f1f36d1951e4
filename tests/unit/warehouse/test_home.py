from pathlib import Path

import pytest

from warehouse.home import Home, HomeIsBusy, file_sha256, write_atomically


def test_a_second_writer_is_told_to_wait(home: Home) -> None:
    with home.writer(), pytest.raises(HomeIsBusy, match="another process"), home.writer():
        pass
    with home.writer():
        pass


def test_writing_atomically_leaves_no_temporary_file(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "file"
    write_atomically(file, b"old")
    write_atomically(file, b"new")
    assert file.read_bytes() == b"new"
    assert list(file.parent.iterdir()) == [file]
    assert file_sha256(file) == "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"
