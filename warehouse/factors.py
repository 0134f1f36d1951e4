"""Which emission factor was used and why, and what another release of the factor library would change.

Reads a published release, nothing else. What a factor release gives is computed by dbt (`rpt_factor_release_effects`), for every
release and before anyone adopts it; adopting one is a row of the seed `factor_release_pins`.
"""

from __future__ import annotations

from pathlib import Path

from warehouse.database import Row, connect, rows


class NothingKnown(LookupError):
    """The release holds no such factor, factor release, or member and year."""


_EXPLAINED = """
select
    facts.scope,
    facts.method,
    coalesce(facts.carrier, facts.category) as subject,
    facts.factor_id,
    facts.match_level,
    facts.fallback_path,
    facts.factor_release,
    factors.basis,
    factors.kgco2e_per_basis,
    factors.gwp_set,
    factors.tier,
    factors.status,
    factors.source_title,
    factors.source_year,
    factors.locator,
    count(*) as facts,
    sum(facts.consolidated_kgco2e) as kgco2e
from marts.fct_emissions as facts
left join marts.dim_factors as factors on facts.factor_id = factors.factor_id
where facts.member_id = ? and year(facts.month) = ?
group by all
order by facts.scope, facts.method, subject, facts.factor_id
"""

_EFFECTS = """
select
    before.member_id,
    before.year,
    before.scope,
    before.method,
    before.kgco2e as before_kgco2e,
    after.kgco2e as after_kgco2e,
    coalesce(after.kgco2e, 0) - coalesce(before.kgco2e, 0) as difference_kgco2e,
    before.facts_without_factor as facts_without_factor_before,
    after.facts_without_factor as facts_without_factor_after
from (select * from marts.rpt_factor_release_effects where factor_release = ?) as before
inner join (select * from marts.rpt_factor_release_effects where factor_release = ?) as after
    on
        before.member_id = after.member_id
        and before.year = after.year
        and before.scope = after.scope
        and before.method is not distinct from after.method
where
    before.kgco2e is distinct from after.kgco2e
    or before.facts_without_factor <> after.facts_without_factor
order by before.member_id, before.year, before.scope, before.method
"""


def factor_releases(release: Path) -> list[Row]:
    """The releases of the factor library, oldest first, with the reporting years that are computed with each."""
    return _rows(release, "select * from marts.dim_factor_releases order by released_on")


def explain(release: Path, member_id: str, year: int) -> list[Row]:
    """The factors behind a member's year: one row per factor and way that led to it, with what it emits (kgCO2e, consolidated).

    Raises `NothingKnown` when the release has no emissions of that member and year.
    """
    found = _rows(release, _EXPLAINED, member_id, year)
    if not found:
        raise NothingKnown(f"the release has no emissions of member {member_id} in {year}")
    return found


def factor(release: Path, factor_id: str) -> Row:
    """A factor with its source. Raises `NothingKnown` when there is none of that name."""
    found = _rows(release, "select * from marts.dim_factors where factor_id = ?", factor_id)
    if not found:
        raise NothingKnown(f"the release has no factor {factor_id}")
    return found[0]


def difference(release: Path, before: str, after: str) -> list[Row]:
    """What changes from one factor release to another: a row per member, year, scope and method that differs, in kgCO2e.

    The same facts, as published; only their factors differ. Raises `NothingKnown` for an unknown factor release.
    """
    known = [row["factor_release"] for row in factor_releases(release)]
    for name in (before, after):
        if name not in known:
            raise NothingKnown(f"there is no factor release {name}; there are {', '.join(known)}")
    return _rows(release, _EFFECTS, before, after)


def _rows(release: Path, sql: str, *parameters: str | int) -> list[Row]:
    with connect(release / "mizan.duckdb", read_only=True) as connection:
        return rows(connection, sql, parameters)
