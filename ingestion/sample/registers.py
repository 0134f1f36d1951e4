"""The rows of the registers of what exists, and of what the association knows of it.

Members, sites, meters and products; the rules that divide emissions, fuel certificates, heat supplies, units of heat and power.
"""

from __future__ import annotations

import hashlib
from datetime import date

from ingestion.sample.association import Association
from ingestion.sample.numbers import scaled
from ingestion.sample.rows import Row


def member_rows(association: Association) -> list[Row]:
    """One row per member."""
    return [
        {
            "member_id": member.member_id,
            "legal_name": member.legal_name,
            "activity_code": member.activity_code,
            "sector": member.sector,
            "region": member.region,
            "size_class": member.size_class,
            "holding_id": member.holding_id,
            "joined_on": member.joined_on,
            "left_on": member.left_on,
        }
        for member in association.members
    ]


def site_rows(association: Association) -> list[Row]:
    """One row per site."""
    return [
        {
            "site_id": site.site_id,
            "member_id": site.member_id,
            "name": site.name,
            "region": site.place.region,
            "latitude": scaled(site.latitude, 2),
            "longitude": scaled(site.longitude, 2),
            "unlocode": site.place.unlocode,
            "control_share": scaled(site.control_share_percent, 2),
            "opened_on": site.opened_on,
        }
        for site in association.sites
    ]


def meter_rows(association: Association) -> list[Row]:
    """One row per metering point or tank, with the supplier that serves it today."""
    return [
        {
            "meter_id": supply.meter_id,
            "site_id": supply.site_id,
            "carrier": supply.carrier,
            "supplier": supply.takeover.after if supply.takeover else supply.seller,
            "contract_no": supply.contract_no,
            "subscribed_kva": supply.subscribed_kva,
            "multiplier": supply.multiplier,
            "opened_on": supply.opened_on,
        }
        for supply in association.supplies
        if supply.meter_id is not None
    ]


def product_rows(association: Association) -> list[Row]:
    """One row per product."""
    return [
        {
            "product_id": product.product_id,
            "member_id": product.member_id,
            "site_id": product.site_id,
            "name": product.kind.name,
            "hs6": product.kind.hs6,
            "cn8": product.kind.cn8,
            "declared_unit": product.kind.unit,
            "unit_mass_kg": scaled(product.kind.unit_mass_g, 3) if product.kind.unit == "piece" else None,
            "production_route": product.kind.route,
        }
        for product in association.products
    ]


def chp_rows(association: Association) -> list[Row]:
    """One unit of combined heat and power: the gas of one steel plant, with the efficiencies that its maker states."""
    return [
        {
            "chp_id": "CHP-ACI01-1",
            "member_id": site.member_id,
            "site_id": site.site_id,
            "fuel_carrier": supply.carrier,
            "fuel_meter_id": supply.meter_id,
            "built_on": date(2017, 9, 1),
            "heat_use": "hot_water",
            "valid_from": date(2023, 1, 1),
            "valid_to": date(2025, 12, 31),
            "heat_efficiency": scaled(44, 2),
            "electric_efficiency": scaled(38, 2),
        }
        for site in association.sites
        for supply in association.supplies_of(site.site_id)
        if site.site_id == "ACI01-A" and supply.carrier == "natural_gas"
    ]


def heat_supply_rows(association: Association) -> list[Row]:
    """What the neighbour of a textile plant states of the steam that it offers: its fuel and the efficiency of its boiler."""
    return [
        {
            "heat_supply_id": "HEAT-TEX05-2025",
            "member_id": site.member_id,
            "site_id": site.site_id,
            "carrier": "steam",
            "supplier": "Exemple Vapeur SARL",
            "valid_from": date(2025, 1, 1),
            "valid_to": date(2025, 12, 31),
            "fuel_carrier": "natural_gas",
            "boiler_efficiency": scaled(90, 2),
            "document_ref": "ATTESTATION-EX-2025",
        }
        for site in association.sites
        if site.site_id == "TEX05-A"
    ]


def allocation_rule_rows(association: Association) -> list[Row]:
    """The rule of one fertiliser plant: by mass, as it would be without a row, but with its reason."""
    return [
        {
            "site_id": site.site_id,
            "rule": "mass",
            "first_year": 2023,
            "reason": "Engrais granulés sur les mêmes lignes ; les prix à la tonne sont proches",
            "stated_by": "Direction industrielle",
        }
        for site in association.sites
        if site.site_id == "ENG01-A"
    ]


def fuel_certificate_rows(association: Association) -> list[Row]:
    """What a laboratory measured of the coal of one cement plant, and a second certificate without its document."""
    certificates = (
        ("CERT-CIM03-2025", date(2025, 1, 1), date(2025, 12, 31), hashlib.sha256(b"CERT-CIM03-2025").hexdigest()),
        ("CERT-CIM03-2024", date(2024, 1, 1), date(2024, 12, 31), None),
    )
    return [
        {
            "certificate_id": certificate_id,
            "member_id": site.member_id,
            "site_id": site.site_id,
            "carrier": "coal",
            "valid_from": valid_from,
            "valid_to": valid_to,
            "ncv_gj_per_t": scaled(2635, 2),
            "carbon_content_t_per_t": scaled(671, 3),
            "laboratory": "Exemple Laboratoire SA",
            "method": "ISO 1928, ISO 29541",
            "document_sha256": document,
        }
        for site in association.sites
        if site.site_id == "CIM03-A"
        for certificate_id, valid_from, valid_to, document in certificates
    ]


def account_statement_rows(association: Association) -> list[Row]:
    """What one cement plant's inventory says of a product, and a supplier's annual statement that does not tie to the bills."""
    member = {member.code: member for member in association.members}["CIM03"]
    product = next(product for product in association.products if product.member_id == member.member_id)
    return [
        {
            "member_id": member.member_id,
            "year": 2024,
            "product_id": product.product_id,
            "opening_stock_t": scaled(1_200_000, 2),
            "closing_stock_t": scaled(950_000, 2),
            "document_ref": "INVENTAIRE-2024",
        },
        {
            "member_id": member.member_id,
            "year": 2024,
            "supplier": "ONEE",
            "electricity_kwh": scaled(11_000_000_000, 2),
            "document_ref": "RELEVE-ANNUEL-2024",
        },
    ]
