"""How the made-up members are held and against which year they compare themselves: shares of sites and base years.

The figures of base years are near those that the sample's bills give, so that each way a base year may move is there: a
plant bought, one sold (its effect is computed from its bills), a new grid factor (from the warehouse), an error too small,
growth, and a recalculation that was stated.
"""

from __future__ import annotations

from datetime import date

from ingestion.sample.association import Association
from ingestion.sample.numbers import scaled
from ingestion.sample.rows import Row

# Site, first day, last day, share in percent, reason. Every change is one of the owner's share, not of the operator.
SHARES: tuple[tuple[str, date, date | None, int, str], ...] = (
    ("CIM03-B", date(1994, 7, 1), date(2023, 12, 31), 51, "Création de la société commune"),
    ("CIM03-B", date(2024, 1, 1), None, 60, "Rachat de 9 % du capital"),
    ("ALU01-B", date(2000, 5, 1), date(2026, 1, 14), 100, "Mise en service ; cédé le 15 janvier 2026"),
)

# Member, day of the statement, tCO2e of scope 1, scope 2 by location and by market in 2023, reason.
STATEMENTS: tuple[tuple[str, date, int, int, int, str], ...] = (
    ("ENG01", date(2024, 4, 10), 23_782, 43_519, 43_519, "Première année de données vérifiées"),
    ("CIM01", date(2024, 5, 2), 664_174, 60_353, 60_353, "Première année de données vérifiées"),
    ("AUT01", date(2024, 3, 20), 207, 5_707, 4_115, "Première année complète"),
    ("AGR04", date(2024, 6, 3), 273, 1_768, 1_768, "Première année complète"),
    ("ALU01", date(2024, 4, 22), 4_640, 14_724, 14_724, "Première année complète"),
    ("TEX08", date(2024, 4, 15), 402, 744, 744, "Première année complète"),
    ("TEX08", date(2025, 2, 20), 873, 1_644, 1_644, "Recalculée : fusion avec la filature, 120 % du total"),
)

# Number, member, kind, day, site, tCO2e of scope 1, scope 2 by location and by market (None: computed), reason.
CHANGES: tuple[tuple[int, str, str, date, str | None, tuple[int, int, int] | None, str], ...] = (
    (1, "ENG01", "acquisition", date(2026, 1, 5), None, (3_100, 1_500, 1_500), "Achat d'une unité de granulation"),
    (2, "CIM01", "error", date(2026, 1, 12), None, (-5_200, 0, 0), "Compteur de fioul lu deux fois en 2023"),
    (3, "AUT01", "factor", date(2026, 1, 8), None, None, "Facteur du réseau de 2023 révisé par sa source"),
    (4, "AGR04", "organic_growth", date(2026, 2, 1), None, None, "Nouvelle ligne de conditionnement"),
    (5, "ALU01", "divestment", date(2026, 1, 15), "ALU01-B", None, "Cession de la seconde usine"),
    (6, "TEX08", "merger", date(2024, 11, 30), None, (471, 900, 900), "Fusion avec la filature"),
)


def site_share_rows(association: Association) -> list[Row]:
    """One row per spell of days in which a member held a site with one share."""
    members = {site.site_id: site.member_id for site in association.sites}
    return [
        {
            "site_id": site_id,
            "member_id": members[site_id],
            "valid_from": valid_from,
            "valid_to": valid_to,
            "control_share": scaled(percent, 2),
            "operational_control": "yes",
            "financial_control": "full",
            "reason": reason,
        }
        for site_id, valid_from, valid_to, percent, reason in SHARES
    ]


def base_year_rows(association: Association) -> list[Row]:
    """One row per statement of the figures of 2023."""
    members = _members(association)
    return [
        {
            "member_id": members[code],
            "base_year": 2023,
            "stated_on": stated_on,
            "scope1_tco2e": scope1,
            "scope2_location_tco2e": location,
            "scope2_market_tco2e": market,
            "reason": reason,
            "stated_by": "Direction environnement",
        }
        for code, stated_on, scope1, location, market, reason in STATEMENTS
    ]


def base_year_change_rows(association: Association) -> list[Row]:
    """One row per change of a base year; an effect that is not stated is left for the warehouse to compute."""
    members = _members(association)
    return [
        {
            "change_id": f"CHG-{number:03d}",
            "member_id": members[code],
            "base_year": 2023,
            "kind": kind,
            "effective_on": effective_on,
            "site_id": site_id,
            "scope1_tco2e": effects[0] if effects else None,
            "scope2_location_tco2e": effects[1] if effects else None,
            "scope2_market_tco2e": effects[2] if effects else None,
            "reason": reason,
        }
        for number, code, kind, effective_on, site_id, effects, reason in CHANGES
    ]


def _members(association: Association) -> dict[str, str]:
    return {member.code: member.member_id for member in association.members}
