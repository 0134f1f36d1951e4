"""The made-up association: its members, their sites, products, metering points and supplies.

Who exists and what they own. What they use, make and ship month by month is made by the modules of activity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from ingestion.sample.numbers import generator, ice
from ingestion.sample.places import TAKEOVERS, TOWNS_OF, Place, Takeover
from ingestion.sample.profiles import PROFILES, FuelKind, ProductKind, Profile

# One line per member: the kinds of its plants (one or two), and its group if it has one. The groups decide how many
# contributors a sector counts: steel and aluminium has two, too few for its figures to be released.
MEMBERS: tuple[tuple[tuple[str, ...], str | None], ...] = (
    (("phosphate_fertiliser", "phosphate_fertiliser"), "GRP-ENGRAIS"),
    (("phosphate_fertiliser",), "GRP-ENGRAIS"),
    (("phosphate_fertiliser", "nitrogen_fertiliser"), None),
    (("phosphate_fertiliser",), None),
    (("nitrogen_fertiliser",), None),
    (("nitrogen_fertiliser",), None),
    (("integrated_cement", "cement_grinding"), "GRP-CIMENT"),
    (("integrated_cement",), "GRP-CIMENT"),
    (("integrated_cement", "cement_grinding"), None),
    (("integrated_cement",), None),
    (("cement_grinding",), None),
    (("electric_arc_steel", "rolling_mill"), "GRP-ACIER"),
    (("electric_arc_steel",), "GRP-ACIER"),
    (("rolling_mill",), "GRP-ACIER"),
    (("aluminium_extrusion", "aluminium_extrusion"), "GRP-ALU"),
    (("aluminium_extrusion",), "GRP-ALU"),
    (("aluminium_extrusion",), "GRP-ALU"),
    (("denim", "denim"), "GRP-TEXTILE"),
    (("denim", "finishing"), "GRP-TEXTILE"),
    (("denim",), None),
    (("knitwear", "knitwear"), None),
    (("knitwear",), None),
    (("knitwear", "denim"), None),
    (("finishing",), None),
    (("finishing", "knitwear"), None),
    (("tomato_packing", "tomato_packing"), "GRP-SOUSS"),
    (("tomato_packing", "berry_freezing"), "GRP-SOUSS"),
    (("citrus_packing", "olive_processing"), None),
    (("citrus_packing",), None),
    (("fish_cannery", "fish_cannery"), None),
    (("fish_cannery",), None),
    (("olive_processing", "olive_processing"), None),
    (("olive_processing", "citrus_packing"), None),
    (("berry_freezing",), None),
    (("wiring", "wiring"), "GRP-CABLAGE"),
    (("wiring",), "GRP-CABLAGE"),
    (("wiring", "body_parts"), None),
    (("wiring", "wiring"), None),
    (("body_parts",), None),
    (("body_parts",), None),
)

LEGAL_FORMS = {"GE": "SA", "PME": "SARL", "TPE": "SARL AU"}
FUEL_SELLERS = {
    "natural_gas": "Exemple Gaz Industriel SA",
    "heavy_fuel_oil": "Exemple Pétroles SA",
    "diesel": "Exemple Pétroles SA",
    "gasoline": "Exemple Stations SARL",
    "propane": "Exemple Propane SARL",
    "butane": "Exemple Butane SARL",
    "petcoke": "Exemple Combustibles Solides SA",
    "coal": "Exemple Combustibles Solides SA",
    "olive_pomace": "Exemple Grignons SARL",
}
OWN_PRODUCTION = "Production propre"
TRANSFORMER_RATIOS = (1, 10, 20, 40, 60, 100, 200, 400, 1000)


@dataclass(frozen=True)
class Member:
    """A member company; `code` is the short name in its sites' identifiers, such as ENG01."""

    member_id: str
    code: str
    legal_name: str
    activity_code: str
    sector: str
    region: str
    size_class: str
    holding_id: str | None
    joined_on: date
    left_on: date | None


@dataclass(frozen=True)
class Site:
    """A plant; `kind` names its profile and `scale_percent` is its size against it."""

    site_id: str
    member_id: str
    name: str
    place: Place
    kind: str
    profile: Profile
    scale_percent: int
    control_share_percent: int
    latitude: int
    longitude: int
    opened_on: date


@dataclass(frozen=True)
class Product:
    """What a site makes."""

    product_id: str
    member_id: str
    site_id: str
    kind: ProductKind


@dataclass(frozen=True)
class Supply:
    """One stream of energy into a site. `billing`: mv, lv, solar (electricity), tank, read, card (fuels and heat)."""

    supply_id: str
    member_id: str
    site_id: str
    meter_id: str | None
    carrier: str
    unit: str
    billing: str
    seller: str
    contract_no: str | None
    takeover: Takeover | None = None
    subscribed_kva: int | None = None
    multiplier: int = 1
    fuel: FuelKind | None = None
    opened_on: date = date(2010, 1, 1)


@dataclass(frozen=True)
class Association:
    """Everything that the registers hold about who exists."""

    members: tuple[Member, ...]
    sites: tuple[Site, ...]
    products: tuple[Product, ...]
    supplies: tuple[Supply, ...]

    def sites_of(self, member_id: str) -> list[Site]:
        """The sites of one member."""
        return [site for site in self.sites if site.member_id == member_id]

    def products_of(self, site_id: str) -> list[Product]:
        """The products of one site, in the order of its profile."""
        return [product for product in self.products if product.site_id == site_id]

    def supplies_of(self, site_id: str) -> list[Supply]:
        """The energy supplies of one site."""
        return [supply for supply in self.supplies if supply.site_id == site_id]


def make_association(seed: int) -> Association:
    """The association of this seed: 40 members, 60 sites, their products and supplies."""
    members: list[Member] = []
    sites: list[Site] = []
    products: list[Product] = []
    supplies: list[Supply] = []
    placed: dict[str, int] = {}
    numbered: dict[str, int] = {}
    for position, (kinds, holding_id) in enumerate(MEMBERS, start=1):
        chance = generator(seed, "member", str(position))
        label = PROFILES[kinds[0]].label
        numbered[label] = numbered.get(label, 0) + 1
        name = f"{label} {numbered[label]:02d}"
        code = f"{label[:3].upper()}{numbered[label]:02d}"
        member_id = ice(position)
        for letter, kind in zip("AB", kinds, strict=False):
            towns = TOWNS_OF[kind]
            place = towns[placed.get(kind, 0) % len(towns)]
            placed[kind] = placed.get(kind, 0) + 1
            site = _site(chance, f"{code}-{letter}", member_id, name, place, kind)
            sites.append(site)
            products.extend(_products(site))
            supplies.extend(_supplies(chance, site, len(sites)))
        members.append(_member(chance, member_id, code, name, kinds, holding_id, sites[-len(kinds)].place.region))
    return Association(tuple(members), tuple(sites), tuple(products), tuple(supplies))


def _member(
    chance: Random, member_id: str, code: str, name: str, kinds: tuple[str, ...], holding_id: str | None, region: str
) -> Member:
    profile = PROFILES[kinds[0]]
    heavy = profile.sector in {"fertiliser", "cement", "steel_and_aluminium", "automotive"}
    size_class = "GE" if heavy or len(kinds) > 1 else chance.choice(["PME", "PME", "TPE"])
    joined_on = date(chance.randint(2015, 2021), chance.randint(1, 12), chance.randint(1, 28))
    # One member left: an application of its own is inadmissible.
    left_on = date(2026, 1, 31) if code == "TEX07" else None
    legal_name = f"Exemple {name} {LEGAL_FORMS[size_class]}"
    return Member(
        member_id,
        code,
        legal_name,
        profile.activity_code,
        profile.sector,
        region,
        size_class,
        holding_id,
        joined_on,
        left_on,
    )


def _site(chance: Random, site_id: str, member_id: str, name: str, place: Place, kind: str) -> Site:
    return Site(
        site_id=site_id,
        member_id=member_id,
        name=f"Exemple {name}, usine de {place.town} (fictive)",
        place=place,
        kind=kind,
        profile=PROFILES[kind],
        scale_percent=chance.randint(55, 125),
        control_share_percent=60 if site_id == "CIM03-B" else 100,
        latitude=place.latitude + chance.randint(-4, 4),
        longitude=place.longitude + chance.randint(-4, 4),
        opened_on=date(chance.randint(1988, 2018), chance.randint(1, 12), 1),
    )


def _products(site: Site) -> list[Product]:
    return [
        Product(f"{site.site_id}-P{number}", site.member_id, site.site_id, kind)
        for number, kind in enumerate(site.profile.products, start=1)
    ]


def _monthly_kwh(site: Site) -> int:
    tonnes = sum(kind.monthly * kind.unit_mass_g // 1_000_000 for kind in site.profile.products)
    return (site.profile.kwh_base + site.profile.kwh_per_tonne * tonnes) * site.scale_percent // 100


def _multiplier(monthly_kwh: int) -> int:
    """The ratio of a meter's transformers: such that its register counts some thousands a month."""
    return max((ratio for ratio in TRANSFORMER_RATIOS if monthly_kwh // ratio >= 6_000), default=1)


def _supplies(chance: Random, site: Site, number: int) -> list[Supply]:
    monthly_kwh = _monthly_kwh(site)
    seller = site.place.seller

    def supply(suffix: str, carrier: str, unit: str, billing: str, sold_by: str) -> Supply:
        supply_id = f"{site.site_id}-{suffix}"
        return Supply(
            supply_id,
            site.member_id,
            site.site_id,
            meter_id=None if billing == "card" else supply_id,
            carrier=carrier,
            unit=unit,
            billing=billing,
            seller=sold_by,
            contract_no=None if billing == "solar" else f"C{chance.randint(100_000, 999_999)}",
            opened_on=max(site.opened_on, date(chance.randint(2008, 2019), chance.randint(1, 12), 1)),
        )

    main = supply("EL1", "electricity", "MWh" if number % 9 == 4 else "kWh", "mv", seller)
    supplies = [
        replace(
            main,
            takeover=TAKEOVERS.get(seller),
            subscribed_kva=(monthly_kwh // 300 // 50 + 1) * 50,
            multiplier=_multiplier(monthly_kwh),
        )
    ]
    if number % 4 == 1:
        second = supply("EL2", "electricity", "kWh", "lv", seller)
        supplies.append(replace(second, takeover=TAKEOVERS.get(seller), subscribed_kva=36))
    if number % 4 == 3:
        supplies.append(supply("PV1", "electricity_self_generated", "kWh", "solar", OWN_PRODUCTION))
    for rank, fuel in enumerate(site.profile.fuels, start=1):
        delivered = supply(f"CO{rank}", fuel.carrier, fuel.unit, fuel.billing, FUEL_SELLERS[fuel.carrier])
        supplies.append(replace(delivered, fuel=fuel))
    return supplies
