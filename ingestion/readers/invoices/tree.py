"""Small steps through the tree of a document whose root has told what it is: elements by their local names."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree


def with_local_names(root: etree._Element, renamed: Mapping[str, str] | None = None) -> None:
    """Take the namespaces off all elements, in place, and give elements of an older version their present names."""
    names = renamed or {}
    for element in root.iter(etree.Element):
        local = element.tag.rpartition("}")[2]
        element.tag = names.get(local, local)


def text(element: etree._Element, *paths: str) -> str:
    """The text at the first of these paths that has any, spaces folded; '' if none has."""
    for path in paths:
        for found in element.iterfind(path):
            folded = " ".join((found.text or "").split())
            if folded:
                return folded
    return ""


def all_text(element: etree._Element, path: str) -> list[str]:
    """The texts at a path, empty ones left out."""
    texts = (" ".join((found.text or "").split()) for found in element.iterfind(path))
    return [folded for folded in texts if folded]
