"""Real files through their mappings: every row accounted for, every total equal to the file's own, to the last digit."""

import contextlib
import csv
import re
import shutil
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from ingestion.cells import FileRefused
from ingestion.feeds import load_feeds
from ingestion.files import read_file
from ingestion.landing import FileResult, ingest_feed
from ingestion.mapping import load_mappings
from ingestion.readers import open_sheets
from warehouse.home import Home, file_sha256
from warehouse.ledger import Ledger

REAL = Path(__file__).parents[2].parent / "shared" / "real"
MEMBER = "999900000000057"
FEED = load_feeds()["energy_bills"]
MAPPINGS = load_mappings()["energy_bills"]

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real files are not on this machine: {REAL} is absent")


def _ingest(home: Home, ledger: Ledger, feed: str, source: Path, name: str) -> tuple[FileResult, list[dict]]:
    (home.landing / feed).mkdir(parents=True)
    shutil.copy(source, home.landing / feed / name)
    ingestion = ingest_feed(home, ledger, load_feeds()[feed])
    (result,) = ingestion.files
    return result, pq.read_table(home.raw_batch(feed, ingestion.batch_id)).to_pylist()


def test_portfolio_manager_meter_readings(home: Home, ledger: Ledger) -> None:
    source = REAL / "portfolio_manager" / "ESPM_BPS_Sample_Meter_Readings.xlsx"
    sheet = CalamineWorkbook.from_path(str(source)).get_sheet_by_name("Meter Entries").to_python(skip_empty_area=False)
    header = next(number for number, row in enumerate(sheet) if row[0] == "Property Name")
    place = {label: sheet[header].index(label) for label in sheet[header]}
    own = sheet[header + 1 :]

    result, rows = _ingest(home, ledger, "energy_bills", source, f"{MEMBER}_ESPM.xlsx")

    assert (result.status, result.mapping) == ("accepted", "portfolio_manager_meters")
    assert (result.rows_read, result.rows_accepted, result.rows_dropped) == (len(own), len(own), 0)
    assert sorted(row["row_no"] for row in rows) == list(range(header + 2, len(sheet) + 1))
    carriers = {"Electric - Grid": "electricity", "Natural Gas": "natural_gas", "District Steam": "steam"}
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for row in own:
        expected[carriers[row[place["Meter Type"]]]] += Decimal(str(row[place["Usage/Quantity"]]))
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row["carrier"]] += row["quantity"]
    assert found == expected
    by_bill = {row["bill_no"]: row for row in rows}
    for row in own:
        bill = by_bill[str(int(row[place["Meter Consumption ID"]]))]
        assert bill["meter_id"] == str(int(row[place["Portfolio Manager Meter ID"]]))
        assert (bill["period_start"], bill["period_end"]) == (row[place["Start Date"]], row[place["End Date"]])
        assert bill["quantity"] == Decimal(str(row[place["Usage/Quantity"]]))
    assert {row["unit"] for row in rows} == {"kBtu"}
    assert {row["member_id"] for row in rows} == {MEMBER}
    assert {(row["carrier"], row["heating_value_basis"]) for row in rows} == {
        ("electricity", None),
        ("natural_gas", "gross"),
        ("steam", None),
    }


def test_office_des_changes(home: Home, ledger: Ledger) -> None:
    source = REAL / "trade_morocco" / "Annual.csv"
    with source.open(encoding="utf-8-sig", newline="") as handle:
        header, *own = list(csv.reader(handle, delimiter=";"))
    years = {number: int(label[-4:]) for number, label in enumerate(header) if re.fullmatch(r"Valeur DHS \d{4}", label)}
    expected: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    empty = 0
    for row in own:
        for number, year in years.items():
            empty += not row[number]
            expected[row[2], year] += Decimal(row[number].replace(",", ".") or 0)

    result, rows = _ingest(home, ledger, "national_exports", source, "Annual.csv")

    assert (result.status, result.mapping, result.rows_quarantined) == ("accepted", "office_des_changes", 0)
    assert result.rows_read == len(own) * len(years)
    assert result.dropped_by_reason == {"EMPTY_VALUE": empty}
    assert result.rows_accepted == len(rows) == len(own) * len(years) - empty
    found: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row["flow_code"], row["year"]] += row["value_mad"]
    assert found == expected
    assert sum(found.values()) == sum(expected.values())
    blank = [row for row in rows if row["country_code"] is None]
    assert len(blank) == sum(not row[0] for row in own) * len(years)
    assert Counter(row["row_no"] for row in rows if row["row_no"] > 2).keys() == set(range(3, len(own) + 2))
    assert len({row["row_id"] for row in rows}) == len(rows)


FOLDERS = ("csv_pollock", "csv_spectrum", "csv_duckdb", "xlsx_calamine", "tabular_frictionless", "portfolio_manager")


def _real_files() -> list[Path]:
    if not REAL.is_dir():
        return []
    return sorted(path for folder in FOLDERS for path in (REAL / folder).rglob("*") if path.is_file())


@pytest.mark.parametrize("path", _real_files(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_any_real_file_is_read_or_refused_with_a_code(path: Path) -> None:
    with contextlib.suppress(FileRefused):
        for sheet in open_sheets(path):
            cells = sheet.body(0) if sheet.head() else None
            assert cells is None or all(len(column) == len(cells) for column in cells.columns)
        rows = read_file(path, path.name, file_sha256(path), FEED, date(2026, 1, 15), MAPPINGS)
        assert rows.rows_read == rows.accepted.num_rows + rows.rows_quarantined + rows.dropped.total()
