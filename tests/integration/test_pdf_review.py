"""A PDF bill through a night: its rows count when a person accepts them, and stay out until then or when rejected."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from pdf_files import SRM, pdf_bytes
from typer.testing import CliRunner

from ingestion.feeds import load_feeds
from ingestion.landing import ingest_feed, recover
from orchestration.cli import app
from orchestration.night import Outcome, run_night
from warehouse import releases
from warehouse.code import code_version
from warehouse.database import connect, rows
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.verify import verify

MEMBER, METER = "999900012000024", "ACI01-B-EL1"
HEADERS = "ICE,Fournisseur,Compteur,N° facture,Type de facture,Date de facture,Du,Au,Énergie,Quantité,Unité"


def bill(number: str, month: str, last: str) -> str:
    """The bill of a month of 2026 for the meter of a member of the sample: 330 kWh."""
    text = SRM.replace("2025-0098765", number).replace("00456789", METER).replace("999900000000057", MEMBER)
    return (
        text.replace("06-02-2025", "06-05-2026")
        .replace("01/01/2025", f"01/{month}/2026")
        .replace("31/01/2025", f"{last}/{month}/2026")
    )


def ask(home: Home, sql: str) -> list[dict]:
    with connect(home.latest_release / "mizan.duckdb", read_only=True) as connection:
        return rows(connection, sql)


def review(home: Home, *arguments: str) -> None:
    done = CliRunner().invoke(app, ["review", *arguments, "--by", "A. Benali", "--home", str(home.root)])
    assert done.exit_code == 0, done.output


def test_rows_of_a_pdf_count_when_a_person_accepts_them(another_night: Home) -> None:
    home, ledger = another_night, Ledger(another_night.ledger)
    folder = home.landing / "energy_bills"
    for name, text in (
        ("accepted.pdf", bill("PDF-0001", "01", "31")),
        ("waiting.pdf", bill("PDF-0002", "02", "28")),
        ("rejected.pdf", bill("PDF-0003", "03", "31")),
    ):
        (folder / f"{MEMBER}_{name}").write_bytes(pdf_bytes(text))
    # What was read wrongly is rejected and entered by hand.
    typed = (
        f"{MEMBER},SRM Casablanca-Settat,{METER},PDF-0003,Facture,2026-05-06,2026-03-01,2026-03-31,Électricité,333,kWh"
    )
    Path(folder / f"{MEMBER}_typed.csv").write_text(f"{HEADERS}\n{typed}\n", encoding="utf-8")
    recover(home, ledger)
    ingest_feed(home, ledger, load_feeds()["energy_bills"])
    review(home, f"{MEMBER}_accepted.pdf", "--accept")
    review(home, f"{MEMBER}_rejected.pdf", "--reject", "--note", "the quantity is 333")
    night = run_night(home)
    assert night.outcome is Outcome.published, night.message

    used = ask(
        home, "select bill_no, quantity from marts.fct_energy_use where bill_no like 'PDF-%' order by bill_no, quantity"
    )
    assert [(row["bill_no"], row["quantity"]) for row in used] == [
        ("PDF-0001", Decimal(330)),
        ("PDF-0003", Decimal(333)),
    ]
    held = ask(
        home,
        "select f.name, q.reason_code, count(*) as n, min(q.message_en) as said from marts.ops_quarantine as q "
        f"join marts.ops_files as f using (file_sha256) where f.name like '{MEMBER}_%.pdf' group by all order by all",
    )
    assert [(row["name"], row["reason_code"], row["n"]) for row in held] == [
        (f"{MEMBER}_rejected.pdf", "REVIEW_REJECTED", 3),
        (f"{MEMBER}_waiting.pdf", "TO_CONFIRM", 3),
    ]
    assert held[0]["said"].endswith("(A. Benali : the quantity is 333)")
    told = ask(
        home,
        f"select name, mapping, rows_accepted, rows_quarantined from marts.ops_files where name like '{MEMBER}_%.pdf'",
    )
    assert {(row["name"].partition("_")[2], row["rows_accepted"], row["rows_quarantined"]) for row in told} == {
        ("accepted.pdf", 3, 0), ("waiting.pdf", 0, 3), ("rejected.pdf", 0, 3),
    }  # fmt: skip
    assert releases.is_current(home, ledger, code_version())
    assert verify(home).differences == []

    review(home, f"{MEMBER}_waiting.pdf", "--accept")
    assert not releases.is_current(home, ledger, code_version()), "the next night has something to do"
