"""Green Button feeds: days of registers by local time, units, repeats and contradictions, what is no use of energy."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bill_files import MEMBER, attempt, codes, column, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.files import FileRows

HOUR = 3600
MIDNIGHT = int(datetime(2025, 5, 1, tzinfo=UTC).timestamp())
# Morocco in 2025: UTC from 23 February (03:00 becomes 02:00) to 6 April (02:00 becomes 03:00), else an hour more.
RAMADAN_2025 = {
    "tzOffset": "0", "dstOffset": "3600",
    "dstStartRule": f"{4 << 28 | 0 << 25 | 6 << 20 | 2 << 12:08X}", "dstEndRule": f"{2 << 28 | 0 << 25 | 23 << 20 | 3 << 12:08X}",
}  # fmt: skip
UTC_TIME = {"tzOffset": "0"}
BASE = "https://utility.example/espi/1_1/resource/RetailCustomer/77/UsagePoint/12"


def espi(name: str, inner: str) -> str:
    return f'<{name} xmlns="http://naesb.org/espi">{inner}</{name}>'


def entry(content: str, own: str = "", up: str = "", related: Sequence[str] = (), title: str = "") -> str:
    links = [("self", own), ("up", up), *(("related", href) for href in related)]
    written = "".join(f'<link rel="{rel}" href="{href}"/>' for rel, href in links if href)
    return f"<entry><id>urn:uuid:{own}</id>{written}<title>{title}</title><content>{content}</content></entry>"


def interval(start: int, value: object, seconds: int = HOUR, quality: str = "", tou: str = "") -> str:
    period = f"<timePeriod><duration>{seconds}</duration><start>{start}</start></timePeriod>"
    rated = f"<ReadingQuality><quality>{quality}</quality></ReadingQuality>" if quality else ""
    return (
        f"<IntervalReading>{rated}{period}<value>{value}</value>{f'<tou>{tou}</tou>' if tou else ''}</IntervalReading>"
    )


def reading(number: int, intervals: Sequence[str], point: str = BASE, **type_: object) -> str:
    """A meter reading with its type and its intervals in one block."""
    own, kind = f"{point}/MeterReading/{number}", f"{point}/ReadingType/{number}"
    fields = {"accumulationBehaviour": 4, "flowDirection": 1, "powerOfTenMultiplier": 0, "uom": 72} | type_
    return (
        entry(
            espi("MeterReading", ""), own, f"{point}/MeterReading", [f"{own}/IntervalBlock", kind], f"Reading {number}"
        )
        + entry(espi("ReadingType", "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())), kind)
        + entry(espi("IntervalBlock", "".join(intervals)), f"{own}/IntervalBlock/1", f"{own}/IntervalBlock")
    )


def feed(
    *readings: str, kind: str = "0", time: dict[str, str] | None = None, point: str = BASE, more: str = ""
) -> bytes:
    zone = "".join(f"<{name}>{text}</{name}>" for name, text in (UTC_TIME if time is None else time).items())
    parameters = entry(espi("LocalTimeParameters", zone), "/espi/1_1/resource/LocalTimeParameters/1") if zone else ""
    category = espi("UsagePoint", f"<ServiceCategory><kind>{kind}</kind></ServiceCategory>")
    used = entry(category, point, related=["/espi/1_1/resource/LocalTimeParameters/1", f"{point}/MeterReading"])
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>urn:uuid:1</id><title>Export</title>'
        f"<updated>2025-06-02T08:00:00Z</updated>{used}{parameters}{''.join(readings)}{more}</feed>"
    ).encode()


def hours(count: int, start: int = MIDNIGHT, value: int = 100) -> list[str]:
    """Hours of values that grow by one."""
    return [interval(start + HOUR * number, value + number) for number in range(count)]


def use(folder: Path, content: bytes) -> FileRows:
    return read(folder, content, f"{MEMBER}_feed.xml")


def refusal(folder: Path, content: bytes) -> str | None:
    return attempt(use, folder, content)[1]


def days(rows: FileRows) -> dict[tuple[date, date], Decimal]:
    return {(row["period_start"], row["period_end"]): row["quantity"] for row in rows.accepted.to_pylist()}


def test_hours_become_days(tmp_path: Path) -> None:
    rows = use(tmp_path, feed(reading(1, hours(48))))
    first, second = sum(range(100, 124)), sum(range(124, 148))
    assert days(rows) == {
        (date(2025, 5, 1), date(2025, 5, 1)): Decimal(first),
        (date(2025, 5, 2), date(2025, 5, 2)): Decimal(second),
    }
    assert (rows.mapping.name, rows.rows_read, rows.rows_quarantined) == ("green_button", 2, 0)
    (first_row, _) = rows.accepted.to_pylist()
    expected = {
        "member_id": MEMBER, "meter_id": "77/12", "bill_no": "77/12", "supplier": "Green Button", "unit": "Wh",
        "carrier": "electricity", "register": "total", "component": "energy", "reading_end": "actual", "row_no": 1,
        "issued_on": date(2025, 6, 2), "line_label": "Reading 1", "bill_type": "invoice", "heating_value_basis": None,
    }  # fmt: skip
    assert {name: first_row[name] for name in expected} == expected
    assert column(rows, "row_no") == [1, 25]


@pytest.mark.parametrize("time", [RAMADAN_2025, {}], ids=["rules", "no local time stated"])
def test_ramadan_has_a_day_of_25_hours_and_one_of_23(tmp_path: Path, time: dict[str, str]) -> None:
    longer = int(datetime(2025, 2, 21, 23, tzinfo=UTC).timestamp())  # 22 February, 00:00 in Morocco
    shorter = int(datetime(2025, 4, 5, tzinfo=UTC).timestamp())
    intervals = [interval(longer + HOUR * hour, 1000) for hour in range(24 + 25 + 24)]
    intervals += [interval(shorter + HOUR * hour, 1000) for hour in range(24 + 23 + 24)]
    rows = use(tmp_path, feed(reading(1, intervals), time=time))
    by_day = {start: quantity for (start, _), quantity in days(rows).items()}
    assert by_day == {
        date(2025, 2, 22): 24000, date(2025, 2, 23): 25000, date(2025, 2, 24): 24000,
        date(2025, 4, 5): 24000, date(2025, 4, 6): 23000, date(2025, 4, 7): 24000,
    }  # fmt: skip
    assert all(("LOCAL_TIME_ASSUMED" in flags) == (not time) for flags in column(rows, "flags"))


def test_a_day_of_25_hours_in_one_interval_is_that_day(tmp_path: Path) -> None:
    start = int(datetime(2025, 2, 22, 23, tzinfo=UTC).timestamp())
    rows = use(tmp_path, feed(reading(1, [interval(start, 5, 25 * HOUR)]), time=RAMADAN_2025))
    assert days(rows) == {(date(2025, 2, 23), date(2025, 2, 23)): Decimal(5)}


def test_rules_by_occurrence_in_the_month(tmp_path: Path) -> None:
    eastern = {"tzOffset": "-18000", "dstOffset": "3600", "dstStartRule": "360E2000", "dstEndRule": "B40E2000"}
    start = int(datetime(2025, 3, 9, 5, tzinfo=UTC).timestamp())  # the second Sunday of March: 23 hours
    rows = use(tmp_path, feed(reading(1, [interval(start + HOUR * hour, 1) for hour in range(24)]), time=eastern))
    assert {day: int(quantity) for (day, _), quantity in days(rows).items()} == {
        date(2025, 3, 9): 23,
        date(2025, 3, 10): 1,
    }
    start = int(datetime(2025, 11, 2, 4, tzinfo=UTC).timestamp())  # the first Sunday of November: 25 hours
    rows = use(tmp_path, feed(reading(1, [interval(start + HOUR * hour, 1) for hour in range(26)]), time=eastern))
    assert {day: int(quantity) for (day, _), quantity in days(rows).items()} == {
        date(2025, 11, 2): 25,
        date(2025, 11, 3): 1,
    }


@pytest.mark.parametrize(
    ("kind", "uom", "power", "quantity", "unit", "carrier", "basis"),
    [
        ("0", 72, 0, "1250", "Wh", "electricity", None),
        ("0", 72, -3, "1.25", "Wh", "electricity", None),
        ("0", 72, 6, "1250000000", "Wh", "electricity", None),
        ("0", 31, 3, "1250000", "J", "electricity", None),
        ("1", 31, -3, "1.25", "J", "natural_gas", "gross"),
        ("1", 132, 0, "1.25", "kBtu", "natural_gas", "gross"),
        ("1", 132, 6, "1250000", "kBtu", "natural_gas", "gross"),
        ("1", 169, -3, "1.25", "therm", "natural_gas", "gross"),
        ("1", 119, 0, "1250", "ft3", "natural_gas", "gross"),
        ("1", 42, -6, "0.00125", "m3", "natural_gas", "gross"),
    ],
)
def test_value_times_a_power_of_ten(
    tmp_path: Path, kind: str, uom: int, power: int, quantity: str, unit: str, carrier: str, basis: str | None
) -> None:
    rows = use(tmp_path, feed(reading(1, [interval(MIDNIGHT, 1250)], uom=uom, powerOfTenMultiplier=power), kind=kind))
    (row,) = rows.accepted.to_pylist()
    assert (row["quantity"], row["unit"]) == (Decimal(quantity), unit)
    assert (row["carrier"], row["heating_value_basis"]) == (carrier, basis)
    assert "NUM_ROUNDED" not in row["flags"]


def test_an_interval_that_comes_twice_counts_once(tmp_path: Path) -> None:
    rows = use(tmp_path, feed(reading(1, [*hours(24), *hours(24), *hours(1)])))
    assert column(rows, "quantity") == [Decimal(sum(range(100, 124)))]
    assert column(rows, "flags") == ["DUPLICATE_INTERVAL"]


@pytest.mark.parametrize(
    "other",
    [interval(MIDNIGHT, 999), interval(MIDNIGHT + 1800, 50), interval(MIDNIGHT, 100, 900)],
    ids=["another value", "an overlap", "another length"],
)
def test_contradicting_intervals_keep_their_day_out(tmp_path: Path, other: str) -> None:
    rows = use(tmp_path, feed(reading(1, [*hours(48), other])))
    assert codes(rows) == {"INTERVAL_CONFLICT": 1}
    assert days(rows) == {(date(2025, 5, 2), date(2025, 5, 2)): Decimal(sum(range(124, 148)))}


def test_an_estimated_interval_makes_an_estimated_day(tmp_path: Path) -> None:
    qualities = ["0", "8", "9", "7"]
    intervals = [interval(MIDNIGHT + 24 * HOUR * day, 1, quality=quality) for day, quality in enumerate(qualities)]
    intervals.append(interval(MIDNIGHT + HOUR, 1, quality="0"))
    rows = use(tmp_path, feed(reading(1, intervals)))
    assert column(rows, "reading_end") == ["actual", "estimated", "estimated", "actual"]


def test_what_is_delivered_to_the_grid_is_another_meter(tmp_path: Path) -> None:
    rows = use(tmp_path, feed(reading(1, hours(24)), reading(2, hours(24, value=5), flowDirection=19)))
    found = {(row["meter_id"], row["carrier"]): row["quantity"] for row in rows.accepted.to_pylist()}
    assert found == {
        ("77/12", "electricity"): Decimal(sum(range(100, 124))),
        ("77/12/received", "electricity_exported"): Decimal(sum(range(5, 29))),
    }


def test_a_part_beside_a_total_is_not_added_to_it(tmp_path: Path) -> None:
    rows = use(tmp_path, feed(reading(1, hours(24)), reading(2, hours(4), tou=1)))
    found = {(row["register"], row["component"]): row["quantity"] for row in rows.accepted.to_pylist()}
    assert found == {
        ("total", "energy"): Decimal(sum(range(100, 124))),
        ("peak", "other"): Decimal(100 + 101 + 102 + 103),
    }


def test_parts_that_make_the_total_stand_for_it(tmp_path: Path) -> None:
    parts = [interval(MIDNIGHT + HOUR * hour, 100 + hour, tou="1" if hour < 6 else "3") for hour in range(24)]
    rows = use(tmp_path, feed(reading(1, hours(24)), reading(2, parts)))
    found = {(row["register"], row["component"]): row["quantity"] for row in rows.accepted.to_pylist()}
    assert found == {
        ("peak", "energy"): Decimal(sum(range(100, 106))),
        ("off_peak", "energy"): Decimal(sum(range(106, 124))),
    }
    assert rows.dropped == {"READING_REPEATED": 1}


def test_parts_beyond_the_total_are_refused(tmp_path: Path) -> None:
    rows = use(tmp_path, feed(reading(1, hours(2)), reading(2, hours(3), tou=1)))
    assert codes(rows) == {"SUM_MISMATCH": 1}
    assert column(rows, "register") == ["total"]


def test_the_same_register_stated_twice(tmp_path: Path) -> None:
    rows = use(tmp_path, feed(reading(1, hours(24)), reading(2, [interval(MIDNIGHT, sum(range(100, 124)), 24 * HOUR)])))
    assert column(rows, "quantity") == [Decimal(sum(range(100, 124)))]
    assert rows.dropped == {"READING_REPEATED": 1}
    rows = use(tmp_path, feed(reading(1, hours(48)), reading(2, [interval(MIDNIGHT, 7, 24 * HOUR)])))
    assert codes(rows) == {"SUM_MISMATCH": 2}
    assert column(rows, "quantity") == [Decimal(sum(range(124, 148)))]


def test_phases_add_up(tmp_path: Path) -> None:
    rows = use(tmp_path, feed(*(reading(number, hours(1), phase=phase) for number, phase in enumerate((128, 64, 32)))))
    assert column(rows, "line_no") == ["A", "B", "C"]
    assert column(rows, "bill_no") == ["77/12/A", "77/12/B", "77/12/C"]
    assert sum(column(rows, "quantity")) == 300


def test_an_interval_longer_than_a_day_is_a_row_of_its_own(tmp_path: Path) -> None:
    month = interval(MIDNIGHT, 31000, 31 * 24 * HOUR)
    rows = use(tmp_path, feed(reading(1, [month])))
    assert days(rows) == {(date(2025, 5, 1), date(2025, 5, 31)): Decimal(31000)}
    each_day = [interval(MIDNIGHT + 24 * HOUR * day, 1000, 24 * HOUR) for day in range(31)]
    rows = use(tmp_path, feed(reading(1, [month, *each_day])))
    assert (rows.dropped, sum(column(rows, "quantity"))) == ({"READING_REPEATED": 1}, 31000)
    rows = use(tmp_path, feed(reading(1, [month, *each_day[:-1]])))
    assert (codes(rows), sum(column(rows, "quantity"))) == ({"SUM_MISMATCH": 1}, 30000)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("0", {"uom": 38}), ("0", {"uom": 61}), ("0", {"uom": 29}), ("0", {"dataQualifier": 8}), ("2", {"uom": 42}),
        ("0", {"accumulationBehaviour": 12}), ("0", {"kind": 3, "uom": 0}),
    ],
    ids=["W", "VA", "V", "maximum", "water", "instantaneous", "cost"],
)  # fmt: skip
def test_what_is_no_use_of_energy_is_counted_apart(tmp_path: Path, kind: str, fields: dict[str, Any]) -> None:
    rows = use(tmp_path, feed(reading(1, hours(24), **fields), kind=kind, more=reading(2, hours(24), f"{BASE}9")))
    assert rows.dropped == {"POWER_DROPPED": 1}
    assert rows.rows_read == 2


def test_reactive_energy_has_its_register(tmp_path: Path) -> None:
    rows = use(tmp_path, feed(reading(1, hours(24)), reading(2, hours(24), uom=73)))
    found = [(row["register"], row["unit"], row["quantity"]) for row in rows.accepted.to_pylist()]
    assert found == [("total", "Wh", Decimal(sum(range(100, 124)))), ("reactive", "kvarh", Decimal("2.676"))]


@pytest.mark.parametrize("behaviour", [1, 3, 9])
def test_an_index_is_used_by_its_differences(tmp_path: Path, behaviour: int) -> None:
    states = [interval(MIDNIGHT + 24 * HOUR * day, value, 0) for day, value in enumerate((1000, 1250, 1250, 1700))]
    rows = use(tmp_path, feed(reading(1, states, accumulationBehaviour=behaviour)))
    assert [(start, int(quantity)) for (start, _), quantity in days(rows).items()] == [
        (date(2025, 5, 1), 250), (date(2025, 5, 2), 0), (date(2025, 5, 3), 450),
    ]  # fmt: skip
    assert set(column(rows, "flags")) == {"INDEX_DIFFERENCE"}


def test_an_index_read_after_days_or_running_backwards(tmp_path: Path) -> None:
    read_at = ((0, 10), (24, 12), (240, 112), (241, 100))
    states = [interval(MIDNIGHT + hour * HOUR, value, 0) for hour, value in read_at]
    rows = use(tmp_path, feed(reading(1, states, accumulationBehaviour=3)))
    assert days(rows) == {
        (date(2025, 5, 1), date(2025, 5, 1)): Decimal(2),
        (date(2025, 5, 2), date(2025, 5, 10)): Decimal(100),
    }
    assert codes(rows) == {"READING_INVALID": 1}
    rows = use(tmp_path, feed(reading(1, states[:1], accumulationBehaviour=3)))
    assert codes(rows) == {"INDEX_ALONE": 1}


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("0", {"uom": 119}, "UNIT_CARRIER_CLASH"), ("0", {"uom": 42}, "UNIT_CARRIER_CLASH"),
        ("3", {"uom": 119}, "UNIT_CARRIER_CLASH"), ("2", {"uom": 72}, "UNIT_CARRIER_CLASH"),
        ("1", {"uom": 73}, "UNIT_CARRIER_CLASH"), ("0", {"commodity": 7}, "UNIT_CARRIER_CLASH"),
        ("0", {"uom": 200}, "UNIT_UNKNOWN"), ("0", {"uom": 0}, "READING_UNLINKED"),
        ("0", {"flowDirection": 4}, "READING_NOT_USE"), ("1", {"flowDirection": 19}, "READING_NOT_USE"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(tmp_path: Path, kind: str, fields: dict[str, Any], code: str) -> None:
    rows = use(tmp_path, feed(reading(1, hours(24), **fields), kind=kind))
    assert (codes(rows), rows.accepted.num_rows) == ({code: 1}, 0)


def test_a_value_that_is_no_number_keeps_its_day_out(tmp_path: Path) -> None:
    rows = use(tmp_path, feed(reading(1, [*hours(47), interval(MIDNIGHT + 47 * HOUR, "12,5")])))
    assert codes(rows) == {"READING_INVALID": 1}
    assert len(days(rows)) == 1


def test_a_usage_summary_is_not_counted_beside_the_intervals(tmp_path: Path) -> None:
    consumption = "<overallConsumptionLastPeriod><uom>72</uom><value>9999</value></overallConsumptionLastPeriod>"
    rows = use(
        tmp_path, feed(reading(1, hours(24)), more=entry(espi("UsageSummary", consumption), f"{BASE}/UsageSummary/1"))
    )
    assert (rows.rows_read, column(rows, "quantity")) == (1, [Decimal(sum(range(100, 124)))])


def test_meters_are_told_by_their_links(tmp_path: Path) -> None:
    other = BASE.replace("UsagePoint/12", "UsagePoint/123")
    gas = espi("UsagePoint", "<ServiceCategory><kind>1</kind></ServiceCategory>")
    relative = other.removeprefix("https://utility.example")
    more = entry(gas, relative) + reading(2, hours(1, value=7), other, uom=169)
    rows = use(tmp_path, feed(reading(1, hours(1)), more=more))
    found = {(row["meter_id"], row["carrier"], row["unit"]): row["quantity"] for row in rows.accepted.to_pylist()}
    assert found == {("77/12", "electricity", "Wh"): 100, ("77/123", "natural_gas", "therm"): 7}


def test_a_subscription_is_no_part_of_the_name_of_a_meter(tmp_path: Path) -> None:
    point = "/espi/1_1/resource/Subscription/5/UsagePoint/12"
    rows = use(tmp_path, feed(reading(1, hours(1), point), point=point))
    assert column(rows, "meter_id") == ["12"]


def test_several_blocks_of_one_entry(tmp_path: Path) -> None:
    blocks = espi("IntervalBlock", "".join(hours(12))) + espi("IntervalBlock", "".join(hours(12, MIDNIGHT + 12 * HOUR)))
    own = f"{BASE}/MeterReading/1"
    content = feed(reading(1, []), more=entry(blocks, f"{own}/IntervalBlock/2", f"{own}/IntervalBlock"))
    assert column(use(tmp_path, content), "quantity") == [Decimal(2 * sum(range(100, 112)))]


def test_documents_of_a_single_resource(tmp_path: Path) -> None:
    block = espi("IntervalBlock", "".join(hours(2))).encode()
    rows = use(tmp_path, block)
    assert codes(rows)["READING_UNLINKED"] == 1
    assert refusal(tmp_path, espi("ServiceCategory", "<kind>9</kind>").encode()) == "NO_DATA"
    assert refusal(tmp_path, b'<feed xmlns="http://www.w3.org/2005/Atom"><title>news</title></feed>') == "XML_UNKNOWN"


@pytest.mark.parametrize(
    "content",
    [
        feed(reading(1, [interval(MIDNIGHT, 1).replace(str(MIDNIGHT), "yesterday")])),
        feed(reading(1, [interval(99_999_999_999, 1)])),
        feed(reading(1, hours(1), powerOfTenMultiplier=40)),
        feed(reading(1, hours(1)), time={"tzOffset": "9999999"}),
        feed(reading(1, hours(1)), time={**RAMADAN_2025, "dstStartRule": "F0000000"}),
        feed(reading(1, hours(1)))[:-20],
    ],
    ids=["start", "far future", "multiplier", "offset", "rule", "cut"],
)
def test_damaged_feeds_are_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == "CORRUPT"


def test_the_name_of_the_file_tells_the_member(tmp_path: Path) -> None:
    assert attempt(read, tmp_path, feed(reading(1, hours(1))), "feed.xml")[1] == "FILE_NAME_UNKNOWN"
    assert column(read(tmp_path, feed(reading(1, hours(1))), f"{MEMBER}/feed.xml"), "member_id") == [MEMBER]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.integers(0, 10**7), min_size=1, max_size=120),
    start=st.integers(MIDNIGHT, MIDNIGHT + 300 * 24 * HOUR),
    seconds=st.sampled_from([300, 900, 1800, HOUR]),
    power=st.integers(-3, 3),
    time=st.sampled_from([RAMADAN_2025, UTC_TIME, {}]),
    chance=st.randoms(use_true_random=False),
)
def test_totals_are_kept(
    tmp_path: Path, values: list[int], start: int, seconds: int, power: int, time: dict[str, str], chance: object
) -> None:
    start = MIDNIGHT - 100 * 24 * HOUR + start % (200 * 24 * HOUR)
    intervals = [interval(start + seconds * place, value, seconds) for place, value in enumerate(values)]
    intervals += intervals[:3]
    chance.shuffle(intervals)  # type: ignore[attr-defined]
    rows = use(tmp_path, feed(reading(1, intervals, powerOfTenMultiplier=power), time=time))
    assert sum(column(rows, "quantity")) == Decimal(sum(values)).scaleb(power)
    assert rows.rows_read == rows.accepted.num_rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 10**6), length=st.integers(0, 30), noise=st.text(max_size=12))
def test_any_damage_is_read_or_refused(tmp_path: Path, where: int, length: int, noise: str) -> None:
    good = feed(reading(1, hours(30)), reading(2, hours(3), tou=1), time=RAMADAN_2025)
    at = where % len(good)
    content = good[:at] + noise.encode() + good[at + length :]
    rows, code = attempt(use, tmp_path, content)
    assert (rows is None) != (code is None)
