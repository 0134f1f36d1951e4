"""Customs declarations: the DUM message in several spellings, UBL export declarations, and what is no declaration."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import MEMBER, attempt, codes, column, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.cells import CellFault, CellKind
from ingestion.files import FileRows
from ingestion.identifiers import parse_tariff_code

OTHER_MEMBER = "999900000000154"
DECLARATION = f"""
  <bureau>300</bureau><regime>010</regime><annee>2025</annee><serie>0012345</serie><cle>K</cle>
  <exportateur><ICE>{MEMBER}</ICE><raisonSociale>Atlas Fruits</raisonSociale></exportateur>
  <declarant><ICE>{OTHER_MEMBER}</ICE></declarant>
  <destinataire><nom>Fruits SARL</nom><EORI>FR12345678900012</EORI></destinataire>
  <paysDestination>FR</paysDestination><incoterm>FOB</incoterm><poidsNet>1900.5</poidsNet>
"""
FIRST = """<article><numeroArticle>1</numeroArticle><codeNGP>0702000000</codeNGP><designation>Tomates</designation>
  <poidsNet>1000.5</poidsNet><poidsBrut>1100</poidsBrut><valeurFOB>15000.25</valeurFOB></article>"""
SECOND = """<article><numeroArticle>2</numeroArticle><codeNGP>0805102200</codeNGP><designation>Oranges</designation>
  <poidsNet>900</poidsNet><valeurFOB>9000</valeurFOB></article>"""


def dum(function: str = "2", declaration: str = DECLARATION, articles: str = FIRST + SECOND) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<message><numeroMessage>77</numeroMessage><dateMessage>2025-03-14T09:30:00</dateMessage><fonction>{function}</fonction>
<declaration>{declaration}<articles>{articles}</articles></declaration></message>""".encode()


def use(folder: Path, content: bytes, name: str = "DUM_20250314093000.XML") -> FileRows:
    return read(folder, content, name, "exports")


def test_a_declaration_gives_one_row_per_article(tmp_path: Path) -> None:
    rows = use(tmp_path, dum())
    first, second = rows.accepted.to_pylist()
    expected = {
        "member_id": MEMBER, "declaration_no": "300-010-2025-0012345-K", "line_no": 1, "registered_on": date(2025, 3, 14),
        "status": "registered", "regime": "010", "hs10": "0702000000", "description": "Tomates", "destination_country": "FR",
        "consignee_name": "Fruits SARL", "consignee_eori": "FR12345678900012", "incoterm": "FOB", "row_no": 1,
        "net_mass_kg": Decimal("1000.5"), "gross_mass_kg": Decimal(1100), "fob_value_mad": Decimal("15000.25"),
    }  # fmt: skip
    assert {name: first[name] for name in expected} == expected
    assert (second["line_no"], second["hs10"], second["net_mass_kg"], second["gross_mass_kg"]) == (
        2,
        "0805102200",
        900,
        None,
    )
    assert (rows.mapping.name, sum(column(rows, "fob_value_mad"))) == ("customs_declarations", Decimal("24000.25"))


@pytest.mark.parametrize(("function", "status"), [("0", "saved"), ("1", "validated"), ("2", "registered")])
def test_the_function_of_the_message_is_the_state(tmp_path: Path, function: str, status: str) -> None:
    assert set(column(use(tmp_path, dum(function)), "status")) == {status}


def test_the_state_and_day_of_the_declaration_tell_more_than_the_message(tmp_path: Path) -> None:
    stated = "<statut>Annulée</statut><dateEnregistrement>12/03/2025</dateEnregistrement><numeroDUM>D-9</numeroDUM>"
    rows = use(tmp_path, dum(declaration=DECLARATION + stated))
    assert set(column(rows, "status")) == {"cancelled"}
    assert set(column(rows, "registered_on")) == {date(2025, 3, 12)}
    assert set(column(rows, "declaration_no")) == {"D-9"}


def test_a_function_that_is_not_known_is_refused(tmp_path: Path) -> None:
    assert codes(use(tmp_path, dum("7"))) == {"VALUE_UNKNOWN": 2}


def test_other_spellings_attributes_and_several_declarations(tmp_path: Path) -> None:
    content = f"""<DUM xmlns="http://www.douane.gov.ma/dum"><DATE_MESSAGE>2025-03-14T09:30:00</DATE_MESSAGE><FONCTION>2</FONCTION>
    <DECLARATION numero="A1" regime="022"><EXPORTATEUR ICE="{MEMBER}"/><CODE_PAYS_DESTINATION>ES</CODE_PAYS_DESTINATION>
    <ARTICLE numero="3"><CODE_NGP>0702.00.00.00</CODE_NGP><POIDS_NET unite="T">1.25</POIDS_NET>
    <VALEUR_FAB devise="MAD">10,50</VALEUR_FAB>
    </ARTICLE></DECLARATION>
    <DECLARATION numero="A2" regime="022"><EXPORTATEUR ICE="{MEMBER}"/><CODE_PAYS_DESTINATION>NA</CODE_PAYS_DESTINATION>
    <ARTICLE><CODE_NGP>702000000</CODE_NGP><POIDS_NET>500</POIDS_NET><VALEUR_FAB>20,25</VALEUR_FAB></ARTICLE>
    <ARTICLE><CODE_NGP>0702000000</CODE_NGP><POIDS_NET>600</POIDS_NET><VALEUR_FAB devise="EUR">30,75</VALEUR_FAB></ARTICLE>
    </DECLARATION></DUM>"""
    rows = use(tmp_path, content.encode())
    found = [(row["declaration_no"], row["line_no"], row["destination_country"], row["net_mass_kg"], row["fob_value_mad"])
             for row in rows.accepted.to_pylist()]  # fmt: skip
    assert found == [("A1", 3, "ES", 1250, Decimal("10.5")), ("A2", 1, "NA", 500, Decimal("20.25"))]
    assert column(rows, "hs10") == ["0702000000", "0702000000"]
    assert ["HS_FORMATTED" in column(rows, "flags")[0], "HS_PADDED" in column(rows, "flags")[1]] == [True, True]
    assert codes(rows) == {"UNIT_CLASH": 1}


def test_what_is_missing_is_refused(tmp_path: Path) -> None:
    rows = use(tmp_path, dum(articles=FIRST + SECOND.replace("<poidsNet>900</poidsNet>", "")))
    assert [(cell.code, cell.column) for cell in rows.refused] == [("REQUIRED_MISSING", "net_mass_kg")]
    heavier = FIRST.replace("1100", "900")
    assert codes(use(tmp_path, dum(articles=heavier))) == {"MASS_INVALID": 1}


def test_a_declaration_of_another_member_in_a_file_of_a_member(tmp_path: Path) -> None:
    assert codes(use(tmp_path, dum(), f"{OTHER_MEMBER}_dum.xml")) == {"TENANT_MISMATCH": 2}
    nameless = DECLARATION.replace(f"<ICE>{MEMBER}</ICE>", "").replace(f"<ICE>{OTHER_MEMBER}</ICE>", "")
    assert set(column(use(tmp_path, dum(declaration=nameless), f"{MEMBER}_dum.xml"), "member_id")) == {MEMBER}


CAC, CBC = (f"urn:oasis:names:specification:ubl:schema:xsd:Common{kind}Components-2" for kind in ("Aggregate", "Basic"))


def ubl(*items: str, more: str = "") -> bytes:
    root = "urn:oasis:names:specification:ubl:schema:xsd:ExportCustomsDeclaration-2"
    return f"""<ExportCustomsDeclaration xmlns="{root}" xmlns:a="{CAC}" xmlns:b="{CBC}"><b:ID>DOC1</b:ID>
    <b:IssueDate>2025-03-14</b:IssueDate><b:ExportTypeCode>010</b:ExportTypeCode>
    <a:ExporterParty><a:PartyIdentification><b:ID schemeID="IF">1234567</b:ID></a:PartyIdentification>
    <a:PartyIdentification><b:ID schemeID="ICE">{MEMBER}</b:ID></a:PartyIdentification></a:ExporterParty>
    <a:CustomsDeclaration><b:ID>300-010-2025-0012345</b:ID>
    <a:Shipment><b:ID>S1</b:ID><a:GoodsItem/></a:Shipment>
    <a:ConsigneeParty><a:PartyName><b:Name>Fruits SARL</b:Name></a:PartyName><a:PostalAddress><a:Country>
    <b:IdentificationCode>FR</b:IdentificationCode></a:Country></a:PostalAddress></a:ConsigneeParty>{more}
    </a:CustomsDeclaration></ExportCustomsDeclaration>""".replace("<a:GoodsItem/>", "".join(items)).encode()


def goods(number: int, net: str, value: str, currency: str = "MAD", unit: str = "KGM", status: str = "") -> str:
    return f"""<a:GoodsItem><b:SequenceNumberID>{number}</b:SequenceNumberID><b:Description>Tomates</b:Description>
    {f"<b:CustomsStatusCode>{status}</b:CustomsStatusCode>" if status else ""}
    <b:FreeOnBoardValueAmount currencyID="{currency}">{value}</b:FreeOnBoardValueAmount>
    <b:NetWeightMeasure unitCode="{unit}">{net}</b:NetWeightMeasure>
    <a:Item><a:CommodityClassification><b:ItemClassificationCode listID="HS">0702000000</b:ItemClassificationCode>
    </a:CommodityClassification></a:Item></a:GoodsItem>"""


def test_a_declaration_in_ubl(tmp_path: Path) -> None:
    rows = use(tmp_path, ubl(goods(1, "1000.5", "15000.25"), goods(2, "0.9", "9000", unit="TNE")))
    first, second = rows.accepted.to_pylist()
    expected = {
        "member_id": MEMBER, "declaration_no": "300-010-2025-0012345", "line_no": 1, "registered_on": date(2025, 3, 14),
        "status": "registered", "regime": "010", "hs10": "0702000000", "destination_country": "FR",
        "net_mass_kg": Decimal("1000.5"), "fob_value_mad": Decimal("15000.25"), "consignee_name": "Fruits SARL",
    }  # fmt: skip
    assert {name: first[name] for name in expected} == expected
    assert (second["net_mass_kg"], rows.mapping.name) == (900, "customs_declarations_ubl")


def test_states_and_currencies_in_ubl(tmp_path: Path) -> None:
    rows = use(
        tmp_path,
        ubl(goods(1, "1", "10", status="Draft"), goods(2, "1", "10", status="Cleared"), goods(3, "1", "10", "EUR")),
    )
    assert column(rows, "status") == ["saved", "registered"]
    assert [(cell.code, cell.column) for cell in rows.refused] == [("REQUIRED_MISSING", "fob_value_mad")]
    assert codes(use(tmp_path, ubl(goods(1, "2", "10", unit="LTR")))).total() == 1


def test_what_is_no_declaration_is_refused(tmp_path: Path) -> None:
    def code(content: bytes) -> str | None:
        return attempt(use, tmp_path, content)[1]

    assert code(b"<message><fonction>2</fonction></message>") == "XML_UNKNOWN"
    assert (
        code(b'<Waybill xmlns="urn:oasis:names:specification:ubl:schema:xsd:Waybill-2"><ID>1</ID></Waybill>')
        == "XML_UNKNOWN"
    )
    assert code(ubl()) == "NO_DATA"
    assert code(b"<journal><article><titre>Nouvelles</titre></article></journal>") == "SCHEMA_DRIFT"
    names = "".join(f"<champ{number}>1</champ{number}>" for number in range(600))
    assert code(dum(articles=f"<article>{names}</article>")) == "HOSTILE_XML"
    deep = "<bloc>" * 200 + "x" + "</bloc>" * 200
    assert code(dum(articles=FIRST.replace("</article>", f"{deep}</article>"))) is None


@pytest.mark.parametrize(
    ("text", "code", "flags"),
    [
        ("0702000000", "0702000000", set()), ("0702.00.00.00", "0702000000", {"HS_FORMATTED"}),
        ("07 02 00 00 00", "0702000000", {"HS_FORMATTED"}), ("702000000", "0702000000", {"HS_PADDED"}),
        ("702.00.00.00", "0702000000", {"HS_FORMATTED", "HS_PADDED"}), ("715000000", "715000000", set()),
        ("509000000", "509000000", set()), ("310530000", "310530000", set()), ("070200", "070200", set()),
        ("7O2000000", "7O2000000", set()),
    ],
)  # fmt: skip
def test_tariff_codes(text: str, code: str, flags: set[str]) -> None:
    assert parse_tariff_code(text) == (code, flags)


def test_a_tariff_code_that_a_spreadsheet_shortened() -> None:
    assert parse_tariff_code("702000000", CellKind.NUMBER) == ("0702000000", {"HS_PADDED"})
    with pytest.raises(CellFault):
        parse_tariff_code("7,02E+08")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 10**6), length=st.integers(0, 30), noise=st.text(max_size=12))
def test_any_damage_is_read_or_refused(tmp_path: Path, where: int, length: int, noise: str) -> None:
    good = dum()
    at = where % len(good)
    content = good[:at] + noise.encode() + good[at + length :]
    rows, code = attempt(use, tmp_path, content)
    assert (rows is None) != (code is None)
