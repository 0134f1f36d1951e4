"""What a made-up plant of each kind makes, uses and emits: data only.

Codes are real (HS 2022; CN8 where the product has one that is known), intensities are of the order that such plants have, and
no figure is of a real company. Quantities of fuels and process materials are thousandths of their unit per tonne made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

EVEN = (100,) * 12
HARVEST_WINTER = (130, 130, 140, 130, 90, 40, 15, 10, 40, 110, 130, 135)
CITRUS = (160, 150, 120, 80, 40, 10, 5, 5, 10, 70, 180, 190)
OLIVES = (150, 110, 80, 60, 50, 40, 30, 25, 60, 190, 210, 195)
BERRIES = (90, 150, 190, 200, 140, 40, 10, 5, 10, 30, 60, 75)
FISH = (60, 50, 80, 100, 120, 130, 130, 125, 120, 115, 100, 70)
BUILDING = (88, 92, 100, 106, 110, 112, 104, 84, 104, 108, 100, 92)
FASHION = (95, 105, 115, 110, 100, 95, 90, 55, 105, 115, 110, 105)
VEHICLES = (102, 103, 108, 103, 102, 104, 100, 58, 104, 108, 106, 82)


@dataclass(frozen=True)
class ProductKind:
    """A product: its codes, how much a plant makes in a month, what it costs and how much of it leaves the country."""

    name: str
    hs6: str
    cn8: str | None
    monthly: int
    mad_per_kg_cents: int
    exported_percent: int
    destinations: str
    unit: str = "t"
    unit_mass_g: int = 1_000_000
    route: str | None = None
    season: tuple[int, ...] = EVEN


@dataclass(frozen=True)
class FuelKind:
    """A fuel or heat: unit on the bill, thousandths of that unit per tonne made and per month, and how it is billed.

    `billing` is tank (deliveries at uneven dates), read (a meter read once a month), card (monthly station card, no meter).
    """

    carrier: str
    unit: str
    per_tonne: int
    base: int
    billing: str
    cents_per_unit: int
    decimals: int = 0


@dataclass(frozen=True)
class ProcessKind:
    """A process that emits without burning: thousandths of `unit` per tonne made (of the first product alone, or of all)."""

    process: str
    unit: str
    per_tonne: int
    material: str | None = None
    parameter: str | None = None
    parameter_thousandths: int = 0
    every_months: int = 1
    base: int = 0
    of_first_product: bool = False


@dataclass(frozen=True)
class Profile:
    """One kind of plant."""

    sector: str
    label: str
    activity_code: str
    products: tuple[ProductKind, ...]
    kwh_per_tonne: int
    kwh_base: int
    fuels: tuple[FuelKind, ...] = ()
    processes: tuple[ProcessKind, ...] = field(default=())


DIESEL_CARD = FuelKind("diesel", "L", 0, 1_400_000, "card", 1130)
DIESEL_TANK = FuelKind("diesel", "L", 900, 2_500_000, "tank", 1105)

PROFILES: dict[str, Profile] = {
    "phosphate_fertiliser": Profile(
        "fertiliser", "Engrais", "20.15",
        (
            ProductKind("Phosphate diammonique (DAP) 18-46", "310530", "31053000", 24_000, 560, 82, "BR IN FR ES DE US"),
            ProductKind("Phosphate monoammonique (MAP) 11-52", "310540", "31054000", 15_000, 575, 85, "BR US FR RO AR"),
            ProductKind("Engrais NPK 14-18-18", "310520", "31052010", 8_000, 520, 60, "CI SN GH FR NG"),
        ),
        62, 240_000,
        (FuelKind("heavy_fuel_oil", "t", 7, 6_000, "tank", 512_000, 3), DIESEL_CARD),
    ),
    "nitrogen_fertiliser": Profile(
        "fertiliser", "Engrais", "20.15",
        (
            ProductKind("Nitrate d'ammonium calcique", "310240", "31024090", 9_000, 410, 55, "ES FR PT IT"),
            ProductKind("Engrais NP nitrates et phosphates", "310551", "31055100", 5_000, 540, 70, "FR ES SN CI"),
        ),
        95, 180_000,
        (FuelKind("natural_gas", "kWh", 310_000, 400_000_000, "read", 62), DIESEL_CARD),
        (ProcessKind("nitric_acid", "t", 420, "nscr"), ProcessKind("ammonia", "t", 190)),
    ),
    "integrated_cement": Profile(
        "cement", "Ciment", "23.51",
        (
            ProductKind("Clinker gris", "252310", "25231000", 62_000, 46, 18, "CI SN ES FR GH", season=BUILDING, route="A"),
            ProductKind("Ciment Portland CPJ 45", "252329", "25232900", 58_000, 72, 6, "ES FR CI", season=BUILDING),
        ),
        52, 600_000,
        (
            FuelKind("petcoke", "t", 41, 0, "tank", 128_000, 2),
            FuelKind("coal", "t", 17, 0, "tank", 142_000, 2),
            DIESEL_CARD,
        ),
        (ProcessKind("clinker", "t", 1000, None, "cao_share", 652, of_first_product=True),),
    ),
    "cement_grinding": Profile(
        "cement", "Ciment", "23.51",
        (
            ProductKind("Ciment Portland CPJ 35", "252329", "25232900", 26_000, 70, 8, "ES CI SN", season=BUILDING),
            ProductKind("Ciment blanc", "252321", "25232100", 2_600, 165, 35, "ES IT FR", season=BUILDING),
        ),
        38, 150_000,
        (FuelKind("heavy_fuel_oil", "t", 2, 1_500, "tank", 512_000, 3), DIESEL_CARD),
    ),
    "electric_arc_steel": Profile(
        "steel_and_aluminium", "Acier", "24.10",
        (
            ProductKind("Ronds à béton", "721420", "72142000", 17_000, 690, 16, "ES FR PT SN CI", season=BUILDING, route="E"),
            ProductKind("Fil machine nervuré", "721310", "72131000", 9_000, 670, 22, "ES IT FR", season=BUILDING, route="E"),
            ProductKind("Barres lisses", "721499", "72149910", 3_000, 710, 20, "ES FR", season=BUILDING, route="E"),
        ),
        515, 900_000,
        (FuelKind("natural_gas", "kWh", 260_000, 90_000_000, "read", 64), DIESEL_TANK),
        (
            ProcessKind("electrode", "t", 2),
            ProcessKind("charge_carbon", "t", 9),
            ProcessKind("carbonate", "t", 38, "caco3"),
        ),
    ),
    "rolling_mill": Profile(
        "steel_and_aluminium", "Acier", "24.10",
        (
            ProductKind("Ronds à béton laminés", "721420", "72142000", 8_000, 695, 12, "ES SN CI", season=BUILDING),
            ProductKind("Fil machine", "721310", "72131000", 3_500, 680, 15, "ES FR", season=BUILDING),
        ),
        95, 160_000,
        (FuelKind("propane", "t", 31, 2_000, "tank", 865_000, 3), DIESEL_CARD),
    ),
    "aluminium_extrusion": Profile(
        "steel_and_aluminium", "Aluminium", "24.42",
        (
            ProductKind("Profilés creux en aluminium", "760421", "76042100", 900, 4_150, 46, "FR ES BE IT", route="L"),
            ProductKind("Profilés pleins en aluminium", "760429", "76042990", 420, 4_050, 40, "FR ES", route="L"),
        ),
        880, 90_000,
        (FuelKind("propane", "t", 62, 1_200, "tank", 865_000, 3), DIESEL_CARD),
    ),
    "denim": Profile(
        "textiles", "Textile", "14.13",
        (
            ProductKind("Pantalons en denim, hommes", "620342", "62034231", 130_000, 16_500, 90, "ES FR GB DE", "piece", 620,
                        season=FASHION),
            ProductKind("Pantalons en denim, femmes", "620462", "62046231", 105_000, 17_200, 92, "ES FR GB NL", "piece", 540,
                        season=FASHION),
        ),
        1_350, 42_000,
        (FuelKind("heavy_fuel_oil", "t", 210, 900, "tank", 512_000, 3), DIESEL_CARD),
    ),
    "knitwear": Profile(
        "textiles", "Textile", "14.19",
        (
            ProductKind("T-shirts en coton", "610910", "61091000", 310_000, 15_400, 93, "ES FR DE IT GB", "piece", 165,
                        season=FASHION),
            ProductKind("Pulls en coton", "611020", "61102099", 90_000, 17_800, 90, "ES FR DE", "piece", 380, season=FASHION),
        ),
        1_100, 30_000,
        (FuelKind("propane", "t", 105, 400, "tank", 865_000, 3),),
    ),
    "finishing": Profile(
        "textiles", "Textile", "13.30",
        (ProductKind("Pantalons délavés, femmes", "610462", "61046200", 120_000, 15_900, 85, "ES FR", "piece", 480,
                     season=FASHION),),
        900, 28_000,
        (FuelKind("steam", "GJ", 9_500, 60_000, "read", 13_500, 1), DIESEL_CARD),
    ),
    "tomato_packing": Profile(
        "agri_food", "Agro", "10.39",
        (
            ProductKind("Tomates cerises", "070200", None, 1_900, 1_450, 88, "FR GB NL DE ES", season=HARVEST_WINTER),
            ProductKind("Poivrons", "070960", "07096010", 800, 1_250, 80, "FR ES GB", season=HARVEST_WINTER),
        ),
        74, 34_000,
        (FuelKind("butane", "kg", 420, 180_000, "card", 420), FuelKind("diesel", "L", 2_100, 1_600_000, "tank", 1105)),
        (ProcessKind("refrigerant_leak", "kg", 0, "R-404A", every_months=6, base=14_000),),
    ),
    "citrus_packing": Profile(
        "agri_food", "Agro", "10.39",
        (
            ProductKind("Clémentines", "080522", "08052200", 2_200, 820, 85, "FR NL GB RU US CA", season=CITRUS),
            ProductKind("Oranges", "080510", "08051022", 1_800, 560, 78, "FR NL SN CI AE", season=CITRUS),
        ),
        58, 26_000,
        (FuelKind("diesel", "L", 1_600, 900_000, "tank", 1105),),
        (ProcessKind("refrigerant_leak", "kg", 0, "R-134a", every_months=6, base=9_000),),
    ),
    "fish_cannery": Profile(
        "agri_food", "Agro", "10.20",
        (
            ProductKind("Conserves de sardines à l'huile", "160413", "16041319", 1_250, 3_350, 90, "FR DE IT ES GH SA",
                        season=FISH),
            ProductKind("Conserves de maquereaux", "160415", "16041511", 520, 3_050, 85, "FR IT CI SN", season=FISH),
        ),
        190, 52_000,
        (FuelKind("heavy_fuel_oil", "t", 64, 2_200, "tank", 512_000, 3), DIESEL_CARD),
        (ProcessKind("refrigerant_leak", "kg", 0, "R-404A", every_months=3, base=11_000),),
    ),
    "olive_processing": Profile(
        "agri_food", "Agro", "10.39",
        (
            ProductKind("Olives de table en conserve", "200570", "20057000", 950, 1_720, 82, "US FR ES IT BR", season=OLIVES),
            ProductKind("Huile d'olive vierge extra", "150920", "15092000", 210, 6_100, 55, "US FR CA ES", season=OLIVES),
        ),
        130, 22_000,
        (FuelKind("olive_pomace", "t", 95, 3_000, "tank", 72_000, 2), FuelKind("propane", "t", 8, 300, "tank", 865_000, 3)),
    ),
    "berry_freezing": Profile(
        "agri_food", "Agro", "10.39",
        (
            ProductKind("Myrtilles", "081040", "08104050", 260, 7_400, 95, "ES NL GB DE", season=BERRIES),
            ProductKind("Framboises", "081020", None, 340, 8_200, 95, "ES NL GB FR", season=BERRIES),
        ),
        410, 30_000,
        (FuelKind("butane", "bottle_12kg", 60, 18_000, "card", 5_000), DIESEL_CARD),
        (ProcessKind("refrigerant_leak", "kg", 0, "R-404A", every_months=4, base=16_000),),
    ),
    "wiring": Profile(
        "automotive", "Auto", "29.31",
        (
            ProductKind("Faisceaux de câbles pour véhicules", "854430", "85443000", 62_000, 20_500, 96, "ES FR DE PT RO IT",
                        "piece", 2_450, season=VEHICLES),
            ProductKind("Faisceaux de portes", "854430", "85443000", 48_000, 19_800, 95, "ES FR DE", "piece", 640,
                        season=VEHICLES),
        ),
        1_750, 150_000,
        (FuelKind("diesel", "L", 9_000, 2_200_000, "tank", 1105), FuelKind("gasoline", "L", 0, 420_000, "card", 1310)),
    ),
    "body_parts": Profile(
        "automotive", "Auto", "29.32",
        (
            ProductKind("Pièces de carrosserie embouties", "870829", "87082990", 75_000, 5_200, 72, "FR ES DE", "piece", 3_100,
                        season=VEHICLES),
            ProductKind("Supports moteur", "870899", "87089997", 52_000, 6_300, 68, "FR ES", "piece", 1_250, season=VEHICLES),
        ),
        640, 120_000,
        (FuelKind("natural_gas", "kWh", 210_000, 30_000_000, "read", 66), DIESEL_CARD),
    ),
}
