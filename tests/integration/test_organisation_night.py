"""Who consolidates what, through real nights, against a calculation of its own, to the last digit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from organisation_files import A, B, C, D, bills, change_approach, write_landing

from orchestration.night import Outcome, run_night
from warehouse.database import connect, rows
from warehouse.home import Home
from warehouse.restatements import restatements
from warehouse.trace import MEASURES, trace

GJ_PER_KWH = Decimal("0.0036")
# What a member consolidates of a site: GHG Protocol Corporate Standard, ch. 3. None: its control is not stated.
SHARES: dict[tuple[str, str], Decimal | None] = {
    (A, "A-RUN"): Decimal(1),
    (A, "A-NOT-RUN"): Decimal(0),
    (A, "SOLD"): Decimal(1),
    (B, "SOLD"): Decimal("0.8"),
    (B, "B-PART"): Decimal("0.333333"),
    (C, "C-JOINT"): Decimal("0.5"),
    (C, "C-UNSAID"): None,
    (D, "D-ALL"): Decimal(1),
}


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def ask(home: Home, sql: str) -> list[dict]:
    with connect(home.latest_release / "mizan.duckdb", read_only=True) as connection:
        return rows(connection, sql)


def expected(factors: dict[int, Decimal]) -> dict[tuple[str, int], dict[str, Decimal]]:
    """The figures of each member and year from the bills and the grid factors alone."""
    figures: dict[tuple[str, int], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for member, site, first, _, kwh in bills():
        of_year = figures[member, first.year]
        kgco2e = rounded(kwh * factors[first.year])
        of_year["gross_scope2_location_kgco2e"] += kgco2e
        share = SHARES[member, site]
        if share is None:
            of_year["facts_without_share"] += 1
        else:
            of_year["scope2_location_kgco2e"] += rounded(kgco2e * share)
            of_year["energy_gj"] += rounded(rounded(kwh * GJ_PER_KWH) * share)
    return figures


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home.at(tmp_path_factory.mktemp("organisation"))
    write_landing(home.landing)
    night = run_night(home)
    assert night.outcome is Outcome.published, night.message
    return home


@pytest.fixture(scope="module")
def factors(home: Home) -> dict[int, Decimal]:
    sql = "select distinct year(month) as year, factor_value from marts.fct_emissions where method = 'location'"
    return {row["year"]: row["factor_value"] for row in ask(home, sql)}


def test_each_member_year_is_what_its_approach_says(home: Home, factors: dict[int, Decimal]) -> None:
    found = {(row["member_id"], row["year"]): row for row in ask(home, "select * from marts.rpt_member_years")}
    figures = expected(factors)
    assert found.keys() == figures.keys()
    for key, of_year in figures.items():
        names = ("scope2_location_kgco2e", "gross_scope2_location_kgco2e", "energy_gj", "facts_without_share")
        assert {name: found[key][name] for name in names} == {name: of_year[name] for name in names}
        assert found[key]["scope2_market_kgco2e"] == found[key]["scope2_location_kgco2e"]


def test_a_sector_is_the_sum_of_its_members(home: Home, factors: dict[int, Decimal]) -> None:
    sql = (
        "select year, value, status from marts.rpt_sector_years "
        "where sector = 'agri_food' and indicator = 'scope2_location_kgco2e'"
    )
    for row in ask(home, sql):
        of_members = [f["scope2_location_kgco2e"] for (_, year), f in expected(factors).items() if year == row["year"]]
        assert (row["status"], row["value"]) == ("released", sum(of_members))


def test_a_trace_adds_up_to_what_is_consolidated(home: Home) -> None:
    for member in (A, B, C, D):
        for measure in MEASURES:
            found = trace(home.latest_release.resolve(), member, 2024, measure)
            assert found.is_complete
    shares = {row["consolidated_share"] for row in trace(home.latest_release.resolve(), B, 2024, "energy_gj").rows}
    assert shares == {Decimal("0.8"), Decimal("0.333333")}


def test_parts_of_years_and_expected_months_follow_the_organisation(home: Home) -> None:
    sql = (
        "select member_id, year, days_in_membership, months_in_membership, sites_in_service, sites_part_of_year, "
        "meter_months_expected, meter_months_present from marts.rpt_member_years"
    )
    found = {(row.pop("member_id"), row.pop("year")): tuple(row.values()) for row in ask(home, sql)}
    assert found == {
        (A, 2023): (365, 12, 3, 0, 36, 36),
        (A, 2024): (366, 12, 3, 1, 30, 30),
        (B, 2023): (365, 12, 1, 0, 12, 12),
        (B, 2024): (366, 12, 2, 1, 18, 18),
        (C, 2023): (0, 0, 1, 0, 0, 0),
        (C, 2024): (170, 6, 2, 2, 10, 10),
        (D, 2023): (365, 12, 1, 0, 12, 12),
        (D, 2024): (91, 3, 1, 0, 3, 3),
    }


def test_what_lies_outside_is_found(home: Home) -> None:
    sql = "select check_id, member_id, site_id, month from marts.rpt_findings where check_id like 'O%' order by all"
    assert [tuple(row.values()) for row in ask(home, sql)] == [
        ("O01", C, "C-JOINT", date(2024, 11, 1)),
        ("O01", C, "C-UNSAID", date(2023, 1, 1)),
        ("O01", C, "C-UNSAID", date(2024, 1, 1)),
        ("O02", C, None, date(2023, 1, 1)),
        ("O02", C, None, date(2024, 1, 1)),
        ("O02", D, None, date(2024, 4, 1)),
        ("O04", C, "C-UNSAID", date(2023, 1, 1)),
        ("O04", C, "C-UNSAID", date(2024, 1, 1)),
        ("O07", A, None, date(2024, 7, 1)),
        ("O07", B, None, date(2024, 7, 1)),
        ("O09", A, None, date(2024, 2, 1)),
        ("O09", B, None, date(2024, 2, 1)),
    ]


def test_a_sold_site_moves_both_base_years_by_its_own_emissions(home: Home, factors: dict[int, Decimal]) -> None:
    of_site = sum(
        rounded(kwh * factors[2023]) for _, site, first, _, kwh in bills() if (site, first.year) == ("SOLD", 2023)
    )
    sql = (
        "select member_id, stated_kgco2e, structural_kgco2e, recalculated_kgco2e, is_recalculation_due, standing_kgco2e "
        "from marts.rpt_base_years where measure = 'total_location_kgco2e'"
    )
    found = {row.pop("member_id"): tuple(row.values()) for row in ask(home, sql)}
    bought = rounded(of_site * Decimal("0.8"))
    assert found == {
        A: (Decimal(25000), -of_site, 25000 - of_site, True, 25000 - of_site),
        B: (Decimal(3000), bought, 3000 + bought, True, 3000 + bought),
    }


def test_another_approach_restates_by_the_boundary_alone(home: Home, factors: dict[int, Decimal]) -> None:
    before = home.latest_release.resolve()
    change_approach(home.landing, B, "operational_control")
    night = run_night(home)
    assert night.outcome is Outcome.published, night.message
    found = restatements(before, home.latest_release.resolve())
    assert found.is_complete
    gross = {year: expected(factors)[B, year]["gross_scope2_location_kgco2e"] for year in (2023, 2024)}
    consolidated = {year: expected(factors)[B, year]["scope2_location_kgco2e"] for year in (2023, 2024)}
    assert {
        (row["member_id"], row["year"], row["cause"]): row["difference_kgco2e"]
        for row in found.rows
        if row["measure"] == "scope2_location_kgco2e"
    } == {(B, year, "boundary"): gross[year] - consolidated[year] for year in (2023, 2024)}
