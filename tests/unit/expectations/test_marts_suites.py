"""Every check of every mart suite accepts a good release candidate and refuses one with its own fault."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from expectations.mart_frames import intensity_bands
from expectations.marts import check_marts, expected_checks
from expectations.results import CheckResult

Frames = dict[str, pd.DataFrame]


def _measures(scope1: str = "1000") -> dict[str, Any]:
    return {
        "energy_gj": Decimal("20"),
        "scope1_kgco2e": Decimal(scope1),
        "scope2_location_kgco2e": Decimal("500"),
        "scope2_market_kgco2e": Decimal("400"),
        "estimated_share": Decimal("0.1"),
        "coverage_share": Decimal("1"),
    }


def _candidate() -> Frames:
    emission = {"biogenic_co2_kg": Decimal("0"), "energy_gj": Decimal("3.6")}
    product_year = {
        "declared_unit": "t",
        "allocation_share": Decimal("0.5"),
        "primary_data_share": Decimal("1"),
        "direct_kgco2e_per_unit": Decimal("800"),
        "indirect_kgco2e_per_unit": Decimal("100"),
    }
    return {
        "dim_members": pd.DataFrame({"member_id": ["m1", "m2", "m3"]}),
        "dim_factors": pd.DataFrame({"factor_id": ["f1"]}),
        "dim_products": pd.DataFrame({"product_id": ["p1", "p2"], "hs6": ["252329", "999999"]}),
        "fct_energy_use": pd.DataFrame({"energy_gj": [Decimal("3.6")] * 4}),
        "fct_emissions": pd.DataFrame(
            [
                emission | {"category": "purchased_electricity", "kgco2e": Decimal("600")},
                emission | {"category": "stationary", "kgco2e": Decimal("260")},
                emission | {"category": "stationary", "kgco2e": Decimal("15"), "biogenic_co2_kg": Decimal("400")},
                emission | {"category": "process", "kgco2e": Decimal("9000"), "energy_gj": None},
            ]
        ),
        "fct_production": pd.DataFrame({"quantity_t": [Decimal("10")] * 2}),
        "fct_exports": pd.DataFrame({"net_mass_kg": [Decimal("10")] * 2, "fob_value_mad": [Decimal("99")] * 2}),
        "rpt_member_months": pd.DataFrame([{"member_id": "m1", **_measures()}] * 2),
        "rpt_member_years": pd.DataFrame(
            [
                {"member_id": member, "year": year, **_measures()}
                for member in ("m1", "m2")
                for year in (2022, 2023, 2024)
            ]
        ),
        "rpt_product_years": pd.DataFrame([product_year | {"product_id": "p1"}, product_year | {"product_id": "p2"}]),
        "rpt_sector_years": pd.DataFrame(
            [
                {
                    "value": Decimal("5"),
                    "status": "released",
                    "contributors_band": "3-4",
                    "coverage_share": Decimal("1"),
                },
                {"value": None, "status": "c", "contributors_band": "<3", "coverage_share": None},
            ]
        ),
        "ops_files": pd.DataFrame({"file_sha256": ["a"]}),
    }


def _check(now: Frames, before: Frames | None = None) -> dict[str, CheckResult]:
    results = check_marts(now.__getitem__, (lambda mart: None) if before is None else before.get)
    return {result.check_id: result for result in results}


def _set(mart: str, column: str, value: Any, rows: slice | list[int] = slice(None)) -> Callable[[Frames], None]:
    def spoil(frames: Frames) -> None:
        frames[mart] = frames[mart].astype(object)
        frames[mart].loc[rows, column] = value

    return spoil


def _empty(mart: str) -> Callable[[Frames], None]:
    def spoil(frames: Frames) -> None:
        frames[mart] = frames[mart].iloc[0:0]

    return spoil


def _drop_rows(mart: str, rows: list[int]) -> Callable[[Frames], None]:
    def spoil(frames: Frames) -> None:
        frames[mart] = frames[mart].drop(index=rows).reset_index(drop=True)

    return spoil


ONE = [0]
MEASURES = ("energy_gj", "scope1_kgco2e", "scope2_location_kgco2e", "scope2_market_kgco2e")
FAULTS: dict[str, Callable[[Frames], None]] = {
    "marts.dim_members.not_halved": _drop_rows("dim_members", [0, 1]),
    "marts.fct_energy_use.energy_known": _set("fct_energy_use", "energy_gj", None, ONE),
    "marts.fct_energy_use.energy_mostly_known": _set("fct_energy_use", "energy_gj", None, [0, 1, 2]),
    "marts.fct_emissions.kgco2e_known": _set("fct_emissions", "kgco2e", None, ONE),
    "marts.fct_emissions.kgco2e_mostly_known": _set("fct_emissions", "kgco2e", None, [0, 1, 2]),
    "marts.fct_emissions.electricity_rate_possible": _set("fct_emissions", "kgco2e", Decimal("600000"), [0]),
    "marts.fct_emissions.fuel_rate_possible": _set("fct_emissions", "kgco2e", Decimal("260000"), [1]),
    "marts.fct_emissions.biogenic_rate_possible": _set("fct_emissions", "biogenic_co2_kg", Decimal("400000"), [2]),
    "marts.fct_production.mass_known": _set("fct_production", "quantity_t", None, ONE),
    "marts.fct_exports.net_mass_kg_not_negative": _set("fct_exports", "net_mass_kg", Decimal("-1"), ONE),
    "marts.fct_exports.fob_value_mad_not_negative": _set("fct_exports", "fob_value_mad", Decimal("-1"), ONE),
    **{
        f"marts.{mart}.{measure}_not_negative": _set(mart, measure, Decimal("-0.000001"), ONE)
        for mart in ("rpt_member_months", "rpt_member_years")
        for measure in MEASURES
    },
    **{
        f"marts.{mart}.{share}_within_bounds": _set(mart, share, Decimal("1.000000000001"), ONE)
        for mart, share in (
            ("rpt_member_months", "estimated_share"),
            ("rpt_member_months", "coverage_share"),
            ("rpt_member_years", "estimated_share"),
            ("rpt_member_years", "coverage_share"),
            ("rpt_product_years", "allocation_share"),
            ("rpt_product_years", "primary_data_share"),
            ("rpt_sector_years", "coverage_share"),
        )
    },
    "marts.rpt_member_years.association_scope1_not_negative": _set(
        "rpt_member_years", "scope1_kgco2e", Decimal("-1001"), ONE
    ),
    "marts.rpt_member_years.association_scope2_location_not_negative": _set(
        "rpt_member_years", "scope2_location_kgco2e", Decimal("-501"), ONE
    ),
    "marts.rpt_member_years.association_scope2_market_not_negative": _set(
        "rpt_member_years", "scope2_market_kgco2e", Decimal("-401"), ONE
    ),
    "marts.rpt_member_years.association_total_possible": _set(
        "rpt_member_years", "scope1_kgco2e", Decimal("151000000000"), ONE
    ),
    **{
        f"marts.rpt_member_years.{measure}_jump": _set("rpt_member_years", measure, Decimal("1501"), ONE)
        for measure in MEASURES
        if measure != "energy_gj"
    },
    "marts.rpt_member_years.no_member_year_vanished": _drop_rows("rpt_member_years", [1]),
    "marts.rpt_product_years.direct_kgco2e_per_unit_not_negative": _set(
        "rpt_product_years", "direct_kgco2e_per_unit", Decimal("-1"), ONE
    ),
    "marts.rpt_product_years.indirect_kgco2e_per_unit_not_negative": _set(
        "rpt_product_years", "indirect_kgco2e_per_unit", Decimal("-1"), ONE
    ),
    "marts.rpt_product_years.intensity_possible": _set(
        "rpt_product_years", "direct_kgco2e_per_unit", Decimal("2001"), ONE
    ),
    "marts.rpt_product_years.intensity_mostly_possible": _set(
        "rpt_product_years", "direct_kgco2e_per_unit", Decimal("800000")
    ),
    "marts.rpt_sector_years.hidden_value_absent": _set("rpt_sector_years", "value", Decimal("5"), [1]),
    "marts.rpt_sector_years.released_value_present": _set("rpt_sector_years", "value", None, ONE),
    "marts.rpt_sector_years.minimum_frequency_kept": _set("rpt_sector_years", "contributors_band", "<3", ONE),
} | {
    check_id: _empty(check_id.split(".")[1])
    for check_id in expected_checks()
    if check_id.endswith((".not_empty", ".not_emptied"))
}


def test_every_check_has_a_fault_here() -> None:
    assert set(FAULTS) == set(expected_checks())


def test_a_good_candidate_passes_with_and_without_a_release_before() -> None:
    for before in (None, _candidate()):
        results = _check(_candidate(), before)
        assert list(results) == expected_checks()
        assert [(result.check_id, result.observed) for result in results.values() if not result.passed] == []


@pytest.mark.parametrize("check_id", sorted(FAULTS))
def test_a_spoilt_candidate_fails_the_check(check_id: str) -> None:
    now = _candidate()
    FAULTS[check_id](now)
    result = _check(now, _candidate())[check_id]
    assert not result.passed
    assert "did not run" not in result.observed
    assert result.subject == check_id.split(".")[1]


def test_without_a_release_before_nothing_can_have_vanished() -> None:
    now = _candidate()
    _empty("rpt_member_years")(now)
    results = _check(now)
    assert results["marts.rpt_member_years.no_member_year_vanished"].passed
    assert results["marts.rpt_member_years.not_emptied"].passed
    assert not results["marts.rpt_member_years.not_empty"].passed


def test_the_open_year_may_jump() -> None:
    now = _candidate()
    _set("rpt_member_years", "scope1_kgco2e", Decimal("9000"), [2])(now)  # 2024, the latest year of the last release
    assert _check(now, _candidate())["marts.rpt_member_years.scope1_kgco2e_jump"].passed


def test_a_mart_that_cannot_be_read_fails_all_its_checks_as_critical() -> None:
    now = _candidate()
    del now["rpt_sector_years"]
    results = [result for result in _check(now).values() if result.subject == "rpt_sector_years"]
    assert len(results) == 5
    assert {(result.passed, result.severity) for result in results} == {(False, "critical")}
    assert all("did not run: KeyError" in result.observed for result in results)


def test_intensity_bands_have_a_default() -> None:
    assert intensity_bands()["default"] >= max(intensity_bands().values())
