"""Answers of Enedis: readings of two grids, energies per day, indexes by time class, load curves; what is no energy."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import MEMBER, attempt, codes, column, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.files import FileRows

POINT = "30001610071843"
DETAILED = "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/v2.0"
DETAILED_3 = "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/common"
READINGS = "http://www.enedis.fr/sge/b2b/services/consultermesures/v1.1"
PERIOD = "<periode><dateDebut>2025-03-01</dateDebut><dateFin>2025-03-08</dateFin></periode>"


def soap(body: str, header: str = "") -> bytes:
    namespace = "http://schemas.xmlsoap.org/soap/envelope/"
    return (
        f'<s:Envelope xmlns:s="{namespace}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'.encode()
    )


def detailed(*quantities: str, namespace: str = DETAILED, name: str = "consulterMesuresDetailleesResponse") -> bytes:
    return soap(f'<n:{name} xmlns:n="{namespace}"><pointId>{POINT}</pointId>{PERIOD}{"".join(quantities)}</n:{name}>')


def grandeur(inner: str, physical: str = "EA", unit: str = "Wh", direction: str = "CONS") -> str:
    return (
        f"<grandeur><grandeurMetier>{direction}</grandeurMetier><grandeurPhysique>{physical}</grandeurPhysique>"
        f"<unite>{unit}</unite>{inner}</grandeur>"
    )


def point(value: object, moment: str, step: str = "", nature: str = "", tag: str = "points") -> str:
    more = (f"<p>{step}</p>" if step else "") + (f"<n>{nature}</n>" if nature else "")
    return f"<{tag}><v>{value}</v><d>{moment}</d>{more}</{tag}>"


def readings(*grids: str) -> bytes:
    names = ("seriesMesuresDateesGrilleTurpe", "seriesMesuresDateesGrilleFrn")
    inner = "".join(f"<{name}>{series}</{name}>" for name, series in zip(names, grids, strict=False))
    return soap(
        f'<n:consulterMesuresResponse xmlns:n="{READINGS}">{inner}</n:consulterMesuresResponse>',
        f"<a><pointId>{POINT}</pointId></a>",
    )


def serie(time_class: str, *measures: tuple[object, str, str, str], physical: str = "EA", unit: str = "kWh") -> str:
    dated = "".join(
        f'<mesure><valeur>{value}</valeur><dateDebut>{start}</dateDebut><dateFin>{end}</dateFin><nature code="{nature}"/></mesure>'
        for value, start, end, nature in measures
    )
    return (
        f'<serie><grandeurPhysique code="{physical}"/><classeTemporelle code="{time_class}"/><unite>{unit}</unite>'
        f"<mesuresDatees>{dated}</mesuresDatees></serie>"
    )


def use(folder: Path, content: bytes) -> FileRows:
    return read(folder, content, f"{MEMBER}_enedis.xml")


JANUARY, FEBRUARY = ("2025-01-05", "2025-02-03"), ("2025-02-03", "2025-03-05")


def test_the_use_between_readings_counts_once_for_both_grids(tmp_path: Path) -> None:
    distributor = serie("BASE", (483, *FEBRUARY, "REEL"), (494, *JANUARY, "ESTIME"))
    rows = use(tmp_path, readings(distributor, distributor))
    found = [
        (row["period_start"], row["period_end"], row["quantity"], row["reading_end"])
        for row in rows.accepted.to_pylist()
    ]
    assert found == [
        (date(2025, 2, 3), date(2025, 3, 4), 483, "actual"),
        (date(2025, 1, 5), date(2025, 2, 2), 494, "estimated"),
    ]
    assert rows.dropped == {"READING_REPEATED": 2}
    first = rows.accepted.to_pylist()[0]
    expected = {
        "meter_id": POINT, "bill_no": POINT, "supplier": "Enedis", "unit": "kWh", "carrier": "electricity", "register": "total",
        "issued_on": date(2025, 3, 5), "component": "energy",
    }  # fmt: skip
    assert {name: first[name] for name in expected} == expected


def test_time_classes_are_parts(tmp_path: Path) -> None:
    distributor = (
        serie("HPH", (300, *JANUARY, "REEL"))
        + serie("HCH", (100, *JANUARY, "REEL"))
        + serie("P", (50, *JANUARY, "REEL"))
    )
    supplier = serie("HP", (350, *JANUARY, "REEL")) + serie("HC", (100, *JANUARY, "REEL"))
    rows = use(tmp_path, readings(distributor, supplier))
    found = {(row["register"], row["bill_no"]): row["quantity"] for row in rows.accepted.to_pylist()}
    assert found == {
        ("normal", f"{POINT}/HPH"): 300, ("off_peak", f"{POINT}/HCH"): 100, ("peak", f"{POINT}/P"): 50,
    }  # fmt: skip
    assert rows.dropped == {"READING_REPEATED": 2}


def test_grids_that_do_not_agree(tmp_path: Path) -> None:
    rows = use(tmp_path, readings(serie("BASE", (483, *JANUARY, "REEL")), serie("BASE", (500, *JANUARY, "REEL"))))
    assert (codes(rows), column(rows, "quantity")) == ({"SUM_MISMATCH": 1}, [483])


def test_powers_and_durations_are_counted_apart(tmp_path: Path) -> None:
    other = serie("", (36, *JANUARY, "REEL"), physical="PMA", unit="kVA") + serie(
        "", (9, *JANUARY, "REEL"), physical="TF", unit="h"
    )
    rows = use(tmp_path, readings(serie("BASE", (483, *JANUARY, "REEL")) + other))
    assert (rows.dropped, column(rows, "quantity")) == ({"POWER_DROPPED": 2}, [483])


def test_energies_per_day(tmp_path: Path) -> None:
    values = grandeur("".join(point(1000 + day, f"2025-03-0{day}") for day in range(1, 8)))
    delivered = grandeur(point(77, "2025-03-01"), direction="PROD")
    rows = use(tmp_path, detailed(values, delivered, namespace=DETAILED_3, name="consulterMesuresDetailleesResponseV3"))
    found = {
        (row["meter_id"], row["carrier"], row["period_start"]): row["quantity"] for row in rows.accepted.to_pylist()
    }
    assert found == {(POINT, "electricity", date(2025, 3, day)): 1000 + day for day in range(1, 8)} | {
        (f"{POINT}/received", "electricity_exported", date(2025, 3, 1)): 77
    }
    assert column(rows, "issued_on")[0] == date(2025, 3, 8)


def test_a_load_curve_of_powers_dated_at_the_start(tmp_path: Path) -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    points = [
        point(100 + step, f"{start + timedelta(minutes=10 * step):%Y-%m-%dT%H:%M:%S}.000+01:00", "PT10M", "B", "mesure")
        for step in range(144 * 2)
    ]
    rows = use(tmp_path, detailed(grandeur("".join(points), "PA", "W")))
    first, second = (Decimal(sum(range(a, a + 144))) / 6 for a in (100, 244))
    assert [row["quantity"] for row in rows.accepted.to_pylist()] == [first, second]
    assert {row["unit"] for row in rows.accepted.to_pylist()} == {"Wh"}
    assert set(column(rows, "flags")) == {"ENERGY_FROM_POWER"}


def test_a_load_curve_of_powers_dated_at_the_end(tmp_path: Path) -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    points = [
        point(1000, f"{start + timedelta(minutes=30 * step):%Y-%m-%d %H:%M:%S}", "PT30M", "B") for step in range(1, 97)
    ]
    rows = use(tmp_path, detailed(grandeur("".join(points), "PA", "kW")))
    found = {row["period_start"]: (row["quantity"], row["unit"]) for row in rows.accepted.to_pylist()}
    assert found == {date(2025, 3, 1): (24000, "kWh"), date(2025, 3, 2): (24000, "kWh")}


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25)])
def test_days_on_which_clocks_change_in_france(tmp_path: Path, day: date, hours: int) -> None:
    walls = [0, *([1, 3] if hours == 23 else [1, 2, 2, 3]), *range(4, 24)]
    points = [point(1000, f"{day} {hour:02}:00:00", "PT1H") for hour in walls]
    rows = use(tmp_path, detailed(grandeur("".join(points), "PA", "W")))
    assert [(row["period_start"], row["quantity"]) for row in rows.accepted.to_pylist()] == [(day, 1000 * hours)]


def test_a_power_whose_energy_has_no_end_of_decimals_is_rounded(tmp_path: Path) -> None:
    rows = use(tmp_path, detailed(grandeur(point(100, "2025-03-01 00:00:00", "PT10M"), "PA", "W")))
    assert column(rows, "quantity") == [Decimal("16.666667")]
    assert column(rows, "flags") == ["ENERGY_FROM_POWER,NUM_ROUNDED"]


def test_an_estimated_point_makes_an_estimated_day(tmp_path: Path) -> None:
    points = point(1, "2025-03-01 00:00:00", "PT1H", "B") + point(1, "2025-03-01 01:00:00", "PT1H", "E")
    assert column(use(tmp_path, detailed(grandeur(points, "PA", "W"))), "reading_end") == ["estimated"]


def test_reactive_powers_have_their_register(tmp_path: Path) -> None:
    content = detailed(
        grandeur(point(6000, "2025-03-01 00:00:00", "PT10M"), "PRI", "VAr"), grandeur(point(5, "2025-03-01"))
    )
    found = {(row["register"], row["unit"]): row["quantity"] for row in use(tmp_path, content).accepted.to_pylist()}
    assert found == {("reactive", "kvarh"): 1, ("total", "Wh"): 5}


def test_indexes_by_time_class(tmp_path: Path) -> None:
    def time_class(name: str, *values: int) -> str:
        states = "".join(
            f"<valeur><d>2025-03-0{day} 0{day}:24:40</d><v>{value}</v><iv>0</iv></valeur>"
            for day, value in enumerate(values, start=1)
        )
        return f"<classeTemporelle><idClasseTemporelle>{name}</idClasseTemporelle>{states}</classeTemporelle>"

    distributor = f"<calendrier>{time_class('HPH', 100, 150, 150)}{time_class('HCH', 10, 20, 40)}</calendrier>"
    supplier = f"<calendrier>{time_class('BASE', 1000, 1060, 1080)}</calendrier>"
    inner = f"<contexte>{grandeur(distributor + supplier)}</contexte>"
    rows = use(tmp_path, detailed(inner, namespace=DETAILED_3, name="consulterMesuresDetailleesResponseV3"))
    found = [(row["register"], row["period_start"].day, int(row["quantity"])) for row in rows.accepted.to_pylist()]
    assert found == [("normal", 1, 50), ("normal", 2, 0), ("off_peak", 1, 10), ("off_peak", 2, 20)]
    assert rows.dropped == {"READING_REPEATED": 2}
    assert set(column(rows, "flags")) == {"INDEX_DIFFERENCE"}


def test_what_is_refused(tmp_path: Path) -> None:
    def code(content: bytes) -> str | None:
        return attempt(use, tmp_path, content)[1]

    assert code(soap("<other xmlns='urn:x'/>")) == "XML_UNKNOWN"
    assert code(detailed()) == "NO_DATA"
    assert code(detailed(grandeur(point(1, "the first of March")))) == "CORRUPT"
    assert code(detailed(grandeur(point(1, "2025-02-30")))) == "CORRUPT"
    rows = use(tmp_path, detailed(grandeur(point("12 500", "2025-03-01") + point(7, "2025-03-02"))))
    assert (codes(rows), column(rows, "quantity")) == ({"READING_INVALID": 1}, [7])
    rows = use(tmp_path, readings(serie("XYZ", (7, *JANUARY, "REEL"))))
    assert codes(rows) == {"VALUE_UNKNOWN": 1}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 10**6), length=st.integers(0, 30), noise=st.text(max_size=12))
def test_any_damage_is_read_or_refused(tmp_path: Path, where: int, length: int, noise: str) -> None:
    good = detailed(
        grandeur("".join(point(1, f"2025-03-01 {hour:02}:00:00", "PT1H", "B") for hour in range(24)), "PA", "W")
    )
    at = where % len(good)
    content = good[:at] + noise.encode() + good[at + length :]
    rows, code = attempt(use, tmp_path, content)
    assert (rows is None) != (code is None)
