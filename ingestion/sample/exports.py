"""Customs declarations: what of each month's production leaves the country, never more than was made."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ingestion.sample.association import Association, Member, Product
from ingestion.sample.numbers import LAST_DAY, Month, generator, months, scaled, vary
from ingestion.sample.production import Output, mass_kg
from ingestion.sample.rows import Row

EU = frozenset({"FR", "ES", "DE", "IT", "PT", "BE", "NL", "RO"})
# Offices by the customs code that a declaration number begins with (made up).
OFFICES = ("301", "309", "700", "803")
INWARD_PROCESSING = frozenset({"textiles", "automotive"})


def export_rows(association: Association, output: Output, seed: int) -> list[Row]:
    """One row per declaration line, by member and then in time."""
    rows: list[Row] = []
    for position, member in enumerate(association.members, start=1):
        chance = generator(seed, "exports", member.code)
        products = [
            product
            for site in association.sites_of(member.member_id)
            for product in association.products_of(site.site_id)
        ]
        serial = position * 10_000
        for month in months():
            loads = _loads(chance, products, output, month)
            for destination in sorted({destination for destination, _, _ in loads}):
                serial += 1
                lines = [(product, kilograms) for country, product, kilograms in loads if country == destination]
                rows += _declaration(chance, member, month, destination, serial, lines)
    return rows


def _loads(chance: Random, products: list[Product], output: Output, month: Month) -> list[tuple[str, Product, int]]:
    """Destination, product and mass in kg of what leaves in a month: the exported share, in one to three lots."""
    loads: list[tuple[str, Product, int]] = []
    for product in products:
        made_kg = mass_kg(product, output[product.product_id][month])
        shipped_kg = vary(chance, made_kg * product.kind.exported_percent // 100, 3) * 97 // 100
        destinations = product.kind.destinations
        lots = chance.randint(1, min(2, len(destinations)))
        chosen = chance.sample(destinations, lots)
        left = shipped_kg
        for rank, destination in enumerate(chosen):
            lot = left if rank == lots - 1 else left * chance.randint(40, 70) // 100
            left -= lot
            if product.kind.unit == "piece":
                # Whole pieces leave: the mass is theirs.
                lot = lot * 1000 // product.kind.unit_mass_g * product.kind.unit_mass_g // 1000
            if lot > 0:
                loads.append((destination, product, lot))
    return loads


def _declaration(
    chance: Random, member: Member, month: Month, destination: str, serial: int, lines: list[tuple[Product, int]]
) -> list[Row]:
    registered_on = min(
        date(month[0], month[1], chance.randint(4, 28)) + timedelta(days=chance.randint(0, 9)), LAST_DAY
    )
    regime = "072" if member.sector in INWARD_PROCESSING else "060"
    buyer = chance.randint(1, 3)
    currency, dirhams_per_100 = ("EUR", 1085) if destination in EU else ("USD", 1005)
    rows: list[Row] = []
    for line_no, (product, kilograms) in enumerate(lines, start=1):
        price_cents = vary(chance, product.kind.mad_per_kg_cents, 7)
        value = scaled(kilograms * price_cents, 2)
        row: Row = {
            "member_id": member.member_id,
            "declaration_no": f"{OFFICES[serial % len(OFFICES)]}-{regime}-{registered_on.year}-{serial:07d}",
            "line_no": line_no,
            "registered_on": registered_on,
            "status": "registered",
            "regime": regime,
            "hs10": f"{product.kind.hs6}0010",
            "cn8": product.kind.cn8,
            "description": product.kind.name,
            "destination_country": destination,
            "consignee_name": f"Exemple Import {destination} {buyer:02d}",
            "consignee_eori": f"{destination}9999{buyer:09d}" if destination in EU else None,
            "incoterm": chance.choice(["FOB", "FCA", "CIF", "DAP"]),
            "net_mass_kg": kilograms,
            "gross_mass_kg": kilograms * (1000 + chance.randint(4, 60)) // 1000 + 1,
            "fob_value_mad": value,
            "invoice_value": (value * 100 / dirhams_per_100).quantize(scaled(1, 2)),
            "invoice_currency": currency,
            "product_id": product.product_id,
        }
        if product.kind.unit == "piece":
            row["supplementary_quantity"] = kilograms * 1000 // product.kind.unit_mass_g
            row["supplementary_unit"] = "piece"
        rows.append(row)
    return rows
