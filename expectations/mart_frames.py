"""The frames that the suites of the marts look at.

`rows` is the mart with derived columns; `summary` is one row about the whole mart; others put two releases side by
side or add up the association. Floats only: no figure is made here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from expectations.plain_frames import plain_frame

Read = Callable[[str], pd.DataFrame]
Previous = Callable[[str], pd.DataFrame | None]

INTENSITY_BANDS_FILE = Path(__file__).parent / "intensity_bands.yml"
GJ_PER_KWH = 0.0036
TONNES_PER_DECLARED_UNIT = {"t": 1.0, "kg": 1e-3}


def build_frame(mart: str, name: str, read: Read, previous: Previous) -> pd.DataFrame:
    """The frame `name` of `mart`, plain. Raises KeyError for a frame that this mart does not have."""
    if name == "rows":
        return ROWS.get(mart, lambda rows, read: rows)(plain_frame(read(mart)), read)
    if name == "summary":
        return _summary(read(mart), previous(mart))
    return OTHER_FRAMES[(mart, name)](read, previous)


@cache
def intensity_bands() -> dict[str, float]:
    """Upper bound of kgCO2e per tonne, by HS chapter (two digits) or `default`."""
    entries = yaml.safe_load(INTENSITY_BANDS_FILE.read_text(encoding="utf-8"))["bands"]
    return {entry["hs_chapter"]: float(entry["kgco2e_per_t_at_most"]) for entry in entries}


def _summary(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    rows_before = 0 if before is None else len(before)
    return plain_frame(
        pd.DataFrame(
            {
                "rows": [len(now)],
                "was_emptied": ["yes" if rows_before and not len(now) else "no"],
                "rows_to_before": [len(now) / rows_before if rows_before else None],
            }
        )
    )


def _emissions(rows: pd.DataFrame, read: Read) -> pd.DataFrame:
    kwh = rows["energy_gj"].where(rows["category"].eq("purchased_electricity")) / GJ_PER_KWH
    burnt_gj = rows["energy_gj"].where(rows["category"].isin(["stationary", "mobile"]))
    return rows.assign(
        kgco2e_per_kwh=rows["kgco2e"] / kwh.where(kwh != 0),
        kgco2e_per_gj=rows["kgco2e"] / burnt_gj.where(burnt_gj != 0),
        biogenic_kg_per_gj=rows["biogenic_co2_kg"] / burnt_gj.where(burnt_gj != 0),
    )


def _product_years(rows: pd.DataFrame, read: Read) -> pd.DataFrame:
    chapters = plain_frame(read("dim_products"))[["product_id", "hs6"]].drop_duplicates("product_id")
    chapter = rows[["product_id"]].merge(chapters, on="product_id", how="left")["hs6"].astype("object").str[:2]
    bands = intensity_bands()
    at_most = chapter.map(lambda value: bands.get(value, bands["default"])).astype("float64")
    tonnes = rows["declared_unit"].map(TONNES_PER_DECLARED_UNIT).astype("float64")
    per_unit = rows["direct_kgco2e_per_unit"].fillna(0) + rows["indirect_kgco2e_per_unit"].fillna(0)
    known = rows["direct_kgco2e_per_unit"].notna() | rows["indirect_kgco2e_per_unit"].notna()
    return rows.assign(intensity_to_bound=(per_unit / tonnes / at_most).where(known))


def _sector_years(rows: pd.DataFrame, read: Read) -> pd.DataFrame:
    has_value, released = rows["value"].notna(), rows["status"].eq("released")
    as_text = {True: "yes", False: "no"}
    return rows.assign(
        hidden_value_shown=(has_value & ~released).map(as_text),
        released_without_value=(released & ~has_value).map(as_text),
        released_below_minimum=(released & rows["contributors_band"].eq("<3")).map(as_text),
    )


def _association_years(read: Read, previous: Previous) -> pd.DataFrame:
    """One row per year: the members' emissions added up."""
    years = plain_frame(read("rpt_member_years"))
    measures = ["energy_gj", "scope1_kgco2e", "scope2_location_kgco2e", "scope2_market_kgco2e"]
    totals = years.groupby("year", as_index=False)[measures].sum()
    return totals.assign(total_mt=(totals["scope1_kgco2e"] + totals["scope2_location_kgco2e"]) / 1e9)


def _release_changes(read: Read, previous: Previous) -> pd.DataFrame:
    """One row per member-year of this release or the last: whether it vanished, and by what ratio a closed year moved.

    A year is closed when the last release already held a later one; the year still being reported grows every night.
    """
    now, before = plain_frame(read("rpt_member_years")), previous("rpt_member_years")
    earlier = now.iloc[0:0] if before is None else plain_frame(before)
    both = now.merge(earlier, on=["member_id", "year"], how="outer", suffixes=("", "_before"), indicator="present_in")
    closed = both["year"] < earlier["year"].max() if len(earlier) else pd.Series(False, index=both.index)
    changes = {
        f"{measure}_change": _change(both[measure], both[f"{measure}_before"]).where(closed)
        for measure in ("scope1_kgco2e", "scope2_location_kgco2e", "scope2_market_kgco2e")
    }
    vanished = both["present_in"].eq("right_only").map({True: "yes", False: "no"})
    return both.assign(vanished=vanished, **changes)[["member_id", "year", "vanished", *changes]]


def _change(now: pd.Series, before: pd.Series) -> pd.Series:
    earlier = before.where(before != 0).astype("float64")
    return (now - earlier) / earlier.abs()


ROWS: dict[str, Callable[[pd.DataFrame, Read], pd.DataFrame]] = {
    "fct_emissions": _emissions,
    "rpt_product_years": _product_years,
    "rpt_sector_years": _sector_years,
}
OTHER_FRAMES: dict[tuple[str, str], Callable[[Read, Previous], pd.DataFrame]] = {
    ("rpt_member_years", "association_years"): _association_years,
    ("rpt_member_years", "release_changes"): _release_changes,
}
