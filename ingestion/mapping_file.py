"""The YAML file of a mapping as data: read strictly, validated, and every fault told with its line.

YAML's own traps are closed: `No` and `On` are words, a day is text, and a key that stands twice is a fault. What the
data mean is the business of `mapping`.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ingestion.json_schema import schema_fault
from ingestion.yaml_text import SafeLoader

MAPPINGS_FOLDER = Path(__file__).with_name("mappings")


class MappingInvalid(ValueError):
    """A mapping file contradicts the schema, its feed or another mapping."""


class _Loader(SafeLoader):
    """YAML in which only true and false are booleans and a day stays text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


@dataclass(frozen=True)
class MappingFile:
    """A mapping file that is valid by the schema."""

    name: str
    document: dict[str, Any]
    node: yaml.Node

    def invalid(self, problem: str, *place: str | int) -> MappingInvalid:
        """The fault at a place of the file, with its line."""
        return MappingInvalid(f"{self.name}, line {_line(self.node, place)}, {_path(place)}: {problem}")

    def pattern(self, text: str, *place: str | int, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
        """A regular expression of the file, compiled; raises `MappingInvalid` where it stands."""
        try:
            return re.compile(text, flags)
        except re.error as error:
            raise self.invalid(f"{text!r} is no regular expression: {error}", *place) from error


def read_mapping_file(path: Path, content: bytes) -> MappingFile:
    """The content of a mapping file; raises `MappingInvalid` naming the file, the line and what is wrong."""
    try:
        loader = _Loader(content)
        node = loader.get_single_node()
        document = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise MappingInvalid(f"{path.name}{where}: not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise MappingInvalid(f"{path.name}: not YAML: {error}") from error
    if node is None or not isinstance(document, dict):
        raise MappingInvalid(f"{path.name}: a mapping has keys such as mapping, feed and columns; this file has none")
    file = MappingFile(path.name, document, node)
    _refuse_doubled_keys(file, node, ())
    # The shipped mappings follow the schema: a test sees to it.
    fault = None if path.parent == MAPPINGS_FOLDER else schema_fault(document, schema())
    if fault is not None:
        raise file.invalid(fault.message, *fault.absolute_path)
    return file


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON schema of a mapping."""
    return dict(json.loads((MAPPINGS_FOLDER / "schema.json").read_text(encoding="utf-8")))


def _refuse_doubled_keys(file: MappingFile, node: yaml.Node, place: tuple[str | int, ...]) -> None:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _refuse_doubled_keys(file, item, (*place, index))
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                where = f"{file.name}, line {key.start_mark.line + 1}, {_path((*place, key.value))}"
                raise MappingInvalid(f"{where}: the key stands twice")
            seen.add(key.value)
            _refuse_doubled_keys(file, value, (*place, key.value))


def _line(node: yaml.Node, place: tuple[str | int, ...]) -> int:
    """The line of a place, or of the closest thing around it that the file has."""
    line = node.start_mark.line + 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _path(place: tuple[str | int, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).removeprefix(".") or "top level"
