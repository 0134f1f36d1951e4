"""The encoding of a text file, found from the whole of its bytes, and the file as blocks of UTF-8.

Nothing is held but one block: a file of any size is read in the memory of a small one. What the text means is not
looked at here.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingestion.cells import FileRefused

BLOCK = 1 << 23
LONGEST_LINE = 1 << 20  # a block is brought to the end of a line, unless the line is longer than this
GUESSED_BYTES = 1 << 18
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Letters and signs of French, English and Spanish text in Windows' Western encoding.
WESTERN = frozenset("àâäçéèêëîïôöùûüÿœæñáíóúãõåøßÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆÑÁÍÓÚÃÕÅØ°²³€£§µ·×’‘“”«»–—…™©®¿¡½¼\u00a0")
FOREIGN_RUN = re.compile(r"[^\W\d_a-zA-Z]{3,}")
ARABIC_SIGNS = frozenset("،؛؟ـ«»‘’“”–—…·°×÷\u00a0\u200c\u200d\u200e\u200f\u00ad")
ARABIC_BESIDE_LATIN = re.compile(r"[\u0600-\u06ff][a-zA-Z\u00c0-\u024f]|[a-zA-Z\u00c0-\u024f][\u0600-\u06ff]")
ARABIC_ENCODINGS = {"cp1256": "ENC_CP1256", "iso8859_6": "ENC_ISO8859_6"}


@dataclass(frozen=True)
class Encoding:
    """How a file is decoded, the length of its byte order mark, what has to be noted, and its lone carriage returns."""

    codec: str
    mark: int = 0
    flags: frozenset[str] = frozenset()
    has_lone_returns: bool = False


def find_encoding(path: Path) -> Encoding:
    """The encoding of a file; raises `FileRefused` with NOT_TEXT, ENC_UNCERTAIN or NO_DATA."""
    with path.open("rb") as handle:
        first = handle.read(LONGEST_LINE)
    mark = next((mark for mark in BYTE_ORDER_MARKS if first.startswith(mark)), b"")
    codec = BYTE_ORDER_MARKS[mark] if mark else _wide_codec(first)
    if codec.startswith("utf-16"):
        return _surveyed(path, codec, len(mark), frozenset({"ENC_UTF16"}))
    flags = frozenset({"BOM_STRIPPED"} if mark else ())
    try:
        return _surveyed(path, "utf-8", len(mark), flags)
    except UnicodeDecodeError:
        codec, noted = _eight_bit_codec(path, len(mark))
        return _surveyed(path, codec, len(mark), flags | {noted})


def utf8_blocks(path: Path, encoding: Encoding, size: int = BLOCK) -> Iterator[bytes]:
    """The text as UTF-8 without byte order mark, in blocks that end where a line ends if the lines allow it."""
    decoder = None if encoding.codec == "utf-8" else codecs.getincrementaldecoder(encoding.codec)()
    with path.open("rb") as handle:
        handle.seek(encoding.mark)
        while block := handle.read(size):
            if not block.endswith(b"\n"):
                block += handle.readline(LONGEST_LINE)
            yield block if decoder is None else decoder.decode(block).encode()


def _wide_codec(first: bytes) -> str:
    """UTF-16 without a byte order mark has its zero bytes on one side of each pair; other text has none at all."""
    pairs = len(first) // 2
    even, odd = first[: 2 * pairs : 2].count(0), first[1 : 2 * pairs : 2].count(0)
    if pairs >= 2 and max(even, odd) > pairs // 2 and not min(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _surveyed(path: Path, codec: str, mark: int, flags: frozenset[str]) -> Encoding:
    """The encoding if the whole file can be decoded by it; raises `UnicodeDecodeError` if it cannot and is UTF-8."""
    returns = has_text = 0
    ended_in_return = False
    decoder = codecs.getincrementaldecoder(codec)()
    is_ascii_so_far = codec == "utf-8"
    try:
        for raw in _raw_blocks(path, mark):
            block = raw
            if not (is_ascii_so_far and raw.isascii()):
                is_ascii_so_far = False
                text = decoder.decode(raw)
                block = raw if codec == "utf-8" else text.encode()
            if b"\0" in block:
                raise FileRefused("NOT_TEXT")
            has_text |= not block.isspace()
            if b"\r" in block or ended_in_return:
                returns += block.count(b"\r") - block.count(b"\r\n")
                returns -= ended_in_return and block.startswith(b"\n")
                ended_in_return = block.endswith(b"\r")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if codec == "utf-8":
            raise
        raise FileRefused("NOT_TEXT") from error
    if not has_text:
        raise FileRefused("NO_DATA")
    return Encoding(codec, mark, flags, returns > 0)


def _raw_blocks(path: Path, mark: int) -> Iterator[bytes]:
    with path.open("rb") as handle:
        handle.seek(mark)
        while block := handle.read(BLOCK):
            yield block


def _eight_bit_codec(path: Path, mark: int) -> tuple[str, str]:
    """The one eight-bit encoding in which the text is plausible, and its flag; ENC_UNCERTAIN if several differ."""
    candidates = [_Candidate("cp1252", "ENC_CP1252"), *(_Candidate(*item) for item in ARABIC_ENCODINGS.items())]
    sample = b""
    for block in _lines_beyond_ascii(path, mark):
        if b"\0" in block:
            raise FileRefused("NOT_TEXT")
        sample = sample or block[:GUESSED_BYTES]
        for candidate in candidates:
            candidate.look_at(block)
    plausible = [candidate for candidate in candidates if candidate.is_plausible]
    if len({candidate.digest.digest() for candidate in plausible}) == 1:
        return plausible[0].codec, plausible[0].flag
    western = candidates[0]
    if not plausible and western.can_decode:
        import charset_normalizer

        isolation = ["cp1252", "cp1256", "iso8859_6", "cp1250", "cp1251"]
        guess = charset_normalizer.from_bytes(sample, cp_isolation=isolation).best()
        if guess is not None and guess.encoding == "cp1252":
            return western.codec, western.flag
    raise FileRefused("ENC_UNCERTAIN")


def _lines_beyond_ascii(path: Path, mark: int) -> Iterator[bytes]:
    """The blocks of whole lines that hold anything beyond ASCII."""
    with path.open("rb") as handle:
        handle.seek(mark)
        while block := handle.read(BLOCK):
            block += handle.readline(LONGEST_LINE)
            if not block.isascii():
                yield block


@dataclass
class _Candidate:
    """An encoding under trial: whether it can decode all blocks so far, and whether they look like its language."""

    codec: str
    flag: str
    can_decode: bool = True
    is_plausible: bool = True
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def look_at(self, block: bytes) -> None:
        if not self.can_decode:
            return
        try:
            text = block.decode(self.codec)
        except UnicodeDecodeError:
            self.can_decode = self.is_plausible = False
            return
        self.digest.update(text.encode())
        foreign = {character for character in text if not character.isascii()}
        if self.codec == "cp1252":
            self.is_plausible &= foreign <= WESTERN and not FOREIGN_RUN.search(text)
        else:
            is_arabic = all("\u0600" <= character <= "\u06ff" or character in ARABIC_SIGNS for character in foreign)
            self.is_plausible &= is_arabic and not ARABIC_BESIDE_LATIN.search(text)
