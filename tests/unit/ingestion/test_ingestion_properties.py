"""What holds for any table: no row is lost, the container does not matter, nor the order of files, nor a second night.

Texts of single cells have their properties beside their parsers (`test_numbers`, `test_dates`); here are all styles with
what is noted of each.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bill_files import MEMBER, attempt, bill, codes, csv_bytes, read
from binary_workbooks import ods_bytes, xls_bytes, xlsb_bytes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbook_files import workbook_bytes

from ingestion.dates import parse_date
from ingestion.feeds import load_feeds
from ingestion.files import FileRows
from ingestion.landing import ingest_feed
from ingestion.numbers import parse_number
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.raw import current_batches

FEED = load_feeds()["energy_bills"]
OWN = list(FEED.column_names)
Row = dict[str, str]


def examples(number: int) -> Callable[[Any], Any]:
    """So many examples, each as slow as it is."""
    return settings(max_examples=number, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def table_of(rows: list[Row]) -> list[list[str]]:
    """The rows under their header."""
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def parquet_bytes(rows: list[Row]) -> bytes:
    """The rows as Parquet of texts."""
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


def sheet_rows(rows: list[Row]) -> list[list[str | float | None]]:
    """The rows for a workbook, in which an empty cell is none."""
    return [[value or None for value in values] for values in table_of(rows)]


CONTAINERS: dict[str, Callable[[list[Row]], bytes]] = {
    "bills.csv": csv_bytes,
    "semicolons.csv": lambda rows: csv_bytes(rows, ";"),
    "tabs.tsv": lambda rows: csv_bytes(rows, "\t"),
    "utf16.txt": lambda rows: csv_bytes(rows, "\t", "utf-16"),
    "marked.csv": lambda rows: csv_bytes(rows, ";", "utf-8-sig"),
    "cp1252.csv": lambda rows: csv_bytes(rows, ";", "cp1252"),
    "bills.xlsx": lambda rows: workbook_bytes([{k: v or None for k, v in row.items()} for row in rows]),
    "bills.xlsb": lambda rows: xlsb_bytes(sheet_rows(rows)),
    "bills.xls": lambda rows: xls_bytes(sheet_rows(rows)),
    "bills.ods": lambda rows: ods_bytes(sheet_rows(rows)),
    "bills.parquet": parquet_bytes,
    "bills.jsonl": lambda rows: "\n".join(json.dumps(row) for row in rows).encode(),
    "bills.json": lambda rows: json.dumps({"count": len(rows), "data": rows}, ensure_ascii=False).encode(),
}

values = st.decimals(min_value=0, max_value=999_999, places=2, allow_nan=False)
days = st.dates(date(2024, 1, 1), date(2025, 11, 30))
good_bills = st.lists(
    st.builds(
        lambda quantity, day, supplier: {
            "quantity": f"{quantity:f}",
            "issued_on": day.isoformat(),
            "supplier": supplier,
        },
        values,
        days,
        st.sampled_from(["ONEE", "Régie d'eau", "Énergie \u2013 Été, SA", "Gaz; Sud", 'dite "La Régie"', "Côte 5 €"]),
    ),
    min_size=1,
    max_size=6,
).map(lambda changes: [bill(bill_no=f"F{number}", **change) for number, change in enumerate(changes)])
dirty_cells = st.dictionaries(
    st.sampled_from(sorted(bill())),
    st.sampled_from(
        ["", "F1", "F2", "kWh", "EA", "12,5", "1,234", "x", "n/a", "#REF!", "2025-01-31", "31/02/2025", "Total", MEMBER,
         "999900000000058", "credit_note", "-5", "RÃ©f", "@x"]
    ),
    max_size=4,
)  # fmt: skip
dirty_bills = st.lists(dirty_cells, min_size=1, max_size=8).map(
    lambda changes: [bill(bill_no="F0"), *(bill(**change) for change in changes)]
)


def typed(rows: FileRows) -> list[dict[str, Any]]:
    """The accepted rows without what only this file says of them."""
    return rows.accepted.select(OWN).to_pylist()


@pytest.mark.parametrize("name", list(CONTAINERS)[1:])
@examples(6)
@given(rows=good_bills)
def test_one_table_is_the_same_in_every_container(tmp_path: Path, name: str, rows: list[Row]) -> None:
    expected = read(tmp_path, csv_bytes(rows))
    found = read(tmp_path, CONTAINERS[name](rows), name)
    assert found.rows_quarantined == expected.rows_quarantined == 0
    assert typed(found) == typed(expected)
    assert [row["quantity"] for row in typed(found)] == [Decimal(row["quantity"]) for row in rows]


@pytest.mark.parametrize("name", ["bills.csv", "utf16.txt", "bills.xlsx", "bills.ods", "bills.parquet", "bills.jsonl"])
@examples(15)
@given(rows=dirty_bills)
def test_no_row_is_lost_and_dirt_is_the_same_in_every_container(tmp_path: Path, name: str, rows: list[Row]) -> None:
    found, refusal = attempt(read, tmp_path, CONTAINERS[name](rows), name)
    assert refusal is None
    assert found.rows_read == len(rows)
    assert found.rows_read == found.rows_accepted + found.rows_quarantined + found.dropped.total()
    assert found.accepted.num_rows == found.rows_accepted
    assert len({cell.row_id for cell in found.refused}) == found.rows_quarantined
    assert not {cell.row_id for cell in found.refused} & set(found.accepted.column("row_id").to_pylist())
    plain = read(tmp_path, csv_bytes(rows))
    assert (typed(found), codes(found), found.dropped) == (typed(plain), codes(plain), plain.dropped)


def landed(home: Home) -> list[tuple[str, ...]]:
    """What stands in the raw batches of a home, without where it came from."""
    batches = [
        home.raw_batch(FEED.name, entry["batch_id"]) for entry in current_batches(Ledger(home.ledger)) if entry["rows"]
    ]
    rows = [row for path in batches for row in pq.read_table(path).select([*OWN, "row_id"]).to_pylist()]
    return sorted(tuple(map(str, row.values())) for row in rows)


def night(home: Home, files: dict[str, bytes]) -> str | None:
    """A night with these files; the batch that it made."""
    folder = home.landing / FEED.name
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return ingest_feed(home, Ledger(home.ledger), FEED).batch_id


homes = count()


@examples(8)
@given(tables=st.lists(dirty_bills, min_size=2, max_size=4), data=st.data())
def test_neither_the_order_of_files_nor_a_second_night_changes_what_stands(
    tmp_path: Path, tables: list[list[Row]], data: st.DataObject
) -> None:
    names = list(CONTAINERS)
    files = {f"{number}_{names[number]}": CONTAINERS[names[number]](rows) for number, rows in enumerate(tables)}
    together, apart = Home.at(tmp_path / f"home{next(homes)}"), Home.at(tmp_path / f"home{next(homes)}")
    night(together, files)
    for name in data.draw(st.permutations(sorted(files))):
        night(apart, {name: files[name]})
    assert landed(apart) == landed(together)
    before = apart.ledger.read_bytes()
    assert night(apart, files) is None
    again = ingest_feed(apart, Ledger(apart.ledger), FEED)
    assert (again.batch_id, again.files) == (None, ())
    assert apart.ledger.read_bytes() == before


# --- styles of single cells, and what is noted of each

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def grouped(value: Decimal, group: str, sign: str) -> str:
    """The value with its thousands in groups."""
    return f"{value:,.2f}".replace(",", "\0").replace(".", sign).replace("\0", group)


NUMBER_STYLES: dict[str, tuple[Callable[[Decimal], str], set[str]]] = {
    "point": (lambda value: f"{value:.2f}", set()),
    "comma": (lambda value: f"{value:.2f}".replace(".", ","), set()),
    "spaces": (lambda value: grouped(value, " ", ","), {"NUM_GROUP"}),
    "no-break spaces": (lambda value: grouped(value, "\u00a0", ","), {"NUM_GROUP"}),
    "narrow spaces": (lambda value: grouped(value, "\u202f", ","), {"NUM_GROUP"}),
    "thin spaces": (lambda value: grouped(value, "\u2009", "."), {"NUM_GROUP"}),
    "points and comma": (lambda value: grouped(value, ".", ","), {"NUM_GROUP"}),
    "commas and point": (lambda value: grouped(value, ",", "."), {"NUM_GROUP"}),
    "apostrophes": (lambda value: grouped(value, "'", "."), {"NUM_GROUP"}),
    "arabic digits": (lambda value: f"{value:.2f}".translate(ARABIC).replace(".", "٫"), {"ARABIC_DIGITS"}),
    "unit": (lambda value: f"{value:.2f} kWh", {"UNIT_IN_CELL"}),
    "currency": (lambda value: f"{value:.2f} DH".replace(".", ","), {"UNIT_IN_CELL"}),
    "currency before": (lambda value: f"MAD {value:.2f}", {"UNIT_IN_CELL"}),
    "plus": (lambda value: f"+{value:.2f}", set()),
}
NEGATIVE_STYLES: dict[str, tuple[Callable[[str], str], set[str]]] = {
    "minus": (lambda text: f"-{text}", set()),
    "true minus": (lambda text: f"\u2212{text}", {"NEG_STYLE"}),
    "parentheses": (lambda text: f"({text})", {"NEG_STYLE"}),
    "minus behind": (lambda text: f"{text}-", {"NEG_STYLE"}),
}


@pytest.mark.parametrize("style", NUMBER_STYLES)
@examples(30)
@given(value=st.decimals(min_value=1000, max_value=10**9, places=2, allow_nan=False))
def test_every_style_of_number(style: str, value: Decimal) -> None:
    spell, flags = NUMBER_STYLES[style]
    number = parse_number(spell(value))
    assert (number.value, number.flags) == (value, flags)


@pytest.mark.parametrize("style", ["point", "comma", "spaces", "points and comma", "commas and point", "arabic digits"])
@pytest.mark.parametrize("negative", NEGATIVE_STYLES)
@examples(10)
@given(value=st.decimals(min_value=1000, max_value=10**9, places=2, allow_nan=False))
def test_every_style_of_negative_number(style: str, negative: str, value: Decimal) -> None:
    (spell, flags), (sign, more) = NUMBER_STYLES[style], NEGATIVE_STYLES[negative]
    number = parse_number(sign(spell(value)))
    assert (number.value, number.flags) == (-value, flags | more)


MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ARABIC_MONTHS = (
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "ماي",
    "يونيو",
    "يوليوز",
    "غشت",
    "شتنبر",
    "أكتوبر",
    "نونبر",
    "دجنبر",
)
DATE_STYLES: dict[str, tuple[Callable[[date], str], set[str]]] = {
    "iso": (date.isoformat, set()),
    "compact": (lambda day: f"{day:%Y%m%d}", set()),
    "iso with slashes": (lambda day: f"{day:%Y/%m/%d}", set()),
    "slashes": (lambda day: f"{day:%d/%m/%Y}", set()),
    "hyphens": (lambda day: f"{day:%d-%m-%Y}", set()),
    "points": (lambda day: f"{day:%d.%m.%Y}", set()),
    "no zeros": (lambda day: f"{day.day}/{day.month}/{day.year}", set()),
    "two digits": (lambda day: f"{day:%d/%m/%y}", {"YEAR_2_DIGITS"}),
    "midnight": (lambda day: f"{day:%d/%m/%Y} 00:00", set()),
    "time": (lambda day: f"{day.isoformat()}T13:45:00Z", {"TIME_DROPPED"}),
    "month": (lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}", {"MONTH_NAME"}),
    "capital month": (lambda day: f"{day.day} {MONTHS[day.month - 1].upper()} {day.year}", {"MONTH_NAME"}),
    "short month": (lambda day: f"{day.day}-{SHORT_MONTHS[day.month - 1]}-{day:%y}", {"MONTH_NAME", "YEAR_2_DIGITS"}),
    "english": (lambda day: f"{day.day} {ENGLISH[day.month - 1]} {day.year}", {"MONTH_NAME"}),
    "arabic month": (lambda day: f"{day.day} {ARABIC_MONTHS[day.month - 1]} {day.year}", {"MONTH_NAME"}),
    "arabic digits": (lambda day: f"{day:%d/%m/%Y}".translate(ARABIC), set()),
}


@pytest.mark.parametrize("style", DATE_STYLES)
@examples(40)
@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_style_of_date(style: str, day: date) -> None:
    spell, flags = DATE_STYLES[style]
    assert parse_date(spell(day)) == (day, flags)
