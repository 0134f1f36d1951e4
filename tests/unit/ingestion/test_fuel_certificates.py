"""The template of fuel certificates: net and gross values in columns of their own, units in the headers."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bill_files import MEMBER, codes, column, csv_bytes, read

CERTIFICATE = {
    "N° certificat": "BA-2024-031", "ICE": MEMBER, "Site": "S1", "Combustible": "Charbon", "Valable du": "01/03/2024",
    "Valable au": "31/03/2024", "PCI (GJ/t)": "26,35", "PCS (GJ/t)": "27,4", "Teneur en carbone (t/t)": "0,671",
    "Laboratoire": "Laboratoire exemple", "SHA-256 du document": "a" * 64,
}  # fmt: skip


def test_a_french_certificate_is_read(tmp_path: Path) -> None:
    rows = read(tmp_path, csv_bytes([CERTIFICATE]), feed="fuel_certificates")
    assert rows.rows_quarantined == 0
    assert column(rows, "carrier") == ["coal"]
    assert column(rows, "valid_to") == [date(2024, 3, 31)]
    assert column(rows, "ncv_gj_per_t") == [Decimal("26.35")]
    assert column(rows, "gcv_gj_per_t") == [Decimal("27.4")]
    assert column(rows, "carbon_content_t_per_t") == [Decimal("0.671")]
    assert column(rows, "biogenic_carbon_share") == [None]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Teneur en carbone (t/t)": "67,1"}, "OUT_OF_RANGE"),
        ({"PCI (GJ/t)": "-1"}, "OUT_OF_RANGE"),
        ({"SHA-256 du document": "certificat.pdf"}, "PATTERN_INVALID"),
        ({"Laboratoire": ""}, "REQUIRED_MISSING"),
        ({"Valable au": "28/02/2024"}, "PERIOD_INVALID"),
    ],
)
def test_what_a_certificate_cannot_say_is_refused(tmp_path: Path, changes: dict[str, str], code: str) -> None:
    rows = read(
        tmp_path, csv_bytes([CERTIFICATE, CERTIFICATE | {"N° certificat": "2"} | changes]), feed="fuel_certificates"
    )
    assert rows.accepted.num_rows == 1
    assert codes(rows) == {code: 1}


@pytest.mark.parametrize("header", ["PCI (kcal/kg)", "PCI (kWh/t)", "PCI"])
def test_a_heating_value_in_another_unit_has_no_column(tmp_path: Path, header: str) -> None:
    certificate = {header if name == "PCI (GJ/t)" else name: cell for name, cell in CERTIFICATE.items()}
    rows = read(tmp_path, csv_bytes([certificate]), feed="fuel_certificates")
    assert column(rows, "ncv_gj_per_t") == [None]
