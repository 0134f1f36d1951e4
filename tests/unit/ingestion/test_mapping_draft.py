"""A draft names what the headers and the cells prove, and says of everything else that it is not proven."""

from pathlib import Path

import pytest
import yaml

from ingestion import mapping_evidence as evidence
from ingestion.cells import Column, FileRefused
from ingestion.feeds import load_feeds
from ingestion.mapping import MappingInvalid, load_mapping, load_mappings
from ingestion.mapping_draft import Draft, draft_mapping
from ingestion.mapping_file import read_mapping_file
from ingestion.mapping_text import draft_text

MEMBER = "999900000000057"
LYDEC = """\
Relevé des factures;;;;;;;;;;;;
;;;;;;;;;;;;
Client;ICE client;Police;Compteur N°;Facture N°;Date facture;Du;Au;Ancien index;Nouvel index;Conso (kWh);Coef.;TVA
X SARL;999900000000057;C12;45-7;123AB;05/02/2024;01/01/2024;31/01/2024;10200;10650;4 500,50;10;864,00
X SARL;999900000000057;C12;45-7;124AB;05/03/2024;01/02/2024;29/02/2024;10650;11010;3 600,00;10;691,20
;Total;;;;;;;;;8 100,50;;1555,20
"""
SPANISH = """\
CUPS;Comercializadora;Nº factura;Fecha factura;Fecha desde;Fecha hasta;Energía;Consumo (kWh);Importe (€)
ES1;Iberia;F1;05/02/2024;01/01/2024;31/01/2024;Electricidad;12.345,50;1.851,83
ES1;Iberia;F2;05/03/2024;01/02/2024;29/02/2024;Electricidad;11.980,00;1.797,00
"""


def _draft(folder: Path, text: str, name: str = "export.csv", feed: str = "energy_bills") -> Draft:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return draft_mapping(path, load_feeds()[feed], load_mappings(), "export")


def _headers(draft: Draft) -> dict[str, str]:
    return {column: match.profile.label for column, match in draft.matches.items()}


def _document(draft: Draft, folder: Path) -> dict:
    path = folder / f"{draft.name}.yml"
    path.write_text(draft_text(draft, "export.csv"), encoding="utf-8")
    return read_mapping_file(path, path.read_bytes()).document


def test_headers_are_known_from_the_mappings_and_cells_from_their_content(tmp_path: Path) -> None:
    draft = _draft(tmp_path, LYDEC)
    assert _headers(draft) == {
        "member_id": "ICE client",
        "contract_no": "Police",
        "meter_id": "Compteur N°",
        "bill_no": "Facture N°",
        "issued_on": "Date facture",
        "period_start": "Du",
        "period_end": "Au",
        "quantity": "Conso (kWh)",
        "index_start": "Ancien index",
        "index_end": "Nouvel index",
        "multiplier": "Coef.",
    }
    assert draft.matches["member_id"].why == "by its cells, which are company numbers"
    assert draft.constants == {"unit": "kWh"}
    assert draft.date_order == ("day_first", "proven by 31/01/2024")
    assert draft.decimal == (",", "proven by the cells")
    assert draft.period_end == ("inclusive", "proven: one period ends where the next begins (1 times)")
    assert [column.name for column in draft.missing] == ["supplier", "bill_type", "carrier"]
    assert [(found.label, hint) for found, hint in draft.unused] == [("Client", "text"), ("TVA", "numbers")]


def test_a_language_that_no_mapping_has_is_read_from_the_cells(tmp_path: Path) -> None:
    draft = _draft(tmp_path, SPANISH, name=f"{MEMBER}_consumos.csv")
    assert _headers(draft) == {
        "bill_no": "Nº factura",
        "issued_on": "Fecha factura",
        "period_start": "Fecha desde",
        "period_end": "Fecha hasta",
        "carrier": "Energía",
        "quantity": "Consumo (kWh)",
    }
    assert draft.sender == MEMBER
    assert draft.unknown_words == {"carrier": (("Electricidad", "electricity"),)}
    assert draft.decimal[0] == ","


@pytest.mark.parametrize("text", [LYDEC, SPANISH])
def test_the_text_is_valid_by_the_schema_and_says_what_is_left_to_do(tmp_path: Path, text: str) -> None:
    draft = _draft(tmp_path, text)
    document = _document(draft, tmp_path)
    assert (document["mapping"], document["feed"], document["version"]) == ("export", "energy_bills", "1")
    assert set(document["columns"]) == set(draft.matches)
    assert document["constants"] == {"unit": "kWh"}
    with pytest.raises(
        MappingInvalid, match=r"export.yml, line \d+, columns: required by energy_bills but not filled: "
    ):
        load_mapping(tmp_path / "export.yml")
    written = (tmp_path / "export.yml").read_text(encoding="utf-8")
    assert '#   bill_type: "?"  # one of invoice, credit_note' in written


def test_a_draft_that_fills_everything_is_a_mapping(tmp_path: Path) -> None:
    text = "site_id,member_id,name,region\nS1,999900000000057,Nord,Rabat\n"
    draft = _draft(tmp_path, text, feed="sites")
    assert draft.missing == ()
    _document(draft, tmp_path)
    assert {rule.name for rule in load_mapping(tmp_path / "export.yml").columns} == {
        "site_id",
        "member_id",
        "name",
        "region",
    }


def test_what_no_cell_proves_is_said_to_be_unproven(tmp_path: Path) -> None:
    text = 'Compteur,Du,Au,Quantité,Unité\n1,01/02/2024,03/04/2024,"1,234",kWh\n'
    draft = _draft(tmp_path, text)
    assert (draft.date_order, draft.decimal, draft.period_end) == (("day_first", ""), ("detect", ""), ("inclusive", ""))
    written = draft_text(draft, "export.csv").splitlines()
    for key in ("dates: day_first", "decimal: detect", "period_end: inclusive"):
        (line,) = [line for line in written if line.startswith(key)]
        assert "# not proven by the cells" in line


def test_words_are_sorted_into_known_and_unknown_ones(tmp_path: Path) -> None:
    text = "Compteur;Poste horaire;Énergie\n1;Heures pleines;Gasoil\n1;HC;Électricité\n1;Minuit;Kérosène\n"
    draft = _draft(tmp_path, text)
    assert draft.words == {
        "register": {"normal": ("Heures pleines",), "off_peak": ("HC",)},
        "carrier": {"diesel": ("Gasoil",), "electricity": ("Électricité",)},
    }
    assert {column: [word for word, _ in words] for column, words in draft.unknown_words.items()} == {
        "register": ["Minuit"],
        "carrier": ["Kérosène"],
    }
    document = _document(draft, tmp_path)
    assert document["columns"]["register"]["values"] == {"normal": ["Heures pleines"], "off_peak": ["HC"]}
    assert '    #   ?: ["Minuit"]' in (tmp_path / "export.yml").read_text(encoding="utf-8")


def test_a_rate_is_not_taken_for_an_amount(tmp_path: Path) -> None:
    draft = _draft(tmp_path, "Compteur;TVA;TVA %\n1;864,00;20\n")
    assert _headers(draft)["vat_rate"] == "TVA %"
    assert "vat_amount" not in draft.matches


def test_tokens_of_absence_are_listed(tmp_path: Path) -> None:
    assert _draft(tmp_path, "Compteur;Quantité\n1;10\n2;néant\n3;n/a\n").nulls == ("n/a", "néant")


def test_a_wide_layout_is_pointed_out(tmp_path: Path) -> None:
    months = ";".join(f"{month} 2024" for month in ("Janvier", "Février", "Mars", "Avril"))
    draft = _draft(tmp_path, f"Compteur;{months}\n1;10;11;12;13\n")
    assert draft.wide == "([a-z]+) ([0-9]{4})"
    assert "# unpivot:" in draft_text(draft, "export.csv")


@pytest.mark.parametrize(("text", "code"), [("a;b\n1;2\n", "SCHEMA_DRIFT"), ("12;13\n14;15\n", "NO_DATA")])
def test_a_file_of_which_nothing_is_recognised_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        _draft(tmp_path, text, feed="exports")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["31/01/2024", "01/02/2024"], ("day_first", "proven by 31/01/2024")),
        (["01/31/2024"], ("month_first", "proven by 01/31/2024")),
        (["01/31/2024", "31/01/2024"], ("day_first", "")),
        (["01/02/2024"], ("day_first", "")),
        (["2024-01-31"], ("day_first", "no date is written in figures with the day or month first")),
    ],
)
def test_the_order_of_dates_is_proven_or_not(cells: list[str], expected: tuple[str, str]) -> None:
    assert evidence.date_order([evidence.profile(0, "Date", Column.of(cells), frozenset())]) == expected


@pytest.mark.parametrize(
    ("cells", "sign"),
    [(["1,5"], ","), (["1.5"], "."), (["1,5", "1.5"], "detect"), (["1,500"], "detect"), (["15"], "detect")],
)
def test_the_decimal_sign_is_proven_or_detected(cells: list[str], sign: str) -> None:
    assert evidence.decimal_sign([Column.of(cells)])[0] == sign


def test_periods_that_meet_prove_whether_the_last_day_is_included() -> None:
    starts = Column.of(["01/01/2024", "01/02/2024"])
    inclusive, exclusive = Column.of(["31/01/2024", "29/02/2024"]), Column.of(["01/02/2024", "01/03/2024"])
    assert evidence.period_end(starts, inclusive, ["a", "a"], "day_first")[0] == "inclusive"
    assert evidence.period_end(starts, exclusive, ["a", "a"], "day_first") == (
        "exclusive",
        "proven: one period ends where the next begins (1 times)",
    )
    assert evidence.period_end(starts, exclusive, ["a", "b"], "day_first") == ("inclusive", "")


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("Consumo (kWh)", "kWh"),
        ("Conso kWh", "kWh"),
        ("Volume [m3]", "m3"),
        ("Montant HT", None),
        ("Code unité", None),
        ("kWh", None),
    ],
)
def test_a_unit_is_read_from_a_header(label: str, unit: str | None) -> None:
    assert evidence.unit_in_header(label) == unit


def test_texts_that_look_otherwise_stay_text_in_the_yaml(tmp_path: Path) -> None:
    draft = _draft(tmp_path, 'Compteur;Quantité;"No: ""#1"" {x}"\n1;10;y\n')
    assert yaml.safe_load(draft_text(draft, "a: b #c.csv"))["mapping"] == "export"
