"""Zips that members send: every file in one becomes a file of its own in the archive, under its own SHA-256.

The names in a zip only name; nothing is ever written under one.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingestion.archive import CHUNK, store
from ingestion.cells import FileRefused
from ingestion.readers.excel import is_workbook
from ingestion.readers.packages import LARGEST_PACKAGE, chunks_of, opened_zip
from warehouse.home import Home

MOST_FILES = 1_000
DEEPEST = 2  # zips in each other
LOCAL_HEADER = 30
UNIX = 3
# What archivers and file managers add by themselves.
BYSTANDERS = ("__macosx", "thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Member:
    """A file of a zip, now in the archive; or, with a refusal, an entry that is archived as it lies in the zip."""

    name: str
    sha256: str
    size: int
    refusal: FileRefused | None = None
    files: int | None = None  # of a zip in the zip, whose own files follow


def is_zip_of_files(path: Path) -> bool:
    """Whether a file is a zip but no workbook; False for what cannot be opened, which its reader refuses."""
    with path.open("rb") as handle:
        if handle.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    try:
        with opened_zip(path) as package:
            return not is_workbook(package)
    except FileRefused:
        return False


def unpack(home: Home, sha256: str, name: str) -> list[Member]:
    """Put the files of an archived zip into the archive, in the order of the zip; their names begin with its name.

    Raises `FileRefused` for the zip as a whole: CORRUPT, NO_DATA, TOO_LARGE, HOSTILE. An entry that is damaged,
    encrypted, hostile or a zip too many is refused alone.
    """
    members = list(_Unpacking(home).members(home.archive / sha256, name, 1))
    if not members:
        raise FileRefused("NO_DATA")
    return members


class _Unpacking:
    """One zip with the zips in it, within bounds that hold for all of them together."""

    def __init__(self, home: Home) -> None:
        self._home, self._size, self._files = home, 0, 0

    def members(self, path: Path, name: str, depth: int) -> Iterator[Member]:
        """The members of one zip."""
        with opened_zip(path) as package:
            entries = [entry for entry in package.infolist() if not _is_bystander(entry)]
            self._count(entries)
            names = set[str]()
            for entry in entries:
                yield from self._taken(package, path, entry, name, depth, is_repeated=entry.filename in names)
                names.add(entry.filename)

    def _taken(
        self,
        package: zipfile.ZipFile,
        path: Path,
        entry: zipfile.ZipInfo,
        zip_name: str,
        depth: int,
        *,
        is_repeated: bool,
    ) -> Iterator[Member]:
        name = f"{zip_name}/{printable(entry.filename)}"
        try:
            _check_name(entry)
            if is_repeated:
                raise FileRefused("HOSTILE", cause="two entries of one name")
            sha256, size = store(self._home, chunks_of(package, entry))
        except FileRefused as refusal:
            sha256, size = store(self._home, _as_it_lies(path, entry))
            yield Member(name, sha256, size, refusal)
            return
        inner = self._home.archive / sha256
        if not is_zip_of_files(inner):
            yield Member(name, sha256, size)
        elif depth == DEEPEST:
            yield Member(name, sha256, size, FileRefused("HOSTILE", cause="zip in a zip in a zip"))
        else:
            members = list(self.members(inner, name, depth + 1))
            yield Member(name, sha256, size, files=len(members))
            yield from members

    def _count(self, entries: list[zipfile.ZipInfo]) -> None:
        self._files += len(entries)
        self._size += sum(entry.file_size for entry in entries)
        if self._files > MOST_FILES:
            raise FileRefused("HOSTILE", cause=f"{self._files} files, at most {MOST_FILES}")
        if self._size > LARGEST_PACKAGE:
            raise FileRefused("TOO_LARGE", size=self._size, limit=LARGEST_PACKAGE)


def printable(name: str) -> str:
    """A name in which line breaks and other controls are spelled out."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in name)


def _is_bystander(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename.lower().replace("\\", "/")).parts
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    is_folder = entry.filename.endswith("/")
    return is_folder or hidden or any(part in BYSTANDERS or part.startswith("~$") for part in parts)


def _check_name(entry: zipfile.ZipInfo) -> None:
    """Refuse a name that leaves its folder, and an entry that is no plain file."""
    path = entry.orig_filename.replace("\\", "/")
    if not path or "\0" in path or path.startswith("/") or path[1:2] == ":" or ".." in path.split("/"):
        raise FileRefused("HOSTILE", cause=f"path {printable(entry.orig_filename)}")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.create_system == UNIX and kind not in (0, stat.S_IFREG):
        raise FileRefused("HOSTILE", cause="a link or device in a zip")


def _as_it_lies(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry as it is in the zip, packed or encrypted, under a line that says so.

    The line makes the bytes those of no other file: what refuses the entry must not reach a file that was accepted.
    """
    yield f"Entry {entry.orig_filename!r} at {entry.header_offset} of the zip {path.name}, as it lies there:\n".encode()
    with path.open("rb") as handle:
        handle.seek(entry.header_offset)
        header = handle.read(LOCAL_HEADER)
        skipped = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        handle.seek(entry.header_offset + LOCAL_HEADER + skipped)
        left = entry.compress_size
        while left and (chunk := handle.read(min(left, CHUNK))):
            left -= len(chunk)
            yield chunk
