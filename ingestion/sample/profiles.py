"""The kinds of made-up plants that `profiles.yml` describes, as frozen objects. What the fields mean is said there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PROFILES_FILE = Path(__file__).with_name("profiles.yml")
MASS_OF_A_TONNE_G = 1_000_000


@dataclass(frozen=True)
class ProductKind:
    """A product: its codes, how much a plant makes in a month, what it costs and how much of it leaves the country."""

    name: str
    hs6: str
    monthly: int
    mad_per_kg_cents: int
    exported_percent: int
    destinations: tuple[str, ...]
    season: tuple[int, ...]
    cn8: str | None = None
    unit: str = "t"
    unit_mass_g: int = MASS_OF_A_TONNE_G
    route: str | None = None


@dataclass(frozen=True)
class FuelKind:
    """A fuel or heat: how much of it is used and how it is billed."""

    carrier: str
    unit: str
    per_tonne: int
    base: int
    billing: str
    cents_per_unit: int
    decimals: int = 0


@dataclass(frozen=True)
class ProcessKind:
    """A process that emits without burning."""

    process: str
    unit: str
    per_tonne: int
    base: int = 0
    material: str | None = None
    parameter: str | None = None
    parameter_thousandths: int = 0
    every_months: int = 1
    of_first_product: bool = False


@dataclass(frozen=True)
class Profile:
    """One kind of plant."""

    sector: str
    label: str
    activity_code: str
    kwh_per_tonne: int
    kwh_base: int
    products: tuple[ProductKind, ...]
    fuels: tuple[FuelKind, ...]
    processes: tuple[ProcessKind, ...]


def _load(path: Path) -> dict[str, Profile]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    seasons = {name: tuple(percents) for name, percents in document["seasons"].items()}
    return {name: _profile(body, seasons) for name, body in document["profiles"].items()}


def _profile(body: dict[str, Any], seasons: dict[str, tuple[int, ...]]) -> Profile:
    products = tuple(
        ProductKind(
            **{
                **product,
                "destinations": tuple(product["destinations"]),
                "season": seasons[product.get("season", "even")],
            }
        )
        for product in body["products"]
    )
    fuels = tuple(FuelKind(**fuel) for fuel in body.get("fuels", ()))
    processes = tuple(ProcessKind(**process) for process in body.get("processes", ()))
    return Profile(**{**body, "products": products, "fuels": fuels, "processes": processes})


PROFILES = _load(PROFILES_FILE)
