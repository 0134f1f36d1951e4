"""What every page says about the release it was made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# Runs read-only SQL on the release candidate (tables in schema marts) and gives rows as dictionaries, Decimals kept.
Query = Callable[[str], list[dict[str, Any]]]


@dataclass(frozen=True)
class Release:
    """Identity of a release. `previous_published_at` is None for the first one."""

    release_id: str
    published_at: datetime
    code_version: str
    ledger_head: str
    previous_published_at: datetime | None


@dataclass(frozen=True)
class FactorInUse:
    """A factor that emissions of this release rest on, with where it was published."""

    factor_id: str
    source_title: str
    source_year: int | None
    status: str


def release_of(query: Query) -> Release:
    """The newest release in `ops_releases`: the one being made. Raises LookupError when the table is empty."""
    releases = query(
        "select distinct release_id, published_at, code_version, ledger_head from marts.ops_releases "
        "order by published_at desc, release_id limit 2"
    )
    if not releases:
        raise LookupError("marts.ops_releases is empty: there is no release to report on")
    previous = releases[1]["published_at"] if len(releases) > 1 else None
    return Release(**releases[0], previous_published_at=previous)


def factors_in_use(query: Query, status: str) -> list[FactorInUse]:
    """Factors of that status (approved, provisional) that at least one emission row names."""
    rows = query(
        "select factors.factor_id, factors.source_title, factors.source_year, factors.status "
        "from marts.dim_factors as factors "
        "where factors.factor_id in (select factor_id from marts.fct_emissions) order by factors.factor_id"
    )
    return [FactorInUse(**row) for row in rows if row["status"] == status]
