"""Customs declarations: the DUM message of the Moroccan customs (ADII) and the export declaration of UBL 2.3 and later.

The schema of the DUM message is not public. What is assumed of it: the message carries its number, date and function
(0 save, 1 validate, 2 register) and each declaration its articles, in elements named `article`; the names of the other
elements are French, in any case and spelling of compounds (`codeNGP`, `CODE_NGP`), and become the headers. What stands
beside the articles holds for each of them; the name of a block stands before those of its elements (`exportateur ice`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from lxml import etree

from ingestion.cells import FileRefused
from ingestion.folding import fold
from ingestion.readers.document import DocumentSheet, Record
from ingestion.readers.xml import parse_xml
from ingestion.units import find_unit

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
UBL_ROOTS = tuple(f"{{{UBL}{name}-2}}{name}" for name in ("ExportCustomsDeclaration", "CustomsDeclaration"))
OTHER_STANDARDS = ("urn:oasis:names:", "urn:un:unece:", "http://www.w3.org/")
WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_.\-]+")
ARTICLE_NAMES = frozenset({"article", "article dum", "ligne article"})

STATUS, NUMBER, LINE, REGISTERED_ON = "statut", "numero declaration", "numero article", "date enregistrement"
EXPORTER = "exportateur ice"
# Other names of these, the most telling first.
NUMBER_NAMES = (
    NUMBER, "numero de declaration", "declaration numero", "numero dum", "dum numero", "reference dum", "dum reference",
    "reference declaration", "declaration reference", "reference", "numero",
)  # fmt: skip
LINE_NAMES = (LINE, "article numero", "num article", "numero", "rang", "numero ordre")
REGISTERED_NAMES = (REGISTERED_ON, "date d enregistrement", "date de l enregistrement")
EXPORTER_NAMES = (EXPORTER, "ice exportateur", "identifiant exportateur", "exportateur identifiant", "ice")
SENT_NAMES = ("date declaration", "date message", "date du message", "message date", "date")
NUMBER_PARTS = (("bureau", "code bureau"), ("regime", "code regime"), ("annee",), ("serie", "numero serie"), ("cle",))
UNIT_NAMES = ("unite", "devise")
KILOGRAMS = {"kg": Decimal(1), "t": Decimal(1000), "g": Decimal("0.001")}
NUMERIC = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")
DIRHAM = "MAD"
MOST_LABELS, MOST_WORDS = 500, 30  # beyond what any declaration has: a table of that many columns is an attack


def open_sheets(path: Path) -> list[DocumentSheet]:
    """The articles of all declarations; raises `FileRefused`: what `parse_xml` refuses, XML_UNKNOWN, NO_DATA."""
    root = parse_xml(path.read_bytes())
    if root.tag in UBL_ROOTS:
        return [_sheet([Record(place, cells) for place, cells in enumerate(_goods_items(root), start=1)])]
    articles = [element for element in root.iter("{*}*") if _is_article(element)]
    if str(root.tag).startswith(tuple(f"{{{standard}" for standard in OTHER_STANDARDS)) or not articles:
        raise FileRefused("XML_UNKNOWN", root=root.tag)
    return [_sheet([Record(place, cells) for place, cells in enumerate(_articles(articles), start=1)])]


def _sheet(records: list[Record]) -> DocumentSheet:
    if not records:
        raise FileRefused("NO_DATA")
    labels = dict.fromkeys(label for record in records for label in record.cells)
    # The state of the declaration tells more than the function of the message: the first of them is read.
    return DocumentSheet(tuple(sorted(labels, key=lambda label: label != STATUS)), records)


def _is_article(element: etree._Element) -> bool:
    return _words(element) in ARTICLE_NAMES and (len(element) > 0 or bool(element.attrib))


def _articles(articles: list[etree._Element]) -> Iterator[dict[str, str]]:
    """The cells of each article, with those of the declaration and the message around it."""
    own = [dict(_leaves(article, "")) for article in articles]
    labels_of_articles = {label for cells in own for label in cells}
    above = {ancestor for article in articles for ancestor in article.iterancestors()}
    beside = {ancestor: _beside_articles(ancestor, above, labels_of_articles) for ancestor in above}
    labels = labels_of_articles.union(*beside.values())
    if len(labels) > MOST_LABELS:
        raise FileRefused("HOSTILE_XML", cause=f"{len(labels)} > {MOST_LABELS} names")
    places: dict[etree._Element | None, int] = {}
    for article, cells in zip(articles, own, strict=True):
        parent = article.getparent()
        places[parent] = places.get(parent, 0) + 1
        around: dict[str, str] = {}
        for ancestor in article.iterancestors():
            for label, text in beside[ancestor].items():
                around.setdefault(label, text)
        yield _in_units({**_named(around), **cells, LINE: _first(cells, LINE_NAMES) or str(places[parent])})


def _named(around: dict[str, str]) -> dict[str, str]:
    """What stands around an article, with number, day and exporter of the declaration under one name each."""
    number = _first(around, NUMBER_NAMES)
    parts = [_first(around, names) for names in NUMBER_PARTS]
    if not number and all(parts[:-1]):
        number = "-".join(part for part in parts if part)
    registered_on = _first(around, REGISTERED_NAMES) or _first(around, SENT_NAMES)
    return around | {NUMBER: number, REGISTERED_ON: registered_on, EXPORTER: _first(around, EXPORTER_NAMES)}


def _first(cells: dict[str, str], names: Iterable[str]) -> str:
    """The cell of the first of these names that there is."""
    return next((cells[name] for name in names if name in cells), "")


def _in_units(cells: dict[str, str]) -> dict[str, str]:
    """Masses in kilograms; a mass or value in another unit or currency stands with it, and is refused with it."""
    for label in list(cells):
        unit = next((cells[f"{label} {name}"] for name in UNIT_NAMES if f"{label} {name}" in cells), "")
        if not unit:
            continue
        factor = KILOGRAMS.get(find_unit(unit) or "")
        if label.startswith("poids"):
            is_plain = factor is not None and NUMERIC.fullmatch(cells[label])
            cells[label] = f"{Decimal(cells[label]) * factor:f}" if is_plain and factor else f"{cells[label]} {unit}"
        elif label.startswith("valeur f") and unit.upper() != DIRHAM:
            cells[label] = f"{cells[label]} {unit}"
    return cells


def _beside_articles(
    ancestor: etree._Element, above: set[etree._Element], labels_of_articles: set[str]
) -> dict[str, str]:
    """What an element says beside the articles; under the name of its block where articles use the same name."""
    block, found = _words(ancestor), dict(_attributes(ancestor, ""))
    for child in ancestor.iterchildren("{*}*"):
        if not _is_article(child) and child not in above:
            for label, text in _leaves_of(child, ""):
                found.setdefault(label, text)
    return {f"{block} {label}" if label in labels_of_articles else label: text for label, text in found.items()}


def _leaves(element: etree._Element, before: str) -> Iterator[tuple[str, str]]:
    """The attributes and the texts below an element, each under the names that lead to it; the first of a name counts."""
    found: dict[str, str] = {}
    for label, text in _attributes(element, before):
        found.setdefault(label, text)
    for child in element.iterchildren("{*}*"):
        for label, text in _leaves_of(child, before):
            found.setdefault(label, text)
    yield from found.items()


def _leaves_of(child: etree._Element, before: str) -> Iterator[tuple[str, str]]:
    label = f"{before} {_words(child)}".strip()
    if label.count(" ") > MOST_WORDS:
        return
    if len(child):
        yield from _leaves(child, label)
        return
    if (child.text or "").strip():
        yield label, " ".join((child.text or "").split())
    yield from _attributes(child, label)


def _attributes(element: etree._Element, before: str) -> Iterator[tuple[str, str]]:
    for name, text in element.attrib.items():
        if not str(name).startswith("{") and str(text).strip():
            yield f"{before} {fold(WORD_START.sub(' ', str(name)))}".strip(), str(text).strip()


def _words(element: etree._Element) -> str:
    """The name of an element as folded words: `codeNGP` and `CODE_NGP` are `code ngp`."""
    return fold(WORD_START.sub(" ", etree.QName(element).localname))


def _goods_items(root: etree._Element) -> Iterator[dict[str, str]]:
    """The goods items of a UBL declaration, in the terms of UBL."""
    declaration = _find(root, "CustomsDeclaration")
    declaration = root if declaration is None else declaration
    common = {
        "CustomsDeclaration ID": _text(declaration, "ID") or _text(root, "ID"),
        "IssueDate": _text(root, "IssueDate") or _text(declaration, "IssueDate"),
        "ExportTypeCode": _text(root, "ExportTypeCode"),
        "ExporterParty identifier": _party_identifier(_find(root, "ExporterParty")),
        "ConsigneeParty name": _text(root, ".//ConsigneeParty/PartyName/Name"),
        "ConsigneeParty EORI": _scheme(_find(root, ".//ConsigneeParty"), "EORI"),
        "Destination country": _text(root, ".//DeliveryAddress/Country/IdentificationCode")
        or _text(root, ".//ConsigneeParty/PostalAddress/Country/IdentificationCode"),
        "DeliveryTerms ID": _text(root, ".//DeliveryTerms/ID"),
        "PreviousCustomsDeclaration ID": _text(declaration, "PreviousCustomsDeclaration/ID"),
    }
    tariff_code = _text(root, ".//Consignment/TariffCode")
    for place, item in enumerate(root.iter("{*}GoodsItem"), start=1):
        value = _amount(item, "FreeOnBoardValueAmount")
        statistics = _amount(item, "DeclaredStatisticsValueAmount")
        in_dirham = next((text for text, currency in (value, statistics) if currency == DIRHAM), "")
        invoiced = next(
            (
                (text, currency)
                for text, currency in (value, _amount(item, "ValueAmount"))
                if text and currency != DIRHAM
            ),
            ("", ""),
        )
        yield common | {
            "GoodsItem SequenceNumberID": _text(item, "SequenceNumberID") or _text(item, "ID") or str(place),
            "CustomsStatusCode": _text(item, "CustomsStatusCode"),
            "Commodity code": _text(item, ".//CommodityClassification/ItemClassificationCode")
            or _text(item, ".//CommodityClassification/CommodityCode")
            or tariff_code,
            "GoodsItem Description": _text(item, "Description") or _text(item, "Item/Description"),
            "NetWeightMeasure kg": _mass(item, "NetWeightMeasure"),
            "GrossWeightMeasure kg": _mass(item, "GrossWeightMeasure"),
            "CustomsTariffQuantity": _text(item, "CustomsTariffQuantity"),
            "CustomsTariffQuantity unit": _attribute(item, "CustomsTariffQuantity", "unitCode"),
            "FreeOnBoardValueAmount MAD": in_dirham,
            "Invoiced value": invoiced[0],
            "Invoiced currency": invoiced[1],
        }


def _find(element: etree._Element | None, path: str) -> etree._Element | None:
    return (
        None
        if element is None
        else element.find("/".join(part if part in (".", "") else "{*}" + part for part in path.split("/")))
    )


def _text(element: etree._Element | None, path: str) -> str:
    found = _find(element, path)
    return "" if found is None else " ".join((found.text or "").split())


def _attribute(element: etree._Element, path: str, name: str) -> str:
    found = _find(element, path)
    return "" if found is None else str(found.get(name, ""))


def _amount(item: etree._Element, name: str) -> tuple[str, str]:
    return _text(item, name), _attribute(item, name, "currencyID")


def _mass(item: etree._Element, name: str) -> str:
    """A mass in kilograms; in another unit than those of mass, as it stands with its unit, which is then refused."""
    text, unit = _text(item, name), _attribute(item, name, "unitCode") or "KGM"
    factor = KILOGRAMS.get(find_unit(unit) or "")
    if not text or factor == 1:
        return text
    return f"{Decimal(text) * factor:f}" if factor and NUMERIC.fullmatch(text) else f"{text} {unit}"


def _party_identifier(party: etree._Element | None) -> str:
    """The company number (ICE) of a party: the identifier of that scheme, else the first of its identifiers."""
    return _scheme(party, "ICE") or next(
        (
            found
            for path in ("PartyIdentification/ID", "PartyLegalEntity/CompanyID", "PartyTaxScheme/CompanyID")
            if (found := _text(party, path))
        ),
        "",
    )


def _scheme(party: etree._Element | None, scheme: str) -> str:
    if party is None:
        return ""
    for element in party.iter("{*}ID", "{*}CompanyID"):
        if element.get("schemeID", "").upper() == scheme:
            return " ".join((element.text or "").split())
    return ""
