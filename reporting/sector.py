"""The model of the sector page: figures after disclosure control, with their marks and coverage.

No member is named, and nothing is read that would tell of one: values come from `rpt_sector_years` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from reporting.release import FactorInUse, Query, Release, factors_in_use, release_of

CHARTED = ("scope1_kgco2e", "scope2_location_kgco2e")


@dataclass(frozen=True)
class Cell:
    """One sector, indicator and year. `value` is None unless the status is `released`."""

    sector: str
    indicator: str
    unit: str
    year: int
    value: Decimal | None
    status: str
    contributors_band: str
    coverage_share: Decimal | None


@dataclass(frozen=True)
class NationalShare:
    """Released FOB exports of the sectors against the country's exports of the same year."""

    year: int
    released_mad: Decimal
    national_mad: Decimal

    @property
    def share(self) -> Decimal:
        """Released exports over national exports."""
        return self.released_mad / self.national_mad


@dataclass(frozen=True)
class Sectors:
    """Everything on the sector page."""

    release: Release
    cells: list[Cell]
    provisional_factors: list[FactorInUse]
    national_shares: list[NationalShare]

    @property
    def years(self) -> list[int]:
        """Years with a cell, in order."""
        return sorted({cell.year for cell in self.cells})

    @property
    def sectors(self) -> list[str]:
        """Sectors with a cell, in alphabetical order of their codes."""
        return sorted({cell.sector for cell in self.cells})

    @property
    def indicators(self) -> list[str]:
        """Indicators in the order in which the page shows them: energy, emissions, trade."""
        order = ("energy_gj", "scope1_kgco2e", "scope2_location_kgco2e", "scope2_market_kgco2e", "biogenic_co2_kg")
        present = {cell.indicator for cell in self.cells}
        return [name for name in order if name in present] + sorted(present - set(order))

    def cell(self, sector: str, indicator: str, year: int) -> Cell | None:
        """The cell of that place, or None when the mart has none."""
        return self._by_place.get((sector, indicator, year))

    def count(self, status: str) -> int:
        """Cells of a status."""
        return sum(cell.status == status for cell in self.cells)

    @cached_property
    def _by_place(self) -> dict[tuple[str, str, int], Cell]:
        return {(cell.sector, cell.indicator, cell.year): cell for cell in self.cells}


def sector_model(query: Query) -> Sectors:
    """Read the release candidate. Raises LookupError when it names no release.

    A value beside a status other than `released` is an error of the release and raises ValueError: it must not be shown.
    """
    cells = [Cell(**row) for row in query(CELLS)]
    leaking = [cell for cell in cells if cell.status != "released" and cell.value is not None]
    if leaking:
        raise ValueError(f"rpt_sector_years: {len(leaking)} cells carry a value though they are not released")
    return Sectors(
        release=release_of(query),
        cells=cells,
        provisional_factors=factors_in_use(query, "provisional"),
        national_shares=[NationalShare(**row) for row in query(NATIONAL_SHARES)],
    )


CELLS = """
select sector, indicator, unit, year, value, status, contributors_band, coverage_share
from marts.rpt_sector_years
order by sector, indicator, year
"""

# Flows 24, 241 and 242 of the Office des Changes: exports, and re-exports after inward processing with and without payment.
NATIONAL_SHARES = """
select released.year, released.released_mad, national.national_mad
from (
    select year, sum(value) as released_mad
    from marts.rpt_sector_years
    where indicator = 'exports_fob_value_mad' and status = 'released'
    group by year
) as released
inner join (
    select year, sum(value_mad) as national_mad
    from marts.ref_national_exports
    where flow_code in ('24', '241', '242')
    group by year
) as national on released.year = national.year
where national.national_mad > 0
order by released.year
"""
