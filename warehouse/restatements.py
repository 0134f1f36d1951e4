"""What changed between two releases, by member, year and cause; the causes add up to the difference exactly.

Reads two releases, nothing else: a release is never edited, so what was published at a time can always be compared with
what is published now. A fact row is told by its place in a received file and its month, not by its identifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.database import Row, connect, literal, rows

CAUSES = {
    "late_bill": "A bill or record that the earlier release did not know.",
    "corrected_bill": "A bill that was corrected, credited, voided, read after an estimate, or held out.",
    "factor": "The same quantity with another emission factor.",
    "method": "The same bill with another quantity in the month: conversion, split, or rule.",
    "boundary": "The same emissions with another share: the site's owner, its control, or the consolidation approach.",
}

# One row per source row, month and measure on each side; a use that several instruments cover has several facts.
_SIDE = """
select
    facts.member_id,
    cast(year(facts.month) as integer) as year,
    case when facts.scope = 1 then 'scope1_kgco2e' else 'scope2_' || facts.method || '_kgco2e' end as measure,
    facts.file_sha256,
    facts.sheet,
    facts.row_no,
    facts.month,
    facts.site_id,
    coalesce(uses.meter_id, facts.carrier, facts.category) as subject,
    sum(facts.quantity) as quantity,
    sum(facts.kgco2e) as gross_kgco2e,
    sum(facts.{consolidated_kgco2e}) as kgco2e,
    max({consolidated_share}) as share,
    count(distinct facts.factor_id) as factors,
    max(facts.factor_value) as factor_value,
    string_agg(distinct facts.factor_id || '=' || facts.factor_value, ',' order by facts.factor_id || '=' || facts.factor_value)
        as factors_used
from {schema}.fct_emissions as facts
left join {schema}.fct_energy_use as uses on facts.energy_use_id = uses.energy_use_id
group by all
"""

_CHANGES = """
with earlier as ({earlier}),

later as ({later}),

matched as (
    select
        coalesce(later.member_id, earlier.member_id) as member_id,
        coalesce(later.year, earlier.year) as year,
        coalesce(later.measure, earlier.measure) as measure,
        coalesce(later.site_id, earlier.site_id) as site_id,
        coalesce(later.subject, earlier.subject) as subject,
        coalesce(later.month, earlier.month) as month,
        earlier.row_no is not null as was_there,
        later.row_no is not null as is_there,
        earlier.quantity as quantity_before,
        later.quantity as quantity_after,
        earlier.factors_used is distinct from later.factors_used as has_other_factors,
        earlier.gross_kgco2e is not distinct from later.gross_kgco2e as has_same_emissions,
        coalesce(later.kgco2e, 0) - coalesce(earlier.kgco2e, 0) as difference,
        case
            when earlier.factors = 1 and later.factors = 1
                then round(
                    cast(earlier.quantity as decimal(24, 6)) * (later.factor_value - earlier.factor_value)
                    * coalesce(earlier.share, later.share, 0),
                    6
                )
            else 0
        end as factor_part,
        case
            when earlier.row_no is not null and later.row_no is not null and earlier.share is distinct from later.share
                then coalesce(later.kgco2e, 0)
                    - coalesce(round(cast(later.gross_kgco2e as decimal(24, 6)) * earlier.share, 6), 0)
            else 0
        end as boundary_part
    from earlier
    full outer join later
        on
            earlier.file_sha256 = later.file_sha256
            and earlier.sheet = later.sheet
            and earlier.row_no = later.row_no
            and earlier.month = later.month
            and earlier.measure = later.measure
            and earlier.member_id = later.member_id
),

replaced as (
    select distinct
        member_id,
        site_id,
        subject,
        month,
        measure
    from matched
    where was_there and not is_there
),

causes as (
    select
        matched.member_id,
        matched.year,
        matched.measure,
        case
            when matched.was_there and not matched.is_there then 'corrected_bill'
            when not matched.was_there and (matched.quantity_after < 0 or replaced.member_id is not null)
                then 'corrected_bill'
            when not matched.was_there then 'late_bill'
            when matched.boundary_part <> 0 and matched.has_same_emissions then 'boundary'
            when matched.quantity_before = matched.quantity_after then 'factor'
            else 'method'
        end as cause,
        matched.difference,
        matched.has_other_factors,
        matched.factor_part,
        matched.boundary_part
    from matched
    left join replaced
        on
            matched.member_id = replaced.member_id
            and matched.site_id = replaced.site_id
            and matched.subject = replaced.subject
            and matched.month = replaced.month
            and matched.measure = replaced.measure
    where
        matched.difference <> 0
        or not matched.was_there
        or not matched.is_there
),

-- Where several things changed, the new emissions carry the change of the share, the old quantity that of the factor at the
-- old share, and the rest is method.
parts as (
    select member_id, year, measure, cause, 1 as changed,
        difference
        - case when cause = 'method' and has_other_factors then factor_part else 0 end
        - case when cause in ('factor', 'method') then boundary_part else 0 end as kgco2e
    from causes
    union all
    select member_id, year, measure, 'factor' as cause, 0 as changed, factor_part as kgco2e
    from causes
    where cause = 'method' and has_other_factors and factor_part <> 0
    union all
    select member_id, year, measure, 'boundary' as cause, 0 as changed, boundary_part as kgco2e
    from causes
    where cause in ('factor', 'method') and boundary_part <> 0
)

select
    member_id,
    year,
    measure,
    cause,
    cast(sum(changed) as integer) as rows_changed,
    cast(sum(kgco2e) as decimal(24, 6)) as difference_kgco2e
from parts
group by member_id, year, measure, cause
"""

_MEASURES = ("scope1_kgco2e", "scope2_location_kgco2e", "scope2_market_kgco2e")
_PUBLISHED = " union all ".join(
    f"select coalesce(b.member_id, a.member_id) as member_id, coalesce(b.year, a.year) as year, '{measure}' as measure, "
    f"a.{measure} as before_kgco2e, b.{measure} as after_kgco2e "
    "from earlier.marts.rpt_member_years as a full outer join marts.rpt_member_years as b "
    "on a.member_id = b.member_id and a.year = b.year"
    for measure in _MEASURES
)


@dataclass(frozen=True)
class Restatements:
    """What changed from one release to a later one.

    `rows` have member_id, year, measure, cause, rows_changed, difference_kgco2e, and the published figures
    before_kgco2e and after_kgco2e (None: none was published); decimals are exact.
    """

    earlier: str
    later: str
    rows: list[Row]
    unexplained: list[Row]

    @property
    def is_complete(self) -> bool:
        """Whether for every published figure the causes add up to its difference exactly."""
        return not self.unexplained


def _side(connection: DuckDBPyConnection, schema: str) -> str:
    """The facts of one release; a release of before consolidation published the whole of its facts."""
    columns = {row["column_name"] for row in rows(connection, f"describe {schema}.fct_emissions")}
    if "consolidated_kgco2e" in columns:
        return _SIDE.format(
            schema=schema, consolidated_kgco2e="consolidated_kgco2e", consolidated_share="facts.consolidated_share"
        )
    return _SIDE.format(schema=schema, consolidated_kgco2e="kgco2e", consolidated_share="cast(1 as decimal(18, 12))")


def restatements(earlier: Path, later: Path) -> Restatements:
    """Compare two release folders: every difference of a figure of `rpt_member_years`, by its causes."""
    with connect(later / "mizan.duckdb", read_only=True) as connection:
        connection.execute(f"attach {literal(earlier / 'mizan.duckdb')} as earlier (read_only)")
        sides = {side: _side(connection, schema) for side, schema in (("earlier", "earlier.marts"), ("later", "marts"))}
        changes = rows(connection, f"select * from ({_CHANGES.format(**sides)}) as changes")
        published = rows(connection, f"select * from ({_PUBLISHED}) as published")
    figures = {(row["member_id"], row["year"], row["measure"]): row for row in published}
    explained: dict[tuple[str, int, str], Decimal] = {}
    for change in changes:
        key = (change["member_id"], change["year"], change["measure"])
        explained[key] = explained.get(key, Decimal(0)) + change["difference_kgco2e"]
        figure = figures.get(key, {})
        change["before_kgco2e"], change["after_kgco2e"] = figure.get("before_kgco2e"), figure.get("after_kgco2e")
    unexplained = [
        {**figure, "explained_kgco2e": explained.get(key, Decimal(0))}
        for key, figure in figures.items()
        if (figure["after_kgco2e"] or Decimal(0)) - (figure["before_kgco2e"] or Decimal(0))
        != explained.get(key, Decimal(0))
    ]
    order = list(CAUSES)
    changes.sort(key=lambda row: (row["member_id"], row["year"], row["measure"], order.index(row["cause"])))
    return Restatements(earlier.resolve().name, later.resolve().name, changes, unexplained)
