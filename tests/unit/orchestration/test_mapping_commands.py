"""`mizan mapping`: what it shows of a file, what it drafts, and that it writes nothing."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bill_files import MEMBER, bill, csv_bytes
from typer.testing import CliRunner

from orchestration.cli import app

runner = CliRunner()


def _try(*arguments: object) -> dict:
    result = runner.invoke(app, ["mapping", "try", *map(str, arguments), "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def bills(tmp_path: Path) -> Path:
    rows = [bill(bill_no=f"F{number}", quantity="1 500,50") for number in range(12)]
    rows += [
        bill(bill_no="F13", unit="furlong"),
        bill(bill_no="F14", period_start="31/02/2025"),
        dict.fromkeys(bill(), ""),
    ]
    path = tmp_path / "bills.csv"
    path.write_bytes(csv_bytes([{**row, "note": "x"} for row in rows], delimiter=";"))
    return path


def test_a_trial_tells_all_there_is_to_say(bills: Path, tmp_path: Path) -> None:
    found = _try(bills, "--received", "2026-01-15", "--home", tmp_path / "none")
    assert found["file"] == {
        "container": "delimited text",
        "encoding": "UTF-8",
        "delimiter": ";",
        "quote": '"',
        "sheet": "header in row 1",
        "feed": "energy_bills",
        "mapping": found["file"]["mapping"],
        "why": found["file"]["why"],
        "runner-up": "none fits",
    }
    assert found["file"]["mapping"].startswith("template_energy_bills version ")
    assert found["file"]["why"] == "15 columns fit, 8 of them must be there"
    assert {"from": "unit", "column": "unit", "type": "unit", "required": ""} in found["columns"]
    assert {"from": "default MAD", "column": "currency", "type": "identifier", "required": ""} in found["columns"]
    assert found["headers_unused"] == ["note"]
    assert "contract_no" in found["columns_without_source"]
    assert found["counts"] == {"read": 15, "accepted": 12, "quarantined": 2, "dropped": 1}
    assert [(note["code"], note["rows"]) for note in found["dropped"]] == [("FOOTNOTE", 1)]
    assert [(note["code"], note["rows"]) for note in found["flags"]] == [("NUM_GROUP", 12)]
    faults = {(fault["reason_code"], fault["row_no"], fault["column_name"], fault["cell"]) for fault in found["faults"]}
    assert faults == {("UNIT_UNKNOWN", 14, "unit", "furlong"), ("DATE_INVALID", 15, "period_start", "31/02/2025")}
    for fault in found["faults"]:
        assert str(fault["row_no"]) in fault["message_fr"]
        assert str(fault["row_no"]) in fault["message_en"]
    assert len(found["rows"]) == 10
    assert (found["rows"][0]["row_no"], found["rows"][0]["quantity"]) == (2, "1500.5")


def test_a_trial_writes_nothing(bills: Path, tmp_path: Path) -> None:
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    _try(bills, "--home", tmp_path / "none")
    runner.invoke(app, ["mapping", "draft", str(bills), "--feed", "energy_bills", "--home", str(tmp_path / "none")])
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


def test_the_table_and_the_csv_say_the_same(bills: Path, tmp_path: Path) -> None:
    table = runner.invoke(app, ["mapping", "try", str(bills), "--home", str(tmp_path / "none")])
    assert table.exit_code == 0
    for said in ("template_energy_bills", "Headers that nothing is taken from: note", "UNIT_UNKNOWN", "furlong", "12 "):
        assert said in table.stdout
    assert "Next step: put the file into" in table.stderr
    flat = runner.invoke(app, ["mapping", "try", str(bills), "--home", str(tmp_path / "none"), "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(flat.stdout)))
    assert {"section": "counts", "item": "quarantined", "value": "2", "message_fr": "", "message_en": ""} in rows
    assert {row["value"] for row in rows if row["section"] == "faults"} == {
        "row 14 unit: furlong",
        "row 15 period_start: 31/02/2025",
    }


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_refused_file_says_the_code_in_both_languages(tmp_path: Path, form: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("site_id,member_id,name,province\nS1,1,Nord,Rabat\n", encoding="utf-8")
    result = runner.invoke(app, ["mapping", "try", str(path), "--home", str(tmp_path / "none"), "--format", form])
    assert result.exit_code == 1
    assert "wrong.csv is refused: SCHEMA_DRIFT" in result.stderr
    assert "fr: Colonnes obligatoires absentes : region." in result.stderr
    assert "en: Required columns are missing: region." in result.stderr
    assert ("SCHEMA_DRIFT" in result.stdout) == (form != "table")


def test_the_feed_that_fits_best_is_taken_unless_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_text("site_id,member_id,name,region\nS1,999900000000057,Nord,Rabat\n", encoding="utf-8")
    assert _try(path, "--home", tmp_path / "none")["file"]["feed"] == "sites"
    named = runner.invoke(app, ["mapping", "try", str(path), "--feed", "products", "--home", str(tmp_path / "none")])
    assert named.exit_code == 1
    assert "SCHEMA_DRIFT" in named.stderr


def test_a_mapping_that_is_not_installed_is_tried_and_its_faults_are_told_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "usines.csv"
    file.write_text("Usine;Adhérent;Nom;Contrée\nS1;999900000000057;Nord;Rabat\n", encoding="utf-8")
    mapping = tmp_path / "usines.yml"
    mapping.write_text(
        'mapping: usines\nversion: "1"\nfeed: sites\ndescription: x\ndates: day_first\ndecimal: ","\nperiod_end: inclusive\n'
        "nulls: []\ncolumns:\n  site_id: {headers: [Usine]}\n  member_id: {headers: [Adhérent]}\n  name: {headers: [Nom]}\n"
        "  region: {headers: [Contrée]}\n",
        encoding="utf-8",
    )
    found = _try(file, "--mapping", mapping)
    assert (found["file"]["mapping"], found["counts"]["accepted"]) == ("usines version 1 (own)", 1)
    other = runner.invoke(app, ["mapping", "try", str(file), "--mapping", str(mapping), "--feed", "meters"])
    assert other.exit_code == 2
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("region:", "province:"), encoding="utf-8")
    broken = runner.invoke(app, ["mapping", "try", str(file), "--mapping", str(mapping)])
    assert broken.exit_code == 1
    assert "usines.yml, line 13, columns.province: 'province' is no column of sites" in broken.stderr


def test_mappings_of_the_home_are_tried_and_a_broken_one_is_named(bills: Path, tmp_path: Path) -> None:
    mappings = tmp_path / "home" / "mappings"
    mappings.mkdir(parents=True)
    (mappings / "broken.yml").write_text("mapping: other\n", encoding="utf-8")
    result = runner.invoke(app, ["mapping", "try", str(bills), "--home", str(tmp_path / "home")])
    assert result.exit_code == 1
    assert "broken.yml, line 1" in result.stderr


def test_a_workbook_shows_its_sheets(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Lisez-moi"
    book.active.append(["Modèle"])
    sheet = book.create_sheet("Sites")
    sheet.append(["Liste des sites"])
    sheet.append(["site_id", "member_id", "name", "region"])
    sheet.append(["S1", MEMBER, "Nord", "Rabat"])
    path = tmp_path / "sites.xlsx"
    book.save(path)
    found = _try(path, "--home", tmp_path / "none")
    assert found["file"]["container"] == "XLSX"
    assert found["file"]["sheet Lisez-moi"] == "no header, skipped"
    assert found["file"]["sheet Sites"] == "header in row 2"


def test_of_a_zip_the_next_step_is_told(bills: Path, tmp_path: Path) -> None:
    path = tmp_path / "bills.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.write(bills, bills.name)
    result = runner.invoke(app, ["mapping", "try", str(path), "--home", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "bills.zip is a zip of files: unpack it and try one of them" in result.stderr


def test_a_draft_goes_to_stdout_and_the_next_step_to_stderr(bills: Path, tmp_path: Path) -> None:
    arguments = ["mapping", "draft", str(bills), "--feed", "energy_bills", "--home", str(tmp_path / "none")]
    result = runner.invoke(app, [*arguments, "--name", "my_bills"])
    assert result.exit_code == 0
    assert result.stdout.startswith("# Drafted from bills.csv. Save it as my_bills.yml")
    assert "mizan mapping try" in result.stderr


@pytest.mark.parametrize(
    ("name", "mapping"), [(f"{MEMBER}_Relevé 2024.csv", "releve_2024"), ("2024.csv", "layout_2024"), ("A-B.csv", "a_b")]
)
def test_a_draft_is_named_after_the_file(tmp_path: Path, name: str, mapping: str) -> None:
    path = tmp_path / name
    path.write_text("site_id,member_id,name,region\nS1,999900000000057,Nord,Rabat\n", encoding="utf-8")
    result = runner.invoke(app, ["mapping", "draft", str(path), "--feed", "sites", "--home", str(tmp_path / "none")])
    assert f"mapping: {mapping}\n" in result.stdout


def test_the_columns_of_a_feed_are_listed() -> None:
    result = runner.invoke(app, ["mapping", "columns", "energy_bills", "--format", "json"])
    rows = {row["column"]: row for row in json.loads(result.stdout)}
    assert rows["bill_no"]["required"] == "yes"
    assert (rows["period_end"]["role"], rows["quantity"]["role"]) == ("period", "measure")
    assert rows["currency"]["default"] == "MAD"
    assert rows["heating_value_basis"]["values"] == "net, gross"
    feeds = runner.invoke(app, ["mapping", "columns", "--format", "json"])
    assert {"partner_trade", "facility_emissions"} <= {row["feed"] for row in json.loads(feeds.stdout)}
    assert runner.invoke(app, ["mapping", "columns", "nonsense"]).exit_code == 2


def test_help_of_mapping_loads_no_reader() -> None:
    code = (
        "import sys; import orchestration.cli; "
        "print([m for m in ('pyarrow', 'numpy', 'python_calamine', 'jsonschema', 'yaml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
