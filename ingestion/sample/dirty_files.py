"""Files that are dirt as a whole."""

from __future__ import annotations

from dataclasses import replace

from ingestion.sample.documents import Document, rendered
from ingestion.sample.soiling import Act, Dirt, Documents, find_document, rows_where


def _ambiguous_number(documents: Documents) -> list[Dirt]:
    source = find_document(documents, "production", "TEX08")
    rows = [dict(row) for row in rows_where(source, product_id="TEX08-A-P1")[:2]]
    for row, quantity in zip(rows, ("1,234", "2,345"), strict=True):
        row.update(process_id="L2", quantity_gross=quantity, quantity_saleable=None, scrap_quantity=None)
    name = "production_ligne_2_Exemple_Textile_08.csv"
    documents.append(replace(source, name=name, container="csv_fr", rows=rows))
    return [Dirt("number that may be a thousand or a fraction", "production", name, "NUM_AMBIGUOUS", 2)]


def _file_twice(documents: Documents) -> list[Dirt]:
    source = find_document(documents, "production", "AGR04")
    name = source.name.replace(".csv", "_copie.csv")
    documents.append(replace(source, name=name, content=rendered(source)))
    return [Dirt("same file under another name", "production", name, "FILE_SEEN", 0)]


def _empty_file(documents: Documents) -> list[Dirt]:
    name = "factures_energie_Exemple_Auto_06_2026.csv"
    documents.append(Document("energy_bills", "AUT06", name, "csv_fr", [], content=b""))
    return [Dirt("empty file", "energy_bills", name, "NO_DATA", 0)]


def _missing_column(documents: Documents) -> list[Dirt]:
    source = find_document(documents, "energy_bills", "TEX08")
    name = "Exemple_Textile_08_energy_extract.csv"
    rows = [dict(row) for row in source.rows[:6]]
    documents.append(Document("energy_bills", "TEX08", name, "csv", rows, without_column="period_end"))
    return [Dirt("file without a required column", "energy_bills", name, "SCHEMA_DRIFT", 0)]


def _pdf_as_csv(documents: Documents) -> list[Dirt]:
    name = "facture_scan_Exemple_Agro_09.csv"
    content = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n\x00\x01\x02\x00"
    documents.append(Document("energy_bills", "AGR09", name, "csv", [], content=content))
    return [Dirt("PDF renamed to .csv", "energy_bills", name, "CORRUPT", 0)]


FILES: tuple[Act, ...] = (
    _ambiguous_number,
    _file_twice,
    _empty_file,
    _missing_column,
    _pdf_as_csv,
)
