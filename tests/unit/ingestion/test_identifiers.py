"""Identifiers keep their zeros; company numbers, countries and units are recognised or refused."""

import pytest

from ingestion.cells import CellFault, CellKind
from ingestion.identifiers import parse_country, parse_identifier, parse_member, parse_text
from ingestion.sample.numbers import ice
from ingestion.units import find_unit, parse_unit


@pytest.mark.parametrize(
    ("text", "value", "flags"),
    [
        ("001561191000066", "001561191000066", set()),
        ("1561191000066", "001561191000066", {"ICE_PADDED"}),
        ("00 21 36 09 30 00 040", "002136093000040", {"ICE_SPACED"}),
    ],
)
def test_company_numbers(text: str, value: str, flags: set[str]) -> None:
    assert parse_member(text) == (value, flags)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,56119E+12", "ICE_LOST_DIGITS"),
        ("1.56119E+12", "ICE_LOST_DIGITS"),
        ("001561191000065", "ICE_INVALID"),
        ("1561191000065", "ICE_INVALID"),
        ("12345678", "ID_WRONG_KIND"),
        ("ABC", "ICE_INVALID"),
    ],
)
def test_wrong_company_numbers(text: str, code: str) -> None:
    with pytest.raises(CellFault) as caught:
        parse_member(text)
    assert caught.value.code == code


def test_made_up_company_numbers_pass_the_checksum() -> None:
    for number in range(200):
        made_up = ice(number)
        assert made_up.startswith("9999")
        assert parse_member(made_up) == (made_up, frozenset())


def test_identifiers_keep_zeros_and_lose_nothing() -> None:
    assert parse_identifier(" 00420 ")[0] == "00420"
    assert parse_identifier("e\u0301")[0] == "\u00e9"
    for text, kind, code in (
        ("1.5E+12", CellKind.TEXT, "ID_LOST_DIGITS"),
        ("1234567890123450000", CellKind.NUMBER, "ID_LOST_DIGITS"),
        ("2024-02-01", CellKind.DATE, "ID_IS_DATE"),
        ("#N/A", CellKind.TEXT, "EXCEL_ERROR"),
    ):
        with pytest.raises(CellFault) as caught:
            parse_identifier(text, kind)
        assert caught.value.code == code
    assert parse_identifier("12E45")[0] == "12E45"


def test_formulas_stay_text() -> None:
    for text in ('=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "@SUM(1)"):
        assert parse_text(text) == (text, frozenset({"FORMULA_TEXT"}))
    assert parse_text("-5") == ("-5", frozenset())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NA", "NA"), ("FR", "FR"), ("fr", "FR"), ("FRA", "FR"), ("France", "FR"), ("FRANCE METROPOLITAINE", "FR"),
        ("Allemagne", "DE"), ("Germany", "DE"), ("Côte d'Ivoire", "CI"), ("Royaume-Uni", "GB"),
    ],
)  # fmt: skip
def test_countries(text: str, code: str) -> None:
    assert parse_country(text)[0] == code


@pytest.mark.parametrize("text", ["EU", "CEE", "XX", "Atlantide", "757"])
def test_unknown_countries(text: str) -> None:
    with pytest.raises(CellFault, match="COUNTRY_UNKNOWN"):
        parse_country(text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("kWh", "kWh"), ("KWH", "kWh"), ("MWh", "MWh"), ("litres", "L"), ("LTR", "L"), ("m³", "m3"), ("MTQ", "m3"),
        ("TNE", "t"), ("tonnes", "t"), ("KGM", "kg"), ("GJL", "GJ"), ("Nm³", "Nm3"), ("th", "thermie"),
        ("therm", "therm"), ("bouteilles de 12 kg", "bottle_12kg"), ("kVArh", "kvarh"), ("pièces", "piece"),
        ("kBtu (thousand Btu)", "kBtu"), ("stères", "stere"), ("tep", "toe"),
    ],
)  # fmt: skip
def test_units(text: str, unit: str) -> None:
    assert parse_unit(text)[0] == unit


def test_unknown_units() -> None:
    assert find_unit("EA") is None
    with pytest.raises(CellFault, match="UNIT_UNKNOWN"):
        parse_unit("Some Unknown Unit")
