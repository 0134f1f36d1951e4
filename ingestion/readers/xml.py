"""XML as every reader of XML takes it: no document type, no entities, no network, no inclusion, bounded size and depth.

What a document means belongs to the readers that call this.
"""

from __future__ import annotations

from xml.parsers import expat

from lxml import etree

from ingestion.cells import FileRefused

LARGEST_DOCUMENT = 50 * 1024 * 1024
# Tags and attributes (which count twice) take some 150 bytes each once parsed, however few they take in the file.
MOST_MARKUP = 2_000_000
XINCLUDE = "{http://www.w3.org/2001/XInclude}*"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class _RootFound(Exception):
    """Parsing has reached the first element."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def is_xml(start: bytes) -> bool:
    """Whether these first bytes of a file may be XML: a declaration, a comment or an element that is not HTML."""
    text = start.replace(b"\x00", b"") if start.startswith(UTF16_MARKS) else start
    text = text.lstrip(b"\xef\xbb\xbf\xff\xfe").lstrip()
    return text[:1] == b"<" and not text[:14].lower().startswith((b"<!doctype html", b"<html"))


def root_tag(start: bytes) -> str | None:
    """The tag of the first element as lxml spells it, `{namespace}name`; None when these first bytes do not reach it.

    Raises `FileRefused`: HOSTILE_XML for a document type, CORRUPT for what is not well formed before that element.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = _stop_at_root
    try:
        parser.Parse(_trimmed(start), False)
    except _RootFound as found:
        return found.tag
    # An unknown encoding is a LookupError, one of several bytes per character a ValueError.
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise FileRefused("CORRUPT", cause=str(error)) from error
    return None


def parse_xml(content: bytes) -> etree._Element:
    """The root element, without comments and processing instructions.

    Raises `FileRefused`: TOO_LARGE, HOSTILE_XML for a document type, an inclusion or a nesting that no real document
    has, CORRUPT for what is not well formed.
    """
    if len(content) > LARGEST_DOCUMENT:
        raise FileRefused("TOO_LARGE", size=len(content), limit=LARGEST_DOCUMENT)
    markup = content.count(b"<") + 2 * content.count(b"=")
    if markup > MOST_MARKUP:
        raise FileRefused("HOSTILE_XML", cause=f"{markup} > {MOST_MARKUP} marks")
    content = _trimmed(content)
    root_tag(content)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,  # an attached PDF may be a text of more than 10 MB; size and markup are bounded above
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        code = "HOSTILE_XML" if "xcessive depth" in str(error) else "CORRUPT"
        raise FileRefused(code, cause=error.msg) from error
    # The first parser has refused these already; two parsers need not agree on what a damaged prolog says.
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileRefused("HOSTILE_XML", cause="DOCTYPE")
    if next(root.iter(XINCLUDE), None) is not None:
        raise FileRefused("HOSTILE_XML", cause="XInclude")
    return root


def _trimmed(content: bytes) -> bytes:
    """Without what some senders put before the declaration: white space, which XML does not allow there."""
    return content.removeprefix(BYTE_ORDER_MARK).lstrip() if not content.startswith(UTF16_MARKS) else content


def _refuse_document_type(*_: object) -> None:
    raise FileRefused("HOSTILE_XML", cause="DOCTYPE")


def _stop_at_root(name: str, _: object) -> None:
    raise _RootFound("{" + name if "}" in name else name)
