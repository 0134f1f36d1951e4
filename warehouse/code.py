"""The version of the code: what a release names so that its figures can be computed again."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SOURCE_FOLDERS = ("warehouse", "ingestion", "expectations", "reporting", "orchestration", "dbt_project")
SOURCE_SUFFIXES = {".py", ".sql", ".yml", ".json", ".csv", ".html", ".css"}
GENERATED_FOLDERS = {"target", "logs", "__pycache__"}


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of the source files below a folder, generated folders left out."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        if file.suffix in SOURCE_SUFFIXES and not GENERATED_FOLDERS.intersection(relative.parts):
            digest.update(relative.as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def code_version() -> str:
    """The release number and a digest of every source file: any change of code, seed or model changes it."""
    digest = hashlib.sha256("".join(digest_of(PROJECT / folder) for folder in SOURCE_FOLDERS).encode()).hexdigest()
    return f"{version('mizan')}+{digest[:12]}"
