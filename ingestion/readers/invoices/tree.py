"""Small steps through the tree of a document whose root has told what it is: elements by their local names."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

LONGEST_TEXT = 500  # characters; no number or identifier is longer, and of a longer text the first words are enough


def with_local_names(root: etree._Element, renamed: Mapping[str, str] | None = None) -> None:
    """Take the namespaces off all elements, in place, and give elements of an older version their present names."""
    names = renamed or {}
    for element in root.iter(etree.Element):
        local = element.tag.rpartition("}")[2]
        element.tag = names.get(local, local)


def text(element: etree._Element, *paths: str) -> str:
    """The text at the first of these paths that has any; '' if none has."""
    for path in paths:
        for found in element.iterfind(path):
            folded = own_text(found)
            if folded:
                return folded
    return ""


def all_text(element: etree._Element, path: str) -> list[str]:
    """The texts at a path, empty ones left out."""
    return [folded for found in element.iterfind(path) if (folded := own_text(found))]


def own_text(element: etree._Element) -> str:
    """The text of an element, spaces folded, cut where it becomes longer than any cell should be."""
    return " ".join((element.text or "")[: 2 * LONGEST_TEXT].split())[:LONGEST_TEXT]
