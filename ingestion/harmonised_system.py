"""The subheadings of the Harmonised System, on which the tariffs of Morocco and of the European Union are built.

Its edition of 2022 is known here (`harmonised_system_2022.txt`, which names its source). Of codes of earlier days nothing
is said.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path

EDITION_2022 = Path(__file__).with_name("harmonised_system_2022.txt")
VALID_FROM = date(2022, 1, 1)
SUBHEADING_LENGTH, CN_LENGTH = 6, 8


@functools.cache
def subheadings() -> frozenset[str]:
    """The codes of six digits of the edition of 2022."""
    lines = [line.split() for line in EDITION_2022.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    return frozenset(heading + ending for heading, *endings in lines for ending in endings)
