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
    (meter,) = ask(
        home,
        "select sites.member_id, meters.meter_id from marts.dim_meters as meters inner join marts.dim_sites as sites "
        "using (site_id) where meters.carrier = 'electricity' order by meters.meter_id limit 1",
    )
    export = tmp_path / "regie_2024.csv"
    text = EXPORT.replace("999900000000057", meter["member_id"]).replace("45120-7", meter["meter_id"])
    export.write_text(text, encoding="utf-8")
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
