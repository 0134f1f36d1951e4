"""A layout that was never seen, onboarded by the steps of docs/layouts.md alone: draft, edit, try, install, ingest."""

import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
from new_layout import EXPORT, edited
from typer.testing import CliRunner

from orchestration.cli import app
from warehouse.home import Home

runner = CliRunner()


def _mizan(*arguments: object) -> str:
    result = runner.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_never_seen_layout_is_mapped_with_the_docs_alone(home: Home, tmp_path: Path) -> None:
    export = tmp_path / "regie_2024.csv"
    export.write_text(EXPORT, encoding="cp1252")

    refused = runner.invoke(app, ["mapping", "try", str(export), "--feed", "energy_bills", "--home", str(home.root)])
    assert refused.exit_code == 1
    assert "SCHEMA_DRIFT" in refused.stderr

    mapping = tmp_path / "regie_2024.yml"
    mapping.write_text(edited(_mizan("mapping", "draft", export, "--feed", "energy_bills")), encoding="utf-8")
    tried = json.loads(_mizan("mapping", "try", export, "--mapping", mapping, "--format", "json"))
    assert tried["counts"] == {"read": 5, "accepted": 4, "quarantined": 0, "dropped": 1}
    assert (tried["faults"], tried["headers_unused"]) == ([], [])
    assert tried["file"]["encoding"] == "Windows-1252"

    home.mappings.mkdir(parents=True)
    (home.mappings / mapping.name).write_bytes(mapping.read_bytes())
    (home.landing / "energy_bills").mkdir(parents=True)
    (home.landing / "energy_bills" / export.name).write_bytes(export.read_bytes())
    (file,) = json.loads(_mizan("ingest", "--home", home.root, "--format", "json"))
    assert (file["status"], file["rows_accepted"], file["rows_dropped"]) == ("accepted", 4, 1)

    (batch,) = (home.raw / "energy_bills").glob("*.parquet")
    rows = pq.read_table(batch).to_pylist()
    assert {(row["mapping"], row["mapping_version"], row["supplier"], row["unit"]) for row in rows} == {
        ("regie_2024", "1", "Régie", "kWh")
    }
    assert sum(row["quantity"] for row in rows) == Decimal("10280.50")
    assert sum(row["vat_amount"] for row in rows) == Decimal("1973.76")
    assert {(row["register"], row["reading_end"]) for row in rows} == {
        (register, reading) for register in ("normal", "off_peak") for reading in ("actual", "estimated")
    }
