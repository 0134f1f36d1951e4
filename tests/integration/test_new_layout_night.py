"""A layout of the home is read by the night and counts in what it publishes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from new_layout import EXPORT, edited
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.night import Outcome, run_night
from warehouse.database import connect, rows
from warehouse.home import Home


def ask(home: Home, sql: str) -> list[dict]:
    with connect(home.latest_release / "mizan.duckdb", read_only=True) as connection:
        return rows(connection, sql)


def test_a_layout_of_the_home_is_published(another_night: Home, tmp_path: Path) -> None:
    home = another_night
    (site,) = ask(home, "select member_id, site_id from marts.dim_sites order by site_id limit 1")
    meter = f"meter_id,site_id,carrier,supplier\n45120-7,{site['site_id']},electricity,Régie\n"
    (home.landing / "meters" / "regie.csv").write_text(meter, encoding="utf-8")
    export = tmp_path / "regie_2024.csv"
    export.write_text(EXPORT.replace("999900000000057", site["member_id"]), encoding="utf-8")
    drafted = CliRunner().invoke(app, ["mapping", "draft", str(export), "--feed", "energy_bills"])
    home.mappings.mkdir(exist_ok=True)
    (home.mappings / "regie_2024.yml").write_text(edited(drafted.stdout), encoding="utf-8")
    (home.landing / "energy_bills" / export.name).write_bytes(export.read_bytes())

    night = run_night(home)

    assert night.outcome is Outcome.published, night.message
    (file,) = ask(
        home, "select name, status, rows_accepted, rows_dropped from marts.ops_files where mapping = 'regie_2024'"
    )
    assert file == {"name": export.name, "status": "accepted", "rows_accepted": 4, "rows_dropped": 1}
    (used,) = ask(home, "select sum(quantity) as kwh from marts.fct_energy_use where supplier = 'Régie'")
    assert used["kwh"] == Decimal("10280.5")
