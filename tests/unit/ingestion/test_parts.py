"""A large file is read in parts: what is read, refused, dropped and counted does not depend on where it is cut."""

import csv
import hashlib
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from bill_files import MEMBER, RECEIVED_ON, bill
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion import batches, files, row_store
from ingestion.batches import ReadFile, Receipt, stores_of, write_batch
from ingestion.cells import FileRefused, Sheet
from ingestion.feeds import load_feeds
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mappings
from ingestion.readers import csv as text_reader
from warehouse.home import Home

FEED = load_feeds()["energy_bills"]
OTHER_MEMBER = "999900000000154"
NAMES = [*bill(), "amount_excl_vat"]

cells = {
    "member_id": st.sampled_from([MEMBER, OTHER_MEMBER, "999900000000058", "n/a"]),
    "bill_no": st.sampled_from(["F1", "F2", "F3", "F4", "Total", "", "F5\nsuite", "=1+1", "Été"]),
    "quantity": st.sampled_from(["1500", "12.5", "12,5", "1,234", "1.234", "1 234,50", "450 kWh", "abc", "", "-"]),
    "amount_excl_vat": st.sampled_from(["", "7", "1,234", "7,25", "7.125"]),
    "issued_on": st.sampled_from(["2025-02-03", "03/02/2025", "31/02/2025", "3 févr. 2025"]),
    "unit": st.sampled_from(["kWh", "MWh", "furlong", "KWH"]),
}
row = st.fixed_dictionaries(cells).map(lambda change: {"amount_excl_vat": "", **bill(**change)})
TOTAL = ";".join("Total" if not place else "3000" if name == "quantity" else "" for place, name in enumerate(NAMES))
odd_line = st.sampled_from(
    [
        "", "", TOTAL, TOTAL, "a;b", ";" * 20 + "more", "* note", '"swallows', ";".join(NAMES),
        ";".join([*NAMES[:4], "Autre", "Colonne"]), "Nom;Prénom;Ville;Pays",
    ]
)  # fmt: skip


def _line(record: dict[str, str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="").writerow([record[name] for name in NAMES])
    return text.getvalue()


def _read(
    folder: Path, content: bytes, block: int, monkeypatch: pytest.MonkeyPatch, home: Home | None = None
) -> FileRows:
    path = folder / "bills.csv"
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()

    def open_sheets(path: Path, *_: Any) -> list[Sheet]:
        return list(text_reader.open_sheets(path, block))

    receipt = Receipt(7, datetime(2026, 1, 15))  # noqa: DTZ001 - the ledger's times are UTC without a zone
    stores = None if home is None else lambda mapping: stores_of(home, FEED, sha256, receipt, mapping)
    with monkeypatch.context() as patched:
        patched.setattr(files, "open_sheets", open_sheets)
        return read_file(path, path.name, sha256, FEED, RECEIVED_ON, load_mappings()[FEED.name], None, stores)


def _everything(folder: Path, content: bytes, block: int, monkeypatch: pytest.MonkeyPatch, home: Home | None) -> Any:
    """All that was read of a file, or the refusal."""
    try:
        rows = _read(folder, content, block, monkeypatch, home)
    except FileRefused as refusal:
        return refusal.code, refusal.details
    found = rows.accepted.to_pylist(), rows.rows_read, rows.rows_accepted, rows.rows_quarantined, rows.dropped
    refused = [row for table in rows.refusals.tables("batch") for row in table.to_pylist()]
    rows.stores.abandon()
    return *found, refused


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(row.map(_line), odd_line), min_size=1, max_size=12),
    st.sampled_from([1, 40, 200, 777]),
    st.sampled_from([1, 2, 5]),
)
def test_the_cuts_of_a_file_are_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], block: int, group: int
) -> None:
    content = "\n".join([";".join(NAMES), _line({"amount_excl_vat": "", **bill(bill_no="F9")}), *lines, ""]).encode()
    whole = _everything(tmp_path, content, 1 << 20, monkeypatch, None)
    with monkeypatch.context() as patched:
        patched.setattr(row_store, "ROW_GROUP", group)
        patched.setattr("ingestion.quarantine.HELD_CELLS", group)
        assert _everything(tmp_path, content, block, monkeypatch, Home.at(tmp_path / "home")) == whole
    if len(whole) == 2:
        return
    accepted, read, kept, quarantined, dropped, refused = whole
    assert read == kept + quarantined + dropped.total()
    assert len(accepted) == kept
    assert len({cell["row_id"] for cell in refused}) == quarantined


def test_lines_of_one_bill_are_seen_together_wherever_the_file_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [*bill(), "line_no", "line_label"]
    lines = [("1", "Consommation", "450"), ("2", "Énergie verte", "450"), ("3", "P1", "50"), ("4", "P2", "50")]
    records = [bill(quantity=quantity) | {"line_no": no, "line_label": label} for no, label, quantity in lines]
    content = "\n".join([";".join(names), *(";".join(record[name] for name in names) for record in records)]).encode()
    rows = _read(tmp_path, content, 1, monkeypatch)
    accepted = [(row["line_no"], row["component"], "QTY_REPEATED" in row["flags"]) for row in rows.accepted.to_pylist()]
    assert accepted == [("1", "energy", False), ("2", "other", True), ("3", "energy", False), ("4", "energy", False)]


def test_what_a_late_part_proves_of_decimal_signs_holds_for_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [bill(bill_no=f"F{number}", quantity="1,234") for number in range(50)]
    records.append(bill(bill_no="F50", quantity="12,5"))
    content = "\n".join([";".join(NAMES), *(_line({"amount_excl_vat": "", **r}) for r in records)]).encode()
    rows = _read(tmp_path, content, 100, monkeypatch)
    assert {str(value) for value in rows.accepted.column("quantity").to_pylist()} == {"1.234000", "12.500000"}
    assert (rows.rows_accepted, rows.rows_quarantined) == (51, 0)


@pytest.mark.parametrize("repeat", [False, True])
def test_a_stored_file_is_the_batch_unless_rows_are_taken_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repeat: bool
) -> None:
    home = Home.at(tmp_path / "home")
    records = [bill(bill_no=f"F{number}") for number in range(40)] + [bill(bill_no="F1")] * repeat
    content = "\n".join([";".join(NAMES), *(_line({"amount_excl_vat": "", **r}) for r in records)]).encode()
    monkeypatch.setattr(row_store, "ROW_GROUP", 10)
    monkeypatch.setattr(batches, "ROW_GROUP", 10)
    rows = _read(tmp_path, content, 500, monkeypatch, home)
    assert (rows.stores.accepted.whole_file is None) is repeat
    receipt = Receipt(7, datetime(2026, 1, 15))  # noqa: DTZ001 - the ledger's times are UTC without a zone
    sha256 = hashlib.sha256(content).hexdigest()
    batch_id = batches.batch_id_of(FEED.name, [(sha256, rows.mapping.name, rows.mapping.version)])
    written = write_batch(home, FEED, batch_id, [ReadFile(sha256, receipt, rows)])
    assert (written.rows, written.quarantine_rows) == (40, 0)
    table = pq.read_table(home.raw_batch(FEED.name, batch_id))
    assert table.column("bill_no").to_pylist() == [f"F{number}" for number in range(40)]
    assert set(table.column("batch_id").to_pylist()) == {batch_id}
    assert set(table.column("file_sequence").to_pylist()) == {7}
    assert list((home.build / "ingestion").iterdir()) == []
