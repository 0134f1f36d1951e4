"""The sample association is repeatable, made up to the eye, consistent in itself, and as dirty as it says."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from stdnum.ma import ice as moroccan_ice

from ingestion.feeds import load_feeds
from ingestion.sample import NOTICE_NAME, SampleFolderNotEmpty, SampleSummary, make_sample
from ingestion.sample.association import Association, make_association
from ingestion.sample.energy import energy_rows, vat_percent
from ingestion.sample.exports import export_rows
from ingestion.sample.production import make_output, mass_kg, process_rows, production_rows
from ingestion.sample.rows import Row

SEED = 2026
EXPECTED_CODES = {
    "B01",
    "B08",
    "B09",
    "B28",
    "BLANK_ROW",
    "CREDIT_UNLINKED",
    "HEATING_VALUE_BASIS_MISSING",
    "DATE_INVALID",
    "not_registered",
    "DUPLICATE_ROW",
    "EXCEL_ERROR",
    "FILE_SEEN",
    "FOOTNOTE",
    "ICE_INVALID",
    "ICE_LOST_DIGITS",
    "ICE_SPACED",
    "MEMBER_UNKNOWN",
    "KEY_CONFLICT",
    "MASS_INVALID",
    "NO_DATA",
    "NULL_TOKEN",
    "NUM_AMBIGUOUS",
    "PERIOD_INVALID",
    "register_total_with_parts",
    "SCHEMA_DRIFT",
    "SUBTOTAL_DROPPED",
    "CORRUPT",
    "UNIT_UNKNOWN",
    "landed.energy_bills.price_plausible",
}
PINNED = "803038812fa4ee9cf800c0ad6066fc9d9b3fb115ac68a6c642d6bef0c7fe5994"


@pytest.fixture(scope="module")
def association() -> Association:
    return make_association(SEED)


@pytest.fixture(scope="module")
def bills(association: Association) -> list[Row]:
    return energy_rows(association, make_output(association, SEED), SEED)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    return make_sample(tmp_path_factory.mktemp("sample"), SEED)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def by_bill(bills: list[Row]) -> Iterator[list[Row]]:
    groups: dict[object, list[Row]] = {}
    for row in bills:
        groups.setdefault(row["bill_no"], []).append(row)
    yield from groups.values()


def test_same_seed_same_bytes(sample: SampleSummary, tmp_path: Path) -> None:
    # Empty folders in landing are no hindrance.
    (tmp_path / "landing" / "members").mkdir(parents=True)
    again = make_sample(tmp_path, SEED)
    assert hashes(sample.folder) == hashes(again.folder)
    assert sample.dirt == again.dirt


def test_another_seed_other_bills_of_the_same_members(bills: list[Row]) -> None:
    association = make_association(SEED + 1)
    others = energy_rows(association, make_output(association, SEED + 1), SEED + 1)
    assert {row["member_id"] for row in others} == {row["member_id"] for row in bills}
    assert [row.get("quantity") for row in others] != [row.get("quantity") for row in bills]


def test_bytes_are_those_recorded_for_this_seed(association: Association) -> None:
    """The rows must not drift with the version of Python or of a library: their text is pinned."""
    output = make_output(association, SEED)
    rows = [
        *energy_rows(association, output, SEED),
        *production_rows(association, output, SEED),
        *process_rows(association, output, SEED),
        *export_rows(association, output, SEED),
    ]
    text = "\n".join(";".join(f"{key}={value}" for key, value in row.items()) for row in rows)
    assert len(rows) == 26_227
    assert hashlib.sha256(text.encode()).hexdigest() == PINNED


def test_size(sample: SampleSummary, association: Association) -> None:
    assert (sample.members, sample.sites) == (40, 60)
    assert len({member.sector for member in association.members}) == 6
    assert len({site.place.region for site in association.sites}) == 12
    assert 12_000 <= sample.rows_by_feed["energy_bills"] <= 16_000
    assert set(sample.rows_by_feed) == {name for name, feed in load_feeds().items() if feed.kind != "reference"}
    assert sample.files == len([path for path in (sample.folder / "landing").rglob("*") if path.is_file()])


def test_every_member_is_plainly_made_up(association: Association) -> None:
    for member in association.members:
        assert member.member_id.startswith("9999")
        assert moroccan_ice.is_valid(member.member_id)
        assert member.legal_name.startswith("Exemple ")
    assert len({member.member_id for member in association.members}) == 40


def test_notice_in_both_languages(sample: SampleSummary) -> None:
    notice = (sample.folder / NOTICE_NAME).read_text(encoding="utf-8")
    assert "DONNÉES FICTIVES" in notice
    assert "MADE-UP DATA" in notice


def test_one_sector_has_too_few_groups_and_the_others_enough(association: Association) -> None:
    contributors: dict[str, set[str]] = {}
    for member in association.members:
        contributors.setdefault(member.sector, set()).add(member.holding_id or member.member_id)
    too_few = {sector for sector, groups in contributors.items() if len(groups) < 3}
    assert too_few == {"steel_and_aluminium"}


def test_registers_agree_with_each_other(association: Association) -> None:
    members = {member.member_id for member in association.members}
    sites = {site.site_id: site.member_id for site in association.sites}
    assert set(sites.values()) == members
    assert all(sites[product.site_id] == product.member_id for product in association.products)
    assert all(sites[supply.site_id] == supply.member_id for supply in association.supplies)
    assert len({product.product_id for product in association.products}) == len(association.products)


def test_amounts_add_up_at_the_rate_of_the_day(bills: list[Row]) -> None:
    priced = [row for row in bills if row.get("amount_excl_vat") is not None]
    assert len(priced) > 12_000
    for row in priced:
        assert row["amount_excl_vat"] + row["vat_amount"] == row["amount_incl_vat"]
        assert row["vat_rate"] == vat_percent(row["carrier"], row["issued_on"])
        assert abs(row["amount_excl_vat"] * row["vat_rate"] / 100 - row["vat_amount"]) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("issued_on", "percent"),
    [(date(2023, 12, 31), 14), (date(2024, 1, 1), 16), (date(2025, 6, 1), 18), (date(2026, 1, 5), 20)],
)
def test_vat_on_electricity_follows_the_finance_acts(issued_on: date, percent: int) -> None:
    assert vat_percent("electricity", issued_on) == percent


def test_indexes_give_the_quantities(bills: list[Row]) -> None:
    read = [row for row in bills if row.get("index_end") is not None]
    assert len(read) > 6_000
    for row in read:
        counted = (row["index_end"] - row["index_start"]) * row["multiplier"]
        assert counted == row["quantity"] * (1000 if row["unit"] == "MWh" else 1)


def test_indexes_continue_from_bill_to_bill(bills: list[Row]) -> None:
    last: dict[tuple[object, object], object] = {}
    for row in bills:
        if row.get("index_end") is not None:
            register = (row["meter_id"], row["register"])
            assert last.get(register, row["index_start"]) == row["index_start"]
            last[register] = row["index_end"]


def test_bills_of_a_meter_follow_each_other_without_gap_or_overlap(bills: list[Row]) -> None:
    periods: dict[str, list[tuple[date, date]]] = {}
    corrected = {row.get("corrects_bill_no") for row in bills}
    for lines in by_bill(bills):
        first = lines[0]
        if first["meter_id"] is not None and first["bill_no"] not in corrected:
            periods.setdefault(first["meter_id"], []).append((first["period_start"], first["period_end"]))
    for meter_id, of_meter in periods.items():
        of_meter.sort()
        for (_, end), (start, _) in pairwise(of_meter):
            assert start == end + timedelta(days=1), meter_id
        assert of_meter[0][0] == date(2023, 1, 1)
        assert of_meter[-1][1] == date(2025, 12, 31)


def test_many_bills_cross_the_end_of_a_month(bills: list[Row]) -> None:
    crossing = sum(row["period_start"].month != row["period_end"].month for row in bills)
    assert crossing > len(bills) // 2


def test_takeover_changes_the_seller_and_not_the_meter(bills: list[Row]) -> None:
    sellers: dict[object, set[object]] = {}
    for row in bills:
        if row["carrier"] == "electricity":
            sellers.setdefault(row["meter_id"], set()).add(row["supplier"])
        if row["supplier"] == "LYDEC":
            # A cycle of two months that was under way is closed by the company that began it.
            assert row["period_end"] < date(2024, 10, 1) or row["bill_type"] == "corrective"
        if row["supplier"] == "SRM Casablanca-Settat":
            assert row["period_start"] >= date(2024, 10, 1)
    assert {"LYDEC", "SRM Casablanca-Settat"} in sellers.values()
    assert {"RAMSA", "SRM Souss-Massa"} in sellers.values()


def test_no_line_runs_longer_than_its_month(association: Association) -> None:
    for row in production_rows(association, make_output(association, SEED), SEED):
        days = (row["period_end"] - row["period_start"]).days + 1
        assert 0 < row["operating_hours"] < 24 * days


def test_exports_never_exceed_production(association: Association) -> None:
    output = make_output(association, SEED)
    exported: Counter[object] = Counter()
    for row in export_rows(association, output, SEED):
        exported[row["product_id"]] += row["net_mass_kg"]
        assert row["net_mass_kg"] < row["gross_mass_kg"]
        assert row["hs10"][:6] == (row["cn8"] or row["hs10"])[:6]
    for product in association.products:
        made = sum(mass_kg(product, thousandths) for thousandths in output[product.product_id].values())
        assert 0 < exported[product.product_id] <= made


def test_clinker_burns_and_draws_what_kilns_do(association: Association, bills: list[Row]) -> None:
    """About 3.4 GJ of petcoke and coal and 0.1 MWh a tonne of clinker."""
    works = {site.site_id for site in association.sites if site.kind == "integrated_cement"}
    clinker = sum(
        row["quantity"]
        for row in process_rows(association, make_output(association, SEED), SEED)
        if row["process"] == "clinker"
    )
    gigajoules = {"petcoke": Decimal("32.5"), "coal": Decimal("25.8")}
    fuel = sum(row["quantity"] * gigajoules[row["carrier"]] for row in bills if row["carrier"] in gigajoules)
    electricity = sum(
        row["quantity"] / (1 if row["unit"] == "MWh" else Decimal(1000))
        for row in bills
        if row["site_id"] in works and row["register"] in {"peak", "normal", "off_peak"}
    )
    assert Decimal("3.0") < fuel / clinker < Decimal("3.8")
    assert Decimal("0.08") < electricity / clinker < Decimal("0.13")


def test_each_activity_feed_comes_in_several_containers_and_both_languages(sample: SampleSummary) -> None:
    landing = sample.folder / "landing"
    for feed in ("energy_bills", "production", "process_activity", "exports"):
        suffixes = {path.suffix for path in (landing / feed).iterdir()}
        assert suffixes == {".csv", ".xlsx", ".parquet"}
    starts = {path.read_bytes()[:4] for path in (landing / "energy_bills").glob("*.csv")}
    assert b"\xef\xbb\xbfI" in starts
    assert b"ICE;" in starts
    assert b"memb" in starts


def test_ansi_csv_groups_thousands_and_writes_decimal_commas(sample: SampleSummary) -> None:
    path = sample.folder / "landing/energy_bills/EXPORT_COMPTA_Exemple_Agro_09_2023-2025.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("cp1252"), newline=""), delimiter=";"))
    assert rows[0]["Quantité"] == "16\u00a0140"
    assert rows[0]["Montant HT"] == "22\u00a0918,80"
    assert rows[0]["Début de période"] == "01/01/2023"


def test_workbook_has_a_title_typed_cells_and_exact_decimals(sample: SampleSummary) -> None:
    path = sample.folder / "landing/energy_bills/Factures_energie_2023_Exemple_Engrais_01.xlsx"
    assert b"<v>842344.00</v>" in path.read_bytes()
    sheet = load_workbook(path).active
    assert "fictives" in sheet["A2"].value
    header = [cell.value for cell in sheet[5]]
    assert header[:2] == ["ICE", "Site"]
    first = dict(zip(header, [cell.value for cell in sheet[6]], strict=True))
    assert first["ICE"] == "999900001000030"
    assert first["Début de période"].date() == date(2023, 1, 1)
    assert first["Quantité"] == 593_200


def test_parquet_has_the_types_of_the_feed(sample: SampleSummary) -> None:
    schema = pq.read_schema(sample.folder / "landing/energy_bills/ONEE_releves_2024.parquet")
    columns = {column.name: column.arrow_type for column in load_feeds()["energy_bills"].columns}
    assert all(field.type == columns[field.name] for field in schema)


def test_dirt_is_listed_with_files_that_exist(sample: SampleSummary) -> None:
    assert len({dirt.kind for dirt in sample.dirt}) >= 30
    for dirt in sample.dirt:
        assert (sample.folder / "landing" / dirt.feed / dirt.file_name).is_file()
    codes = {dirt.expected_code for dirt in sample.dirt}
    assert codes >= EXPECTED_CODES


def test_folder_that_holds_files_is_refused(tmp_path: Path) -> None:
    sent = tmp_path / "landing" / "energy_bills" / "real.csv"
    sent.parent.mkdir(parents=True)
    sent.write_text("member_id\n")
    with pytest.raises(SampleFolderNotEmpty, match="already holds files"):
        make_sample(tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["real.csv"]
