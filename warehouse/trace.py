"""The derivation of one published figure: the rows, months, conversions, factors and files behind it.

Reads a release, nothing else. A figure of `rpt_member_years` is a plain sum of fact rows, so the rows of a trace add up
to it to the last digit; `Trace.is_complete` says whether they do. What a row adds is its consolidated part (`kgco2e`,
`biogenic_co2_kg`, `energy_gj` of the measure): the whole stands beside it with `gross_` and the share between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from warehouse.database import Row, connect, identifier, rows


class NothingToTrace(LookupError):
    """The release holds no such member and year."""


@dataclass(frozen=True)
class Measure:
    """A column of `rpt_member_years` and the fact rows that it sums."""

    column: str
    unit: str
    fact: str
    fact_column: str
    condition: str


MEASURES = {
    measure.column: measure
    for measure in (
        Measure("scope1_kgco2e", "kgco2e", "fct_emissions", "kgco2e", "facts.scope = 1"),
        Measure(
            "scope2_location_kgco2e",
            "kgco2e",
            "fct_emissions",
            "kgco2e",
            "facts.scope = 2 and facts.method = 'location'",
        ),
        Measure(
            "scope2_market_kgco2e", "kgco2e", "fct_emissions", "kgco2e", "facts.scope = 2 and facts.method = 'market'"
        ),
        Measure("biogenic_co2_kg", "kg", "fct_emissions", "biogenic_co2_kg", "facts.biogenic_co2_kg is not null"),
        Measure("energy_gj", "GJ", "fct_energy_use", "energy_gj", "true"),
    )
}


@dataclass(frozen=True)
class Trace:
    """One figure and everything behind it. `rows` are fact rows in order of month, file and row; decimals are exact."""

    release_id: str
    member_id: str
    year: int
    measure: Measure
    value: Decimal | None
    rows: list[Row]

    @property
    def sum(self) -> Decimal | None:
        """The sum of the rows; None when no row has a value, as the figure itself is then unknown."""
        values = [row[self.measure.fact_column] for row in self.rows if row[self.measure.fact_column] is not None]
        return sum(values, Decimal(0)) if values else None

    @property
    def is_complete(self) -> bool:
        """Whether the rows add up to the published figure exactly."""
        return self.sum == self.value


def trace(release: Path, member_id: str, year: int, column: str) -> Trace:
    """The derivation of one cell of `rpt_member_years` in the release folder.

    `column` is a key of MEASURES. Raises NothingToTrace when the release has no row for this member and year.
    """
    measure = MEASURES[column]
    with connect(release / "mizan.duckdb", read_only=True) as connection:
        found = rows(
            connection,
            f"select years.{identifier(column)} as value from marts.rpt_member_years as years "
            "where years.member_id = ? and years.year = ?",
            [member_id, year],
        )
        if not found:
            raise NothingToTrace(
                f"{release.name}: no figures for member {member_id} in {year}; "
                'see: mizan query "select distinct member_id, year from marts.rpt_member_years"'
            )
        facts = rows(connection, _facts_sql(measure), [member_id, year])
    return Trace(release.resolve().name, member_id, year, measure, found[0]["value"], facts)


def _facts_sql(measure: Measure) -> str:
    """The fact rows of a measure with their file and, for emissions, their factor with its source."""
    if measure.fact == "fct_emissions":
        columns = (
            "facts.emission_id, facts.activity, facts.scope, facts.method, facts.category, facts.energy_gj, "
            "facts.co2_kg, facts.ch4_kg, facts.n2o_kg, facts.other_kgco2e, "
            "facts.consolidated_biogenic_co2_kg as biogenic_co2_kg, facts.biogenic_co2_kg as gross_biogenic_co2_kg, "
            "facts.gwp_set, facts.factor_id, facts.factor_value, facts.kgco2e as gross_kgco2e, facts.consolidated_share, "
            "facts.consolidated_kgco2e as kgco2e, factors.source_title as factor_source, "
            "cast(factors.source_year as varchar) as factor_edition, factors.status as factor_status, "
            "uses.conversion_id, uses.gj_per_unit, "
        )
        joins = (
            "left join marts.dim_factors as factors on facts.factor_id = factors.factor_id "
            "left join marts.fct_energy_use as uses on facts.energy_use_id = uses.energy_use_id "
        )
    else:
        columns = (
            "facts.energy_use_id, facts.conversion_id, facts.gj_per_unit, facts.energy_gj as gross_energy_gj, "
            "facts.consolidated_share, facts.consolidated_energy_gj as energy_gj, "
        )
        joins = ""
    return (
        "select facts.row_id, facts.file_sha256, files.name, facts.sheet, facts.row_no, "
        f"facts.site_id, facts.carrier, facts.month, facts.quantity, facts.unit, facts.is_estimated, {columns}"
        f"files.feed from marts.{measure.fact} as facts "
        "left join marts.ops_files as files "
        "on facts.file_sha256 = files.file_sha256 and files.status in ('accepted', 'partial') "
        f"and files.feed = {_feed_of(measure)} {joins}"
        f"where facts.member_id = ? and year(facts.month) = ? and {measure.condition} "
        "order by facts.month, files.name, facts.sheet, facts.row_no, facts.row_id, 1"
    )


def _feed_of(measure: Measure) -> str:
    if measure.fact == "fct_energy_use":
        return "'energy_bills'"
    return "case facts.activity when 'energy' then 'energy_bills' else 'process_activity' end"
