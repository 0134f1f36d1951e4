"""What is wrong with some of the files, on purpose: one small function per kind, each of which says what it did.

Dirt keeps away from the members that apply for certification, so that their cases fail or pass for the reasons meant.
The code of each kind is the one that ingestion or a check is expected to give.
"""

from __future__ import annotations

from ingestion.sample.dirty_bills import BILLS
from ingestion.sample.dirty_files import FILES
from ingestion.sample.dirty_rows import CELLS, DECLARATIONS, ROWS
from ingestion.sample.soiling import Dirt, Documents


def soil(documents: Documents) -> list[Dirt]:
    """Soil some of the documents, add those that are dirt themselves, and list it all."""
    found: list[Dirt] = []
    for act in (*CELLS, *ROWS, *BILLS, *DECLARATIONS, *FILES):
        found += act(documents)
    return found
