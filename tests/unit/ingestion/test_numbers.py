"""Numbers: every style round-trips exactly, and what has two readings is never read."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from bill_files import attempt
from hypothesis import given
from hypothesis import strategies as st

from ingestion.cells import CellFault
from ingestion.numbers import parse_native_number, parse_number, proven_sign

POINT, COMMA, BOTH = frozenset("."), frozenset(","), frozenset(".,")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(
    ("text", "value", "flags"),
    [
        ("1 234 567,89", "1234567.89", {"NUM_GROUP"}),
        ("1\u202f234\u202f567,89", "1234567.89", {"NUM_GROUP"}),
        ("1\u00a0234,5", "1234.5", {"NUM_GROUP"}),
        ("1.234.567,89", "1234567.89", {"NUM_GROUP"}),
        ("1,234,567.89", "1234567.89", {"NUM_GROUP"}),
        ("1.234.567", "1234567", {"NUM_GROUP"}),
        ("1'234.5", "1234.5", {"NUM_GROUP"}),
        ("0,125", "0.125", set()),
        ("1234.567", "1234.567", set()),
        ("12,5", "12.5", set()),
        (".5", "0.5", set()),
        ("١٢٣٤٫٥٦", "1234.56", {"ARABIC_DIGITS"}),
        ("١٬٢٣٤٫٥٦", "1234.56", {"ARABIC_DIGITS", "NUM_GROUP"}),
        ("(1 234,00)", "-1234", {"NEG_STYLE", "NUM_GROUP"}),
        ("1 234-", "-1234", {"NEG_STYLE", "NUM_GROUP"}),
        ("\u22121234", "-1234", {"NEG_STYLE"}),
        ("12 345,60 DH", "12345.60", {"NUM_GROUP", "UNIT_IN_CELL"}),
        ("450 kWh", "450", {"UNIT_IN_CELL"}),
        ("12 m³", "12", {"UNIT_IN_CELL"}),
        ("1.2345675", "1.234568", {"NUM_ROUNDED"}),
        ("-1.2345675", "-1.234568", {"NUM_ROUNDED"}),
    ],
)
def test_spellings(text: str, value: str, flags: set[str]) -> None:
    number = parse_number(text)
    assert number.value == Decimal(value)
    assert number.flags == flags


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,234", "NUM_AMBIGUOUS"),
        ("12.345", "NUM_AMBIGUOUS"),
        ("NaN", "NUM_NONFINITE"),
        ("-inf", "NUM_NONFINITE"),
        ("1e308", "NUM_NONFINITE"),
        ("1,23E+05", "NUM_SCIENTIFIC"),
        ("#REF!", "EXCEL_ERROR"),
        ("#DIV/0!", "EXCEL_ERROR"),
        ("1000000000000", "NUM_TOO_LARGE"),
        ("999999999999.9999999", "NUM_TOO_LARGE"),
        ("12 34", "NUM_INVALID"),
        ("1.2.3", "NUM_INVALID"),
        ("1,23,456", "NUM_INVALID"),
        ("10²", "NUM_INVALID"),
        ("-5-", "NUM_INVALID"),
        ("(-5)", "NUM_INVALID"),
        ("abc", "NUM_INVALID"),
        (".", "NUM_INVALID"),
    ],
)
def test_refusals(text: str, code: str) -> None:
    with pytest.raises(CellFault) as caught:
        parse_number(text)
    assert caught.value.code == code


def test_an_ambiguous_cell_follows_the_proof_of_its_column() -> None:
    assert parse_number("1,234", COMMA).value == Decimal("1.234")
    assert parse_number("1,234", POINT).value == Decimal("1234")
    with pytest.raises(CellFault, match="NUM_AMBIGUOUS"):
        parse_number("1,234", BOTH)


@pytest.mark.parametrize(
    ("text", "sign"),
    [("12,5", ","), ("12.5", "."), ("1,234", ""), ("1.234.567", ","), ("1 234,567", ","), ("7", ""), ("x", "")],
)
def test_what_a_cell_proves(text: str, sign: str) -> None:
    assert proven_sign(text) == sign


exact = st.decimals(min_value=-999_999_999, max_value=999_999_999, places=2, allow_nan=False)


def _grouped(value: Decimal, group: str, sign: str) -> str:
    return f"{value:,.2f}".replace(",", "\0").replace(".", sign).replace("\0", group)


@given(
    exact, st.sampled_from([("", "."), ("", ","), (" ", ","), ("\u00a0", ","), ("\u202f", ","), (",", "."), (".", ",")])
)
def test_round_trip_of_every_separator(value: Decimal, style: tuple[str, str]) -> None:
    assert parse_number(_grouped(value, *style)).value == value


@given(exact)
def test_round_trip_of_arabic_digits_and_negative_styles(value: Decimal) -> None:
    assert parse_number(f"{value:f}".translate(ARABIC).replace(".", "٫")).value == value
    size = abs(value)
    for text in (f"({size:f})", f"{size:f}-", f"\u2212{size:f}"):
        assert parse_number(text).value == -size


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=9, allow_nan=False))
def test_more_than_six_decimals_round_half_up_and_say_so(value: Decimal) -> None:
    number = parse_number(f"{value:f}")
    assert number.value == value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    assert ("NUM_ROUNDED" in number.flags) == (number.value != value)


@given(st.floats(min_value=-1e9, max_value=1e9).map(lambda number: round(number, 4)))
def test_native_numbers_are_never_binary_fractions(number: float) -> None:
    assert parse_native_number(repr(number)).value == Decimal(repr(number)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_a_coded_fault(text: str) -> None:
    number, code = attempt(parse_number, text)
    assert code.startswith(("NUM_", "EXCEL_")) if code else number.value.is_finite()
