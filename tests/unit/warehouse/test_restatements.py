"""What changed between two releases, by cause: on releases of a few rows whose causes are known."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.restatements import CAUSES, restatements

FACT = {
    "member_id": "M", "month": "2025-01-01", "scope": 2, "method": "location", "file_sha256": "f1", "sheet": "",
    "row_no": 2, "site_id": "S", "carrier": "electricity", "category": "purchased_electricity", "meter_id": "C1",
    "quantity": "1000", "factor_id": "grid.2024", "factor_value": "0.5", "share": "1",
}  # fmt: skip


def fact(**changes: Any) -> dict[str, Any]:
    """A fact row of 1000 kWh, with these values changed."""
    return {**FACT, **changes}


def release(folder: Path, facts: list[dict[str, Any]], published: dict[int, str] | None = None) -> Path:
    """A release folder with these facts, and figures of 2025 by member that are their sums unless `published`."""
    folder.mkdir()
    with duckdb.connect(str(folder / "mizan.duckdb")) as database:
        database.execute("create schema marts")
        database.execute(
            "create table marts.fct_emissions (energy_use_id varchar, member_id varchar, month date, scope integer, "
            "method varchar, file_sha256 varchar, sheet varchar, row_no integer, site_id varchar, carrier varchar, "
            "category varchar, quantity decimal(18,6), factor_id varchar, factor_value decimal(18,9), kgco2e decimal(18,6), "
            "consolidated_share decimal(18,12), consolidated_kgco2e decimal(18,6))"
        )
        database.execute("create table marts.fct_energy_use (energy_use_id varchar, meter_id varchar)")
        for number, row in enumerate(facts):
            kgco2e = None if row["factor_value"] is None else Decimal(row["quantity"]) * Decimal(row["factor_value"])
            names = ("member_id", "month", "scope", "method", "file_sha256", "sheet", "row_no", "site_id", "carrier")
            values = [str(number), *(row[name] for name in names), row["category"], row["quantity"]]
            share = None if row["share"] is None else Decimal(row["share"])
            values += [row["factor_id"], row["factor_value"], kgco2e, share]
            values += [None if kgco2e is None or share is None else kgco2e * share]
            database.execute(f"insert into marts.fct_emissions values ({', '.join('?' * 17)})", values)
            database.execute("insert into marts.fct_energy_use values (?, ?)", [str(number), row["meter_id"]])
        database.execute(
            "create table marts.rpt_member_years as select member_id, cast(year(month) as integer) as year, "
            "sum(consolidated_kgco2e) filter (where scope = 1) as scope1_kgco2e, "
            "sum(consolidated_kgco2e) filter (where method = 'location') as scope2_location_kgco2e, "
            "sum(consolidated_kgco2e) filter (where method = 'market') as scope2_market_kgco2e "
            "from marts.fct_emissions group by all"
        )
        for year, figure in (published or {}).items():
            database.execute(
                "update marts.rpt_member_years set scope2_location_kgco2e = ? where year = ?", [figure, year]
            )
    return folder


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([fact()], [fact()], {}),
        ([fact()], [fact(), fact(file_sha256="f2", month="2025-02-01")], {"late_bill": "500"}),
        ([fact()], [fact(file_sha256="f2", quantity="900")], {"corrected_bill": "-50"}),
        ([fact()], [fact(), fact(file_sha256="f2", quantity="-100")], {"corrected_bill": "-50"}),
        ([fact()], [], {"corrected_bill": "-500"}),
        ([fact()], [fact(factor_id="grid.2025", factor_value="0.6")], {"factor": "100"}),
        ([fact(factor_id=None, factor_value=None)], [fact()], {"factor": "500"}),
        ([fact()], [fact(quantity="1100")], {"method": "50"}),
        ([fact()], [fact(quantity="1100", factor_id="g", factor_value="0.6")], {"factor": "100", "method": "60"}),
        ([fact()], [fact(share="0.6")], {"boundary": "-200"}),
        ([fact(share=None)], [fact(share="0.6")], {"boundary": "300"}),
        ([fact()], [fact(share="0.6", factor_id="g", factor_value="0.6")], {"boundary": "-240", "factor": "100"}),
        (
            [fact(share="0.5")],
            [fact(share="1", quantity="1100", factor_id="g", factor_value="0.6")],
            {"boundary": "330", "factor": "50", "method": "30"},
        ),
    ],
)  # fmt: skip
def test_each_cause(tmp_path: Path, before: list, after: list, expected: dict[str, str]) -> None:
    # Another member stays as it was, so that both releases have figures.
    other = fact(member_id="N", file_sha256="f9")
    found = restatements(release(tmp_path / "a", [*before, other]), release(tmp_path / "b", [*after, other]))
    assert found.is_complete
    assert {row["cause"]: row["difference_kgco2e"] for row in found.rows} == {
        cause: Decimal(difference) for cause, difference in expected.items()
    }
    for row in found.rows:
        assert (row["member_id"], row["year"], row["measure"]) == ("M", 2025, "scope2_location_kgco2e")
        assert row["cause"] in CAUSES
    total = sum(row["difference_kgco2e"] for row in found.rows)
    for row in found.rows:
        assert (row["after_kgco2e"] or 0) - (row["before_kgco2e"] or 0) == total


def test_a_use_with_several_instruments_is_one_change(tmp_path: Path) -> None:
    grid = fact(method="market")
    covered = [
        fact(method="market", quantity="400", factor_id="instrument:I", factor_value="0"),
        grid | {"quantity": "600"},
    ]
    found = restatements(release(tmp_path / "a", [grid]), release(tmp_path / "b", covered))
    (row,) = found.rows
    assert (row["cause"], row["difference_kgco2e"], row["rows_changed"]) == ("factor", Decimal(-200), 1)
    assert found.is_complete


def test_a_release_of_before_consolidation_is_compared(tmp_path: Path) -> None:
    before = release(tmp_path / "a", [fact()])
    with duckdb.connect(str(before / "mizan.duckdb")) as database:
        database.execute("alter table marts.fct_emissions drop column consolidated_kgco2e")
        database.execute("alter table marts.fct_emissions drop column consolidated_share")
    found = restatements(before, release(tmp_path / "b", [fact(share="0.6")]))
    assert found.is_complete
    assert [(row["cause"], row["difference_kgco2e"]) for row in found.rows] == [("boundary", Decimal(-200))]


def test_a_figure_that_the_facts_do_not_explain_is_told(tmp_path: Path) -> None:
    found = restatements(release(tmp_path / "a", [fact()]), release(tmp_path / "b", [fact()], {2025: "501"}))
    assert not found.is_complete
    (row,) = found.unexplained
    assert (row["after_kgco2e"], row["explained_kgco2e"]) == (Decimal(501), Decimal(0))
