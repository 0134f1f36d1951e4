"""The published figures of energy, scope 1 by gas and scope 2, counted again from the bill lines and the published constants.

With whole fractions and in Python, so that nothing is shared with the models but the seeds: the split by days, the conversion,
the factors, the potentials and the sums. Every fact is compared to the last digit.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from orchestration.manifest import DBT_PROJECT
from warehouse.home import Home

MICRO = 10**6
GASES = ("co2_kg", "ch4_kg", "n2o_kg", "biogenic_co2_kg")
GAS_COLUMN = {"CO2": "co2_kg", "CH4": "ch4_kg", "N2O": "n2o_kg", "CO2b": "biogenic_co2_kg"}
LINES = """
select row_id, carrier, quantity, unit, coalesce(heating_value_basis, 'none') as basis, use_start, period_end
from intermediate.int_energy_bills__classified where outcome = 'counted'
"""


def seed(name: str) -> list[dict[str, str]]:
    (path,) = DBT_PROJECT.glob(f"seeds/*/{name}.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def rounded(value: Fraction) -> Fraction:
    """Half away from zero, to the sixth place."""
    whole = int(abs(value) * MICRO + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, MICRO)


def by_month(quantity: Fraction, first: date, last: date) -> dict[date, Fraction]:
    """A quantity over the months of its days, in millionths, what is left to the largest remainders."""
    days: dict[date, int] = defaultdict(int)
    for number in range((last - first).days + 1):
        days[(first + timedelta(days=number)).replace(day=1)] += 1
    millionths, total = int(abs(quantity) * MICRO), sum(days.values())
    parts = {month: divmod(millionths * count, total) for month, count in days.items()}
    left = millionths - sum(whole for whole, _ in parts.values())
    favoured = sorted(parts, key=lambda month: (-parts[month][1], month))[:left]
    sign = 1 if quantity >= 0 else -1
    return {month: Fraction(sign * (parts[month][0] + (month in favoured)), MICRO) for month in parts}


class Constants:
    """The published constants, as fractions."""

    def __init__(self) -> None:
        self.carriers = {row["carrier"]: row for row in seed("carriers")}
        self.units = {row["unit"]: row for row in seed("units")}
        self.properties = {
            row["property_id"]: Fraction(row["value"]) for row in seed("fuel_properties") if row["value"]
        }
        self.factor_of = {row["carrier"]: row["factor_id"] for row in seed("carrier_factors")}
        values = {row["factor_id"]: row for row in seed("emission_factors")}
        self.sets: dict[str, dict[str, Fraction]] = defaultdict(lambda: dict.fromkeys(GASES, Fraction(0)))
        self.basis: dict[str, str] = {}
        for part in seed("combustion_factor_sets"):
            value = values[part["component_id"]]
            per_basis = Fraction(value["value"]) * {"t/TJ": 1, "kg/TJ": Fraction(1, 1000), "t/t": 1000}[value["unit"]]
            if part["ncv_property_id"]:
                per_basis *= self.properties[part["ncv_property_id"]]
            self.sets[part["factor_id"]][GAS_COLUMN[part["gas"]]] = per_basis
            self.basis[part["factor_id"]] = part["basis"]
        self.potential = {
            (row["ar"], row["gas"]): Fraction(row["value"])
            for row in seed("global_warming_potentials")
            if row["horizon_years"] == "100" and row["value"]
        }
        self.grid: dict[int, tuple[int, Fraction]] = {}
        for row in seed("grid_factors"):
            if row["method"] == "average generation" and row["year"] and row["value"]:
                found = (int(row["vintage_no"]), Fraction(row["value"]) / 1000)
                self.grid[int(row["year"])] = max(self.grid.get(int(row["year"]), found), found)

    def tonnes(self, carrier: str, unit: str) -> Fraction | None:
        """Tonnes in a unit of mass or volume; None for a unit of energy."""
        size = Fraction(self.units[unit]["factor_to_base"])
        match self.units[unit]["dimension"]:
            case "mass" | "bottle":
                return size / 1000
            case "volume":
                return size * self.properties[self.carriers[carrier]["density_property_id"]] / 1000
        return None

    def gigajoules(self, carrier: str, unit: str, basis: str) -> Fraction:
        """GJ of net calorific value in a unit."""
        known, tonnes = self.carriers[carrier], self.tonnes(carrier, unit)
        if tonnes is not None:
            return tonnes * self.properties[known["ncv_property_id"]]
        energy = Fraction(self.units[unit]["factor_to_base"]) / 1000
        is_gross_fuel = known["kind"] == "fuel" and basis == "gross"
        return energy * self.properties[known["net_per_gross_property_id"]] if is_gross_fuel else energy

    def co2e(self, gases: dict[str, Fraction], carrier: str) -> Fraction:
        """CO2e of rounded gases with the potentials of AR6."""
        kind = "CH4-non-fossil" if self.carriers[carrier]["is_biogenic"] == "true" else "CH4"
        methane, nitrous = self.potential["AR6", kind], self.potential["AR6", "N2O"]
        return rounded(gases["co2_kg"] + gases["ch4_kg"] * methane + gases["n2o_kg"] * nitrous)

    def grid_rate(self, year: int) -> Fraction:
        """kgCO2e per kWh of the grid: of the year, or of the last one published."""
        return self.grid[min(year, max(self.grid))][1]


Fact = dict[str, Any]


@pytest.fixture(scope="module")
def counted(released: Home) -> Iterator[tuple[list[Fact], list[Fact], list[Fact]]]:
    """Bill lines that count, and the facts of energy and of emissions that were made of them by published constants."""
    with duckdb.connect(str(released.build_database), read_only=True) as connection:

        def rows(sql: str) -> list[Fact]:
            found = connection.execute(sql)
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, values, strict=True)) for values in found.fetchall()]

        yield (
            rows(LINES),
            rows("select row_id, month, quantity, energy_gj, conversion_id from marts.fct_energy_use"),
            rows("select * from marts.fct_emissions where activity = 'energy' and category <> 'purchased_heat'"),
        )


def test_every_use_of_energy(counted: tuple[list[Fact], list[Fact], list[Fact]]) -> None:
    constants, (lines, uses, _) = Constants(), counted
    expected = {
        (line["row_id"], month): (
            part,
            rounded(part * constants.gigajoules(line["carrier"], line["unit"], line["basis"])),
        )
        for line in lines
        for month, part in by_month(Fraction(line["quantity"]), line["use_start"], line["period_end"]).items()
    }
    assert len(uses) == len(expected) > 20_000
    differing = [
        use
        for use in uses
        if (Fraction(use["quantity"]), Fraction(use["energy_gj"])) != expected[use["row_id"], use["month"]]
    ]
    assert [use for use in differing if "certificate" not in use["conversion_id"]] == []


def test_every_emission_of_a_fuel_by_gas(counted: tuple[list[Fact], list[Fact], list[Fact]]) -> None:
    constants, (lines, _, emissions) = Constants(), counted
    basis = {line["row_id"]: line["basis"] for line in lines}
    facts = [fact for fact in emissions if fact["scope"] == 1 and fact["match_level"] == "default"]
    assert len(facts) > 6_000
    for fact in facts:
        carrier, unit = fact["carrier"], fact["unit"]
        factor_id = constants.factor_of[carrier]
        per_unit = (
            constants.gigajoules(carrier, unit, basis[fact["row_id"]])
            if constants.basis[factor_id] == "GJ"
            else constants.tonnes(carrier, unit)
        )
        assert per_unit is not None
        quantity = Fraction(fact["quantity"])
        gases = {gas: rounded(quantity * per_unit * rate) for gas, rate in constants.sets[factor_id].items()}
        found = {gas: Fraction(fact[gas]) for gas in GASES}
        assert (fact["factor_id"], found) == (factor_id, gases), fact
        assert Fraction(fact["kgco2e"]) == constants.co2e(gases, carrier), fact


def test_every_kilowatt_hour_by_location(counted: tuple[list[Fact], list[Fact], list[Fact]]) -> None:
    constants, (_, _, emissions) = Constants(), counted
    facts = [fact for fact in emissions if fact["method"] == "location"]
    assert len(facts) > 10_000
    for fact in facts:
        rate = (
            Fraction(0) if fact["carrier"] == "electricity_self_generated" else constants.grid_rate(fact["month"].year)
        )
        assert Fraction(fact["kgco2e"]) == rounded(Fraction(fact["quantity"]) * rate), fact


def test_the_years_of_members_are_the_sums_of_their_facts(released: Home) -> None:
    with duckdb.connect(str(released.build_database), read_only=True) as connection:
        facts = connection.execute(
            "select member_id, year(month), coalesce(method, 'scope 1'), kgco2e, consolidated_share from marts.fct_emissions"
        ).fetchall()
        published = connection.execute(
            "select member_id, year, scope1_kgco2e, scope2_location_kgco2e, scope2_market_kgco2e from marts.rpt_member_years"
        ).fetchall()
    sums: dict[tuple[str, int, str], Fraction] = defaultdict(Fraction)
    for member, year, measure, kgco2e, share in facts:
        if kgco2e is not None and share is not None:
            sums[member, year, measure] += rounded(Fraction(kgco2e) * Fraction(share))
    found = {
        (member, year, measure): Fraction(value)
        for member, year, *values in published
        for measure, value in zip(("scope 1", "location", "market"), values, strict=True)
        if value is not None
    }
    assert found == dict(sums)
