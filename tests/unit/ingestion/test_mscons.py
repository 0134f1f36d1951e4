"""MSCONS: separators, counts, periods in every format, registers by OBIS, substitutes, sums and states of an index."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from bill_files import MEMBER, attempt, codes, column, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.files import FileRows
from ingestion.readers.edifact import read_messages

POINT = "MA0001062600000001000000022345671"


def quantity(value: str, start: str, end: str, qualifier: str = "220", unit: str = "KWH", form: str = "303") -> str:
    return f"QTY+{qualifier}:{value}{f':{unit}' if unit else ''}'DTM+163:{start}:{form}'DTM+164:{end}:{form}'"


def place(*quantities: str, obis: str = "1-1?:1.29.0", point: str = POINT) -> str:
    return f"NAD+DP'LOC+172+{point}'LIN+1'PIA+5+{obis}:SRW'{''.join(quantities)}"


def message(
    *places: str, number: int = 1, type_: str = "MSCONS:D:04B:UN:2.4c", function: str = "9", party: str = "9"
) -> str:
    body = (
        f"UNH+{number}+{type_}'BGM+7+MSI{number}+{function}'DTM+137:202506021200?+00:303'NAD+MS+9920455302123::{party}'"
        f"NAD+MR+4012345678901::9'UNS+D'{''.join(places)}"
    )
    segments = body.replace("??", "").replace("?'", "").count("'")
    return f"{body}UNT+{segments + 1}+{number}'"


def interchange(*messages: str, una: str = "UNA:+.? '", count: int | None = None) -> bytes:
    head = "UNB+UNOC:3+4012345678901:14+4012345678901:14+250602:1200+ABC4711'"
    return f"{una}{head}{''.join(messages)}UNZ+{len(messages) if count is None else count}+ABC4711'".encode()


def quarters(day: str, count: int, zone: str = "?+01", value: str = "0.25", qualifier: str = "220") -> list[str]:
    start = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    moments = [(start + timedelta(minutes=15 * number)).strftime("%Y%m%d%H%M") for number in range(count + 1)]
    return [quantity(value, moments[number] + zone, moments[number + 1] + zone, qualifier) for number in range(count)]


def use(folder: Path, content: bytes) -> FileRows:
    return read(folder, content, f"{MEMBER}_mscons.txt")


def refusal(folder: Path, content: bytes) -> str | None:
    return attempt(use, folder, content)[1]


def test_quarters_of_an_hour_become_days(tmp_path: Path) -> None:
    rows = use(tmp_path, interchange(message(place(*quarters("20250501", 192)))))
    assert column(rows, "quantity") == [Decimal(24), Decimal(24)]
    first = rows.accepted.to_pylist()[0]
    expected = {
        "member_id": MEMBER, "meter_id": POINT, "bill_no": POINT, "supplier": "9920455302123", "unit": "kWh",
        "carrier": "electricity", "register": "total", "component": "energy", "reading_end": "actual", "row_no": 1,
        "issued_on": date(2025, 6, 2), "line_label": "1-1:1.29.0", "period_start": date(2025, 5, 1),
        "period_end": date(2025, 5, 1),
    }  # fmt: skip
    assert {name: first[name] for name in expected} == expected
    assert (rows.mapping.name, rows.rows_quarantined, rows.dropped.total()) == ("mscons", 0, 0)


def test_universal_time_is_brought_to_the_time_of_the_parties(tmp_path: Path) -> None:
    day = [*quarters("20250222", 96 * 3, "?+00")]
    moroccan = use(tmp_path, interchange(message(place(*day))))
    found = {row["period_start"].day: row["quantity"] for row in moroccan.accepted.to_pylist()}
    # In Morocco 23 February 2025 had 25 hours, after which its time is universal time.
    assert found == {22: 23, 23: 25, 24: 24}
    german = use(tmp_path, interchange(message(place(*day), party="293")))
    found = {row["period_start"].day: row["quantity"] for row in german.accepted.to_pylist()}
    assert found == {22: 23, 23: 24, 24: 24, 25: 1}


def test_days_of_23_and_25_hours_in_stated_zones(tmp_path: Path) -> None:
    start = datetime(2025, 4, 5, 23, tzinfo=UTC)  # 6 April in Morocco, 00:00 to 24:00, one hour of which is left out

    def stated(moment: datetime, saving: bool) -> str:
        local = moment + timedelta(hours=1 if saving else 0)
        return local.strftime("%Y%m%d%H%M") + ("?+01" if saving else "?+00")

    moments = [start + timedelta(hours=number + 1) for number in range(24)]
    change = datetime(2025, 4, 6, 2, tzinfo=UTC)
    quantities = [
        quantity("1", stated(first, first >= change), stated(after, after >= change))
        for first, after in pairwise(moments)
    ]
    rows = use(tmp_path, interchange(message(place(*quantities))))
    assert [(row["period_start"], int(row["quantity"])) for row in rows.accepted.to_pylist()] == [
        (date(2025, 4, 6), 23)
    ]


@pytest.mark.parametrize(
    ("una", "value"),
    [("UNA:+,? '", "1234,5"), ("UNA:+.? '", "1234.5"), ("", "1234.5"), ("UNA:+,? '", "1234.5")],
)
def test_either_decimal_sign_is_one(tmp_path: Path, una: str, value: str) -> None:
    content = interchange(message(place(quantity(value, "202505010000?+01", "202505020000?+01"))), una=una)
    assert column(use(tmp_path, content), "quantity") == [Decimal("1234.5")]


def test_other_separators_line_ends_and_escapes(tmp_path: Path) -> None:
    plain = interchange(message(place(quantity("1.5", "202505010000?+01", "202505020000?+01"), point="A??B?:C?'D?+E")))
    body = plain.decode().removeprefix("UNA:+.? '")
    respelled = re.sub(r"\?(.)|([+'])", lambda m: f"!{m[1]}" if m[1] else {"+": "*", "'": "~\r\n"}[m[2]], body)
    rows = use(tmp_path, f"UNA:*.! ~\r\n{respelled}".encode())
    assert column(rows, "meter_id") == ["A?B:C'D+E"]
    assert column(use(tmp_path, plain), "meter_id") == ["A?B:C'D+E"]
    assert column(rows, "quantity") == [Decimal("1.5")]


@pytest.mark.parametrize("version", ["MSCONS:D:99A:UN:1.0", "MSCONS:D:04B:UN:2.2e", "MSCONS:D:04B:UN:2.4c"])
def test_versions_of_the_message(tmp_path: Path, version: str) -> None:
    rows = use(tmp_path, interchange(message(place(*quarters("20250501", 96)), type_=version)))
    assert column(rows, "quantity") == [24]


def test_several_messages_and_points(tmp_path: Path) -> None:
    other = POINT.replace("7", "8")
    content = interchange(
        message(place(*quarters("20250501", 96)), place(*quarters("20250501", 96, value="1"), point=other)),
        message(place(*quarters("20250502", 96)), number=2),
    )
    found = [
        (row["meter_id"], row["period_start"].day, row["quantity"])
        for row in use(tmp_path, content).accepted.to_pylist()
    ]
    assert found == [(POINT, 1, 24), (other, 1, 96), (POINT, 2, 24)]


@pytest.mark.parametrize(
    ("start", "end", "form", "first", "last"),
    [
        ("202505010000?+01", "202506010000?+01", "303", (5, 1), (5, 31)),
        ("20250501000000?+01", "20250601000000?+01", "304", (5, 1), (5, 31)),
        ("202505010000", "202506010000", "203", (5, 1), (5, 31)),
        ("202505010000", "202505312400", "203", (5, 1), (5, 31)),
        ("20250501", "20250531", "102", (5, 1), (5, 31)),
    ],
)  # fmt: skip
def test_a_month_is_one_row(
    tmp_path: Path, start: str, end: str, form: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    rows = use(tmp_path, interchange(message(place(quantity("3100", start, end, form=form)))))
    (row,) = rows.accepted.to_pylist()
    assert (row["period_start"], row["period_end"]) == (date(2025, *first), date(2025, *last))
    assert row["quantity"] == 3100


@pytest.mark.parametrize(
    "period",
    ["DTM+324:202505010000202506010000:719", "DTM+324:20250501-20250531:718", "DTM+157:202505:610"],
)
def test_a_period_in_one(tmp_path: Path, period: str) -> None:
    rows = use(tmp_path, interchange(message(place(f"QTY+220:3100:KWH'{period}'"))))
    (row,) = rows.accepted.to_pylist()
    assert (row["period_start"], row["period_end"]) == (date(2025, 5, 1), date(2025, 5, 31))


def test_a_day_on_which_the_next_period_begins_is_not_included(tmp_path: Path) -> None:
    months = [
        quantity("10", "20250401", "20250501", form="102"),
        quantity("20", "20250501", "20250601", form="102"),
        quantity("30", "20250601", "20250602", form="102"),
    ]
    rows = use(tmp_path, interchange(message(place(*months[:2]))))
    found = [(row["period_start"], row["period_end"]) for row in rows.accepted.to_pylist()]
    assert found == [(date(2025, 4, 1), date(2025, 4, 30)), (date(2025, 5, 1), date(2025, 6, 1))]
    assert "PERIOD_NORMALISED" in column(rows, "flags")[0]


@pytest.mark.parametrize(
    ("obis", "unit", "meter", "carrier", "register", "expected_unit"),
    [
        ("1-1?:1.29.0", "KWH", POINT, "electricity", "total", "kWh"),
        ("1-1?:1.9.1", "MWH", POINT, "electricity", "peak", "MWh"),
        ("1-1?:1.8.2", "KWH", POINT, "electricity", "off_peak", "kWh"),
        ("1-1?:2.29.0", "KWH", f"{POINT}/received", "electricity_exported", "total", "kWh"),
        ("1-1?:3.29.0", "K3", POINT, "electricity", "reactive", "kvarh"),
        ("1-1?:3.29.0", "", POINT, "electricity", "reactive", "kvarh"),
        ("7-20?:99.33.17", "KWH", POINT, "natural_gas", "total", "kWh"),
        ("7-0?:3.0.0", "MTQ", POINT, "natural_gas", "total", "m3"),
        ("6-0?:1.8.0", "MWH", POINT, "hot_water", "total", "MWh"),
    ],
)  # fmt: skip
def test_registers(
    tmp_path: Path, obis: str, unit: str, meter: str, carrier: str, register: str, expected_unit: str
) -> None:
    day = quantity("12", "202505010000?+01", "202505020000?+01", unit=unit)
    (row,) = use(tmp_path, interchange(message(place(day, obis=obis)))).accepted.to_pylist()
    assert (row["meter_id"], row["carrier"], row["register"], row["unit"]) == (meter, carrier, register, expected_unit)
    assert (row["heating_value_basis"] == "gross") == (carrier == "natural_gas")


def test_active_energy_without_unit_is_in_kilowatt_hours(tmp_path: Path) -> None:
    day = quantity("12", "202505010000?+01", "202505020000?+01", unit="")
    rows = use(tmp_path, interchange(message(place(day))))
    assert (column(rows, "unit"), column(rows, "flags")) == (["kWh"], ["UNIT_ASSUMED"])
    rows = use(tmp_path, interchange(message(place(day, obis="7-0?:3.0.0"))))
    assert codes(rows) == {"UNIT_MISSING": 1}


@pytest.mark.parametrize(
    ("obis", "unit"),
    [
        ("1-1?:1.6.0", "KWT"),
        ("1-1?:1.29.0", "KWT"),
        ("1-1?:32.7.0", "VLT"),
        ("8-0?:1.0.0", "MTQ"),
        ("1-1?:9.29.0", "KVA"),
    ],
)
def test_powers_voltages_and_water_are_counted_apart(tmp_path: Path, obis: str, unit: str) -> None:
    day = quantity("12", "202505010000?+01", "202505020000?+01", unit=unit)
    content = interchange(message(place(day, obis=obis), place(*quarters("20250501", 96))))
    rows = use(tmp_path, content)
    assert (rows.dropped, column(rows, "quantity")) == ({"POWER_DROPPED": 1}, [24])


@pytest.mark.parametrize("qualifier", ["67", "201", "Z18"])
def test_a_substitute_value_makes_an_estimated_day(tmp_path: Path, qualifier: str) -> None:
    quantities = [*quarters("20250501", 95), quarters("20250501", 96, qualifier=qualifier)[-1]]
    rows = use(tmp_path, interchange(message(place(*quantities))))
    assert (column(rows, "quantity"), column(rows, "reading_end")) == ([24], ["estimated"])


@pytest.mark.parametrize("qualifier", ["20", "187", "XYZ"])
def test_what_is_no_value_of_use_is_refused(tmp_path: Path, qualifier: str) -> None:
    quantities = [*quarters("20250501", 96), *quarters("20250502", 96, qualifier=qualifier)]
    rows = use(tmp_path, interchange(message(place(*quantities))))
    assert (codes(rows), column(rows, "quantity")) == ({"READING_NOT_USE": 1}, [24])


def test_a_sum_is_not_counted_beside_its_parts(tmp_path: Path) -> None:
    days = [*quarters("20250501", 96), *quarters("20250502", 96)]
    both = ("202505010000?+01", "202505030000?+01")
    rows = use(tmp_path, interchange(message(place(*days, quantity("48", *both, "79")))))
    assert (rows.dropped, sum(column(rows, "quantity"))) == ({"READING_REPEATED": 1}, 48)
    rows = use(tmp_path, interchange(message(place(*days, quantity("49", *both, "79")))))
    assert (codes(rows), sum(column(rows, "quantity"))) == ({"SUM_MISMATCH": 1}, 48)
    rows = use(tmp_path, interchange(message(place(quantity("48", *both, "79")))))
    assert column(rows, "quantity") == [48]


def test_an_index_is_used_by_its_differences(tmp_path: Path) -> None:
    def state(value: str, day: str) -> str:
        return f"QTY+220:{value}:KWH'DTM+9:{day}:102'"

    rows = use(tmp_path, interchange(message(place(state("100", "20250401"), state("350.5", "20250501")))))
    (row,) = rows.accepted.to_pylist()
    assert (row["period_start"], row["period_end"]) == (date(2025, 4, 1), date(2025, 4, 30))
    assert (row["quantity"], row["flags"]) == (Decimal("250.5"), "INDEX_DIFFERENCE,UNIT_NAMED")
    assert codes(use(tmp_path, interchange(message(place(state("100", "20250401")))))) == {"INDEX_ALONE": 1}
    backwards = message(place(state("100", "20250401"), state("99", "20250501")))
    assert codes(use(tmp_path, interchange(backwards))) == {"READING_INVALID": 1}


def test_a_cancellation_is_for_a_person_to_settle(tmp_path: Path) -> None:
    rows = use(tmp_path, interchange(message(place(*quarters("20250501", 96)), function="1")))
    assert codes(rows) == {"READING_NOT_USE": 1}


def test_what_is_not_linked_is_refused(tmp_path: Path) -> None:
    day = quantity("12", "202505010000?+01", "202505020000?+01")
    area = place(day).replace("LOC+172", "LOC+237")
    nameless = place(day).replace("PIA+5+1-1?:1.29.0:SRW'", "")
    timeless = place("QTY+220:12:KWH'")
    for part in (area, nameless, timeless):
        assert codes(use(tmp_path, interchange(message(part)))) == {"READING_UNLINKED": 1}


def test_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    day = quantity("12", "202505010000?+01", "202505020000?+01", unit="D54")
    assert codes(use(tmp_path, interchange(message(place(day))))) == {"UNIT_UNKNOWN": 1}


def test_an_interval_that_ends_before_it_begins_keeps_its_day_out(tmp_path: Path) -> None:
    wrong = quantity("1", "202505020400?+01", "202505020300?+01")
    rows = use(tmp_path, interchange(message(place(*quarters("20250501", 96), wrong))))
    assert (codes(rows), column(rows, "quantity")) == ({"READING_INVALID": 1}, [24])


def test_a_period_in_no_possible_year_or_longer_than_a_bill(tmp_path: Path) -> None:
    far = quantity("1", "20250501", "99991231", form="102")
    assert codes(use(tmp_path, interchange(message(place(far))))) == {"READING_UNLINKED": 1}
    long = quantity("1", "20200501", "20240501", form="102")
    assert codes(use(tmp_path, interchange(message(place(long))))) == {"READING_INVALID": 1}


GOOD = interchange(message(place(quantity("1", "202505010000?+01", "202505020000?+01"))))


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace(b"UNT+14+1", b"UNT+13+1"), GOOD.replace(b"UNT+14+1", b"UNT+14+2"), GOOD.replace(b"UNZ+1+", b"UNZ+2+"),
        GOOD.replace(b"UNZ+1+ABC4711", b"UNZ+1+ABC4712"), GOOD[:-10], GOOD[:200], GOOD.replace(b"UNT+14+1'", b""),
        GOOD.replace(b"UNZ+1+ABC4711'", b""), GOOD + b"rest", GOOD.replace(b"UNA:+.? '", b"UNA:::? '"),
    ],
    ids=["segments", "reference", "messages", "interchange", "cut", "half", "no UNT", "no UNZ", "rest", "separators"],
)  # fmt: skip
def test_what_does_not_count_right_is_damaged(tmp_path: Path, content: bytes) -> None:
    assert b"UNT+14+1'" in GOOD
    assert refusal(tmp_path, GOOD) is None
    assert refusal(tmp_path, content) == "CORRUPT"


def test_other_messages_are_named(tmp_path: Path) -> None:
    content = interchange(message(type_="INVOIC:D:96A:UN"))
    assert refusal(tmp_path, content) == "TYPE_UNKNOWN"
    assert refusal(tmp_path, interchange(message())) == "NO_DATA"


@given(st.binary(max_size=300), st.integers(0, len(GOOD)))
def test_any_bytes_are_read_or_refused(noise: bytes, place_of_noise: int) -> None:
    for content in (b"UNB" + noise, GOOD[:place_of_noise] + noise + GOOD[place_of_noise:]):
        assert attempt(read_messages, content)[1] in (None, "CORRUPT")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 10**6), length=st.integers(0, 30), noise=st.text(max_size=12))
def test_any_damage_is_read_or_refused(tmp_path: Path, where: int, length: int, noise: str) -> None:
    good = interchange(
        message(place(*quarters("20250501", 8), quantity("2", "202505010000?+01", "202505010200?+01", "79")))
    )
    at = where % len(good)
    content = good[:at] + noise.encode() + good[at + length :]
    rows, code = attempt(use, tmp_path, content)
    assert (rows is None) != (code is None)
