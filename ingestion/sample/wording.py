"""How people head their columns and word their choices in French.

The words are those of the template, which ingestion reads in both languages; English files carry the canonical names.
"""

from __future__ import annotations

from ingestion.sample.rows import Cell, Row

HEADERS: dict[str, dict[str, str]] = {
    "meters": {
        "meter_id": "Identifiant compteur",
        "site_id": "Site",
        "carrier": "Énergie",
        "supplier": "Fournisseur",
        "contract_no": "N° contrat",
        "subscribed_kva": "Puissance souscrite (kVA)",
        "multiplier": "Coefficient",
        "opened_on": "Date d'ouverture",
        "closed_on": "Date de fermeture",
    },
    "energy_bills": {
        "member_id": "ICE",
        "site_id": "Site",
        "supplier": "Fournisseur",
        "contract_no": "N° contrat",
        "meter_id": "Compteur",
        "bill_no": "N° facture",
        "bill_type": "Type de facture",
        "corrects_bill_no": "Facture rectifiée",
        "issued_on": "Date de facture",
        "period_start": "Début de période",
        "period_end": "Fin de période",
        "carrier": "Énergie",
        "register": "Poste horaire",
        "component": "Composante",
        "quantity": "Quantité",
        "unit": "Unité",
        "heating_value_basis": "Pouvoir calorifique",
        "index_start": "Ancien index",
        "index_end": "Nouvel index",
        "multiplier": "Coefficient",
        "reading_start": "Relevé début",
        "reading_end": "Relevé fin",
        "amount_excl_vat": "Montant HT",
        "vat_rate": "Taux TVA",
        "vat_amount": "Montant TVA",
        "amount_incl_vat": "Montant TTC",
        "currency": "Devise",
        "evidence_ref": "Justificatif",
    },
    "production": {
        "member_id": "ICE",
        "site_id": "Site",
        "product_id": "Produit",
        "process_id": "Procédé",
        "period_start": "Début de période",
        "period_end": "Fin de période",
        "quantity_gross": "Quantité brute",
        "quantity_saleable": "Quantité vendable",
        "unit": "Unité",
        "scrap_quantity": "Quantité de rebut",
        "precursor_id": "Précurseur",
        "precursor_quantity_t": "Quantité de précurseur (t)",
        "precursor_origin": "Origine du précurseur",
        "precursor_direct_tco2e_per_t": "Émissions directes du précurseur (tCO2e/t)",
        "precursor_indirect_tco2e_per_t": "Émissions indirectes du précurseur (tCO2e/t)",
        "operating_hours": "Heures de marche",
        "measure_method": "Méthode de mesure",
        "status": "Statut",
        "version": "Version",
        "reason": "Motif",
    },
    "process_activity": {
        "member_id": "ICE",
        "site_id": "Site",
        "process": "Procédé",
        "material": "Matière",
        "quantity": "Quantité",
        "unit": "Unité",
        "parameter": "Paramètre",
        "parameter_value": "Valeur du paramètre",
        "period_start": "Début de période",
        "period_end": "Fin de période",
        "measure_method": "Méthode de mesure",
    },
    "exports": {
        "member_id": "ICE",
        "declaration_no": "N° DUM",
        "line_no": "N° article",
        "registered_on": "Date d'enregistrement",
        "status": "Statut",
        "regime": "Régime",
        "hs10": "Code SH 10",
        "cn8": "Code NC8",
        "description": "Désignation",
        "destination_country": "Pays de destination",
        "consignee_name": "Destinataire",
        "consignee_eori": "EORI du destinataire",
        "incoterm": "Incoterm",
        "net_mass_kg": "Poids net (kg)",
        "gross_mass_kg": "Poids brut (kg)",
        "supplementary_quantity": "Quantité complémentaire",
        "supplementary_unit": "Unité complémentaire",
        "fob_value_mad": "Valeur FOB (MAD)",
        "invoice_value": "Valeur facture",
        "invoice_currency": "Devise facture",
        "product_id": "Produit",
        "amends": "DUM modifiée",
    },
}

CHOICES: dict[str, dict[str, str]] = {
    "bill_type": {
        "invoice": "Facture",
        "credit_note": "Avoir",
        "corrective": "Rectificative",
        "estimated": "Estimée",
    },
    "carrier": {
        "electricity": "Électricité",
        "electricity_self_generated": "Électricité autoproduite",
        "natural_gas": "Gaz naturel",
        "propane": "Propane",
        "butane": "Butane",
        "diesel": "Gasoil",
        "gasoline": "Essence",
        "heavy_fuel_oil": "Fuel lourd",
        "coal": "Charbon",
        "petcoke": "Coke de pétrole",
        "olive_pomace": "Grignons d'olive",
        "steam": "Vapeur",
    },
    "register": {
        "total": "Total",
        "peak": "Pointe",
        "normal": "Normale",
        "off_peak": "Creuses",
        "reactive": "Réactif",
        "demand": "Puissance",
    },
    "component": {
        "energy": "Énergie",
        "losses": "Pertes",
        "fixed": "Prime fixe",
        "demand": "Puissance",
    },
    "heating_value_basis": {"net": "PCI", "gross": "PCS"},
    "reading_start": {"actual": "Réel", "estimated": "Estimé"},
    "reading_end": {"actual": "Réel", "estimated": "Estimé"},
    "measure_method": {"weighbridge": "Pont-bascule", "counter": "Compteur", "erp": "ERP", "estimate": "Estimation"},
    "status": {
        "provisional": "Provisoire",
        "final": "Définitif",
        "restated": "Rectifié",
        "registered": "Enregistrée",
        "amended": "Modifiée",
        "cancelled": "Annulée",
        "saved": "Sauvegardée",
    },
}

UNITS = {"kvarh": "kVArh", "t": "tonnes", "L": "litres", "piece": "pièces", "bottle_12kg": "bouteille 12 kg"}


def header(feed: str, column: str, language: str) -> str:
    """What heads a column."""
    return column if language == "en" else HEADERS[feed][column]


def cell(row: Row, column: str, language: str) -> Cell:
    """A row's cell in the words of its language. Other text, such as dirt, stays as it is."""
    value = row.get(column)
    if language == "en" or not isinstance(value, str):
        return value
    if column == "unit":
        return UNITS.get(value, value)
    return CHOICES.get(column, {}).get(value, value)
