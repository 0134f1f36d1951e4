"""The data dictionary: what each published table and column means, read from dbt's manifest.

The descriptions live beside the models; this module only reads them. Published are the models under `models/marts/` and
the tables of the source `operations`, which the publication itself writes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Column:
    """A published column. `is_volatile` marks a time of recording, which the content hash leaves out."""

    name: str
    description: str
    is_volatile: bool


@dataclass(frozen=True)
class Mart:
    """A published table. `is_built_by_dbt` is false for the two tables that the publication writes."""

    name: str
    description: str
    columns: tuple[Column, ...]
    is_built_by_dbt: bool


def load_manifest(path: Path) -> dict[str, Any]:
    """The manifest that `dbt parse` wrote."""
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def published_marts(manifest: dict[str, Any]) -> list[Mart]:
    """Every published table, by name."""
    models = [
        _mart(node, is_built_by_dbt=True)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    ]
    operations = [
        _mart(source, is_built_by_dbt=False)
        for source in manifest["sources"].values()
        if source["source_name"] == "operations"
    ]
    return sorted(models + operations, key=lambda mart: mart.name)


def expected_tests(manifest: dict[str, Any]) -> dict[str, str]:
    """The data tests that a full build runs: unique id to the name of the model that each tests."""
    nodes = manifest["nodes"]
    return {
        unique_id: _tested_relation(node, manifest)
        for unique_id, node in sorted(nodes.items())
        if node["resource_type"] == "test"
    }


def manifest_hash(manifest: dict[str, Any]) -> str:
    """SHA-256 over what the project says: every node with its checksum and configuration, and every macro.

    Two parses of the same project give the same hash; the manifest file itself carries times and paths, which do not.
    """
    nodes = {
        unique_id: [node["checksum"]["checksum"], node.get("unrendered_config"), node.get("test_metadata")]
        for unique_id, node in manifest["nodes"].items()
    }
    macros = {unique_id: macro["macro_sql"] for unique_id, macro in manifest["macros"].items()}
    return hashlib.sha256(json.dumps([nodes, macros], sort_keys=True, default=str).encode()).hexdigest()


def _mart(node: dict[str, Any], *, is_built_by_dbt: bool) -> Mart:
    columns = tuple(
        Column(name, _one_line(column["description"]), bool(_meta(column).get("volatile")))
        for name, column in node["columns"].items()
    )
    return Mart(node["name"], _one_line(node["description"]), columns, is_built_by_dbt)


def _meta(part: dict[str, Any]) -> dict[str, Any]:
    return {**part.get("meta", {}), **part.get("config", {}).get("meta", {})}


def _tested_relation(test: dict[str, Any], manifest: dict[str, Any]) -> str:
    """The relation under test: where it is attached, or the one that a singular test names for Dagster."""
    attached = test.get("attached_node")
    if attached:
        return str((manifest["nodes"].get(attached) or manifest["sources"][attached])["name"])
    reference = _meta(test).get("dagster", {}).get("ref", {}).get("name")
    return str(reference or test["name"])


def _one_line(text: str) -> str:
    return " ".join(text.split())
