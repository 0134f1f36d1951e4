"""Which factor and why, and what another factor release would change: on a release of a few rows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from warehouse.factors import NothingKnown, difference, explain, factor, factor_releases

TABLES = """
create schema marts;
create table marts.dim_factor_releases as
select * from (values
    ('2026.1', date '2026-06-29', 'newer', 'other years', 'h2'), ('2025.1', date '2025-02-28', 'older', null, 'h1'))
    as t(factor_release, released_on, description, adopted_for, content_hash);
create table marts.dim_factors as
select * from (values
    ('grid.2024', 'kWh', 0.577650000::decimal(18,9), 'AR6', 'national', 'provisional', 'Ember', 2025, 'page'),
    ('ipcc.diesel', 'GJ', 74.347500000::decimal(18,9), 'AR6', 'IPCC default', 'approved', 'IPCC', 2006, 'T2.3'))
    as t(factor_id, basis, kgco2e_per_basis, gwp_set, tier, status, source_title, source_year, locator);
create table marts.fct_emissions as
select * from (values
    ('M', date '2025-01-01', 2, 'location', 'electricity', 'purchased_electricity', 'grid.2024', 'latest_year_available',
     'no factor of 2025', '2026.1', 10.5::decimal(18,6)),
    ('M', date '2025-02-01', 2, 'location', 'electricity', 'purchased_electricity', 'grid.2024', 'latest_year_available',
     'no factor of 2025', '2026.1', 0.25::decimal(18,6)),
    ('M', date '2025-02-01', 2, 'location', 'steam', 'purchased_heat', null, null, null, null, null),
    ('N', date '2025-02-01', 1, null, 'diesel', 'stationary', 'ipcc.diesel', 'default', 'no certificate', '2026.1',
     7::decimal(18,6)))
    as t(member_id, month, scope, method, carrier, category, factor_id, match_level, fallback_path, factor_release,
         consolidated_kgco2e);
create table marts.rpt_factor_release_effects as
select * from (values
    ('M', 2025, 2, 'location', '2025.1', 12::decimal(18,6), 1), ('M', 2025, 2, 'location', '2026.1', 10.75::decimal(18,6), 1),
    ('N', 2025, 1, null, '2025.1', 7::decimal(18,6), 0), ('N', 2025, 1, null, '2026.1', 7::decimal(18,6), 0),
    ('P', 2025, 1, null, '2025.1', null, 2), ('P', 2025, 1, null, '2026.1', 5::decimal(18,6), 1))
    as t(member_id, year, scope, method, factor_release, kgco2e, facts_without_factor);
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    with duckdb.connect(str(folder / "mizan.duckdb")) as database:
        database.execute(TABLES)
    return folder


def test_releases_come_oldest_first(release: Path) -> None:
    assert [row["factor_release"] for row in factor_releases(release)] == ["2025.1", "2026.1"]


def test_explain_says_which_factor_and_what_was_looked_for(release: Path) -> None:
    unknown, grid = sorted(explain(release, "M", 2025), key=lambda row: row["factor_id"] or "")
    assert (grid["factor_id"], grid["fallback_path"], grid["facts"]) == ("grid.2024", "no factor of 2025", 2)
    assert (grid["kgco2e"], grid["source_title"], grid["status"]) == (Decimal("10.750000"), "Ember", "provisional")
    assert (unknown["subject"], unknown["factor_id"], unknown["kgco2e"]) == ("steam", None, None)


def test_a_member_and_year_without_emissions_is_said(release: Path) -> None:
    with pytest.raises(NothingKnown, match="no emissions of member M in 2024"):
        explain(release, "M", 2024)


def test_a_factor_with_its_source(release: Path) -> None:
    assert factor(release, "ipcc.diesel")["locator"] == "T2.3"
    with pytest.raises(NothingKnown, match=r"no factor ipcc\.coal"):
        factor(release, "ipcc.coal")


def test_the_difference_of_two_releases_by_member_and_what_becomes_known(release: Path) -> None:
    grid, found = difference(release, "2025.1", "2026.1")
    assert (grid["member_id"], grid["before_kgco2e"], grid["difference_kgco2e"]) == ("M", Decimal(12), Decimal("-1.25"))
    assert (found["member_id"], found["before_kgco2e"], found["after_kgco2e"]) == ("P", None, Decimal(5))
    assert (found["facts_without_factor_before"], found["facts_without_factor_after"]) == (2, 1)


def test_the_way_back_is_the_opposite(release: Path) -> None:
    there, back = difference(release, "2025.1", "2026.1"), difference(release, "2026.1", "2025.1")
    assert [row["difference_kgco2e"] for row in back] == [-row["difference_kgco2e"] for row in there]
    assert difference(release, "2026.1", "2026.1") == []


def test_an_unknown_factor_release_names_those_there_are(release: Path) -> None:
    with pytest.raises(NothingKnown, match=r"no factor release 2027\.1; there are 2025\.1, 2026\.1"):
        difference(release, "2027.1", "2026.1")
