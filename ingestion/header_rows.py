"""Headers that are spread over two rows: merged cells above, what they have in common, and the columns below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ingestion.cells import HeadRow


def merged_heads(heads: Mapping[str, Sequence[HeadRow]]) -> Iterator[dict[str, list[HeadRow]]]:
    """The heads with each row joined to the one above it, in the two ways that people mean it.

    Either the row above only groups, and a column is called by the lower cell (or the upper, where that is empty); or the
    two cells together are its name, the upper one standing for all columns until the next.
    """
    for join in (_lower_or_upper, _upper_and_lower):
        yield {name: [*head[:1], *map(join, head, head[1:])] for name, head in heads.items()}


def _lower_or_upper(upper: HeadRow, lower: HeadRow) -> HeadRow:
    cells = tuple(below if below.strip() else above for above, below in _pairs(upper, lower))
    return replace(lower, cells=cells)


def _upper_and_lower(upper: HeadRow, lower: HeadRow) -> HeadRow:
    cells, group = [], ""
    for above, below in _pairs(upper, lower):
        group = above.strip() or group
        cells.append(f"{group} {below}".strip() if below.strip() else above)
    return replace(lower, cells=tuple(cells))


def _pairs(upper: HeadRow, lower: HeadRow) -> Iterator[tuple[str, str]]:
    """The cells of both rows, as far as the lower one goes."""
    missing = len(lower.cells) - len(upper.cells)
    return zip((*upper.cells, *[""] * max(missing, 0)), lower.cells, strict=False)
