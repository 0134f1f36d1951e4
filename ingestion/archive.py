"""The archive: the bytes of every file received, under their SHA-256, never changed.

What a file is and says is the business of others.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from warehouse.home import Home

CHUNK = 1 << 20
TEMPORARY = ".tmp"


class FileChanging(OSError):
    """A file changed while it was looked at: somebody is still writing it."""


def archive(home: Home, source: Path, expected_sha256: str) -> int:
    """Copy a file into the archive under the SHA-256 that it had when it was first looked at; return its size.

    Raises `FileChanging` when its size, its time or its bytes are no longer the same; nothing is archived then.
    """
    return store(home, _unchanging(source), expected_sha256)[1]


def store(home: Home, chunks: Iterable[bytes], expected_sha256: str | None = None) -> tuple[str, int]:
    """Write bytes into the archive under their SHA-256; return that and their number.

    Raises `FileChanging` when that is not the one expected. The archive is as before if the chunks end in an error.
    """
    home.archive.mkdir(parents=True, exist_ok=True)
    temporary = home.archive / f".{os.getpid()}{TEMPORARY}"
    digest, size = hashlib.sha256(), 0
    try:
        with temporary.open("wb") as writing:
            for chunk in chunks:
                digest.update(chunk)
                writing.write(chunk)
                size += len(chunk)
            writing.flush()
            os.fsync(writing.fileno())
        if expected_sha256 not in (None, digest.hexdigest()):
            raise FileChanging("the bytes are not those of a moment ago")
        temporary.replace(home.archive / digest.hexdigest())
    finally:
        temporary.unlink(missing_ok=True)
    return digest.hexdigest(), size


def _unchanging(source: Path) -> Iterator[bytes]:
    """The bytes of a file that nobody writes to meanwhile."""
    with source.open("rb") as reading:
        before, size = os.fstat(reading.fileno()), 0
        while chunk := reading.read(CHUNK):
            size += len(chunk)
            yield chunk
        after = os.fstat(reading.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
        raise FileChanging(f"{before.st_size} bytes became {after.st_size}")
