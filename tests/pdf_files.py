"""Made-up PDF bills of the described layouts, for the tests of the PDF reader: one line of text per printed line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fpdf import FPDF

MEMBER = "999900000000057"

LYDEC_2024 = """LYDEC Lyonnaise des Eaux de Casablanca
Référence 0012345678 P 202403
Facture N° 1234567890AB
Date de facture : 05/04/2024 Date limite de paiement : 20/04/2024
Contrat C123456 Compteur N° 00456789 Option tarifaire 2-Force motrice
ICE client : 999900000000057
Période de consommation du 01/03/2024 au 31/03/2024 Index : réel
Désignation Quantité Prix unitaire Montant HT Taux TVA
Tranche 1 100 kWh 0,9010 90,10 18 %
Tranche 2 1 150 kWh 1,0732 1 234,18 18 %
Redevance compteur 12,50 18 %
TVA 18 % 240,62
Total HT 1 336,78
Sous-total TTC 1 577,40
Historique des 13 derniers mois
02/2024 1 190 kWh 01/2024 1 205 kWh"""

LYDEC_2021 = """LYDEC Lyonnaise des Eaux de Casablanca
Facture N° 9876543210CD
Date de facture : 04/06/2021
Contrat C123456 Compteur N° 00456789
ICE client : 999900000000057
Période de consommation du 01/05/2021 au 31/05/2021 Index : estimé
Désignation Quantité Prix unitaire Montant HT
Consommation électricité 284 kWh 0.9010 255.88
TVA 14 % 35.82
Timbre 12.81
Sous-total TTC 304.51"""

ONEE_MT = """OFFICE NATIONAL DE L'ELECTRICITE ET DE L'EAU POTABLE
Branche Electricité
FACTURE MOYENNE TENSION N° 24-0312-000457
Date de facture : 03/04/2024 Échéance : 30/04/2024
Contrat N° 7654321 Compteur N° 98765432
ICE client : 999900000000057
Période du 01/03/2024 au 31/03/2024 Relevé : réel
Puissance souscrite : 250 kVA
Poste horaire Ancien index Nouvel index Coefficient Consommation Prix Montant HT
Heures de pointe (HP) 1204,50 1350,75 80 11 700 kWh 1,4157 16 563,69
Heures pleines (HPL) 5210,00 5822,50 80 49 000 kWh 1,0101 49 494,90
Heures creuses (HC) 3105,25 3420,25 80 25 200 kWh 0,7398 18 642,96
Energie réactive 2210,00 2510,00 80 24 000 kVArh
Pertes à vide 350 kWh 0,7398 258,93
Puissance appelée 231 kVA 39,18 9 050,58
Redevance comptage 180,00
TVA 18 % 16 954,39
Total HT 94 191,06
Total TTC 111 145,45"""

SRM = """Société Régionale Multiservices Casablanca-Settat
CIL : 1071324-101
Facture N° 2025-0098765
Date de facture : 06-02-2025
Compteur N° 00456789
ICE client : 999900000000057
Période du 01/01/2025 au 31/01/2025 Relevé : réel
Désignation Quantité Prix Montant
Consommation électricité 12500 12830 330 kWh 1.1365 375.05 DH
Redevance compteur 6.73 DH
TVA 18 % 68.72 DH
Total TTC 450.50 DH"""

FUEL = """Fournisseur : Afriquia SMDC
Facture N° FC24-001234
Date de facture : 31/03/2024 Échéance : 30/04/2024
ICE client : 999900000000057
Site de livraison : S-01
Bons de livraison du mois
Date N° BL Produit Quantité Prix unitaire HT Montant HT
05/03/2024 BL 240305-17 Gasoil 50 PPM 5 000 L 10,4500 52 250,00
19/03/2024 BL 240319-02 Gasoil 50 PPM 3 250,5 L 10,3900 33 772,70
19/03/2024 BL 240319-03 Fuel N° 2 12,480 t 5 900,00 73 632,00
Total HT 159 654,70
TVA 10 % 15 965,47
Total TTC 175 620,17"""


def pdf_bytes(*pages: str, password: str | None = None) -> bytes:
    """A PDF of these pages, which asks for the password if there is one; the same text gives the same bytes."""
    document = FPDF(format="A4")
    if password:
        document.set_encryption(owner_password=password, user_password=password)
    document.set_creation_date(datetime(2024, 1, 1, tzinfo=UTC))
    document.set_font("Helvetica", size=8)
    for page in pages:
        document.add_page()
        for line in page.splitlines():
            document.cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def pdf_file(folder: Path, *pages: str, name: str = "bill.pdf") -> Path:
    """A PDF file of these pages."""
    path = folder / name
    path.write_bytes(pdf_bytes(*pages))
    return path
