import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app

runner = CliRunner()


def test_help_lists_the_commands() -> None:
    result = runner.invoke(app, ["--help"])
    assert result.exit_code == 0
    for command in ("sample", "run", "ingest", "status", "trace", "query", "verify", "releases", "ui"):
        assert command in result.output


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import orchestration.cli, sys; print([m for m in ('dagster', 'dbt', 'pandas', 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", [["query", "select 1"], ["trace", "1", "--year", "2024", "--scope", "1"]])
def test_without_a_release_the_next_step_is_named(tmp_path: Path, command: list[str]) -> None:
    result = runner.invoke(app, [*command, "--home", str(tmp_path)])
    assert result.exit_code == 1
    assert "mizan run --home" in result.output.replace("\n", "")


@pytest.mark.parametrize(
    "arguments",
    [["trace", "1", "--year", "2024"], ["trace", "1", "--year", "2024", "--scope", "3"], ["nonsense"], ["query"]],
)
def test_wrong_usage_is_two(tmp_path: Path, arguments: list[str]) -> None:
    assert runner.invoke(app, arguments).exit_code == 2


def test_an_empty_home_verifies(tmp_path: Path) -> None:
    result = runner.invoke(app, ["verify", "--home", str(tmp_path)])
    assert result.exit_code == 0
    assert "Nothing differs" in result.output
