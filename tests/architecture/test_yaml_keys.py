"""No key stands twice in a YAML file of the project: of two, YAML keeps the second and says nothing of the first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDERS = ("dbt_project", "expectations", "ingestion", "reporting")
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.yml")
    if not {"target", "logs"} & set(path.relative_to(ROOT).parts)
)


def doubled(node: yaml.Node | None) -> Iterator[str]:
    """The keys that stand twice, with their lines."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield f"line {key.start_mark.line + 1}: {key.value}"
            seen.add(key.value)
            yield from doubled(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from doubled(item)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_key_stands_twice(path: Path) -> None:
    assert list(doubled(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))) == []


def test_a_doubled_key_is_found() -> None:
    assert list(doubled(yaml.compose("a: {b: 1, b: 2}\na: 3"))) == ["line 1: b", "line 2: a"]
