"""The shipped layouts on real files: every row accounted for, every total recounted from the file by other means."""

import csv
import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from ingestion.feeds import load_feeds
from ingestion.files import FileRows, read_file
from ingestion.mapping import load_mappings
from warehouse.home import file_sha256

REAL = Path(__file__).parents[2].parent / "shared" / "real"
MEMBER = "999900000000057"
RECEIVED_ON = date(2026, 1, 15)

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real files are not on this machine: {REAL} is absent")


def _read(path: Path, feed: str, name: str | None = None) -> FileRows:
    rows = read_file(path, name or path.name, file_sha256(path), load_feeds()[feed], RECEIVED_ON, load_mappings()[feed])
    assert rows.rows_read == rows.accepted.num_rows + rows.rows_quarantined + rows.dropped.total()
    return rows


def _records(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as handle:
        return [{key.strip(): value for key, value in row.items() if key} for row in csv.DictReader(handle)]


def _sums(rows: list[dict], by: str, *columns: str) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(columns))
    for row in rows:
        found[row[by]] = [total + (row[column] or 0) for total, column in zip(found[row[by]], columns, strict=True)]
    return dict(found)


def test_nger_facilities_add_up_to_the_corporate_totals_that_are_dropped() -> None:
    path = REAL / "industrial" / "NGER_2014-2015.csv"
    own = _records(path, "cp1252")
    totals = [row for row in own if row["Facility Name"] == "Corporate Total"]
    rows = _read(path, "facility_emissions")
    assert rows.mapping.name == "australia_nger"
    assert (rows.rows_read, rows.rows_quarantined, rows.dropped) == (
        len(own),
        0,
        Counter({"SUBTOTAL_DROPPED": len(totals)}),
    )
    found = rows.accepted.to_pylist()
    sums = _sums(found, "company", "electricity_produced_gj", "scope1_tco2e", "scope2_tco2e")
    stated = {
        row["Reporting Entity"].strip(): [
            Decimal(row[column].replace(",", "") or 0)
            for column in ("Electricity Production (GJ)", "Scope 1 (t CO2-e)", "Scope 2 (t CO2-e)")
        ]
        for row in totals
    }
    assert sums.keys() == stated.keys()
    # The regulator rounds a corporate total on its own: it may differ from its parts by one.
    assert all(
        abs(one - other) <= 1 for company in sums for one, other in zip(sums[company], stated[company], strict=True)
    )
    assert {(row["country"], row["year"]) for row in found} == {("AU", 2014)}
    assert sum(row["facility_name"].startswith("Callide C") for row in found) == 2


NGER_YEARS = {
    "2012-2013": (
        "Reporting Entity,Facility Name,Type,Electricity Production (GJ),Greenhouse Gas Emissions Scope 1 (t CO2-e),"
        "Greenhouse Gas Emissions Scope 2 (t CO2-e),Total Emissions  (t CO2-e),Important Notes",
        'A LTD,North,F,"1,000","2,000",30,"2,030",N/A',
        'A LTD,Corporate Total,C,"1,000","2,000",30,"2,030",N/A',
        'Grand Total "1,000","2,000",30,"2,030",Please note that a facility appears twice.',
    ),
    "2013-2014": (
        "Reporting Entity ,Facility Name,Type,Electricity Production (GJ),Greenhouse Gas Emissions Scope 1 (t-CO2-e),"
        "Greenhouse Gas Emissions Scope 2 (t-CO2-e),Greenhouse Gas Emissions Total Emissions (t-CO2-e),Important notes",
        'A LTD,North,F,"1,000","2,000",30,"2,030",N/A',
        "B LTD,Corporate Total,CN/A",
    ),
    "2015-2016": (
        "Controlling corporation,Facility Name,Type,State,Electricity Production (GJ),Electricity Production (Mwh),"
        "Total Scope 1 Emissions (t CO2-e),Total Scope 2 Emissions (t CO2-e),Total Emissions (t CO2-e),Grid",
        'A LTD,North – East,F,VIC,"1,000",278,"2,000",30,"2,030",NEM',
        'A LTD,Corporate Total,C,,"1,000",278,"2,000",30,"2,030"',
    ),
    "2016-2017": (
        "Reporting Entity,Facility Name,Type,State,Electricity Production (GJ),Electricity Production (Mwh),"
        "Total Scope 1 Emissions (t CO2-e),Total Scope 2 Emissions (t CO2-e)2,Total Emissions (t CO2-e),Grid Connected2",
        'A LTD,North,F,VIC,"1,000",278,"2,000",30,"2,030",On',
        'A LTD,Corporate Total,C,-,"1,000",278,"2,000",30,"2,030",-',
    ),
    "2017-2018": (
        "Reporting Entity,Facility Name,Type,State,Electricity Production (GJ),Electricity Production (MWh),"
        '"Total Scope 1 Emissions \n'
        '(t CO2-e)","Total Scope 2 Emissions \n(t CO2-e)",Grid',
        'A LTD,North,F,VIC,"1,000",278,"2,000",30,NEM',
    ),
}


@pytest.mark.parametrize("year", NGER_YEARS)
def test_the_headings_of_every_nger_year_are_known(tmp_path: Path, year: str) -> None:
    path = tmp_path / f"NGER_{year}.csv"
    path.write_bytes("\n".join([*NGER_YEARS[year], ""]).encode("cp1252"))
    rows = _read(path, "facility_emissions")
    (row,) = rows.accepted.to_pylist()
    assert (row["company"], row["year"]) == ("A LTD", int(year[:4]))
    assert (row["electricity_produced_gj"], row["scope1_tco2e"], row["scope2_tco2e"]) == (1000, 2000, 30)
    assert set(rows.dropped) <= {"SUBTOTAL_DROPPED"}
    assert rows.rows_quarantined == 0


def test_ghgrp_facilities_keep_their_numbers() -> None:
    path = REAL / "industrial" / "ghgrp_2023_facilities.csv"
    own = _records(path)
    rows = _read(path, "facility_emissions")
    assert rows.mapping.name == "epa_ghgrp_facilities"
    assert (rows.accepted.num_rows, rows.rows_quarantined) == (len(own), 0)
    found = rows.accepted.to_pylist()
    assert Counter(row["region"] for row in found) == Counter(row["FACILITY STATE"] or None for row in own)
    expected = [
        (str(int(Decimal(row["GHGRP FACILITY ID"]))), row["PARENT COMPANY NAME"].strip() or None) for row in own
    ]
    assert [(row["facility_id"], row["company"]) for row in found] == expected
    assert {row["year"] for row in found} == {2023}
    percent = sum(row["ownership_percent"] or 0 for row in found)
    assert percent == sum(Decimal(row["PARENT CO. PERCENT OWNERSHIP"] or 0) for row in own)


def _workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


GHGRP_HEADER = ["Facility Id", "FRS Id", "Facility Name", "City", "State", "Primary NAICS Code"]


def test_ghgrp_data_summary_of_one_year(tmp_path: Path) -> None:
    title = [["2023 Data Summary"], ["Data reported to EPA"], []]
    emitters = [
        [*GHGRP_HEADER, "Industry Type (sectors)", "Total reported direct emissions"],
        [1000112, None, "A", "X", "CT", 327910, "Minerals", 69892.5],
    ]
    suppliers = [["GHGRP ID", "Facility Name", "GHG Quantity Associated with Coal Production"], [1, "B", 5]]
    path = _workbook(
        tmp_path / "ghgp_data_2023.xlsx", {"Direct Point Emitters": title + emitters, "Suppliers": title + suppliers}
    )
    rows = _read(path, "facility_emissions")
    (row,) = rows.accepted.to_pylist()
    assert rows.mapping.name == "epa_ghgrp_emitters"
    assert (row["facility_id"], row["year"], row["scope1_tco2e"]) == ("1000112", 2023, Decimal("69892.5"))
    assert rows.dropped == Counter({"SHEET_SKIPPED": 4})


def test_ghgrp_data_summary_of_all_years(tmp_path: Path) -> None:
    years = [f"{year} Total reported direct emissions" for year in (2022, 2023)]
    header = [*GHGRP_HEADER, "Latest Reported Industry Type (sectors)", *years]
    path = _workbook(
        tmp_path / "by_year.xlsx", {"Direct Emitters": [header, [1000112, None, "A", "X", "CT", 327910, "M", 10, None]]}
    )
    rows = _read(path, "facility_emissions")
    assert rows.mapping.name == "epa_ghgrp_by_year"
    assert [(row["year"], row["scope1_tco2e"]) for row in rows.accepted.to_pylist()] == [(2022, Decimal(10))]
    assert rows.dropped == Counter({"EMPTY_VALUE": 1})


def test_office_des_changes_by_month(tmp_path: Path) -> None:
    path = tmp_path / "Monthly.csv"
    months = ("Janvier 2021", "Février 2021", "Aout 2021", "Décembre 2021")
    labels = [
        "Code du pays",
        "Libellé du pays",
        "Code du flux",
        "Libellé du flux",
        *(f"Valeur DHS {month}" for month in months),
    ]
    records = [
        labels,
        ["", "", "24", "Exportations  FAB", "0", "5,5", "0", ""],
        ["NA", "NAMIBIE", "24", "X", "1132030,866", "3", "0", "0"],
    ]
    text = "".join(";".join(f'"{cell}"' for cell in record) + ";\r\n" for record in records)
    path.write_text(text, encoding="utf-8-sig", newline="")
    rows = _read(path, "national_exports")
    assert rows.mapping.name == "office_des_changes_monthly"
    found = rows.accepted.to_pylist()
    assert [(row["country_code"], row["month"], row["value_mad"]) for row in found if row["value_mad"]] == [
        (None, "02", Decimal("5.5")),
        ("NA", "01", Decimal("1132030.866")),
        ("NA", "02", Decimal(3)),
    ]
    assert {row["year"] for row in found} == {2021}
    assert rows.dropped == Counter({"EMPTY_VALUE": 1})


def test_comext_of_today() -> None:
    path = REAL / "comext" / "comext_full_v2_excerpt_AT_AD_202402.csv"
    own = _records(path)
    rows = _read(path, "partner_trade")
    assert (rows.mapping.name, rows.accepted.num_rows, rows.rows_quarantined) == ("eurostat_comext", len(own), 0)
    found = rows.accepted.to_pylist()
    assert sum(row["value"] for row in found) == sum(Decimal(row["VALUE_EUR"]) for row in own)
    assert sum(row["net_mass_kg"] for row in found) == sum(Decimal(row["QUANTITY_KG"]) for row in own)
    assert [row["product_code"] for row in found] == [row["PRODUCT_NC"] for row in own]
    (hidden,) = [row for row in found if row["product_code"] == "39XXXXXX"]
    assert (hidden["net_mass_kg"], hidden["value"], hidden["flow"]) == (0, Decimal(89), "export")
    assert {row["product_code"] for row in found if "CN8_CONFIDENTIAL" in row["flags"]} == {"39XXXXXX"}
    assert {row["supplementary_unit"] for row in found} == {None}


@pytest.mark.parametrize(
    ("header", "record", "mapping"),
    [
        (
            "DECLARANT,PARTNER,PRODUCT_NC,FLOW,STAT_REGIME,PERIOD,VALUE_IN_EUROS,QUANTITY_IN_KG,SUP_QUANTITY",
            "001,0204,{code},1,1,201752,{value},7,0",
            "eurostat_comext_declarant",
        ),
        (
            "DECLARANT,DECLARANT_ISO,PARTNER,PARTNER_ISO,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,FLOW,STAT_REGIME,SUPP_UNIT,PERIOD,"
            "VALUE_IN_EUROS,QUANTITY_IN_KG,SUP_QUANTITY",
            "001,FR,0204,MA,E,{code},56299,1,1,A,201752,{value},7,0",
            "eurostat_comext_declarant_iso",
        ),
    ],
)
def test_comext_of_former_years(tmp_path: Path, header: str, record: str, mapping: str) -> None:
    path = tmp_path / "full201752.dat"
    records = [
        record.format(code=code, value=value)
        for code, value in (("TOTAL", 9), ("31", 9), ("31053000", 5), ("31054000", 4))
    ]
    path.write_text("\n".join([header, *records, ""]), encoding="utf-8")
    rows = _read(path, "partner_trade")
    assert rows.mapping.name == mapping
    found = rows.accepted.to_pylist()
    assert [(row["product_code"], row["value"], row["edition"]) for row in found] == [
        ("31053000", 5, "full201752"),
        ("31054000", 4, "full201752"),
    ]
    assert {row["reporter"] for row in found} == {"FR" if "iso" in mapping else "001"}
    assert rows.dropped == Counter({"AGGREGATE_DROPPED": 2})


def test_a_comtrade_answer() -> None:
    path = REAL / "comtrade" / "get-bilateral-trade.json"
    own = json.loads(path.read_text(encoding="utf-8"))["response"]["body"]["data"]
    rows = _read(path, "partner_trade")
    assert rows.mapping.name == "un_comtrade"
    assert rows.accepted.num_rows == len(own)
    for row, record in zip(rows.accepted.to_pylist(), own, strict=True):
        assert (row["reporter"], row["partner"], row["flow"]) == (
            str(record["reporterCode"]),
            str(record["partnerCode"]),
            "import",
        )
        assert (row["period"], row["product_code"]) == (record["period"], record["cmdCode"])
        assert (row["value"], row["net_mass_kg"]) == (record["primaryValue"], record["netWgt"])


def test_a_comtrade_weight_that_is_not_known_stays_so(tmp_path: Path) -> None:
    record = json.loads((REAL / "comtrade" / "get-bilateral-trade.json").read_text(encoding="utf-8"))["response"][
        "body"
    ]["data"][0]
    path = tmp_path / "answer.json"
    data = [
        {**record, "cmdCode": "8401", "netWgt": None},
        {**record, "cmdCode": "TOTAL", "isAggregate": True, "primaryValue": 1},
    ]
    path.write_text(json.dumps({"elapsedMs": 1, "count": 2, "data": data, "error": ""}), encoding="utf-8")
    rows = _read(path, "partner_trade")
    assert [(row["product_code"], row["net_mass_kg"]) for row in rows.accepted.to_pylist()] == [("8401", None)]
    assert rows.dropped == Counter({"AGGREGATE_DROPPED": 1})


METER_FILES = (
    "example-pm-monthly-meter-usage.xlsx",
    "example-pm-monthly-meter-usage-1-dup.xlsx",
    "example-pm-monthly-meter-usage-2-cost-meters.xlsx",
    "example-pm-monthly-meter-usage-with-unknown-types-and-units.xlsx",
)


@pytest.mark.parametrize("name", METER_FILES)
def test_portfolio_manager_meter_entries(name: str) -> None:
    path = REAL / "portfolio_manager" / name
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Meter Entries").to_python(skip_empty_area=False)
    start = next(number for number, row in enumerate(sheet) if row[0] == "Property Name")
    own = [dict(zip(reversed(sheet[start]), reversed(row), strict=True)) for row in sheet[start + 1 :] if any(row)]
    rows = _read(path, "energy_bills", f"{MEMBER}_{name}")
    known = [row for row in own if row["Usage Units"] != "Some Unknown Unit"]
    refused = Counter(cell.code for cell in rows.refused)
    assert rows.mapping.name == "portfolio_manager_meters"
    assert refused == Counter({"UNIT_UNKNOWN": len(own) - len(known)} if len(known) < len(own) else {})
    found = rows.accepted.to_pylist()
    assert sum(row["quantity"] for row in found) == sum(Decimal(str(row["Usage/Quantity"])) for row in known)
    costs = [row["Cost ($)"] for row in known if row["Cost ($)"] != "Not Available"]
    assert sum(row["amount_incl_vat"] or 0 for row in found) == sum(Decimal(str(cost)) for cost in costs)


@pytest.mark.parametrize(
    "name", ["example-pm-data-request-with-meters.xlsx", "example-pm-data-request-with-meters-new-format.xlsx"]
)
def test_portfolio_manager_monthly_usage(name: str) -> None:
    path = REAL / "portfolio_manager" / name
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Monthly Usage").to_python(skip_empty_area=False)
    start = next(number for number, row in enumerate(sheet) if "Property Name" in row)
    own = [row[5] for row in sheet[start + 1 :]]
    stated = [Decimal(str(cell)) for cell in own if cell != "Not Available"]
    rows = _read(path, "energy_bills", f"{MEMBER}_{name}")
    found = rows.accepted.to_pylist()
    assert rows.mapping.name == "portfolio_manager_monthly"
    assert [row["quantity"] for row in found] == stated
    assert rows.dropped["EMPTY_VALUE"] == len(own) - len(stated)
    assert {(row["carrier"], row["unit"], row["period_start"], row["period_end"]) for row in found} == {
        ("electricity", "kBtu", date(2016, 1, 1), date(2016, 1, 31)),
        ("electricity", "kBtu", date(2016, 2, 1), date(2016, 2, 29)),
    }


BILLS_HEADER = [
    "Property Name\n(Pre-filled)", "Custom ID\n(Optional)", "Portfolio Manager ID\n(Pre-filled)", "Meter ID\n(Pre-filled)",
    "Meter Name\n(Pre-filled)", "Meter Type\n(Pre-filled)", "Start Date\n(Required)", "End Date\n(Required)",
    "Quantity\n(Required)", "Usage Units\n(Pre-filled)", "Cost\n(Optional)", "Estimation (Required)",
]  # fmt: skip


def _bill(meter: int, kind: str, unit: str, *entries: object) -> list[object]:
    start, end, quantity, cost, estimated = entries or (None,) * 5
    return ["A", None, 22178843, meter, "M", kind, start, end, quantity, unit, cost, estimated]


def test_portfolio_manager_upload_template(tmp_path: Path) -> None:
    january = (date(2024, 1, 1), date(2024, 1, 31))
    power, kwh = "Electric - Grid", "kWh (thousand Watt-hours)"
    sheets = {
        "Instructions": [["How to upload bills"]],
        "Add Bills-Electricity": [
            BILLS_HEADER,
            _bill(139067318, power, kwh, *january, "1500.5", 99.5, "No"),
            _bill(139067319, power, kwh),
            _bill(139067321, power, kwh, *january, 7, None, "No"),
        ],
        "Add Bills-Non Electric": [BILLS_HEADER, _bill(139067320, "Natural Gas", "therms", *january, 12, None, "Yes")],
    }
    path = _workbook(tmp_path / "Add_Bills_to_Meters.xlsx", sheets)
    rows = _read(path, "energy_bills", f"{MEMBER}_Add_Bills_to_Meters.xlsx")
    assert rows.mapping.name == "portfolio_manager_bills"
    columns = ("meter_id", "carrier", "quantity", "unit", "heating_value_basis", "reading_end", "amount_incl_vat")
    assert [tuple(row[column] for column in columns) for row in rows.accepted.to_pylist()] == [
        ("139067318", "electricity", Decimal("1500.5"), "kWh", None, "actual", Decimal("99.5")),
        ("139067321", "electricity", Decimal(7), "kWh", None, "actual", None),
        ("139067320", "natural_gas", Decimal(12), "therm", "gross", "estimated", None),
    ]
    first = rows.accepted.to_pylist()[0]
    assert (first["bill_no"], first["issued_on"], first["site_id"]) == ("139067318", date(2024, 1, 31), "22178843")
    assert first["flags"] == "TEXT_NUMBER"
    assert rows.dropped == Counter({"SHEET_SKIPPED": 1, "BLANK_ROW": 1})
