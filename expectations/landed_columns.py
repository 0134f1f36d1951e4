"""Derived columns that make a landed batch judgeable: prices, uses per day, copies of a key, ratios to its history.

One small function per feed on a plain frame. Floats only: none of these columns is ever published. What other files
say about a row (gaps, overlaps, unknown sites) is the business of the models that see all batches.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

KWH_PER_UNIT = {
    "kWh": 1.0,
    "MWh": 1e3,
    "GWh": 1e6,
    "MJ": 1 / 3.6,
    "GJ": 1e3 / 3.6,
    "TJ": 1e6 / 3.6,
    "kBtu": 0.293071,
    "MMBtu": 293.071,
}
TONNES_PER_UNIT = {"t": 1.0, "kg": 1e-3, "g": 1e-6, "lb": 0.000453592, "short_ton": 0.907185}
CUBIC_METRES_PER_UNIT = {"m3": 1.0, "Nm3": 1.0, "L": 1e-3, "hL": 0.1}
PURCHASED_ELECTRICITY = ("electricity",)
LIQUID_FUELS = ("diesel", "gasoline", "heavy_fuel_oil", "light_fuel_oil", "lpg", "propane", "butane")

# Whether a structural change adds to a base year or takes from it.
DIRECTION_OF_CHANGE = {"acquisition": 1, "merger": 1, "insourcing": 1, "divestment": -1, "outsourcing": -1}

# Fewer statements than this are no history to compare with.
LEAST_HISTORY = 6


def energy_bills(frame: pd.DataFrame) -> pd.DataFrame:
    """Days of the period; kWh, MAD/kWh, MAD/L, use per day; its ratio to the median of the register."""
    days = _days(frame)
    counted = frame["component"].isin(["energy", "losses"]) & ~frame["register"].isin(["reactive", "demand"])
    counted &= ~frame["bill_type"].eq("void")
    energy_line = counted & frame["component"].eq("energy")
    electricity = frame["carrier"].isin(PURCHASED_ELECTRICITY)
    kwh = (frame["quantity"] * frame["unit"].map(KWH_PER_UNIT).astype("float64")).where(electricity & counted)
    cubic_metres = (frame["quantity"] * frame["unit"].map(CUBIC_METRES_PER_UNIT).astype("float64")).where(counted)
    tonnes = (frame["quantity"] * frame["unit"].map(TONNES_PER_UNIT).astype("float64")).where(counted)
    liquid = frame["carrier"].isin(LIQUID_FUELS)
    amount_mad = frame["amount_excl_vat"].where(frame["currency"].eq("MAD") & energy_line)
    per_day = frame["quantity"].where(counted) / days
    estimated = frame["bill_type"].eq("estimated") | frame["reading_end"].eq("estimated")
    return frame.assign(
        row_id_copies=_copies(frame),
        period_days=days,
        period_start_year=_year(frame["period_start"]),
        mad_per_kwh=_price(amount_mad, kwh),
        mad_per_litre=_price(amount_mad, (cubic_metres * 1e3).where(frame["carrier"].isin(["diesel", "gasoline"]))),
        kwh_per_day=kwh.abs() / days,
        liquid_fuel_m3_per_day=cubic_metres.where(liquid).abs() / days,
        natural_gas_m3_per_day=cubic_metres.where(frame["carrier"].eq("natural_gas")).abs() / days,
        tonnes_per_day=tonnes.abs() / days,
        electricity_energy_amount=frame["amount_excl_vat"].where(electricity & energy_line, 0.0),
        is_estimated=estimated.map({True: "yes", False: "no"}).where(counted),
        use_to_median=_to_median(frame, per_day, ["site_id", "meter_id", "carrier", "register", "component", "unit"]),
    )


def production(frame: pd.DataFrame) -> pd.DataFrame:
    """Days of the period; tonnes and pieces per day; saleable to gross; operating share; ratio to the median."""
    days = _days(frame)
    per_day = frame["quantity_gross"] / days
    return frame.assign(
        row_id_copies=_copies(frame),
        period_days=days,
        period_start_year=_year(frame["period_start"]),
        tonnes_per_day=per_day * frame["unit"].map(TONNES_PER_UNIT).astype("float64"),
        pieces_per_day=per_day.where(frame["unit"].isin(["piece", "pair"])),
        saleable_to_gross=_price(frame["quantity_saleable"], frame["quantity_gross"]),
        operating_share=frame["operating_hours"] / (days * 24),
        output_to_median=_to_median(frame, per_day, ["site_id", "product_id", "process_id", "unit"]),
    )


def process_activity(frame: pd.DataFrame) -> pd.DataFrame:
    """Days of the period; tonnes per day; refrigerant in kg; parameters that are shares."""
    days = _days(frame)
    tonnes = frame["quantity"] * frame["unit"].map(TONNES_PER_UNIT).astype("float64")
    is_share = (
        frame["parameter"].astype("object").fillna("").astype(str).str.contains("share|purity|fraction", case=False)
    )
    return frame.assign(
        row_id_copies=_copies(frame),
        period_days=days,
        period_start_year=_year(frame["period_start"]),
        tonnes_per_day=tonnes / days,
        refrigerant_kg=(tonnes * 1e3).where(frame["process"].eq("refrigerant_leak")),
        share_value=frame["parameter_value"].where(is_share),
        activity_to_median=_to_median(frame, frame["quantity"] / days, ["site_id", "process", "material", "unit"]),
    )


def exports(frame: pd.DataFrame) -> pd.DataFrame:
    """FOB value per kg, gross to net mass, year of registration, whether CN8 and HS10 share their six first digits."""
    hs6 = frame["hs10"].astype("object").str[:6]
    cn6 = frame["cn8"].astype("object").str[:6]
    return frame.assign(
        row_id_copies=_copies(frame),
        registered_year=_year(frame["registered_on"]),
        mad_per_kg=_price(frame["fob_value_mad"].where(frame["fob_value_mad"] > 0), frame["net_mass_kg"]),
        gross_to_net=_price(frame["gross_mass_kg"], frame["net_mass_kg"]),
        cn8_fits_hs10=cn6.eq(hs6).map({True: "yes", False: "no"}).where(cn6.notna()),
    )


def members(frame: pd.DataFrame) -> pd.DataFrame:
    """Days between joining and leaving."""
    return frame.assign(row_id_copies=_copies(frame), member_days=_days_between(frame["joined_on"], frame["left_on"]))


def instruments(frame: pd.DataFrame) -> pd.DataFrame:
    """Days of validity."""
    return frame.assign(
        row_id_copies=_copies(frame), valid_days=_days_between(frame["valid_from"], frame["valid_to"]) + 1
    )


def fuel_certificates(frame: pd.DataFrame) -> pd.DataFrame:
    """Days of validity; net to gross calorific value."""
    return frame.assign(
        row_id_copies=_copies(frame),
        valid_days=_days_between(frame["valid_from"], frame["valid_to"]) + 1,
        net_to_gross=_price(frame["ncv_gj_per_t"], frame["gcv_gj_per_t"]),
    )


def heat_supplies(frame: pd.DataFrame) -> pd.DataFrame:
    """Days of validity."""
    return frame.assign(
        row_id_copies=_copies(frame), valid_days=_days_between(frame["valid_from"], frame["valid_to"]) + 1
    )


def chp_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Days of validity, and heat and electric efficiency together."""
    return frame.assign(
        row_id_copies=_copies(frame),
        valid_days=_days_between(frame["valid_from"], frame["valid_to"]) + 1,
        overall_efficiency=frame["heat_efficiency"] + frame["electric_efficiency"],
    )


def site_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Days for which a share is held."""
    return frame.assign(
        row_id_copies=_copies(frame), held_days=_days_between(frame["valid_from"], frame["valid_to"]) + 1
    )


def base_years(frame: pd.DataFrame) -> pd.DataFrame:
    """Years from the base year to its statement."""
    return frame.assign(row_id_copies=_copies(frame), years_to_statement=_year(frame["stated_on"]) - frame["base_year"])


def base_year_changes(frame: pd.DataFrame) -> pd.DataFrame:
    """Years from the base year to the change; the stated effects added up in the direction that the kind of change has."""
    effects = frame[["scope1_tco2e", "scope2_location_tco2e", "scope2_market_tco2e"]].astype("float64")
    return frame.assign(
        row_id_copies=_copies(frame),
        years_after_base_year=_year(frame["effective_on"]) - frame["base_year"],
        effect_in_direction=effects.sum(axis=1, min_count=1) * frame["kind"].map(DIRECTION_OF_CHANGE).astype("float64"),
    )


def products(frame: pd.DataFrame) -> pd.DataFrame:
    """Whether CN8 begins with HS6."""
    cn6 = frame["cn8"].astype("object").str[:6]
    fits = cn6.eq(frame["hs6"].astype("object")).map({True: "yes", False: "no"}).where(cn6.notna())
    return frame.assign(row_id_copies=_copies(frame), cn8_fits_hs6=fits)


def programmes(frame: pd.DataFrame) -> pd.DataFrame:
    """Days that a programme lasts."""
    return frame.assign(
        row_id_copies=_copies(frame), programme_days=_days_between(frame["starts_on"], frame["ends_on"]) + 1
    )


def applications(frame: pd.DataFrame) -> pd.DataFrame:
    """Days of the period applied for, and days from its end to the application."""
    return frame.assign(
        row_id_copies=_copies(frame),
        period_days=_days_between(frame["period_from"], frame["period_to"]) + 1,
        days_after_period=_days_between(frame["period_to"], frame["submitted_on"]),
    )


def evidence(frame: pd.DataFrame) -> pd.DataFrame:
    """Width of the interval stated."""
    return frame.assign(row_id_copies=_copies(frame), interval_width=frame["upper"] - frame["lower"])


def case_events(frame: pd.DataFrame) -> pd.DataFrame:
    """Days between what happened and its receipt."""
    return frame.assign(
        row_id_copies=_copies(frame), days_to_receipt=_days_between(frame["occurred_at"], frame["received_at"])
    )


def only_copies(frame: pd.DataFrame) -> pd.DataFrame:
    """For feeds that need nothing but the copies of their row_id."""
    return frame.assign(row_id_copies=_copies(frame))


DERIVED_COLUMNS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "energy_bills": energy_bills,
    "production": production,
    "process_activity": process_activity,
    "exports": exports,
    "members": members,
    "instruments": instruments,
    "fuel_certificates": fuel_certificates,
    "account_statements": only_copies,
    "heat_supplies": heat_supplies,
    "chp_units": chp_units,
    "site_shares": site_shares,
    "base_years": base_years,
    "base_year_changes": base_year_changes,
    "products": products,
    "programmes": programmes,
    "applications": applications,
    "evidence": evidence,
    "case_events": case_events,
}


def with_derived_columns(feed: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The plain frame of `feed` with the columns that its suite looks at. Raises KeyError for a missing one."""
    return DERIVED_COLUMNS.get(feed, only_copies)(frame)


def _copies(frame: pd.DataFrame) -> pd.Series:
    return frame.groupby("row_id", dropna=False)["row_id"].transform("size").astype("float64")


def _days(frame: pd.DataFrame) -> pd.Series:
    return _days_between(frame["period_start"], frame["period_end"]) + 1


def _days_between(start: pd.Series, end: pd.Series) -> pd.Series:
    return (pd.to_datetime(end) - pd.to_datetime(start)).dt.days.astype("float64")


def _year(days: pd.Series) -> pd.Series:
    # A column without any value has lost its type on the way here.
    return pd.to_datetime(days).dt.year.astype("float64")


def _price(amount: pd.Series, quantity: pd.Series) -> pd.Series:
    # Nothing is said where one of the two is missing or zero: a price of 0 or infinity would be an invention.
    return (amount.where(amount != 0) / quantity.where(quantity != 0)).astype("float64")


def _to_median(frame: pd.DataFrame, value: pd.Series, keys: list[str]) -> pd.Series:
    positive = value.where(value > 0).astype("float64")
    groups = positive.groupby([frame[key] for key in keys], dropna=False)
    return (positive / groups.transform("median")).where(groups.transform("count") >= LEAST_HISTORY)
