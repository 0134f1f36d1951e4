"""Writes the pages of a release candidate into its reports folder."""

from __future__ import annotations

from pathlib import Path

from reporting.pages import index_page, quality_page, sector_page
from reporting.quality import quality_model
from reporting.release import Query
from reporting.sector import sector_model
from reporting.texts import LANGUAGES


def write_reports(query: Query, folder: Path) -> list[Path]:
    """Write quality and sector pages in each language, and an index; the paths written, in alphabetical order.

    `query(sql)` runs read-only SQL on the candidate, with its tables in schema `marts`. Raises LookupError when the candidate
    names no release.
    """
    quality, sectors = quality_model(query), sector_model(query)
    pages = {"index.html": index_page()}
    for language in LANGUAGES:
        pages[f"quality.{language}.html"] = quality_page(quality, language)
        pages[f"sector.{language}.html"] = sector_page(sectors, language)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pages.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in sorted(pages)]
