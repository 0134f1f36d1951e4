"""Every check of every landed suite accepts a good batch and refuses a batch with its own fault."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from landed_frames import GOOD_FRAMES

from expectations.landed import check_landed, expected_checks
from expectations.suites import suites

ALL = slice(None)

# Check -> the rows to spoil (positions), and the cells that spoil them.
FAULTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "landed.energy_bills.price_plausible": ([2], {"quantity": Decimal("12500")}),
    "landed.energy_bills.price_usual": ([2], {"amount_excl_vat": Decimal("50000")}),
    "landed.energy_bills.fuel_price_usual": ([8], {"quantity": Decimal("1")}),
    "landed.energy_bills.electricity_per_day_possible": ([2], {"quantity": Decimal("700000")}),
    "landed.energy_bills.liquid_fuel_per_day_possible": ([8], {"quantity": Decimal("400000000")}),
    "landed.energy_bills.natural_gas_per_day_possible": ([9], {"quantity": Decimal("70000000")}),
    "landed.energy_bills.mass_per_day_possible": ([10], {"quantity": Decimal("7000000")}),
    "landed.energy_bills.period_possible": ([2], {"period_end": date(2025, 5, 1)}),
    "landed.energy_bills.period_usual": ([2], {"period_end": date(2024, 5, 15)}),
    "landed.energy_bills.period_start_possible": ([2], {"period_start": date(1900, 1, 1)}),
    "landed.energy_bills.amount_present": ([0, 1, 2], {"amount_excl_vat": None}),
    "landed.energy_bills.estimated_share": ([0, 1, 2, 3, 4, 5, 6], {"reading_end": "estimated"}),
    "landed.energy_bills.use_fits_history": ([2], {"quantity": Decimal("500")}),
    "landed.production.mass_per_day_possible": ([2], {"quantity_gross": Decimal("20000000")}),
    "landed.production.pieces_per_day_possible": ([8], {"quantity_gross": Decimal("2000000000")}),
    "landed.production.output_slip": ([2], {"quantity_gross": Decimal("900000")}),
    "landed.production.output_fits_history": ([2], {"quantity_gross": Decimal("10")}),
    "landed.production.period_possible": ([2], {"period_end": date(2024, 2, 1)}),
    "landed.production.period_start_possible": ([2], {"period_start": date(1904, 1, 1)}),
    "landed.production.saleable_within_gross": ([2], {"quantity_saleable": Decimal("901")}),
    "landed.production.hours_within_period": ([2], {"operating_hours": Decimal("745")}),
    "landed.production.measured_share": ([0, 1, 2], {"measure_method": "estimate"}),
    "landed.process_activity.mass_per_day_possible": ([2], {"quantity": Decimal("90000000")}),
    "landed.process_activity.refrigerant_possible": ([8], {"quantity": Decimal("20001")}),
    "landed.process_activity.share_possible": ([2], {"parameter_value": Decimal("65")}),
    "landed.process_activity.period_possible": ([2], {"period_end": date(2025, 5, 1)}),
    "landed.process_activity.period_start_possible": ([2], {"period_start": date(1900, 1, 1)}),
    "landed.process_activity.activity_fits_history": ([2], {"quantity": Decimal("100")}),
    "landed.process_activity.measured_share": ([0, 1, 2], {"measure_method": "estimate"}),
    "landed.exports.value_per_kg_possible": ([1], {"net_mass_kg": Decimal("25000000")}),
    "landed.exports.mass_possible": ([1], {"net_mass_kg": Decimal("400000001")}),
    "landed.exports.registered_on_possible": ([1], {"registered_on": date(1900, 1, 1)}),
    "landed.exports.mass_present": ([1], {"net_mass_kg": Decimal("0.000000")}),
    "landed.exports.fob_value_present": ([1], {"fob_value_mad": Decimal("0.000000")}),
    "landed.exports.gross_above_net": ([1], {"gross_mass_kg": Decimal("24999")}),
    "landed.exports.cn8_fits_hs10": ([1], {"cn8": "31054000"}),
    "landed.exports.destination_abroad": ([1], {"destination_country": "MA"}),
    "landed.members.leaves_after_joining": ([1], {"left_on": date(2019, 12, 31)}),
    "landed.members.size_class_present": ([1], {"size_class": None}),
    "landed.sites.latitude_in_morocco": ([1], {"latitude": Decimal("-7.6")}),
    "landed.sites.longitude_in_morocco": ([1], {"longitude": Decimal("7.6")}),
    "landed.meters.subscribed_kva_possible": ([1], {"subscribed_kva": Decimal("5000000")}),
    "landed.meters.multiplier_possible": ([1], {"multiplier": Decimal("0")}),
    "landed.products.cn8_fits_hs6": ([1], {"cn8": "31054000"}),
    "landed.products.unit_mass_possible": ([1], {"unit_mass_kg": Decimal("0")}),
    "landed.instruments.rate_possible": ([1], {"kgco2e_per_kwh": Decimal("20")}),
    "landed.instruments.quantity_possible": ([1], {"quantity_kwh": Decimal("10000000001")}),
    "landed.instruments.validity_possible": ([1], {"valid_to": date(2023, 12, 30)}),
    "landed.fuel_certificates.ncv_possible": ([1], {"ncv_gj_per_t": Decimal("9600")}),
    "landed.fuel_certificates.net_below_gross": ([1], {"gcv_gj_per_t": Decimal("32")}),
    "landed.fuel_certificates.density_possible": ([1], {"density_kg_per_m3": Decimal("0.084")}),
    "landed.fuel_certificates.validity_possible": ([1], {"valid_to": date(2026, 2, 1)}),
    "landed.account_statements.electricity_possible": ([1], {"electricity_kwh": Decimal("30000000000")}),
    "landed.heat_supplies.rate_possible": ([1], {"kgco2e_per_kwh": Decimal("250")}),
    "landed.heat_supplies.efficiency_possible": ([1], {"boiler_efficiency": Decimal("0.09")}),
    "landed.heat_supplies.validity_possible": ([1], {"valid_to": date(2023, 12, 30)}),
    "landed.chp_units.overall_efficiency_possible": ([1], {"heat_efficiency": Decimal("0.9")}),
    "landed.chp_units.validity_possible": ([1], {"valid_to": date(2023, 12, 30)}),
    "landed.allocation_rules.share_possible": ([1], {"share": Decimal("1.5")}),
    "landed.site_shares.ends_after_start": ([1], {"valid_to": date(2023, 12, 31)}),
    "landed.base_years.stated_after_year": ([1], {"stated_on": date(2023, 12, 31)}),
    "landed.base_years.total_possible": ([1], {"scope1_tco2e": Decimal("60000001")}),
    "landed.base_year_changes.effective_after_base_year": ([1], {"effective_on": date(2022, 12, 31)}),
    "landed.base_year_changes.sign_fits_kind": ([1], {"scope1_tco2e": Decimal("12")}),
    "landed.programmes.ends_after_start": ([1], {"ends_on": date(2023, 12, 31)}),
    "landed.applications.period_possible": ([1], {"period_to": date(2022, 12, 31)}),
    "landed.applications.submitted_after_period": ([1], {"submitted_on": date(2023, 12, 30)}),
    "landed.evidence.interval_in_order": ([1], {"lower": Decimal("3")}),
    "landed.case_events.happened_before_receipt": ([1], {"occurred_at": date(2024, 12, 3)}),
    "landed.national_exports.value_possible": ([1], {"value_mad": Decimal("-1")}),
    "landed.partner_trade.value_possible": ([1], {"value": Decimal("-1")}),
    "landed.facility_emissions.scope1_possible": ([1], {"scope1_tco2e": Decimal("60000001")}),
} | {f"landed.{feed}.row_id_unique": ([0, 1], {"row_id": "twice"}) for feed in GOOD_FRAMES}


def test_every_check_has_a_fault_here() -> None:
    assert set(FAULTS) == {check_id for feed in suites("landed") for check_id in expected_checks(feed)}


@pytest.mark.parametrize("feed", sorted(GOOD_FRAMES))
def test_a_good_batch_passes_every_check_of_its_suite(feed: str) -> None:
    checked = check_landed(feed, GOOD_FRAMES[feed]())
    assert [result.check_id for result in checked.results if not result.passed] == []
    assert [result.check_id for result in checked.results] == expected_checks(feed)
    assert {(result.subject, result.rows_failed) for result in checked.results} == {(feed, 0)}
    assert checked.holds.empty
    assert list(checked.holds.columns) == ["row_id", "check_id", "message_fr", "message_en"]


@pytest.mark.parametrize("check_id", sorted(FAULTS))
def test_a_spoilt_batch_fails_the_check(check_id: str) -> None:
    feed = check_id.split(".")[1]
    positions, cells = FAULTS[check_id]
    frame = GOOD_FRAMES[feed]().astype(object)
    for column, value in cells.items():
        for position in positions:
            frame.at[position, column] = value
    checked = check_landed(feed, frame)
    result = next(result for result in checked.results if result.check_id == check_id)
    assert not result.passed
    assert "did not run" not in result.observed
    assert result.rows_failed == len(positions)
    held = checked.holds.loc[checked.holds["check_id"] == check_id, "row_id"]
    if result.severity == "critical":
        assert set(frame.loc[positions, "row_id"]) <= set(held)
    else:
        assert held.empty


@pytest.mark.parametrize("feed", sorted(GOOD_FRAMES))
def test_a_batch_without_rows_passes(feed: str) -> None:
    checked = check_landed(feed, GOOD_FRAMES[feed]().iloc[0:0])
    assert [(result.check_id, result.observed) for result in checked.results if not result.passed] == []
    assert checked.holds.empty
