"""Numbers as people write them, read exactly: text to `Decimal`, never through a float.

The decimal sign is never guessed. A cell such as `1,234` has two readings; it is read only when other cells prove which
sign its column uses. Whole columns are cast in `casting`; this module reads the cells that the fast road cannot.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from ingestion.cells import CellFault

SCALE = Decimal("0.000001")
LIMIT = Decimal(10) ** 12
LONGEST_NUMBER = 80
EXACT = Context(prec=2 * LONGEST_NUMBER)

EXCEL_ERROR = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!)", re.IGNORECASE)
NONFINITE = re.compile(r"[+-]?(nan|inf|infinity|infini|∞|1\.#(inf|ind|qnan))", re.IGNORECASE)
SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE]([+-]?[0-9]+)")
RAISED_DIGIT = re.compile(r"[0-9][⁰¹²³⁴-⁹₀-₉¼-¾⅐-⅞]")
CURRENCY = r"MAD|DHS?|EUR|USD|GBP|€|\$|£|درهم|د\.م\.?"
SHAPE = re.compile(
    rf"(?P<prefix>{CURRENCY})?\s*(?P<sign>[+-]?)\s*(?P<body>[0-9.,٫][0-9 .,'٫]*)"
    r"(?P<after>-?)\s*(?P<suffix>[^\W\d_].*|%|€|\$|£)?",
    re.IGNORECASE,
)
AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
MINUS_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-"})
ARABIC_DECIMAL = "٫"
GROUP_MARKS = {"٬": "'", "\u2019": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " "}


@dataclass(frozen=True)
class Number:
    """A number that was read: its value, what was normalised, the unit beside it, the decimal sign that it uses."""

    value: Decimal
    flags: frozenset[str] = frozenset()
    suffix: str = ""
    sign: str = ""


def parse_number(text: str, signs: frozenset[str] = frozenset()) -> Number:
    """Read a number in any of the usual spellings.

    `signs` are the decimal signs that the column is known to use; an ambiguous cell is read only if there is just one.
    Raises `CellFault` with NUM_INVALID, NUM_AMBIGUOUS, NUM_NONFINITE, NUM_SCIENTIFIC, NUM_TOO_LARGE or EXCEL_ERROR.
    """
    flags: set[str] = set()
    folded = _fold(text, flags)
    negative, folded = _parentheses(folded, flags)
    exponent = SCIENTIFIC.fullmatch(folded)
    if exponent:
        raise CellFault("NUM_NONFINITE" if len(exponent[1]) > 3 or int(exponent[1]) > 300 else "NUM_SCIENTIFIC")
    shape = SHAPE.fullmatch(folded)
    if shape is None:
        raise _not_a_number(text, folded)
    if (shape["sign"] != "") + (shape["after"] != "") + negative > 1:
        raise CellFault("NUM_INVALID")
    if shape["after"]:
        flags.add("NEG_STYLE")
    if shape["prefix"] or shape["suffix"]:
        flags.add("UNIT_IN_CELL")
    digits, sign = _plain(shape["body"].rstrip(), signs, flags)
    value = Decimal(digits)
    if negative or shape["sign"] == "-" or shape["after"]:
        value = value.copy_negate()
    if sign and len(signs) > 1:
        flags.add("NUM_MIXED")
    return Number(fit(value, flags), frozenset(flags), (shape["suffix"] or shape["prefix"] or "").strip(), sign)


def proven_sign(text: str) -> str:
    """The decimal sign that this cell alone proves its column to use: `.`, `,` or '' when it proves none."""
    try:
        number = parse_number(text)
    except CellFault:
        return ""
    if not number.sign and (text.count(".") > 1 or text.count(",") > 1):
        return "," if text.count(".") > 1 else "."
    return number.sign


def fit(value: Decimal, flags: set[str]) -> Decimal:
    """The value as DECIMAL(18,6), rounded half up with the flag NUM_ROUNDED; or NUM_TOO_LARGE if it does not fit."""
    if abs(value) >= LIMIT:
        raise CellFault("NUM_TOO_LARGE")
    fitted = value.quantize(SCALE, rounding=ROUND_HALF_UP, context=EXACT)
    if fitted != value:
        flags.add("NUM_ROUNDED")
    if abs(fitted) >= LIMIT:
        raise CellFault("NUM_TOO_LARGE")
    return fitted


def _fold(text: str, flags: set[str]) -> str:
    """One spelling for digits, spaces, minus signs and group marks."""
    if len(text) > LONGEST_NUMBER or RAISED_DIGIT.search(text):
        raise CellFault("NUM_INVALID")
    if text.isascii():
        return text.strip()
    folded = "".join(GROUP_MARKS.get(character, character) for character in unicodedata.normalize("NFKC", text))
    minus = folded.translate(MINUS_SIGNS)
    if minus != folded:
        flags.add("NEG_STYLE")
    digits = "".join(str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in minus)
    if digits != minus:
        flags.add("ARABIC_DIGITS")
    return digits.strip()


def _parentheses(text: str, flags: set[str]) -> tuple[bool, str]:
    if text.startswith("(") and text.endswith(")"):
        flags.add("NEG_STYLE")
        return True, text[1:-1].strip()
    return False, text


def _not_a_number(text: str, folded: str) -> CellFault:
    if EXCEL_ERROR.fullmatch(text.strip()):
        return CellFault("EXCEL_ERROR")
    if NONFINITE.fullmatch(folded):
        return CellFault("NUM_NONFINITE")
    return CellFault("NUM_INVALID")


def _plain(body: str, signs: frozenset[str], flags: set[str]) -> tuple[str, str]:
    """The digits with a decimal point and without grouping, and the decimal sign that the cell used."""
    marks = [mark for mark in " '" if mark in body]
    separators = [mark for mark in ".,٫" if mark in body]
    sign = _decimal_sign(body, separators, bool(marks), signs)
    whole, _, fraction = body.rpartition(sign) if sign else (body, "", "")
    groupers = marks + [mark for mark in separators if mark != sign]
    if len(groupers) > 1 or not (fraction.isdigit() or fraction == "") or not (whole or fraction):
        raise CellFault("NUM_INVALID")
    if groupers:
        first, *groups = whole.split(groupers[0])
        if not 1 <= len(first) <= 3 or not first.isdigit() or not all(len(g) == 3 and g.isdigit() for g in groups):
            raise CellFault("NUM_INVALID")
        flags.add("NUM_GROUP")
        whole = first + "".join(groups)
    if whole and not whole.isdigit():
        raise CellFault("NUM_INVALID")
    return f"{whole or '0'}.{fraction or '0'}", "" if sign == ARABIC_DECIMAL else sign


def _decimal_sign(body: str, separators: list[str], grouped: bool, signs: frozenset[str]) -> str:
    """Which separator is the decimal sign: '' when every one groups thousands, or there is none."""
    if not separators:
        return ""
    if len(separators) > 1:
        last = ARABIC_DECIMAL if ARABIC_DECIMAL in separators else max(separators, key=body.rindex)
        if body.count(last) > 1 or len(separators) > 2:
            raise CellFault("NUM_INVALID")
        return last
    separator = separators[0]
    if body.count(separator) > 1:
        return ""
    if grouped or separator == ARABIC_DECIMAL or not AMBIGUOUS.fullmatch(body):
        return separator
    if len(signs) != 1:
        raise CellFault("NUM_AMBIGUOUS")
    return separator if separator in signs else ""


def parse_native_number(text: str) -> Number:
    """Read the number of a typed cell, whose text is its shortest spelling; raises NUM_NONFINITE or NUM_TOO_LARGE."""
    value = Decimal(text)
    if not value.is_finite() or (value and value.adjusted() > 300):
        raise CellFault("NUM_NONFINITE")
    flags: set[str] = set()
    return Number(fit(value, flags), frozenset(flags))
