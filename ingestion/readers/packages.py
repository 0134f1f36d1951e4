"""Zip containers, opened within bounds: workbooks are zips of parts, and members send zips of files.

Nothing is ever written to disk here. Bounds hold for what a container declares and for what it really inflates to.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestion.cells import FileRefused
from ingestion.readers.malware import MalwareScan

LARGEST_PACKAGE = 500 * 1024 * 1024  # all entries, inflated
MOST_ENTRIES = 10_000
LARGEST_DIRECTORY = 4 * 1024 * 1024
# Deflate reaches 1,032 to 1; tables reach 20 to 60. Small entries may be as repetitive as they like.
WORST_RATIO = 200
FREE_OF_RATIO = 32 * 1024 * 1024
CHUNK = 1 << 20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
IS_ENCRYPTED = 0x1

# The records at the end of a zip, of which the last but one or two fields are the size and place of the directory.
END, END_64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q")
END_MARK, END_MARK_64 = re.compile(rb"PK\x05\x06"), re.compile(rb"PK\x06\x06")
IN_END_64 = 0xFFFFFFFF
LONGEST_END = END.size + 0xFFFF + 256


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip whose directory is within bounds; faults of the container while it is open are refusals.

    Raises `FileRefused`: CORRUPT, HOSTILE for a bomb, TOO_LARGE.
    """
    try:
        _check_directory(path)
        with zipfile.ZipFile(path) as package:
            _check_entries(package)
            yield package
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error


def check_entry(entry: zipfile.ZipInfo) -> None:
    """Refuse an entry that cannot or must not be inflated: ENCRYPTED, HOSTILE, CORRUPT."""
    if entry.flag_bits & IS_ENCRYPTED:
        raise FileRefused("ENCRYPTED")
    if entry.compress_type not in METHODS:
        raise FileRefused("CORRUPT", cause=f"compression method {entry.compress_type}")
    if entry.file_size > max(FREE_OF_RATIO, WORST_RATIO * entry.compress_size):
        raise FileRefused("HOSTILE", cause=f"{entry.file_size} bytes in {entry.compress_size}")


def chunks_of(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry, never more than it declares, its checksum verified at the end."""
    check_entry(entry)
    scan = MalwareScan()
    try:
        with package.open(entry) as reading:
            while chunk := reading.read(CHUNK):
                scan.feed(chunk)
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error


def _check_entries(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > MOST_ENTRIES:
        raise FileRefused("HOSTILE", cause=f"{len(entries)} entries, at most {MOST_ENTRIES}")
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST_PACKAGE:
        stored = sum(entry.compress_size for entry in entries)
        if total > WORST_RATIO * stored:
            raise FileRefused("HOSTILE", cause=f"{total} bytes in {stored}")
        raise FileRefused("TOO_LARGE", size=total, limit=LARGEST_PACKAGE)


def _check_directory(path: Path) -> None:
    """Bound the directory before it is read whole: each of its entries takes much more memory than bytes."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        start = max(0, size - LONGEST_END)
        handle.seek(start)
        tail = handle.read()
    declared = [
        END.unpack_from(tail, found.start())[5] for found in END_MARK.finditer(tail[: len(tail) - END.size + 4])
    ]
    declared += [END_64.unpack_from(tail, found.start())[8] for found in END_MARK_64.finditer(tail[: -END_64.size])]
    if not declared:
        raise FileRefused("CORRUPT", cause="no end of the zip directory")
    if max((size for size in declared if size != IN_END_64), default=0) > LARGEST_DIRECTORY:
        raise FileRefused("HOSTILE", cause=f"a directory of {max(declared)} bytes")
