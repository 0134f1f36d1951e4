"""Bills that do not fit the others of their meter, and corrections that do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from ingestion.sample.energy import ELECTRICITY_PRICES, price
from ingestion.sample.numbers import scaled
from ingestion.sample.rows import Row
from ingestion.sample.soiling import (
    ACCEPTED,
    Act,
    Dirt,
    Documents,
    energy_lines,
    find_document,
    lines_of_bill,
    overwrite,
    rows_where,
)


def _gas_without_basis(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "ENG05")
    rows = rows_where(document, carrier="natural_gas")[12:14]
    return overwrite(document, rows, "gas without PCS or PCI", "HEATING_VALUE_BASIS_MISSING", heating_value_basis=None)


def _credit_notes(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "TEX06")
    found: list[Dirt] = []
    for number, kind, code in (
        (8, "credit note that names its bill", ACCEPTED),
        (16, "credit note of no bill", "CREDIT_UNLINKED"),
    ):
        row = lines_of_bill(document, "TEX06-B-CO1", number)[0]
        back = {
            column: -Decimal(str(row[column]))
            for column in ("quantity", "amount_excl_vat", "vat_amount", "amount_incl_vat")
        }
        credit = row | back | {"bill_type": "credit_note", "bill_no": f"AV-{row['bill_no']}"}
        credit["corrects_bill_no"] = row["bill_no"] if code == ACCEPTED else None
        document.rows.append(credit)
        found.append(Dirt(kind, document.feed, document.name, code, 1))
    return found


def _read_again(row: Row, steps: int) -> Row:
    """A line in kWh as it is when its meter's last reading was `steps` higher."""
    start, end, multiplier = (int(str(row[column])) for column in ("index_start", "index_end", "multiplier"))
    counted = (end + steps - start) * multiplier
    line = row | {"index_end": end + steps, "quantity": counted}
    return price(line, scaled(counted * ELECTRICITY_PRICES[str(row["register"])], 2))


def _corrected_bill(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "AGR03")
    misread = lines_of_bill(document, "AGR03-A-EL1", 11)
    for row in energy_lines(misread):
        correction = {"bill_type": "corrective", "bill_no": f"{row['bill_no']}-R", "corrects_bill_no": row["bill_no"]}
        document.rows.append(_read_again(row, -100) | correction)
    return [Dirt("bill that another corrects", document.feed, document.name, "corrected", len(misread))]


def _later_version(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "AGR09")
    row = lines_of_bill(document, "AGR09-A-EL1", 5)[0]
    name = document.name.replace(".csv", "_bis.csv")
    documents.append(replace(document, name=name, rows=[_read_again(row, 10)]))
    return [Dirt("bill that a later file changes", document.feed, document.name, "superseded_version", 1)]


def _voided_bill(documents: Documents) -> list[Dirt]:
    """A second bill of the same days, and the void by which its supplier takes it back."""
    document = find_document(documents, "energy_bills", "AGR03")
    issued = lines_of_bill(document, "AGR03-A-EL1", 14)
    number = f"{issued[0]['bill_no']}-E"
    mistake = [row | {"bill_no": number} for row in issued]
    void = mistake[0] | {"bill_type": "void", "bill_no": f"ANN-{number}", "corrects_bill_no": number}
    document.rows += [*mistake, void]
    return [Dirt("bill that its supplier voids", document.feed, document.name, "voided", len(mistake))]


def _slip_with_amount(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "AUT03")
    rows = energy_lines(lines_of_bill(document, "AUT03-A-EL1", 18))
    for row in rows:
        row["quantity"] = Decimal(str(row["quantity"])) / 1000
        row["index_start"] = row["index_end"] = row["multiplier"] = None
    return [
        Dirt(
            "MWh entered as kWh, with its amount",
            document.feed,
            document.name,
            "landed.energy_bills.price_plausible",
            len(rows),
        )
    ]


def _slip_without_amount(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "AUT03")
    (row,) = lines_of_bill(document, "AUT03-A-CO1", 5)
    row["quantity"] = Decimal(str(row["quantity"])) / 1000
    row.update(amount_excl_vat=None, vat_rate=None, vat_amount=None, amount_incl_vat=None)
    return [Dirt("cubic metres entered as litres, without an amount", document.feed, document.name, "B28", 1)]


def _gap(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "CIM04")
    lost = lines_of_bill(document, "CIM04-A-EL1", 22)
    document.rows = [row for row in document.rows if row not in lost]
    return [Dirt("bill that never came", document.feed, document.name, "B08", 0)]


def _overlap(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "ACI01", "2025")
    rows = lines_of_bill(document, "ACI01-A-EL1", 6)
    start = rows[0]["period_start"]
    if not isinstance(start, date):
        raise TypeError(f"period_start of a bill must be a date, not {start!r}")
    return overwrite(
        document, rows, "bill that begins before the last one ended", "B09", period_start=start - timedelta(days=6)
    )


def _two_numbers(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "AUT05")
    rows = lines_of_bill(document, "AUT05-A-EL1", 30)
    document.rows += [row | {"bill_no": f"{row['bill_no']}-DUP"} for row in rows]
    return [Dirt("one invoice under two numbers", document.feed, document.name, "B01", len(rows))]


def _total_beside_its_parts(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "ENG03")
    rows = energy_lines(lines_of_bill(document, "ENG03-A-EL1", 25))
    total = {key: value for key, value in rows[0].items() if key not in {"index_start", "index_end", "multiplier"}}
    total |= {"register": "total", "quantity": sum(Decimal(str(row["quantity"])) for row in rows)}
    for column in ("amount_excl_vat", "vat_amount", "amount_incl_vat"):
        total[column] = sum((Decimal(str(row[column])) for row in rows), Decimal(0))
    document.rows.append(total)
    return [Dirt("total beside its three registers", document.feed, document.name, "register_total_with_parts", 1)]


BILLS: tuple[Act, ...] = (
    _gas_without_basis,
    _credit_notes,
    _corrected_bill,
    _later_version,
    _voided_bill,
    _slip_with_amount,
    _slip_without_amount,
    _gap,
    _overlap,
    _two_numbers,
    _total_beside_its_parts,
)
