"""The whole path on the sample: a night, a night with nothing new, one with one new bill, one that is held back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

import orchestration.assets.models
import orchestration.build
import orchestration.manifest
from orchestration.alerts import WEBHOOK_VARIABLE
from orchestration.night import Night, Outcome, run_night
from warehouse import releases
from warehouse.database import connect, rows
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.trace import trace
from warehouse.verify import verify


def ask(home: Home, sql: str) -> list[dict]:
    with connect(home.latest_release / "mizan.duckdb", read_only=True) as connection:
        return rows(connection, sql)


def test_the_first_night_publishes(first_night: tuple[Home, Night]) -> None:
    home, night = first_night
    assert night.outcome is Outcome.published, night.message
    names = {path.name for path in home.latest_release.iterdir()}
    assert names == {"marts", "reports", "mizan.duckdb", "datapackage.json", "release.json", "SHA256SUMS"}


def test_every_row_of_every_file_is_accounted_for(released: Home) -> None:
    unexplained = ask(
        released,
        "select name from marts.ops_files where rows_read <> rows_accepted + rows_quarantined + rows_dropped",
    )
    assert unexplained == []
    assert ask(released, "select count(*) as n from marts.ops_files where status = 'accepted'")[0]["n"] > 0


def test_the_release_verifies(released: Home) -> None:
    found = verify(released)
    assert found.differences == []
    assert found.checked["releases"] == 1
    assert found.checked["marts"] > 20


def test_a_trace_adds_up_to_the_figure(released: Home) -> None:
    measures = ("scope1_kgco2e", "scope2_location_kgco2e", "scope2_market_kgco2e", "energy_gj", "biogenic_co2_kg")
    years = ask(released, "select member_id, year from marts.rpt_member_years order by member_id, year limit 12")
    assert years
    for row in years:
        for measure in measures:
            found = trace(released.latest_release.resolve(), row["member_id"], row["year"], measure)
            assert found.sum == found.value, (row, measure)
            assert all(fact["name"] for fact in found.rows)


def test_members_add_up_to_the_facts(released: Home) -> None:
    (sums,) = ask(
        released,
        "select (select sum(scope1_kgco2e) from marts.rpt_member_years) as years, "
        "(select sum(kgco2e) from marts.fct_emissions where scope = 1) as facts",
    )
    assert sums["years"] == sums["facts"]
    assert sums["facts"] > Decimal(0)


def test_the_dictionary_is_complete(released: Home) -> None:
    package = json.loads((released.latest_release / "datapackage.json").read_text(encoding="utf-8"))
    silent = [
        f"{resource['name']}.{field['name']}"
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
        if not field["description"].strip()
    ]
    assert silent == []
    assert all(resource["description"].strip() for resource in package["resources"])


def test_a_night_with_nothing_new_says_so(another_night: Home) -> None:
    before = Ledger(another_night.ledger).head()
    night = run_night(another_night)
    assert night.outcome is Outcome.nothing_new, night.message
    assert "Nothing new" in night.message
    assert Ledger(another_night.ledger).head() == before


def test_from_scratch_with_one_thread_the_contents_are_equal(
    released: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home.at(tmp_path / "home")
    shutil.copytree(released.landing, home.landing)
    monkeypatch.setenv("MIZAN_THREADS", "1")
    night = run_night(home)
    assert night.outcome is Outcome.published, night.message
    assert hashes(home) == hashes(released)


def hashes(home: Home) -> dict[str, str]:
    """The content hashes of all marts but `ops_checks`, which tells of runs and not of data."""
    facts = releases.latest_release(home)
    assert facts is not None
    return {mart["mart"]: mart["content_hash"] for mart in facts["marts"] if mart["mart"] != "ops_checks"}


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """What was posted to the webhook, which listens on this machine only."""
    posted: list[dict[str, str]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(WEBHOOK_VARIABLE, f"http://127.0.0.1:{server.server_port}/")
    yield posted
    server.shutdown()
    server.server_close()


def test_a_failed_check_holds_the_release_back(
    another_night: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, webhook: list[dict[str, str]]
) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(orchestration.manifest.DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    model = project / "models" / "marts" / "members" / "rpt_member_years.sql"
    broken = model.read_text(encoding="utf-8")
    assert "select * from final" in broken
    model.write_text(broken.replace("select * from final", "select * from final where year <> 2024"), encoding="utf-8")
    for module in (orchestration.manifest, orchestration.build, orchestration.assets.models):
        monkeypatch.setattr(module, "DBT_PROJECT", project)
    before = another_night.latest_release.readlink()
    for module in ("orchestration.night", "orchestration.assets.landing"):
        monkeypatch.setattr(f"{module}.code_version", lambda: "a model was changed")
    night = run_night(another_night)
    assert night.outcome is Outcome.held_back, night.message
    assert another_night.latest_release.readlink() == before
    assert len(Ledger(another_night.ledger).of_kind("release")) == 1
    (alert,) = another_night.alerts.glob("*.txt")
    assert webhook == [{"text": alert.read_text(encoding="utf-8")}]
    assert "The last published release stays in place" in webhook[0]["text"]


def test_a_backfill_reads_the_archive_again_to_the_same_contents(another_night: Home) -> None:
    before = hashes(another_night)
    shutil.rmtree(another_night.landing)
    second_file = another_night.landing / "programmes" / "none.csv"
    second_file.parent.mkdir(parents=True)
    second_file.write_text("", encoding="utf-8")
    night = run_night(another_night, reread=True)
    assert night.outcome is Outcome.published, night.message
    assert len(Ledger(another_night.ledger).of_kind("release")) == 2
    after = hashes(another_night)
    assert {mart for mart in before if before[mart] != after[mart]} <= {"ops_files", "ops_releases"}
