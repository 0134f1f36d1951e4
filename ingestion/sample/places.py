"""Where the made-up members stand: real towns of the twelve regions of Morocco, and who sells electricity there.

The plants are made up; towns, regions and the dates on which a regional company took over from a town's distributor are
real.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Place:
    """A town: its region, its position in hundredths of a degree, its UN/LOCODE if known, its electricity seller."""

    town: str
    region: str
    latitude: int
    longitude: int
    unlocode: str | None
    seller: str


@dataclass(frozen=True)
class Takeover:
    """From `on`, bills of the meters that `before` served come from `after`."""

    before: str
    on: date
    after: str


TAKEOVERS = {
    "LYDEC": Takeover("LYDEC", date(2024, 10, 1), "SRM Casablanca-Settat"),
    "RAMSA": Takeover("RAMSA", date(2024, 10, 15), "SRM Souss-Massa"),
}

TANGER = Place("Tanger", "Tanger-Tétouan-Al Hoceïma", 3577, -580, "MATNG", "ONEE")
NADOR = Place("Nador", "L'Oriental", 3517, -293, "MANDR", "ONEE")
OUJDA = Place("Oujda", "L'Oriental", 3468, -191, None, "ONEE")
FES = Place("Fès", "Fès-Meknès", 3403, -500, None, "ONEE")
MEKNES = Place("Meknès", "Fès-Meknès", 3389, -555, None, "ONEE")
KENITRA = Place("Kénitra", "Rabat-Salé-Kénitra", 3426, -658, None, "ONEE")
BENI_MELLAL = Place("Béni Mellal", "Béni Mellal-Khénifra", 3234, -635, None, "ONEE")
CASABLANCA = Place("Casablanca", "Casablanca-Settat", 3357, -759, "MACAS", "LYDEC")
JORF = Place("Jorf Lasfar", "Casablanca-Settat", 3312, -863, "MAJFL", "ONEE")
SETTAT = Place("Settat", "Casablanca-Settat", 3300, -762, None, "ONEE")
MARRAKECH = Place("Marrakech", "Marrakech-Safi", 3163, -801, None, "ONEE")
SAFI = Place("Safi", "Marrakech-Safi", 3230, -924, "MASFI", "ONEE")
ERRACHIDIA = Place("Errachidia", "Drâa-Tafilalet", 3193, -443, None, "ONEE")
AGADIR = Place("Agadir", "Souss-Massa", 3042, -960, "MAAGA", "RAMSA")
GUELMIM = Place("Guelmim", "Guelmim-Oued Noun", 2899, -1006, None, "ONEE")
LAAYOUNE = Place("Laâyoune", "Laâyoune-Sakia El Hamra", 2715, -1320, None, "ONEE")
DAKHLA = Place("Dakhla", "Dakhla-Oued Ed-Dahab", 2368, -1596, None, "ONEE")

# In the order in which the plants of a profile are placed; further plants begin again at the first.
TOWNS_OF: dict[str, tuple[Place, ...]] = {
    "phosphate_fertiliser": (JORF, SAFI, JORF, LAAYOUNE),
    "nitrogen_fertiliser": (KENITRA, JORF),
    "integrated_cement": (SETTAT, MARRAKECH, FES, OUJDA),
    "cement_grinding": (LAAYOUNE, TANGER, GUELMIM),
    "electric_arc_steel": (NADOR, JORF),
    "rolling_mill": (CASABLANCA, TANGER),
    "aluminium_extrusion": (CASABLANCA, TANGER, KENITRA),
    "denim": (TANGER, CASABLANCA, FES),
    "knitwear": (CASABLANCA, FES, KENITRA),
    "finishing": (CASABLANCA, MEKNES),
    "tomato_packing": (AGADIR, DAKHLA, AGADIR),
    "citrus_packing": (AGADIR, BENI_MELLAL, OUJDA),
    "fish_cannery": (AGADIR, SAFI, LAAYOUNE, DAKHLA),
    "olive_processing": (MEKNES, MARRAKECH, ERRACHIDIA),
    "berry_freezing": (KENITRA, TANGER),
    "wiring": (TANGER, KENITRA, CASABLANCA, MEKNES),
    "body_parts": (CASABLANCA, TANGER),
}
