"""UN/EDIFACT (ISO 9735) as segments: separators, escapes and the counts that say whether an interchange is whole.

What the messages say belongs to the readers of their types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingestion.cells import FileRefused

LARGEST_INTERCHANGE, MOST_SEGMENTS = 25 * 1024 * 1024, 1_000_000
START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:UNA.{6}\s*)?UNB", re.DOTALL)
DEFAULT_SEPARATORS = ":+.? '"
NUL = "\0"
COUNT = re.compile(r"[0-9]{1,9}")


class Segment(NamedTuple):
    """One segment: its tag and its elements, each of which is a list of components."""

    tag: str
    elements: Sequence[Sequence[str]]

    def get(self, element: int, component: int = 0) -> str:
        """A component by the places of element and component, from 0 after the tag; empty when it is absent."""
        if element >= len(self.elements) or component >= len(self.elements[element]):
            return ""
        return self.elements[element][component].strip()


@dataclass(frozen=True)
class Message:
    """The segments of one message between UNH and UNT, both included."""

    type: str
    segments: tuple[Segment, ...]


def is_edifact(first: bytes) -> bool:
    """Whether a file that begins so is an EDIFACT interchange."""
    return START.match(first) is not None


def read_messages(content: bytes) -> list[Message]:
    """The messages of all interchanges of a file.

    Raises `FileRefused`: TOO_LARGE, or CORRUPT when a segment does not end, a trailer is missing or counts otherwise
    than what stands before it.
    """
    if len(content) > LARGEST_INTERCHANGE:
        raise FileRefused("TOO_LARGE", size=len(content), limit=LARGEST_INTERCHANGE)
    reading = _Reading()
    for segment in _segments(_decoded(content)):
        reading.take(segment)
    if reading.interchange is not None:
        raise FileRefused("CORRUPT", cause="UNZ missing at the end")
    return reading.messages


class _Reading:
    """Segments put together to messages, each trailer compared with its header."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.interchange: Segment | None = None
        self._before = 0
        self._current: list[Segment] = []

    def take(self, segment: Segment) -> None:
        """The next segment of the file."""
        if (segment.tag == "UNB") != (self.interchange is None):
            raise FileRefused("CORRUPT", cause=f"{segment.tag} outside of UNB and UNZ")
        if self._current and segment.tag in ("UNH", "UNZ"):
            raise FileRefused("CORRUPT", cause=f"UNT missing before {segment.tag}")
        if segment.tag == "UNB":
            self.interchange, self._before = segment, len(self.messages)
        elif segment.tag == "UNZ":
            self._end_interchange(segment)
        elif segment.tag == "UNH" or self._current:
            self._current.append(segment)
            if segment.tag == "UNT":
                self._end_message(segment)

    def _end_interchange(self, trailer: Segment) -> None:
        _check_count(trailer, len(self.messages) - self._before)
        if self.interchange is not None:
            _check_reference(trailer, self.interchange.get(4))
        self.interchange = None

    def _end_message(self, trailer: Segment) -> None:
        header = self._current[0]
        _check_count(trailer, len(self._current))
        _check_reference(trailer, header.get(0))
        self.messages.append(Message(header.get(1), tuple(self._current)))
        self._current = []


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")  # UNOC, the usual set: every byte has a meaning


def _segments(text: str) -> Iterator[Segment]:
    text = text.strip()
    separators = DEFAULT_SEPARATORS
    if text.startswith("UNA"):
        separators, text = text[3:9], text[9:]
    component, element, _, release, _, terminator = list(separators.ljust(6))
    if NUL in text or len({component, element, terminator}) < 3 or release in (component, element, terminator):
        raise FileRefused("CORRUPT", cause=f"UNA{separators}")
    if text.count(terminator) > MOST_SEGMENTS:
        raise FileRefused("HOSTILE", cause=f"{text.count(terminator)} > {MOST_SEGMENTS} segments")
    *bodies, rest = _split(text, terminator, release)
    if rest.strip():
        raise FileRefused("CORRUPT", cause=f"unfinished segment {rest.strip()[:20]!r}")
    for body in bodies:
        tag, *elements = _split(body.strip("\r\n\t "), element, release)
        if tag and not tag.startswith("UNA"):
            yield Segment(tag, [_components(text, component, release) for text in elements])


def _components(text: str, separator: str, release: str) -> list[str]:
    components = _split(text, separator, release)
    if release == " " or release not in text:  # a blank says that there is no release character
        return components
    return [part.replace(release * 2, NUL).replace(release, "").replace(NUL, release) for part in components]


def _split(text: str, separator: str, release: str) -> list[str]:
    """Split at a separator that is not released."""
    parts = text.split(separator)
    if release == " " or release + separator not in text:
        return parts
    joined: list[str] = []
    pending: list[str] = []
    for part in parts:
        pending.append(part)
        # An odd number of release characters at the end releases the separator.
        if (len(part) - len(part.rstrip(release))) % 2 == 0:
            joined.append(separator.join(pending))
            pending = []
    return [*joined, separator.join(pending)] if pending else joined


def _check_count(trailer: Segment, found: int) -> None:
    stated = trailer.get(0)
    if not COUNT.fullmatch(stated) or int(stated) != found:
        raise FileRefused("CORRUPT", cause=f"{trailer.tag}: {stated or '-'}, found {found}")


def _check_reference(trailer: Segment, expected: str) -> None:
    if trailer.get(1) != expected:
        raise FileRefused("CORRUPT", cause=f"{trailer.tag}: {trailer.get(1)!r}, expected {expected!r}")
