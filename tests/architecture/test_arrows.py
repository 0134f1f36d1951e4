"""The arrows of the house: which package may import which, and where the heavy libraries live."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("warehouse", "ingestion", "expectations", "reporting", "orchestration")

MAY_IMPORT = {
    "warehouse": set(),
    "ingestion": {"warehouse"},
    "expectations": {"warehouse"},
    "reporting": {"warehouse"},
    "orchestration": {"warehouse", "ingestion", "expectations", "reporting"},
}
ONLY_IN = {
    "dagster": {"orchestration"},
    "dagster_dbt": {"orchestration"},
    "dbt": set(),
    "great_expectations": {"expectations"},
    "duckdb": {"warehouse", "ingestion"},
}

MODULES = [path for package in PACKAGES for path in sorted((PROJECT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def relative(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_data_flows_one_way(path: Path) -> None:
    package = path.relative_to(PROJECT).parts[0]
    others = imported(path) & set(PACKAGES) - {package}
    assert others <= MAY_IMPORT[package]


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_heavy_library_has_one_room(path: Path) -> None:
    package = path.relative_to(PROJECT).parts[0]
    strangers = {name for name in imported(path) & ONLY_IN.keys() if package not in ONLY_IN[name]}
    assert strangers == set()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_says_what_it_is_and_fits_in_the_head(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module says what it is"
    assert len(text.splitlines()) <= 450


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_nothing_reads_the_environment_at_import(path: Path) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        reads = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and n.attr in ("environ", "getenv")]
        assert not reads
