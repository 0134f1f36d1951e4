"""Energy of a bill is counted once: which lines repeat each other, which are parts, and which only look alike."""

from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from bill_files import bill, column, csv_bytes, read
from hypothesis import given, settings
from hypothesis import strategies as st
from invoice_files import Bill, Item, ubl

KWH = "KWH"
REGISTERS = ("heures de pointe", "heures pleines", "heures creuses")
CHARGES = (
    Item("Prime fixe", "1", "MON"),
    Item("Puissance appelée", "420", "KVA"),
    Item("Énergie réactive", "777", "KVH"),
    Item("Redevance comptage", "1", "C62"),
    Item("TVA", "", ""),
)


def lines(tmp_path: Path, *items: tuple[str, str, str]) -> list[tuple[str, str]]:
    """Component and register of each line of an invoice, in its order."""
    rows = read(tmp_path, ubl(Bill([Item(*item) for item in items], notes=("Électricité",))), "facture.xml")
    return list(zip(column(rows, "component"), column(rows, "register"), strict=True))


@pytest.mark.parametrize(
    ("first", "second", "is_repeat"),
    [
        ("Électricité", "Option énergie verte", True),
        ("Electricity", "Energy balancing charge", True),
        ("Électricité", "Électricité", True),
        ("Consommation zone A", "Consommation zone B", False),
        ("Consommation palier 1", "Consommation palier 2", False),
        ("Step 1 energy", "Step 2 energy", False),
        ("Energía activa P1", "Energía activa P2", False),
        ("Energia attiva F1", "Energia attiva F2", False),
        ("Énergie active (ancien prix)", "Énergie active (nouveau prix)", False),
        ("Énergie active du 01/01 au 15/01", "Énergie active du 16/01 au 31/01", False),
        ("استهلاك الكهرباء الشطر الأول", "استهلاك الكهرباء الشطر الثاني", False),
    ],
)
def test_equal_quantities(tmp_path: Path, first: str, second: str, is_repeat: bool) -> None:
    found = [component for component, _ in lines(tmp_path, (first, "450", KWH), (second, "450", KWH))]
    assert found == ["energy", "other" if is_repeat else "energy"]


def test_the_line_that_is_most_clearly_energy_stays(tmp_path: Path) -> None:
    found = lines(tmp_path, ("Énergie verte", "450", KWH), ("Electricity", "450", KWH), ("Consommation", "450", KWH))
    assert [component for component, _ in found] == ["other", "other", "energy"]


def test_different_quantities_are_different_uses(tmp_path: Path) -> None:
    found = lines(tmp_path, ("Électricité atelier", "450", KWH), ("Électricité bureau", "451", KWH))
    assert [component for component, _ in found] == ["energy", "energy"]


def test_a_line_without_a_register_beside_others_is_a_part_unless_it_is_their_total(tmp_path: Path) -> None:
    night, day = ("Energy night", "800", KWH), ("Energy daylight", "1200", KWH)
    assert lines(tmp_path, night, day) == [("energy", "off_peak"), ("energy", "normal")]
    for label, quantity in (("Energy", "800"), ("Energy", "810"), ("Total consumption", "2000")):
        assert lines(tmp_path, night, (label, quantity, KWH))[1] == ("energy", "total")


def test_what_was_assumed_is_flagged(tmp_path: Path) -> None:
    items = [Item("Energy night", "800", KWH), Item("Energy daylight", "1200", KWH)]
    rows = read(tmp_path, ubl(Bill(items, notes=("Electricity",))), "facture.xml")
    assert ["REGISTER_ASSUMED" in flags for flags in column(rows, "flags")] == [False, True]


@pytest.mark.parametrize(
    ("volume", "energy", "unit", "is_repeat"),
    [
        ("1000", "11500", KWH, True),
        ("1000", "11.5", "MWH", True),
        ("1000", "41", "GV", True),
        ("1000", "400", KWH, False),
    ],
)
def test_gas_in_cubic_metres_and_in_energy(
    tmp_path: Path, volume: str, energy: str, unit: str, is_repeat: bool
) -> None:
    found = lines(tmp_path, ("Gaz naturel", volume, "MTQ"), ("Gaz naturel", energy, unit))
    assert [component for component, _ in found] == ["other" if is_repeat else "energy", "energy"]


def test_equal_deliveries_of_fuel_are_two_deliveries(tmp_path: Path) -> None:
    found = lines(tmp_path, ("Gasoil", "1000", "LTR"), ("Gasoil", "1000", "LTR"), ("Propane", "500", "KGM"))
    assert [component for component, _ in found] == ["energy"] * 3


def test_bills_in_other_containers_are_counted_once_too(tmp_path: Path) -> None:
    numbered = [
        bill(line_no=str(number), line_label=label) for number, label in enumerate(("Énergie", "Énergie verte"))
    ]
    rows = read(tmp_path, csv_bytes([*numbered, bill(bill_no="F2", line_no="1", line_label="Énergie")]))
    assert column(rows, "component") == ["energy", "other", "energy"]
    assert column(rows, "quantity") == [Decimal(1500)] * 3


def test_lines_without_numbers_are_left_alone(tmp_path: Path) -> None:
    rows = read(tmp_path, csv_bytes([bill(), bill(register="peak")]))
    assert column(rows, "component") == ["energy", "energy"]
    assert column(rows, "register") == ["total", "peak"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=3, unique=True), st.randoms(use_true_random=False))
def test_charges_repeats_and_order_change_nothing(quantities: list[int], random: Random) -> None:
    registers = [
        Item(f"Énergie active {name}", str(use), KWH) for name, use in zip(REGISTERS, quantities, strict=False)
    ]
    repeats = [
        Item(f"{charge} {item.name}", item.quantity, KWH)
        for item in registers
        for charge in ("TURPE", "Taxe", "Option verte")
    ]
    items = [*registers, *repeats, *CHARGES]
    random.shuffle(items)
    with TemporaryDirectory() as folder:
        rows = read(Path(folder), ubl(Bill(items)), "facture.xml")
    counted = [
        row["quantity"]
        for row in rows.accepted.to_pylist()
        if row["component"] == "energy" and row["register"] != "reactive"
    ]
    assert sorted(counted) == sorted(map(Decimal, quantities))
    assert rows.rows_read == rows.rows_accepted == len(items)
