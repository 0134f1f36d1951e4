"""What a failed critical check holds out, and what happens when a check cannot run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from landed_frames import MEMBER, energy_bills, production

from expectations import landed, runner
from expectations.landed import check_landed
from expectations.runner import run_checks
from expectations.suites import suites


def _held(frame: pd.DataFrame, check_id: str, feed: str = "energy_bills") -> list[str]:
    holds = check_landed(feed, frame).holds
    return list(holds.loc[holds["check_id"] == check_id, "row_id"])


def test_holds_are_the_rows_of_that_member_in_the_months_of_the_failing_row() -> None:
    frame = energy_bills()
    frame.at[2, "quantity"] = Decimal("12500")
    # March: the failing bill, the member's diesel, gas and coal of March; not r11, another member's March.
    assert _held(frame, "landed.energy_bills.price_plausible") == ["r02", "r08", "r09", "r10"]


def test_a_bill_that_only_touches_the_month_is_held_too() -> None:
    frame = energy_bills()
    frame.at[2, "quantity"] = Decimal("12500")
    frame.at[1, "period_end"] = date(2024, 3, 2)
    frame.at[3, "period_start"] = date(2024, 3, 31)
    assert _held(frame, "landed.energy_bills.price_plausible") == ["r01", "r02", "r03", "r08", "r09", "r10"]


def test_a_failing_row_of_two_months_holds_both() -> None:
    frame = energy_bills()
    frame.at[5, "quantity"] = Decimal("12500")
    frame.at[5, "period_end"] = date(2024, 7, 5)
    assert _held(frame, "landed.energy_bills.price_plausible") == ["r05", "r06"]


def test_a_reversed_period_is_held_though_it_touches_no_month() -> None:
    frame = energy_bills()
    frame.at[5, "period_end"] = date(2024, 1, 1)
    assert _held(frame, "landed.energy_bills.period_possible") == ["r05"]


def test_rows_of_a_register_are_held_one_by_one() -> None:
    frame = pd.DataFrame(
        {"row_id": ["a", "a", "b"], "latitude": [None] * 3, "longitude": [None] * 3, "member_id": MEMBER}
    )
    assert _held(frame, "landed.sites.row_id_unique", feed="sites") == ["a"]


def test_the_message_says_what_and_how_many_in_both_languages() -> None:
    frame = energy_bills()
    frame.at[2, "quantity"] = Decimal("12500")
    hold = check_landed("energy_bills", frame).holds.iloc[0]
    assert "1 ligne(s) en cause" in hold["message_fr"]
    assert "Électricité entre 0,1 et 10 MAD/kWh" in hold["message_fr"]
    assert "1 row(s) at fault" in hold["message_en"]
    assert "Electricity between 0.1 and 10 MAD/kWh" in hold["message_en"]


def test_lines_that_carry_no_price_are_not_judged_by_it() -> None:
    frame = energy_bills().astype(object)
    for position, cells in enumerate(
        [{"component": "fixed"}, {"register": "reactive"}, {"currency": "EUR"}, {"amount_excl_vat": Decimal(0)}]
    ):
        frame.at[position, "quantity"] = Decimal("12500")
        for column, value in cells.items():
            frame.at[position, column] = value
    assert _held(frame, "landed.energy_bills.price_plausible") == []


def test_a_credit_note_is_judged_by_its_price_like_any_bill() -> None:
    frame = energy_bills()
    frame.at[2, "quantity"], frame.at[2, "amount_excl_vat"] = Decimal("-12.5"), Decimal("-15000")
    assert _held(frame, "landed.energy_bills.price_plausible") == []
    frame.at[2, "amount_excl_vat"] = Decimal("15000")
    assert "r02" in _held(frame, "landed.energy_bills.price_plausible")


def test_a_void_is_not_judged_by_what_it_repeats() -> None:
    frame = energy_bills()
    frame.loc[2, ["bill_type", "quantity"]] = ["void", Decimal("-12.5")]
    assert check_landed("energy_bills", frame).holds.empty


def test_a_batch_of_bills_that_name_only_their_meter_is_judged_all_the_same() -> None:
    frame = energy_bills().assign(site_id=None)
    assert check_landed("energy_bills", frame).holds.empty
    frame.loc[2, "quantity"] = Decimal("12500")
    assert set(check_landed("energy_bills", frame).holds["row_id"]) == {"r02", "r08", "r09", "r10"}


def test_arrow_types_give_the_same_answer() -> None:
    frame = production()
    frame.at[2, "quantity_gross"] = Decimal("900000")
    arrow = pa.Table.from_pandas(frame).to_pandas(types_mapper=pd.ArrowDtype)
    assert _held(arrow, "landed.production.output_slip", feed="production") == ["r02"]


def test_an_expectation_that_raises_is_a_failed_critical_check_and_holds_the_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*arguments: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(runner, "_validate", broken)
    checked = check_landed("energy_bills", energy_bills())
    assert {(result.passed, result.severity) for result in checked.results} == {(False, "critical")}
    assert checked.results[0].observed == "did not run: RuntimeError: broken on purpose"
    assert set(checked.holds["row_id"]) == set(energy_bills()["row_id"])


def test_an_exception_inside_one_expectation_fails_that_check_only() -> None:
    checks = [
        check for check in suites("landed")["sites"].checks if check.check_id != "landed.sites.latitude_in_morocco"
    ]
    frame = pd.DataFrame({"row_id_copies": [1.0]})
    unique, longitude = run_checks(checks, frame)
    assert unique.passed
    assert not longitude.passed
    assert longitude.result("sites").severity == "critical"
    assert "did not run" in longitude.observed
    assert "longitude" in longitude.observed


def test_a_batch_without_a_needed_column_fails_every_check_and_is_held() -> None:
    checked = check_landed("energy_bills", energy_bills().drop(columns="period_end"))
    assert not any(result.passed for result in checked.results)
    assert len(checked.holds["row_id"].unique()) == 12


def test_a_feed_without_a_suite_is_an_error() -> None:
    with pytest.raises(KeyError):
        landed.expected_checks("unknown_feed")
    with pytest.raises(KeyError):
        check_landed("unknown_feed", energy_bills())
