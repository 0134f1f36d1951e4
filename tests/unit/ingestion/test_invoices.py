"""Electronic invoices of a supplier, in both syntaxes: each line lands where it belongs, and energy is counted once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import MEMBER, attempt, codes, column, read
from invoice_files import SYNTAXES, Bill, Item, cii, ubl

from ingestion.feeds import load_feeds
from ingestion.files import FileRows, read_file
from ingestion.mapping import MAPPINGS_FOLDER, load_mappings

Write = Callable[[Bill], bytes]
OTHER_MEMBER = "999900000000154"

MEDIUM_VOLTAGE = Bill(
    [
        Item("Énergie active heures de pointe", "12000", "KWH", "17040.00"),
        Item("Énergie active heures pleines", "31500.5", "KWH", "31816.00"),
        Item("Énergie active heures creuses", "18250", "KWH", "13322.00"),
        Item("Pertes transformateur", "310", "KWH", "313.00"),
        Item("Énergie réactive", "9100", "KVH", "0.00"),
        Item("Prime fixe", "1", "MON", "18000.00"),
        Item("Puissance appelée", "420", "KVA", "0.00"),
        Item("Redevance de location et entretien compteur", "1", "C62", "486.00"),
        Item("TVA sur consommation", "", "", "0.00"),
        Item("Taxe pour la promotion du paysage audiovisuel", "61750.5", "KWH", "100.00"),
    ]
)


@pytest.fixture(params=sorted(SYNTAXES))
def write(request: pytest.FixtureRequest) -> Write:
    return SYNTAXES[request.param]


def counted(rows: FileRows, carrier: str = "electricity") -> Decimal:
    """What is counted as energy, in the unit of the rows."""
    return sum(
        (
            row["quantity"]
            for row in rows.accepted.to_pylist()
            if row["component"] in ("energy", "losses")
            and row["register"] not in ("reactive", "demand")
            and row["carrier"] == carrier
        ),
        Decimal(0),
    )


def components(rows: FileRows) -> list[str]:
    return column(rows, "component")


def test_a_medium_voltage_bill(tmp_path: Path, write: Write) -> None:
    rows = read(tmp_path, write(MEDIUM_VOLTAGE), "facture.xml")
    assert codes(rows) == {}
    assert rows.mapping.name == "en16931_invoices"
    assert counted(rows) == Decimal("62060.5")
    assert components(rows) == ["energy"] * 3 + ["losses", "other", "fixed", "demand", "fixed", "tax", "tax"]
    assert (
        column(rows, "register")
        == ["peak", "normal", "off_peak", "total", "reactive", "total", "demand"] + ["total"] * 3
    )
    first = rows.accepted.to_pylist()[0]
    assert {
        name: first[name] for name in ("member_id", "supplier", "contract_no", "meter_id", "bill_no", "bill_type")
    } == {
        "member_id": MEMBER,
        "supplier": "SRM Casablanca-Settat",
        "contract_no": "C123456",
        "meter_id": "MT-0012",
        "bill_no": "F-2025-001",
        "bill_type": "invoice",
    }
    assert (first["period_start"], first["period_end"]) == (date(2025, 1, 1), date(2025, 1, 31))
    assert (first["issued_on"], first["due_on"]) == (date(2025, 2, 3), date(2025, 3, 5))
    assert (first["amount_excl_vat"], first["vat_rate"], first["currency"]) == (Decimal(17040), Decimal(20), "MAD")
    assert first["bill_total_incl_vat"] == Decimal("97292.40")
    assert (first["line_no"], first["line_label"], first["unit_as_printed"]) == (
        "1",
        "Énergie active heures de pointe",
        "KWH",
    )
    assert column(rows, "row_no") == list(range(1, 11))


def test_blocks_of_a_low_voltage_bill_sum_up(tmp_path: Path, write: Write) -> None:
    tranches = [Item(f"Consommation tranche {number}", "100", "KWH") for number in (1, 2, 3)]
    bill = Bill([*tranches, Item("Consommation totale", "300", "KWH", "0.00")], notes=("Facture d'électricité",))
    rows = read(tmp_path, write(bill), "facture.xml")
    assert counted(rows) == Decimal(300)
    assert components(rows) == ["energy", "energy", "energy", "other"]
    assert "QTY_REPEATED" in column(rows, "flags")[3]
    assert column(rows, "quantity")[3] == Decimal(300)


def test_gas_in_energy_and_in_volume_is_one_gas(tmp_path: Path, write: Write) -> None:
    items = [
        Item("Gaz naturel, volume mesuré", "1000", "MTQ", "0.00"),
        Item("Consommation gaz naturel PCS", "11500", "KWH", "6900.00"),
        Item("Acheminement gaz", "11500", "KWH", "400.00"),
    ]
    rows = read(tmp_path, write(Bill(items)), "facture.xml")
    assert codes(rows) == {}
    assert components(rows) == ["other", "energy", "grid"]
    assert column(rows, "heating_value_basis")[1] == "gross"
    assert counted(rows, "natural_gas") == Decimal(11500)
    (volume_alone,) = read(tmp_path, write(Bill(items[:1])), "facture.xml").accepted.to_pylist()
    assert (volume_alone["component"], volume_alone["quantity"], volume_alone["unit"]) == (
        "energy",
        Decimal(1000),
        "m3",
    )


def test_fuel_is_dated_by_its_delivery(tmp_path: Path, write: Write) -> None:
    items = [Item("Gasoil 50 ppm", "5000", "LTR"), Item("Gasoil 50 ppm", "5000", "LTR"), Item("Transport", "1", "C62")]
    bill = Bill(items, period=None, meter="", place="S1", delivered="2025-01-17")
    rows = read(tmp_path, write(bill), "facture.xml")
    assert codes(rows) == {}
    assert counted(rows, "diesel") == Decimal(10000)
    assert column(rows, "period_start") == column(rows, "period_end") == [date(2025, 1, 17)] * 3
    assert "PERIOD_IS_DELIVERY" in column(rows, "flags")[0]
    assert column(rows, "site_id") == ["S1", "S1", "S1"]


def test_electricity_without_a_period_is_not_dated(tmp_path: Path, write: Write) -> None:
    bill = Bill([Item("Électricité", "450", "KWH")], period=None, delivered="2025-01-17")
    assert codes(read(tmp_path, write(bill), "facture.xml")) == {"REQUIRED_MISSING": 2}


def test_the_period_of_a_line_overrides_that_of_the_invoice(tmp_path: Path, write: Write) -> None:
    line = Item("Électricité", "450", "KWH", period=("2024-12-01", "2024-12-31"))
    rows = read(tmp_path, write(Bill([line, Item("Électricité", "450", "KWH")])), "facture.xml")
    assert column(rows, "period_start") == [date(2024, 12, 1), date(2025, 1, 1)]
    assert counted(rows) == Decimal(900)


def test_supply_grid_and_tax_on_the_same_energy(tmp_path: Path, write: Write) -> None:
    names = [
        "Utilisation du réseau",
        "Électricité verte",
        "Consommation d'électricité",
        "Contribution au service public",
        "TURPE",
    ]
    rows = read(tmp_path, write(Bill([Item(name, "450", "KWH") for name in names])), "facture.xml")
    assert codes(rows) == {}
    assert counted(rows) == Decimal(450)
    assert components(rows) == ["grid", "other", "energy", "tax", "grid"]
    assert ["QTY_REPEATED" in flags for flags in column(rows, "flags")] == [False, True, False, False, False]
    assert column(rows, "quantity") == [Decimal(450)] * 5


@pytest.mark.parametrize(
    ("indexes", "total"),
    [
        ((("Ancien index", "1000"), ("Nouvel index", "1900")), Decimal(900)),  # the lines are parts of what was read
        ((("Ancien index", "1000"), ("Nouvel index", "1450")), Decimal(450)),  # the lines repeat what was read
    ],
)
def test_readings_tell_parts_from_repeats(
    tmp_path: Path, write: Write, indexes: tuple[tuple[str, str], ...], total: Decimal
) -> None:
    lines = [Item(name, "450", "KWH", attributes=indexes) for name in ("Énergie active", "Énergie active (suite)")]
    rows = read(tmp_path, write(Bill(lines)), "facture.xml")
    assert counted(rows) == total
    assert column(rows, "index_start") == [Decimal(1000)] * 2


def test_meter_readings_and_multiplier_come_from_the_attributes(tmp_path: Path, write: Write) -> None:
    attributes = (
        ("N° compteur", "A-778"),
        ("Index de début", "120"),
        ("Index de fin", "150.5"),
        ("Date de l'index de fin", "2025-01-31"),
        ("Coefficient multiplicateur", "40"),
        ("Nature du relevé", "Estimé"),
        ("Poste horaire", "Heures creuses"),
        ("Location compteur", "12"),
    )
    bill = Bill([Item("Énergie active", "1220", "KWH", attributes=attributes)], meter="")
    (row,) = read(tmp_path, write(bill), "facture.xml").accepted.to_pylist()
    found = [row[name] for name in ("meter_id", "index_start", "index_end", "multiplier", "reading_end", "register")]
    assert found == ["A-778", Decimal(120), Decimal("150.5"), Decimal(40), "estimated", "off_peak"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("Index précédent", "Index actuel"),
        ("Relevé précédent", "Nouveau relevé"),
        ("Previous reading", "Current reading"),
        ("Zählerstand alt", "Zählerstand neu"),
        ("Beginstand", "Eindstand"),
        ("Lectura anterior", "Lectura actual"),
        ("Lettura iniziale", "Lettura finale"),
    ],
)
def test_names_of_readings(tmp_path: Path, start: str, end: str) -> None:
    item = Item("Énergie active", "450", "KWH", attributes=((start, "1000"), (end, "1450")))
    (row,) = read(tmp_path, ubl(Bill([item])), "facture.xml").accepted.to_pylist()
    assert (row["index_start"], row["index_end"]) == (Decimal(1000), Decimal(1450))


@pytest.mark.parametrize(
    ("label", "note", "kind"),
    [
        ("Électricité, consommation estimée", "", "estimated"),
        ("Électricité", "Facture estimée", "estimated"),
        ("Électricité", "Les index estimés sont régularisés au relevé suivant.", None),
        ("Régularisation de la consommation estimée, électricité", "", None),
    ],
)
def test_an_estimate_says_that_it_is_one(tmp_path: Path, label: str, note: str, kind: str | None) -> None:
    bill = Bill([Item(label, "450", "KWH")], notes=(note,) if note else ())
    assert column(read(tmp_path, ubl(bill), "facture.xml"), "reading_end") == [kind]


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_credit_note_is_negative_and_names_its_bill(tmp_path: Path, write: Write, sign: str) -> None:
    item = Item("Électricité", f"{sign}450", "KWH", f"{sign}700.00")
    bill = Bill([item], number="A-1", type_code="381", preceding="F-2025-001")
    (row,) = read(tmp_path, write(bill), "avoir.xml").accepted.to_pylist()
    assert (row["bill_type"], row["corrects_bill_no"], row["quantity"]) == ("credit_note", "F-2025-001", Decimal(-450))
    assert row["amount_excl_vat"] == Decimal(-700)
    assert ("CREDIT_SIGNED" in row["flags"]) == (sign == "")


def test_a_negative_invoice_is_a_credit_note(tmp_path: Path, write: Write) -> None:
    items = [Item("Électricité", "-450", "KWH", "-700.00"), Item("Redevance fixe", "1", "MON", "-20.00")]
    bill = Bill(items, preceding="F-2025-001")
    rows = read(tmp_path, write(bill), "avoir.xml")
    assert column(rows, "bill_type") == ["credit_note", "credit_note"]
    assert column(rows, "quantity")[0] == Decimal(-450)


def test_some_energy_taken_back_on_an_ordinary_invoice_is_refused(tmp_path: Path, write: Write) -> None:
    items = [Item("Électricité", "450", "KWH"), Item("Électricité, régularisation", "-50", "KWH", "-5.00")]
    rows = read(tmp_path, write(Bill(items)), "facture.xml")
    assert codes(rows) == {"NEGATIVE_QUANTITY": 1}


def test_a_corrected_invoice_takes_the_place_of_its_target(tmp_path: Path, write: Write) -> None:
    bill = Bill([Item("Électricité", "440", "KWH")], number="F-9", type_code="384", preceding="F-2025-001")
    (row,) = read(tmp_path, write(bill), "facture.xml").accepted.to_pylist()
    assert (row["bill_type"], row["corrects_bill_no"], row["quantity"]) == ("corrective", "F-2025-001", Decimal(440))


@pytest.mark.parametrize("type_code", ["381", "384"])
def test_a_correction_without_a_target_is_refused(tmp_path: Path, write: Write, type_code: str) -> None:
    rows = read(tmp_path, write(Bill([Item("Électricité", "450", "KWH")], type_code=type_code)), "avoir.xml")
    assert codes(rows) == {"CREDIT_UNLINKED": 1}


@pytest.mark.parametrize(
    ("type_code", "kind"), [("82", "invoice"), ("877", "invoice"), ("326", "invoice"), ("386", "estimated")]
)
def test_other_codes_of_invoices(tmp_path: Path, write: Write, type_code: str, kind: str) -> None:
    rows = read(tmp_path, write(Bill([Item("Électricité", "450", "KWH")], type_code=type_code)), "facture.xml")
    assert column(rows, "bill_type") == [kind]


def test_a_pro_forma_is_no_bill(tmp_path: Path, write: Write) -> None:
    rows = read(tmp_path, write(Bill([Item("Électricité", "450", "KWH")], type_code="325")), "facture.xml")
    assert codes(rows) == {"VALUE_UNKNOWN": 1}


@pytest.mark.parametrize(
    ("name", "quantity", "unit", "carrier", "component"),
    [
        ("Consommation heures pleines hors taxes", "450", "KWH", "electricity", "energy"),
        ("Électricité fournie par le réseau", "450", "KWH", "electricity", "energy"),
        ("Electricity supply, day units", "450", "KWH", "electricity", "energy"),
        ("Grid access charge", "450", "KWH", "electricity", "grid"),
        ("Climate Change Levy", "450", "KWH", "electricity", "tax"),
        ("Arbeitspreis Strom", "450", "KWH", "electricity", "energy"),
        ("Netznutzung Arbeit", "450", "KWH", "electricity", "grid"),
        ("Stromsteuer", "450", "KWH", "electricity", "tax"),
        ("Verbruik elektriciteit dal", "450", "KWH", "electricity", "energy"),
        ("Energiebelasting", "450", "KWH", "electricity", "tax"),
        ("Elforbrug", "450", "KWH", "electricity", "energy"),
        ("Elafgift", "450", "KWH", "electricity", "tax"),
        ("Consumo de electricidad", "450", "KWH", "electricity", "energy"),
        ("Peaje de acceso", "450", "KWH", "electricity", "grid"),
        ("Energia elettrica", "450", "KWH", "electricity", "energy"),
        ("استهلاك الكهرباء", "450", "KWH", "electricity", "energy"),
        ("Gaz naturel", "2.5", "MWH", "natural_gas", "energy"),
        ("Erdgas Verbrauch", "9", "GV", "natural_gas", "energy"),
        ("Propane vrac", "1200", "KGM", "propane", "energy"),
        ("Butane vrac", "1.2", "TNE", "butane", "energy"),
        ("Fuel lourd n°2", "24", "TNE", "heavy_fuel_oil", "energy"),
        ("Gazole routier, livraison usine", "24", "HLT", "diesel", "energy"),
        ("Diesel EN 590", "5000", "LTR", "diesel", "energy"),
        ("Benzin 95", "50", "LTR", "gasoline", "energy"),
        ("Charbon vapeur", "24", "TNE", "coal", "energy"),
        ("Coke de pétrole", "24", "TNE", "petcoke", "energy"),
        ("Grignons d'olive", "24", "TNE", "olive_pomace", "energy"),
        ("Vapeur saturée", "24", "GV", "steam", "energy"),
        ("Fjernvarme", "24", "MWH", "hot_water", "energy"),
        ("Autoconsommation photovoltaïque", "450", "KWH", "electricity_self_generated", "energy"),
        ("Einspeisung Strom", "450", "KWH", "electricity_exported", "energy"),
    ],
)
def test_the_wording_of_a_line(
    tmp_path: Path, name: str, quantity: str, unit: str, carrier: str, component: str
) -> None:
    items = [Item("Abonnement électricité", "1", "MON"), Item(name, quantity, unit)]
    rows = read(tmp_path, ubl(Bill(items)), "facture.xml")
    assert codes(rows) == {}
    assert (column(rows, "carrier")[1], components(rows)[1]) == (carrier, component)


@pytest.mark.parametrize("unit", ["KVH", "KVA", "KWT", "DAY", "MON", "P1", "ANN"])
def test_what_is_in_no_unit_of_energy_is_never_energy(tmp_path: Path, write: Write, unit: str) -> None:
    items = [Item("Consommation d'électricité", "450", unit), Item("Électricité", "12", "KWH")]
    rows = read(tmp_path, write(Bill(items)), "facture.xml")
    assert counted(rows) == Decimal(12)


def test_energy_counted_in_pieces_is_refused(tmp_path: Path, write: Write) -> None:
    for unit in ("EA", "C62", "XYZ"):
        rows = read(tmp_path, write(Bill([Item("Consommation d'électricité", "450", unit)])), "facture.xml")
        assert codes(rows) == {"UNIT_UNKNOWN": 1}


def test_an_unknown_wording_is_not_guessed(tmp_path: Path, write: Write) -> None:
    items = [
        Item("Abonnement électricité", "1", "MON"),
        Item("Prestation ZX-7", "450", "KWH"),
        Item("Ciment", "2", "TNE"),
    ]
    rows = read(tmp_path, write(Bill(items)), "facture.xml")
    assert codes(rows) == {"WORDING_UNKNOWN": 2}
    assert [cell.cell for cell in rows.refused] == ["Prestation ZX-7", "Ciment"]
    assert counted(rows) == Decimal(0)


def test_a_mapping_of_the_home_adds_the_words_of_a_supplier(tmp_path: Path, write: Write) -> None:
    shipped = (MAPPINGS_FOLDER / "en16931_invoices.yml").read_text(encoding="utf-8")
    words = shipped.replace('electricity: "', 'electricity: "\\\\bprestation zx\\\\b|', 1)
    home = tmp_path / "mappings"
    home.mkdir()
    (home / "my_supplier.yml").write_text(
        words.replace("mapping: en16931_invoices", "mapping: my_supplier"), encoding="utf-8"
    )
    path = tmp_path / "facture.xml"
    path.write_bytes(write(Bill([Item("Prestation ZX-7", "450", "KWH")])))
    feed, mappings = load_feeds()["energy_bills"], load_mappings(home)["energy_bills"]
    rows = read_file(path, path.name, "0" * 64, feed, date(2026, 1, 15), mappings)
    assert (rows.mapping.name, codes(rows), counted(rows)) == ("my_supplier", {}, Decimal(450))


def test_the_invoice_says_what_a_line_leaves_open(tmp_path: Path, write: Write) -> None:
    line = Item("Consommation", "450", "KWH")
    known = read(tmp_path, write(Bill([line], notes=("Votre facture d'électricité",))), "facture.xml")
    assert column(known, "carrier") == ["electricity"]
    for notes in ((), ("Électricité et chaleur urbaine",)):
        assert codes(read(tmp_path, write(Bill([line], notes=notes)), "facture.xml")) == {"WORDING_UNKNOWN": 1}


def test_the_description_says_what_a_name_leaves_open(tmp_path: Path, write: Write) -> None:
    items = [Item("Article 1", "450", "KWH", description="Électricité consommée")]
    items.append(Item("Article 2", "450", "KWH", description="Taxe sur l'électricité"))
    rows = read(tmp_path, write(Bill(items)), "facture.xml")
    assert components(rows) == ["energy", "tax"]
    assert column(rows, "line_label")[0] == "Article 1 - Électricité consommée"


def test_water_of_a_supplier_of_both_is_no_energy(tmp_path: Path, write: Write) -> None:
    items = [
        Item("Consommation eau potable", "25", "MTQ"),
        Item("Assainissement", "25", "MTQ"),
        Item("Électricité", "450", "KWH"),
    ]
    rows = read(tmp_path, write(Bill(items)), "facture.xml")
    assert components(rows) == ["other", "other", "energy"]


def test_an_invoice_without_energy_is_refused(tmp_path: Path, write: Write) -> None:
    bill = Bill([Item("Chaises de bureau", "4", "C62"), Item("Main d'œuvre", "2", "HUR")])
    assert attempt(read, tmp_path, write(bill), "facture.xml") == (None, "NO_ENERGY_LINES")


def test_the_member_is_the_buyer_with_an_ice(tmp_path: Path, write: Write) -> None:
    bill = Bill([Item("Électricité", "450", "KWH")], buyer=(("0088", "4000001987658"), ("", "9999 0000 0000 057")))
    assert column(read(tmp_path, write(bill), "facture.xml"), "member_id") == [MEMBER]


def test_a_buyer_without_an_ice_is_the_sender_of_the_file(tmp_path: Path, write: Write) -> None:
    content = write(Bill([Item("Électricité", "450", "KWH")], buyer=(("", "10202"),)))
    assert column(read(tmp_path, content, f"{MEMBER}_facture.xml"), "member_id") == [MEMBER]
    assert codes(read(tmp_path, content, "facture.xml")) == {"REQUIRED_MISSING": 1}


def test_the_name_of_the_file_states_the_site_of_fuel_without_a_place(tmp_path: Path, write: Write) -> None:
    bill = Bill([Item("Gasoil", "5000", "LTR")], meter="", buyer=())
    rows = read(tmp_path, write(bill), f"{MEMBER}_site-S1_facture.xml")
    assert (column(rows, "member_id"), column(rows, "site_id")) == ([MEMBER], ["S1"])
    assert codes(read(tmp_path, write(bill), f"{MEMBER}_facture.xml")) == {"REQUIRED_MISSING": 1}
    placed = read(
        tmp_path, write(Bill([Item("Gasoil", "5000", "LTR")], meter="", place="S2", buyer=())), f"{MEMBER}/facture.xml"
    )
    assert (column(placed, "member_id"), column(placed, "site_id")) == ([MEMBER], ["S2"])


def test_the_bill_of_another_member_or_a_wrong_ice_is_refused(tmp_path: Path, write: Write) -> None:
    own = Bill([Item("Électricité", "450", "KWH")])
    assert codes(read(tmp_path, write(own), f"{OTHER_MEMBER}_facture.xml")) == {"TENANT_MISMATCH": 1}
    wrong = Bill([Item("Électricité", "450", "KWH")], buyer=(("ICE", "999900000000058"),))
    assert codes(read(tmp_path, write(wrong), f"{MEMBER}_facture.xml")) == {"ICE_INVALID": 1}


def test_two_meters_with_equal_use_are_two_uses(tmp_path: Path, write: Write) -> None:
    lines = [Item("Électricité", "450", "KWH", object_id=meter) for meter in ("M1", "M2")]
    rows = read(tmp_path, write(Bill(lines, meter="")), "facture.xml")
    assert column(rows, "meter_id") == ["M1", "M2"]
    assert counted(rows) == Decimal(900)


def test_registers_with_equal_use_are_parts(tmp_path: Path, write: Write) -> None:
    lines = [Item("Énergie active", "450", "KWH", description=hours) for hours in ("Heures pleines", "Heures creuses")]
    rows = read(tmp_path, write(Bill(lines)), "facture.xml")
    assert column(rows, "register") == ["normal", "off_peak"]
    assert counted(rows) == Decimal(900)


def test_a_discount_in_a_negative_quantity_is_a_charge(tmp_path: Path, write: Write) -> None:
    items = [Item("Électricité", "450", "KWH"), Item("Remise commerciale", "-1", "C62", "-5.00")]
    rows = read(tmp_path, write(Bill(items)), "facture.xml")
    assert codes(rows) == {}
    assert components(rows) == ["energy", "other"]


def test_both_syntaxes_say_the_same(tmp_path: Path) -> None:
    tables = [
        read(tmp_path, write(MEDIUM_VOLTAGE), "facture.xml").accepted.drop_columns(["row_id"]) for write in (ubl, cii)
    ]
    assert tables[0].equals(tables[1])
