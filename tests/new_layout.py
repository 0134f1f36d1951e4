"""The layout of docs/layouts.md: an export that no shipped mapping fits, and what a person settles in its draft."""

import re

EXPORT = """\
Régie des eaux et de l'électricité;;;;;;;;;;
;;;;;;;;;;
ICE client;Police;Compteur N°;Facture N°;Date facture;Du;Au;Tranche;Conso (kWh);TVA;Type index
999900000000057;C123456;45120-7;24/0001;05/02/2024;01/01/2024;31/01/2024;Pleines;4 500,50;864,00;Réel
999900000000057;C123456;45120-7;24/0001;05/02/2024;01/01/2024;31/01/2024;Super creuses;1 200,00;230,40;Réel
999900000000057;C123456;45120-7;24/0002;05/03/2024;01/02/2024;29/02/2024;Pleines;3 600,00;691,20;Estimé
999900000000057;C123456;45120-7;24/0002;05/03/2024;01/02/2024;29/02/2024;Super creuses;980,00;188,16;Estimé
Total;;;;;;;;10 280,50;1 973,76;
"""


def edited(draft: str) -> str:
    """What a person settles in the draft: three constants, and three headers that it points out."""
    for column, value in {"supplier": "Régie", "bill_type": "invoice", "carrier": "electricity"}.items():
        draft, count = re.subn(rf'^#   {column}: "\?".*$', f'  {column}: "{value}"', draft, flags=re.MULTILINE)
        assert count == 1
    return draft + (
        '  register:\n    headers: ["Tranche"]\n    values: {normal: ["Pleines"], off_peak: ["Super creuses"]}\n'
        '  vat_amount:\n    headers: ["TVA"]\n'
        '  reading_end:\n    headers: ["Type index"]\n    values: {actual: ["Réel"], estimated: ["Estimé"]}\n'
    )
