import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest

from orchestration.output import Format, print_rows

ROWS = [{"name": "=HYPERLINK()", "kg": Decimal("-1.500000"), "month": date(2024, 1, 1), "unknown": None}]


def test_json_keeps_every_digit(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, Format.json)
    assert json.loads(capsys.readouterr().out) == [
        {"name": "=HYPERLINK()", "kg": "-1.500000", "month": "2024-01-01", "unknown": None}
    ]


def test_a_formula_is_disarmed_in_csv_and_a_negative_number_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, Format.csv)
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row == {"name": "'=HYPERLINK()", "kg": "-1.500000", "month": "2024-01-01", "unknown": ""}


def test_a_table_shows_the_values(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, Format.table)
    out = capsys.readouterr().out
    assert "=HYPERLINK()" in out
    assert "-1.500000" in out


def test_no_rows_are_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], Format.json)
    assert json.loads(capsys.readouterr().out) == []
