"""One spelling for text that is compared: headers, choices, units, country names, null tokens."""

from __future__ import annotations

import functools
import re
import unicodedata

NOT_A_LETTER = re.compile(r"[^\w%]+|_+")


@functools.lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The text without case, accents, punctuation and doubled spaces; `%` stays: it tells a rate from an amount."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("\u00b0", " "))
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(NOT_A_LETTER.sub(" ", letters).split())


def null_token(text: str) -> str:
    """The spelling in which null tokens are compared."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
