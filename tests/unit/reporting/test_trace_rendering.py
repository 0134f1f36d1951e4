import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest

from reporting.trace import render_trace
from warehouse.trace import MEASURES, Trace


def row(kgco2e: str) -> dict:
    return {
        "row_id": "r",
        "file_sha256": "f",
        "name": "<script>alert(1)</script>.csv",
        "sheet": "",
        "row_no": 2,
        "month": date(2024, 1, 1),
        "quantity": Decimal("10.000000"),
        "unit": "L",
        "factor_id": "ipcc2006.stationary.diesel",
        "factor_value": Decimal("2.685431700"),
        "kgco2e": Decimal(kgco2e),
    }


@pytest.fixture
def trace() -> Trace:
    return Trace("r1", "m1", 2024, MEASURES["scope1_kgco2e"], Decimal("0.000003"), [row("0.000001"), row("0.000002")])


def test_json_is_what_others_script_against(trace: Trace) -> None:
    document = json.loads(render_trace(trace, "json"))
    assert document["value"] == document["sum"] == "0.000003"
    assert document["unit"] == "kgco2e"
    assert document["rows"][0] == {
        **{name: value for name, value in row("0.000001").items() if isinstance(value, str | int)},
        "month": "2024-01-01",
        "quantity": "10.000000",
        "factor_value": "2.685431700",
        "kgco2e": "0.000001",
    }


def test_csv_holds_every_row(trace: Trace) -> None:
    rows = list(csv.DictReader(io.StringIO(render_trace(trace, "csv"))))
    assert [found["kgco2e"] for found in rows] == ["0.000001", "0.000002"]


def test_text_names_file_row_and_sum(trace: Trace) -> None:
    text = render_trace(trace, "text")
    assert ".csv row 2" in text
    assert "sum of 2 rows: 0.000003 kgco2e" in text


def test_text_says_the_share_that_is_consolidated(trace: Trace) -> None:
    trace.rows[0]["consolidated_share"] = Decimal("0.600000000000")
    trace.rows[1]["consolidated_share"] = Decimal("1.000000000000")
    first, second = (line for line in render_trace(trace, "text").splitlines() if ".csv row 2" in line)
    assert "(ipcc2006.stationary.diesel) x share 0.6 = 0.000001 kgco2e" in first
    assert "share" not in second


def test_html_escapes_a_hostile_file_name(trace: Trace) -> None:
    page = render_trace(trace, "html")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
