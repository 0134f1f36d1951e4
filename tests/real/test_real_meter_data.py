"""Real files of meter data and trade: totals counted again here by other means, to the last digit."""

import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from ingestion.cells import FileRefused
from ingestion.feeds import load_feeds
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mappings
from warehouse.home import file_sha256

REAL = Path(__file__).parents[2].parent / "shared" / "real"
MEMBER = "999900000000057"
ESPI = "{http://naesb.org/espi}"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real files are not on this machine: {REAL} is absent")


def use(path: Path, feed: str = "energy_bills") -> FileRows:
    name = f"{MEMBER}_{path.name}"
    rows = read_file(path, name, file_sha256(path), load_feeds()[feed], date(2026, 11, 24), load_mappings()[feed])
    assert rows.rows_read == rows.accepted.num_rows + rows.rows_quarantined + rows.dropped.total()
    return rows


def refusal(path: Path, feed: str = "energy_bills") -> str | None:
    try:
        use(path, feed)
    except FileRefused as refused:
        return refused.code
    return None


def intervals(path: Path) -> list[tuple[int, int]]:
    """Start and value of every interval reading."""
    return [
        (int(element.findtext(f"{ESPI}timePeriod/{ESPI}start", "")), int(element.findtext(f"{ESPI}value", "")))
        for element in ElementTree.parse(path).iter(f"{ESPI}IntervalReading")
    ]


def by_day(rows: FileRows) -> dict[date, Decimal]:
    return {row["period_start"]: row["quantity"] for row in rows.accepted.to_pylist()}


@pytest.mark.parametrize(
    ("name", "zone", "days"),
    [
        ("sample_greenbutton_data.xml", "America/Los_Angeles", 16),
        ("test_usage_data.xml", "America/New_York", 14),
        ("test_usage_data_01.xml", "America/New_York", 1),
        ("test_usage_data_02.xml", "America/New_York", 1),
        ("test_usage_data_03.xml", "America/New_York", 1),
        ("test_usage_data_11.xml", "America/New_York", 1),
        # It says UTC, with the daylight saving of North America on top: the days of British Summer Time.
        ("testdata.xml", "Etc/GMT-1", 24),
    ],
)
def test_green_button_days(name: str, zone: str, days: int) -> None:
    path = REAL / "greenbutton" / name
    expected: dict[date, Decimal] = defaultdict(Decimal)
    for start, value in intervals(path):
        expected[datetime.fromtimestamp(start, ZoneInfo(zone)).date()] += value
    rows = use(path)
    assert by_day(rows) == expected
    assert len(expected) == days
    kinds = {(row["carrier"], row["unit"], row["register"], row["component"]) for row in rows.accepted.to_pylist()}
    assert kinds == {("electricity", "Wh", "total", "energy")}
    assert (rows.mapping.name, rows.rows_quarantined, rows.dropped.total()) == ("green_button", 0, 0)


def test_an_estimated_reading_of_a_feed() -> None:
    rows = use(REAL / "greenbutton" / "test_usage_data.xml").accepted.to_pylist()
    assert Counter(row["reading_end"] for row in rows) == {"estimated": 1, "actual": 13}


@pytest.mark.parametrize(
    ("name", "carrier", "unit", "power"),
    [
        ("electricity-wh", "electricity", "Wh", 0),
        ("gas-J--3", "natural_gas", "J", -3),
        ("gas-MBtu", "natural_gas", "kBtu", 3),
        ("gas-therms--3", "natural_gas", "therm", -3),
    ],
)
def test_green_button_units(name: str, carrier: str, unit: str, power: int) -> None:
    path = REAL / "greenbutton" / f"example-GreenButton-data-{name}.xml"
    (row,) = use(path).accepted.to_pylist()
    assert row["quantity"] == Decimal(sum(value for _, value in intervals(path))).scaleb(power)
    assert (row["carrier"], row["unit"], row["meter_id"]) == (carrier, unit, "6150855/409483")
    assert "NUM_ROUNDED" not in row["flags"]


@pytest.mark.parametrize("name", ["invalid-electricity-cf", "invalid-time-service-kind"])
def test_green_button_units_that_do_not_fit(name: str) -> None:
    rows = use(REAL / "greenbutton" / f"example-GreenButton-data-{name}.xml")
    assert [cell.code for cell in rows.refused] == ["UNIT_CARRIER_CLASH"]


def test_a_resource_without_readings() -> None:
    assert refusal(REAL / "greenbutton" / "ServiceCategory.xml") == "NO_DATA"


def test_mscons_profile_of_a_month() -> None:
    path = REAL / "mscons" / "MSCONS_TL_SAMPLE01.txt"
    text = path.read_text()
    values = re.findall(r"QTY\+220:([0-9,]+)'DTM\+163:(\d{8})\d{4}\?\+01:303'DTM\+164:(\d+)\?\+01:303'", text)
    expected: dict[date, Decimal] = defaultdict(Decimal)
    for value, day, _ in values:
        expected[datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date()] += Decimal(value.replace(",", "."))
    assert (len(values), sum(expected.values())) == (text.count("QTY+"), Decimal("680.282"))
    rows = use(path)
    # In one hour of 20 December the sender states two values for each quarter, and an end before its start.
    assert [(cell.code, cell.row_no) for cell in rows.refused] == [("READING_INVALID", 19 * 96 + 1)]
    del expected[date(2015, 12, 20)]
    assert by_day(rows) == expected
    assert {(row["meter_id"], row["unit"]) for row in rows.accepted.to_pylist()} == {
        ("US0001062600000001000000022345671", "kWh")
    }


@pytest.mark.parametrize("name", ["", "-simple", "-una-spec"])
def test_mscons_whose_trailer_counts_wrong(name: str) -> None:
    path = REAL / "mscons" / f"mscons-message-example{name}.txt"
    segments = path.read_text().split("UNT+")[0].split("UNH+")[1].count("'") + 1
    assert segments > 2  # what the trailer says
    assert refusal(path) == "CORRUPT"


def test_enedis_readings_count_once() -> None:
    path = REAL / "enedis" / "consulterMesuresResponse.xml"
    stated = [int(value) for value in re.findall(r"<valeur>(\d+)", path.read_text())]
    rows = use(path)
    assert sorted(stated) == sorted(2 * [int(row["quantity"]) for row in rows.accepted.to_pylist()])
    assert [(row["period_start"], row["period_end"]) for row in rows.accepted.to_pylist()] == [
        (date(2021, 2, 3), date(2021, 3, 4)),
        (date(2021, 1, 5), date(2021, 2, 2)),
    ]
    assert rows.dropped == {"READING_REPEATED": 2}


def test_enedis_load_curve() -> None:
    path = REAL / "enedis" / "consulterMesuresDetailleesResponse.xml"
    watts = [int(value) for value in re.findall(r"<v>(\d+)</v>", path.read_text())]
    (row,) = use(path).accepted.to_pylist()
    assert row["quantity"] == Decimal(sum(watts)) / 6  # steps of ten minutes
    assert (row["meter_id"], row["unit"], row["period_start"]) == ("30001610071843", "Wh", date(2020, 3, 1))


@pytest.mark.parametrize("name", ["ForwardingInstructions", "Waybill"])
@pytest.mark.parametrize("feed", ["exports", "energy_bills"])
def test_transport_documents_are_no_declarations(name: str, feed: str) -> None:
    assert refusal(REAL / "trade_docs" / f"UBL-{name}-2.0-Example-International.xml", feed) == "XML_UNKNOWN"
