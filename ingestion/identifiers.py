"""Identifiers and codes: text whose zeros count, company numbers (ICE), countries."""

from __future__ import annotations

import functools
import re
import unicodedata

import pycountry
from stdnum.exceptions import ValidationError
from stdnum.ma import ice

from ingestion.cells import CellFault, CellKind
from ingestion.folding import fold
from ingestion.harmonised_system import SUBHEADING_LENGTH, subheadings
from ingestion.numbers import EXCEL_ERROR

LOST_DIGITS = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+\d+")
SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
NAMED_SENDER = re.compile(r"(?:^|\.zip/)([0-9]{15})[_/]", re.IGNORECASE)
FORMULA_STARTS = ("=", "@", "+", "-")
ICE_LENGTH = 15
SHORTEST_ICE = 11
# Tax (IF), business tax (TP) and social security (CNSS) numbers have 6 to 9 digits; a trade register number names itself.
OTHER_COMPANY_NUMBER = re.compile(r"(?:(?:IF|RC|TP|CNSS|PATENTE)[ .:n°]*)[0-9].*|[0-9]{6,9}", re.IGNORECASE)
TARIFF_MARKS = re.compile(r"[\s.\-\u00a0\u202f\u2009]+")
TARIFF_LENGTH = 10
EXACT_DIGITS = 15  # a spreadsheet keeps no more digits of a number

# Spellings seen in customs and trade files beside the official names of ISO 3166-1.
COUNTRY_ALIASES = {
    "france metropolitaine": "FR", "grande bretagne": "GB", "royaume uni": "GB", "angleterre": "GB", "uk": "GB",
    "etats unis": "US", "etats unis d amerique": "US", "usa": "US", "allemagne": "DE", "espagne": "ES", "italie": "IT",
    "belgique": "BE", "pays bas": "NL", "hollande": "NL", "portugal": "PT", "suisse": "CH", "autriche": "AT",
    "pologne": "PL", "roumanie": "RO", "suede": "SE", "norvege": "NO", "danemark": "DK", "finlande": "FI",
    "irlande": "IE", "grece": "GR", "turquie": "TR", "maroc": "MA", "algerie": "DZ", "tunisie": "TN", "egypte": "EG",
    "libye": "LY", "mauritanie": "MR", "senegal": "SN", "cote d ivoire": "CI", "cameroun": "CM", "guinee": "GN",
    "bresil": "BR", "inde": "IN", "chine": "CN", "japon": "JP", "coree du sud": "KR", "russie": "RU",
    "arabie saoudite": "SA",
    "emirats arabes unis": "AE", "jordanie": "JO", "liban": "LB", "canada": "CA", "mexique": "MX", "argentine": "AR",
    "namibie": "NA", "afrique du sud": "ZA", "republique tcheque": "CZ", "tchequie": "CZ", "hongrie": "HU",
    "bulgarie": "BG", "croatie": "HR", "slovenie": "SI", "slovaquie": "SK", "estonie": "EE", "lettonie": "LV",
    "lituanie": "LT", "chypre": "CY", "malte": "MT", "luxembourg": "LU", "australie": "AU", "singapour": "SG",
    "thailande": "TH", "indonesie": "ID", "malaisie": "MY", "nouvelle zelande": "NZ", "israel": "IL", "koweit": "KW",
}  # fmt: skip


def parse_identifier(text: str, kind: CellKind = CellKind.TEXT) -> tuple[str, frozenset[str]]:
    """An identifier as it is printed: zeros kept, NFC, outer spaces off.

    Raises `CellFault`: ID_LOST_DIGITS or ID_IS_DATE for what a spreadsheet shortened or made a date of, EXCEL_ERROR.
    """
    value, flags = parse_text(text, kind)
    if kind is CellKind.DATE:
        raise CellFault("ID_IS_DATE")
    lost = kind is CellKind.NUMBER and len(value.lstrip("-").partition(".")[0]) > EXACT_DIGITS
    if lost or LOST_DIGITS.fullmatch(value):
        raise CellFault("ID_LOST_DIGITS")
    return value, flags


def parse_text(text: str, kind: CellKind = CellKind.TEXT) -> tuple[str, frozenset[str]]:
    """Free text: NFC, outer spaces off, and the apostrophe off with which spreadsheets mark a text.

    What looks like a formula stays text. Both are flagged FORMULA_TEXT.
    """
    value = unicodedata.normalize("NFC", text).strip()
    marked = len(value) > 1 and value.startswith("'") and not value.endswith("'")
    value = value.removeprefix("'") if marked else value
    if kind is CellKind.ERROR or EXCEL_ERROR.fullmatch(value):
        raise CellFault("EXCEL_ERROR")
    formula = kind is CellKind.TEXT and value.startswith(FORMULA_STARTS) and not value[1:2].isdigit() and len(value) > 1
    return value, frozenset({"FORMULA_TEXT"}) if formula or marked else frozenset()


def parse_member(text: str, kind: CellKind = CellKind.TEXT) -> tuple[str, frozenset[str]]:
    """A company number (ICE) of 15 digits with a right checksum.

    Raises `CellFault`: ICE_LOST_DIGITS for scientific notation, ID_WRONG_KIND for another number of a company,
    ICE_INVALID for anything else that is not an ICE.
    """
    value = unicodedata.normalize("NFKC", text).strip()
    if kind is CellKind.ERROR:
        raise CellFault("EXCEL_ERROR")
    if LOST_DIGITS.fullmatch(value):
        raise CellFault("ICE_LOST_DIGITS")
    compact = SPACES.sub("", value)
    if OTHER_COMPANY_NUMBER.fullmatch(compact):
        raise CellFault("ID_WRONG_KIND")
    flags = {"ICE_SPACED"} if compact != value else set()
    if SHORTEST_ICE <= len(compact) < ICE_LENGTH:
        compact = compact.zfill(ICE_LENGTH)
        flags.add("ICE_PADDED")
    if not compact.isascii():
        raise CellFault("ICE_INVALID")
    try:
        return str(ice.validate(compact)), frozenset(flags)
    except ValidationError as error:
        raise CellFault("ICE_INVALID") from error


def parse_tariff_code(text: str, kind: CellKind = CellKind.TEXT) -> tuple[str, frozenset[str]]:
    """A code of the Moroccan tariff: digits without dots and spaces, and with the zero that a spreadsheet took away.

    A zero is put before nine digits only where that makes a subheading of the Harmonised System. Raises like
    `parse_identifier`; how long a code must be is said by the feed.
    """
    value, flags = parse_identifier(text, kind)
    compact = TARIFF_MARKS.sub("", unicodedata.normalize("NFKC", value))
    if not (compact.isascii() and compact.isdigit()):
        return value, flags
    if compact != value:
        flags |= {"HS_FORMATTED"}
    padded = f"0{compact}"
    if len(padded) == TARIFF_LENGTH and padded[:SUBHEADING_LENGTH] in subheadings():
        return padded, flags | {"HS_PADDED"}
    return compact, flags


def sender_of(name: str) -> str | None:
    """The member that a file's name states as its sender: an ICE as its first folder, or before its first underscore.

    A file of a zip is sent by whom the name of the zip states, or else by whom its own name in the zip states.
    """
    stated = (match[1] for match in NAMED_SENDER.finditer(name))
    return next((number for number in stated if ice.is_valid(number)), None)


def parse_country(text: str, kind: CellKind = CellKind.TEXT) -> tuple[str, frozenset[str]]:
    """An ISO 3166-1 alpha-2 code from a code or a name in French or English; raises COUNTRY_UNKNOWN."""
    value = unicodedata.normalize("NFKC", text).strip()
    if kind is CellKind.ERROR:
        raise CellFault("EXCEL_ERROR")
    code = _country_codes().get(value.upper()) if len(value) in (2, 3) else None
    code = code or COUNTRY_ALIASES.get(fold(value)) or _country_names().get(fold(value))
    if code is None:
        raise CellFault("COUNTRY_UNKNOWN")
    return code, frozenset() if code == value else frozenset({"COUNTRY_NAMED"})


@functools.cache
def _country_codes() -> dict[str, str]:
    countries = list(pycountry.countries)
    return {country.alpha_3: country.alpha_2 for country in countries} | {c.alpha_2: c.alpha_2 for c in countries}


@functools.cache
def _country_names() -> dict[str, str]:
    spellings = ("name", "official_name", "common_name")
    return {
        fold(getattr(country, spelling)): country.alpha_2
        for country in pycountry.countries
        for spelling in spellings
        if hasattr(country, spelling)
    }
