"""Templates of PDF bills: how the text of one supplier's bills is taken apart into a table.

A template is data (`pdf_templates/*.yml`, validated by `pdf_templates/schema.json`). This module loads and checks them;
how a text is matched with them is the business of `pdf_worker`, how the table is read that of a mapping.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ingestion.dates import DateOrder
from ingestion.json_schema import schema_fault
from ingestion.yaml_text import load_yaml

TEMPLATES_FOLDER = Path(__file__).with_name("pdf_templates")

# Shorthands of patterns. A space groups thousands only before three digits; lines with two such numbers side by side
# need a pattern of their own.
SHORTHANDS = {
    "{number}": r"(?<![0-9])[-+−]?(?:[0-9]{1,3}(?:[ .,'][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?-?(?![0-9])",
    "{date}": r"(?<![0-9])(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2}))(?![0-9])",
}


class TemplateInvalid(ValueError):
    """A template contradicts the schema, or names a term that does not exist."""


@dataclass(frozen=True)
class Template:
    """One layout of bills. `body` is what `pdf_worker` matches: patterns written out, every key present."""

    name: str
    version: str
    decimal_sign: str | None
    date_order: DateOrder | None
    body: Mapping[str, Any]


def load_templates(*folders: Path) -> tuple[Template, ...]:
    """The shipped templates and those of the folders, by name; one of a later folder takes the place of its namesake.

    Raises `TemplateInvalid` naming the file and what is wrong with it.
    """
    named = {path.stem: path for folder in (TEMPLATES_FOLDER, *folders) for path in folder.glob("*.yml")}
    return tuple(_load(named[name], named[name].read_bytes()) for name in sorted(named))


@functools.cache
def titles() -> dict[str, str]:
    """Every term that a template may fill, and the header that the reader gives it."""
    terms = schema()["$defs"]["known_terms"]["properties"]
    return {term: body["title"] for term, body in terms.items()}


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON schema of a template."""
    return dict(json.loads((TEMPLATES_FOLDER / "schema.json").read_text(encoding="utf-8")))


@functools.cache
def _load(path: Path, content: bytes) -> Template:
    try:
        document = load_yaml(content)
        # The shipped templates follow the schema: a test sees to it.
        fault = None if path.parent == TEMPLATES_FOLDER else schema_fault(document, schema())
        if fault is not None:
            raise TemplateInvalid(f"{path.name}: {fault.json_path}: {fault.message}")
        template = _built(document, is_shipped=path.parent == TEMPLATES_FOLDER)
    except TemplateInvalid:
        raise
    except (yaml.YAMLError, re.error, ValueError) as error:
        raise TemplateInvalid(f"{path.name}: {error}") from error
    if template.name != path.stem:
        raise TemplateInvalid(f"{path.name}: its name must be that of the file")
    return template


def _built(document: dict[str, Any], *, is_shipped: bool) -> Template:
    tables: list[dict[str, Any]] = [
        {
            "start": _pattern(table["start"]) if "start" in table else None,
            "end": _pattern(table["end"]) if "end" in table else None,
            "skip": [_pattern(pattern) for pattern in table.get("skip", [])],
            "lines": [
                {
                    "pattern": _pattern(rule["pattern"]),
                    "set": rule.get("set", {}),
                    "numbered": rule.get("numbered", False),
                }
                for rule in table["lines"]
            ],
        }
        for table in document.get("tables", [])
    ]
    fields = {
        name: {"pattern": _pattern(field["pattern"]), "optional": field.get("optional", False)}
        for name, field in document["fields"].items()
    }
    rules = [rule for table in tables for rule in table["lines"]]
    used = {*fields, *document.get("constants", {}), *(term for rule in rules for term in rule["set"])}
    used.update(group for rule in rules for group in re.compile(rule["pattern"]).groupindex)
    if used - set(titles()):
        raise ValueError(f"unknown terms {sorted(used - set(titles()))}; known are {', '.join(titles())}")
    groupless = [name for name, field in fields.items() if not re.compile(field["pattern"]).groups]
    if groupless:
        raise ValueError(f"the patterns of {', '.join(groupless)} need a group around the value")
    return Template(
        name=document["template"],
        version=document["version"],
        decimal_sign=document.get("decimal"),
        date_order=document.get("dates"),
        body={
            "template": document["template"],
            "is_shipped": is_shipped,
            "recognise": [_pattern(pattern) for pattern in document["recognise"]],
            "first_page": _pattern(document["first_page"]) if "first_page" in document else None,
            "constants": document.get("constants", {}),
            "fields": fields,
            "tables": tables,
        },
    )


def _pattern(text: str) -> str:
    """A pattern with its shorthands written out; raises `re.error` when it is none."""
    for name, expansion in SHORTHANDS.items():
        text = text.replace(name, f"(?:{expansion})")
    re.compile(text)
    return text
