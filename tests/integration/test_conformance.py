"""Published worked examples come out of the real models, to the tolerance that each states.

One association does all of them (`tests/conformance_association.py`); arithmetic that a source prints without an
activity (a factor per litre, a sum of gases) runs through the project's own macros on the same engine. The examples with
their sources are `tests/published_examples.json`; `docs/conformance.md` is the table of results, and is compared here.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conformance_association import MEMBER, Landing, build

from warehouse.database import connect, rows
from warehouse.home import Home

PROJECT = Path(__file__).resolve().parents[2]
REFERENCE = PROJECT.parent / "shared" / "reference" / "worked_examples.json"
EXAMPLES: dict[str, dict[str, Any]] = {
    example["example_id"]: example
    for example in json.loads((PROJECT / "tests" / "published_examples.json").read_text(encoding="utf-8"))
}
OF_CBAM = ("certificates", "default value", "SEFA")
KG_PER_T = 1000
CARBON_TO_CO2 = Decimal("3.664")  # (EU) 2018/2066, Article 25(1), as in the seed `process_factors`

# Arithmetic of a printed table: kg per unit, rounded as printed; CO2e as the sum of its gases. `emission_factors` has the first.
IDENTITIES = """
{{ config(materialized='table') }}

with examples as (
    __EXAMPLES__
),

potentials as (
    select
        max(case when gas = 'CH4' then value end) as ch4_gwp,
        max(case when gas = 'N2O' then value end) as n2o_gwp
    from {{ ref('global_warming_potentials') }}
    where ar = 'AR4' and horizon_years = 100
),

gases as (
    select
        examples.*,
        potentials.ch4_gwp,
        potentials.n2o_gwp,
        {{ round_half_up('examples.co2e_of_ch4 / potentials.ch4_gwp') }} as ch4_kg,
        {{ round_half_up('examples.co2e_of_n2o / potentials.n2o_gwp') }} as n2o_kg,
        cast(0 as decimal(18, 6)) as other_kgco2e
    from examples
    cross join potentials
)

select
    gases.example_id,
    {{ round_half_up('cast(gases.kg_per_mmbtu as decimal(20, 6)) * gases.mmbtu_per_unit', scale=2) }} as kg_per_unit,
    {{ co2e_of_gases('gases') }} as kgco2e
from gases
"""
LITRES = 1000


def published(example_id: str, name: str) -> Decimal:
    """An input of an example, as printed."""
    return Decimal(str(EXAMPLES[example_id]["inputs"][name]))


def identities() -> str:
    """The SQL of the printed identities, with the figures of the examples."""
    selected = []
    for example_id in ("EPA-a", "EPA-b", "EPA-c", "EPA-d"):
        figures = (published(example_id, "kgCO2_per_mmBtu"), published(example_id, "mmBtu_per_unit"), 0, 0, 0)
        selected.append((example_id, figures))
    total = published("DEFRA-01", "CO2e_L")
    parts = (published("DEFRA-01", "CH4_part"), published("DEFRA-01", "N2O_part"))
    co2 = Decimal(str(EXAMPLES["DEFRA-01"]["expected"]["CO2_kg_per_L"]))
    assert total - sum(parts) == co2
    selected.append(("DEFRA-01", (0, 0, co2 * LITRES, parts[0] * LITRES, parts[1] * LITRES)))
    names = ("kg_per_mmbtu", "mmbtu_per_unit", "co2_kg", "co2e_of_ch4", "co2e_of_n2o")
    return IDENTITIES.replace(
        "__EXAMPLES__",
        "\n    union all\n    ".join(
            f"select '{example_id}' as example_id, "
            + ", ".join(
                f"cast({figure} as decimal(18, 6)) as {name}" for name, figure in zip(names, figures, strict=True)
            )
            for example_id, figures in selected
        ),
    )


def landing_of_examples() -> Landing:
    """What the sites of the examples did."""
    land = Landing()
    land.bill(land.site("TPL-01"), "heavy_fuel_oil", published("TPL-01", "quantity_t"), "t")
    land.bill(land.site("EC-STEEL3-INST"), "natural_gas", published("EC-STEEL3-INST", "natural_gas_t"), "t")
    land.bill("EC-STEEL3-INST", "electricity", published("EC-STEEL3-INST", "electricity_MWh"), "MWh")
    land.process(
        land.site("TPL-02"), "raw_meal", "", published("TPL-02", "raw_meal_t"),
        emission_factor=published("TPL-02", "EF_tCO2_per_t"), conversion_share=published("TPL-02", "ConvF"),
    )  # fmt: skip
    land.process(
        land.site("TPL-03"), "mass_balance_out", "steel", -published("TPL-03", "steel_t"),
        carbon_content=published("TPL-03", "C_content_tC_per_t"),
    )  # fmt: skip
    # The template prints the gases that the hoods caught, and the CO2e of all: two sites, one without the hoods.
    cells = {
        "slope_cf4": published("TPL-04", "SEF_CF4"),
        "c2f6_ratio": published("TPL-04", "F_C2F6"),
        "ae_frequency": published("TPL-04", "AE_frequency_per_cell_day"),
        "ae_duration": published("TPL-04", "AE_duration_min"),
    }
    aluminium = published("TPL-04", "Al_t")
    land.process(land.site("TPL-04"), "aluminium_pfc", "cwpb", aluminium, **cells)
    hoods = {"collection_efficiency": published("TPL-04", "collection_efficiency")}
    land.process(land.site("TPL-04-hoods"), "aluminium_pfc", "cwpb", aluminium, **cells, **hoods)
    land.process(
        land.site("IPCC-01"), "clinker", "", 1,
        cao_share=published("IPCC-01", "CaO_fraction"), ckd_correction=published("IPCC-01", "CKD"),
    )  # fmt: skip
    land.process(land.site("IPCC-03"), "ammonia", "", 1, gas_gj_per_t=published("IPCC-03", "GJ_per_t"))
    for example_id in ("BLEND-410A", "BLEND-404A", "BLEND-407C"):
        blend = example_id.replace("BLEND-", "R-")
        land.process(land.site(example_id), "refrigerant_leak", blend, 1, "kg")
    steel_works(land)
    return land


def steel_works(land: Landing) -> None:
    """Crude steel from bought alloys, and the rolled steel that is made of it on another site of the same member."""
    grid = published("EC-STEEL2-P1", "grid_EF")
    alloys = [
        {
            "precursor_id": each["name"],
            "precursor_quantity_t": Decimal(str(each["t"])),
            "precursor_origin": "ZA",
            "precursor_direct_tco2e_per_t": Decimal(str(each["SEE_direct"])),
            "precursor_indirect_tco2e_per_t": round(Decimal(str(each["MWh_per_t"])) * grid, 6),
            "precursor_data_basis": "actual",
        }
        for each in EXAMPLES["EC-STEEL2-P1"]["inputs"]["precursors"]
    ]
    own = [
        {
            "precursor_id": "EC-STEEL2-P1",
            "precursor_quantity_t": published("EC-STEEL2-P2", "internal_precursor_t"),
            "precursor_data_basis": "actual",
        }
    ]
    for example_id, precursors in (("EC-STEEL2-P1", alloys), ("EC-STEEL2-P2", own)):
        site = land.site(example_id)
        carbon = round(published(example_id, "direct_t") / CARBON_TO_CO2, 6)
        land.process(site, "mass_balance_in", "", carbon, carbon_content=1)
        land.bill(site, "electricity", published(example_id, "electricity_MWh"), "MWh")
        land.product(site, example_id, published(example_id, "production_t"), precursors)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Decimal]]:
    """What Mizan makes of each example, under the names of the published results."""
    home = Home.at(tmp_path_factory.mktemp("published"))
    folder = tmp_path_factory.mktemp("conformance")
    build(home, landing_of_examples(), EXAMPLES, {"conformance_identities": identities()}, folder)
    with connect(home.build / "mizan.duckdb", read_only=True) as connection:
        facts = rows(
            connection,
            "select site_id, scope, method, sum(energy_gj) as gj, sum(co2_kg) as co2, sum(cf4_kg) as cf4, "
            "sum(c2f6_kg) as c2f6, sum(kgco2e) as ar6, sum(kgco2e_ar5) as ar5 "
            f"from marts.fct_emissions where member_id = '{MEMBER}' group by all",
        )
        products = rows(
            connection,
            "select product_id, embedded_direct_kgco2e_per_unit as direct, "
            "embedded_indirect_kgco2e_per_unit as indirect from marts.rpt_product_years",
        )
        printed = rows(connection, "select * from conformance_identities")
    scope1 = {fact["site_id"]: fact for fact in facts if fact["scope"] == 1}
    by_location = {fact["site_id"]: fact for fact in facts if fact["method"] == "location"}
    found: dict[str, dict[str, Decimal]] = {
        "TPL-01": {"tCO2": scope1["TPL-01"]["co2"] / KG_PER_T, "TJ": scope1["TPL-01"]["gj"] / 1000},
        "TPL-02": {"tCO2": scope1["TPL-02"]["co2"] / KG_PER_T},
        "TPL-03": {"tCO2": scope1["TPL-03"]["co2"] / KG_PER_T},
        "TPL-04": {
            "CF4_t": scope1["TPL-04"]["cf4"] / KG_PER_T,
            "C2F6_t": scope1["TPL-04"]["c2f6"] / KG_PER_T,
            "tCO2e": scope1["TPL-04-hoods"]["ar5"] / KG_PER_T,
        },
        "EC-STEEL3-INST": {
            "direct_t": scope1["EC-STEEL3-INST"]["co2"] / KG_PER_T,
            "indirect_t": by_location["EC-STEEL3-INST"]["ar6"] / KG_PER_T,
            "total_t": (scope1["EC-STEEL3-INST"]["co2"] + by_location["EC-STEEL3-INST"]["ar6"]) / KG_PER_T,
        },
        "IPCC-01": {"EF": scope1["IPCC-01"]["co2"] / KG_PER_T},
        "IPCC-03": {"EF": scope1["IPCC-03"]["co2"] / KG_PER_T},
    }
    for product in products:
        found[product["product_id"]] = {
            "SEE_direct": product["direct"] / KG_PER_T,
            "SEE_indirect": product["indirect"] / KG_PER_T,
        }
    for example_id in ("BLEND-410A", "BLEND-404A", "BLEND-407C"):
        leak = scope1[example_id]
        found[example_id] = {name.upper(): leak[name].quantize(Decimal(1), "ROUND_HALF_UP") for name in ("ar5", "ar6")}
    for row in printed:
        if row["example_id"] == "DEFRA-01":
            per_litre = row["kgco2e"] / LITRES - published("DEFRA-01", "CH4_part") - published("DEFRA-01", "N2O_part")
            found["DEFRA-01"] = {"CO2_kg_per_L": per_litre}
        else:
            found[row["example_id"]] = {"kgCO2_per_unit": row["kg_per_unit"]}
    return found


def tolerance(example_id: str, name: str) -> Decimal:
    """What the example allows."""
    stated = EXAMPLES[example_id]["tolerance_abs"]
    return Decimal(str(stated.get(name, stated["*"])))


@pytest.mark.parametrize("example_id", EXAMPLES)
def test_a_published_example_comes_out(example_id: str, results: dict[str, dict[str, Decimal]]) -> None:
    expected = {name: Decimal(str(value)) for name, value in EXAMPLES[example_id]["expected"].items()}
    assert set(results[example_id]) == set(expected)
    for name, value in expected.items():
        difference = abs(results[example_id][name] - value)
        assert difference <= tolerance(example_id, name), (name, results[example_id][name], value)


def test_no_published_example_of_these_topics_is_left_out() -> None:
    if not REFERENCE.exists():
        pytest.skip(f"{REFERENCE} is absent: the reference is not part of the project")
    covered = [each for each in json.loads(REFERENCE.read_text(encoding="utf-8")) if each["topic"] not in OF_CBAM]
    for example in covered:
        mine = EXAMPLES[example["example_id"]]
        assert {name: example[name] for name in mine} == mine


def test_the_table_of_the_docs_is_what_comes_out(results: dict[str, dict[str, Decimal]]) -> None:
    page = (PROJECT / "docs" / "conformance.md").read_text(encoding="utf-8")
    missing = [line for line in table(results) if line not in page]
    assert missing == []


def table(results: dict[str, dict[str, Decimal]]) -> list[str]:
    """The lines of the table in `docs/conformance.md`."""
    lines = []
    for example_id, example in EXAMPLES.items():
        for name, value in example["expected"].items():
            given = f"{results[example_id][name].normalize():f}"
            allowed = f"{tolerance(example_id, name).normalize():f}"
            lines.append(f"| {example_id} | {example['title']}: {name} | {value} | {given} | {allowed} | ✓ |")
    return lines
