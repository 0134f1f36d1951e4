"""Cells that cannot be read as they stand, and rows that repeat, contradict or are none."""

from __future__ import annotations

from dataclasses import replace

from ingestion.sample.numbers import ice
from ingestion.sample.soiling import (
    ACCEPTED,
    Act,
    Dirt,
    Documents,
    find_document,
    lines_of_bill,
    overwrite,
)


def _ice_with_bad_checksum(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "ENG02")
    rows = document.rows[40:42]
    member_id = str(rows[0]["member_id"])
    wrong = member_id[:-1] + str((int(member_id[-1]) + 1) % 10)
    return overwrite(document, rows, "ICE with a wrong check digit", "ICE_INVALID", member_id=wrong)


def _ice_in_scientific_notation(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "ENG03")
    return overwrite(
        document, document.rows[60:63], "ICE in scientific notation", "ICE_LOST_DIGITS", member_id="9,99900E+14"
    )


def _ice_with_spaces(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "production", "TEX06")
    member_id = str(document.rows[0]["member_id"])
    spaced = f"{member_id[:9]} {member_id[9:13]} {member_id[13:]}"
    return overwrite(document, document.rows[10:14], "ICE with spaces", "ICE_SPACED", member_id=spaced)


def _ice_as_number(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "production", "AGR07")
    number = int(str(document.rows[0]["member_id"]))
    return overwrite(document, document.rows[20:26], "ICE as a number in a workbook", ACCEPTED, member_id=number)


def _unknown_member(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "production", "CIM05")
    strangers = [
        row | {"member_id": ice(4711), "site_id": "XYZ01-A", "product_id": "XYZ01-A-P1"} for row in document.rows[3:5]
    ]
    document.rows[5:5] = strangers
    return [Dirt("ICE of no member", document.feed, document.name, "MEMBER_UNKNOWN", 2)]


def _error_cell(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "ALU01")
    rows = lines_of_bill(document, "ALU01-A-CO1", 7)
    return overwrite(document, rows, "error of a spreadsheet formula", "EXCEL_ERROR", quantity="#REF!")


def _impossible_date(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "TEX01")
    rows = lines_of_bill(document, "TEX01-A-EL1", 14)[:2]
    return overwrite(document, rows, "31 February", "DATE_INVALID", period_end="31/02/2024")


def _unknown_unit(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "production", "ENG03")
    return overwrite(document, document.rows[100:102], "unit that is none", "UNIT_UNKNOWN", unit="palettes")


def _word_for_nothing(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "TEX04")
    rows = lines_of_bill(document, "TEX04-A-EL1", 9)
    return overwrite(document, rows, "'néant' for an empty cell", "NULL_TOKEN", contract_no="néant")


CELLS: tuple[Act, ...] = (
    _ice_with_bad_checksum,
    _ice_in_scientific_notation,
    _ice_with_spaces,
    _ice_as_number,
    _unknown_member,
    _error_cell,
    _impossible_date,
    _unknown_unit,
    _word_for_nothing,
)


def _period_backwards(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "production", "GRP-ACIER")
    row = document.rows[77]
    start, end = row["period_start"], row["period_end"]
    return overwrite(
        document, [row], "period that ends before it begins", "PERIOD_INVALID", period_start=end, period_end=start
    )


def _same_rows_again(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "AGR07")
    rows = lines_of_bill(document, "AGR07-A-EL1", 20)
    document.rows += [dict(row) for row in rows]
    return [Dirt("bill copied twice into one file", document.feed, document.name, "DUPLICATE_ROW", len(rows))]


def _contradiction(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "energy_bills", "AGR02")
    row = lines_of_bill(document, "AGR02-A-CO2", 4)[0]
    document.rows.append(row | {"quantity": int(str(row["quantity"])) + 500})
    return [Dirt("one bill line twice with other values", document.feed, document.name, "KEY_CONFLICT", 2)]


def _totals_and_notes(documents: Documents) -> list[Dirt]:
    found: list[Dirt] = []
    for feed, owner, part in (
        ("energy_bills", "ENG06", ""),
        ("energy_bills", "AUT04", ""),
        ("exports", "broker 3", "2024"),
    ):
        document = find_document(documents, feed, owner, part)
        document.below = ["", "Total général", "* Quantités relevées sur les pièces d'origine."]
        found += [
            Dirt("total under the table", feed, document.name, "SUBTOTAL_DROPPED", 1),
            Dirt("footnote under the table", feed, document.name, "FOOTNOTE", 1),
            Dirt("blank row", feed, document.name, "BLANK_ROW", 1),
        ]
    return found


def _restated_production(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "production", "GRP-CABLAGE")
    row = document.rows[30]
    made = int(str(row["quantity_gross"]))
    restated = row | {
        "quantity_gross": made - 1_200,
        "quantity_saleable": int(str(row["quantity_saleable"])) - 1_200,
        "status": "restated",
        "version": 2,
        "reason": "Inventaire de fin d'année",
    }
    name = document.name.replace(".csv", "_rectification.csv")
    documents.append(replace(document, name=name, rows=[restated]))
    return [Dirt("production that a later file restates", document.feed, document.name, "superseded_version", 1)]


ROWS: tuple[Act, ...] = (
    _period_backwards,
    _same_rows_again,
    _contradiction,
    _totals_and_notes,
    _restated_production,
)


def _only_saved(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "exports", "broker 1", "2024")
    found = overwrite(document, document.rows[50:53], "declaration only saved", "not_registered", status="saved")
    return found + overwrite(
        document, document.rows[80:81], "declaration cancelled", "not_registered", status="cancelled"
    )


def _net_above_gross(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "exports", "broker 2", "2025")
    rows = document.rows[200:202]
    for row in rows:
        row["gross_mass_kg"] = int(str(row["net_mass_kg"])) * 9 // 10
    return [Dirt("net mass above gross mass", document.feed, document.name, "MASS_INVALID", len(rows))]


def _amended(documents: Documents) -> list[Dirt]:
    document = find_document(documents, "exports", "broker 4", "2023")
    row = document.rows[120]
    amended = row | {
        "status": "amended",
        "declaration_no": f"{row['declaration_no']}-M",
        "amends": row["declaration_no"],
    }
    amended["net_mass_kg"] = int(str(row["net_mass_kg"])) * 95 // 100
    document.rows.append(amended)
    return [Dirt("declaration line that another amends", document.feed, document.name, "amended", 1)]


DECLARATIONS: tuple[Act, ...] = (_only_saved, _net_above_gross, _amended)
