"""Who sends which file: rows gathered into documents, each with its container, language and name as people give them.

A document can still be changed (that is how dirt gets in); `rendered` turns it into bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ingestion.feeds import load_feeds
from ingestion.sample import certification, organisation, registers, wording
from ingestion.sample.association import Association, Member
from ingestion.sample.containers import (
    ENGLISH_CSV,
    FRENCH_ANSI_CSV,
    FRENCH_CSV,
    CsvStyle,
    Table,
    csv_bytes,
    parquet_bytes,
    xlsx_bytes,
)
from ingestion.sample.numbers import YEARS
from ingestion.sample.rows import Cell, Row

CSV_STYLES: dict[str, CsvStyle] = {"csv": ENGLISH_CSV, "csv_fr": FRENCH_CSV, "csv_ansi": FRENCH_ANSI_CSV}
FRENCH = frozenset({"csv_fr", "csv_ansi", "xlsx_fr"})
MEMBER_CONTAINERS = ("xlsx_fr", "csv", "csv_fr", "csv_ansi", "xlsx")
BROKER_CONTAINERS = ("csv_fr", "csv", "xlsx_fr", "csv_ansi", "parquet")
SHEET_NAMES = {
    "meters": "Compteurs",
    "energy_bills": "Factures",
    "production": "Production",
    "process_activity": "Procédés",
    "exports": "DUM",
}

# Members whose accountants close a file each year, and members whose electricity the seller reports itself.
YEARLY_SENDERS = frozenset({"ENG01", "CIM01", "ACI01", "AGR01", "AUT01"})
REPORTED_BY_SELLER = frozenset({"ENG04", "CIM02", "ACI02", "AUT02", "AUT04", "AGR08"})
# Members whose plant systems export production and processes as Parquet.
PLANT_SYSTEMS = frozenset({"CIM03", "AUT04"})


@dataclass
class Document:
    """One file to be: `owner` is the member's code, its group, or the seller or broker who sends it."""

    feed: str
    owner: str
    name: str
    container: str
    rows: list[Row]
    above: tuple[str, ...] = ()
    below: list[str] = field(default_factory=list)
    without_column: str | None = None
    content: bytes | None = None

    @property
    def language(self) -> str:
        """The language of headers and choices: fr or en."""
        return "fr" if self.container in FRENCH else "en"


def rendered(document: Document) -> bytes:
    """The bytes of a document."""
    if document.content is not None:
        return document.content
    table = _table(document)
    if document.container in CSV_STYLES:
        return csv_bytes(table, CSV_STYLES[document.container])
    if document.container == "parquet":
        return parquet_bytes(table)
    sheet_name = SHEET_NAMES[document.feed] if document.language == "fr" else document.feed
    return xlsx_bytes(table, sheet_name, document.language)


def _table(document: Document) -> Table:
    """The columns that the document uses, in the order of the feed, and its cells in words."""
    columns = tuple(
        column
        for column in load_feeds()[document.feed].columns
        if column.name != document.without_column
        and (column.required or any(row.get(column.name) is not None for row in document.rows))
    )
    rows = tuple(
        tuple(wording.cell(document.feed, row, column.name, document.language) for column in columns)
        for row in document.rows
    )
    below: list[tuple[Cell, ...]] = []
    for line in document.below:
        cells: list[Cell] = [line or None, *[None] * (len(columns) - 1)]
        if line.startswith("Total"):
            for position, column in enumerate(columns):
                if column.name in {"amount_excl_vat", "vat_amount", "amount_incl_vat", "fob_value_mad"}:
                    numbers = [row[position] for row in rows if isinstance(row[position], (int, Decimal))]
                    cells[position] = sum((Decimal(str(number)) for number in numbers), Decimal(0))
        below.append(tuple(cells))
    headers = tuple(wording.header(document.feed, column.name, document.language) for column in columns)
    return Table(columns, headers, rows, document.above, tuple(below))


def register_documents(association: Association, seed: int) -> list[Document]:
    """One file for each register, as the association keeps it."""
    contents: dict[str, list[Row]] = {
        "members": registers.member_rows(association),
        "sites": registers.site_rows(association),
        "site_shares": organisation.site_share_rows(association),
        "meters": registers.meter_rows(association),
        "products": registers.product_rows(association),
        "allocation_rules": registers.allocation_rule_rows(association),
        "instruments": certification.instrument_rows(association),
        "fuel_certificates": registers.fuel_certificate_rows(association),
        "heat_supplies": registers.heat_supply_rows(association),
        "chp_units": registers.chp_rows(association),
        "programmes": certification.programme_rows(association, seed),
        "base_years": organisation.base_year_rows(association),
        "base_year_changes": organisation.base_year_change_rows(association),
        "account_statements": registers.account_statement_rows(association),
        "applications": certification.application_rows(association),
        "evidence": certification.evidence_rows(association),
        "case_events": certification.case_event_rows(association),
    }
    return [
        Document(
            feed,
            "association",
            "compteurs.xlsx",
            "xlsx_fr",
            rows,
            above=_title("Registre des compteurs", "l'association"),
        )
        if feed == "meters"
        else Document(feed, "association", f"{feed}.csv", "csv", rows)
        for feed, rows in contents.items()
    ]


def energy_documents(association: Association, rows: list[Row]) -> list[Document]:
    """A file per member, or one a year, and the yearly files of the seller that reports its readings itself."""
    seller_rows: dict[int, list[Row]] = {year: [] for year in YEARS}
    own_rows: dict[str, list[Row]] = {member.code: [] for member in association.members}
    codes = {member.member_id: member.code for member in association.members}
    for row in rows:
        code = codes[str(row["member_id"])]
        if code in REPORTED_BY_SELLER and row["supplier"] == "ONEE":
            seller_rows[_year(row)].append(row)
        else:
            own_rows[code].append(row)
    documents = [
        Document("energy_bills", "ONEE", f"ONEE_releves_{year}.parquet", "parquet", seller_rows[year]) for year in YEARS
    ]
    for position, member in enumerate(association.members):
        container = MEMBER_CONTAINERS[position % len(MEMBER_CONTAINERS)]
        if member.code in YEARLY_SENDERS:
            for year in YEARS:
                of_year = [row for row in own_rows[member.code] if _year(row) == year]
                documents.append(_energy_document(member, container, str(year), of_year))
        else:
            documents.append(_energy_document(member, container, "2023-2025", own_rows[member.code]))
    return documents


def _energy_document(member: Member, container: str, years: str, rows: list[Row]) -> Document:
    name = _file_name(
        container,
        member_name(member),
        {
            "xlsx_fr": f"Factures_energie_{years}_{{name}}.xlsx",
            "csv": f"{{name}}_energy_bills_{years}.csv",
            "csv_fr": f"factures_energie_{{name}}_{years}.csv",
            "csv_ansi": f"EXPORT_COMPTA_{{name}}_{years}.csv",
            "xlsx": f"{{name}}_energy_{years}.xlsx",
        },
    )
    above = _title(f"Factures d'énergie {years}", member_name(member)) if container == "xlsx_fr" else ()
    return Document("energy_bills", member.code, name, container, rows, above=above)


def production_documents(association: Association, rows: list[Row]) -> list[Document]:
    """A file per group or single member."""
    return _grouped(
        "production",
        association,
        rows,
        1,
        {
            "xlsx_fr": "Production_{name}_2023-2025.xlsx",
            "csv": "{name}_production.csv",
            "csv_fr": "production_mensuelle_{name}.csv",
            "csv_ansi": "ERP_PROD_{name}.csv",
            "xlsx": "{name}_production_2023-2025.xlsx",
            "parquet": "{name}_production.parquet",
        },
    )


def process_documents(association: Association, rows: list[Row]) -> list[Document]:
    """A file per group or single member that has processes."""
    return _grouped(
        "process_activity",
        association,
        rows,
        2,
        {
            "xlsx_fr": "Procedes_{name}.xlsx",
            "csv": "{name}_process.csv",
            "csv_fr": "procedes_{name}.csv",
            "csv_ansi": "PROCEDES_{name}.csv",
            "xlsx": "{name}_process.xlsx",
            "parquet": "{name}_process.parquet",
        },
    )


def export_documents(association: Association, rows: list[Row]) -> list[Document]:
    """The yearly files of five customs brokers, each with the declarations of its clients."""
    brokers = {
        member.member_id: position % len(BROKER_CONTAINERS) for position, member in enumerate(association.members)
    }
    documents: list[Document] = []
    for broker, container in enumerate(BROKER_CONTAINERS):
        for year in YEARS:
            registered = [
                row
                for row in rows
                if brokers[str(row["member_id"])] == broker
                and isinstance(row["registered_on"], date)
                and row["registered_on"].year == year
            ]
            suffix = {"csv": "csv", "csv_fr": "csv", "csv_ansi": "csv", "xlsx_fr": "xlsx", "parquet": "parquet"}[
                container
            ]
            name = f"DUM_{year}_Exemple_Transit_{broker + 1:02d}.{suffix}"
            above = _title(f"DUM {year}", f"Exemple Transit {broker + 1:02d}") if container == "xlsx_fr" else ()
            documents.append(Document("exports", f"broker {broker + 1}", name, container, registered, above=above))
    return documents


def member_name(member: Member) -> str:
    """The member's name without its legal form: Exemple Engrais 01."""
    return " ".join(member.legal_name.split()[:3])


def _year(row: Row) -> int:
    end = row["period_end"]
    if not isinstance(end, date):
        raise TypeError(f"period_end of a bill must be a date, not {end!r}")
    return end.year


def _title(subject: str, who: str) -> tuple[str, ...]:
    return (f"{subject} : {who}", "Données fictives, faites pour l'essai", "Établi le 05/01/2026", "")


def _file_name(container: str, name: str, patterns: dict[str, str]) -> str:
    return patterns[container].format(name=name.replace(" ", "_"))


def _grouped(
    feed: str, association: Association, rows: Iterable[Row], first: int, patterns: dict[str, str]
) -> list[Document]:
    """One document per group or single member that has rows, with the containers in turn from the `first`."""
    owner_of: dict[str, tuple[str, str]] = {
        member.member_id: (member.holding_id, f"Groupe Exemple {member.holding_id.removeprefix('GRP-').title()}")
        if member.holding_id
        else (member.code, member_name(member))
        for member in association.members
    }
    by_owner: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_owner.setdefault(owner_of[str(row["member_id"])], []).append(row)
    documents: list[Document] = []
    for position, ((owner, name), owned) in enumerate(by_owner.items(), start=first):
        container = "parquet" if owner in PLANT_SYSTEMS else MEMBER_CONTAINERS[position % len(MEMBER_CONTAINERS)]
        above = _title(SHEET_NAMES[feed], name) if container == "xlsx_fr" else ()
        documents.append(Document(feed, owner, _file_name(container, name, patterns), container, owned, above=above))
    return documents
