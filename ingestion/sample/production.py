"""What each site makes month by month, and what its processes emit without burning."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from ingestion.sample.association import Association, Product, Site
from ingestion.sample.numbers import Month, first_of, generator, last_of, months, scaled, vary
from ingestion.sample.profiles import ProcessKind
from ingestion.sample.rows import Row

# Thousandths of the declared unit made of each product in each month: kilograms for a product declared in tonnes.
Output = dict[str, dict[Month, int]]

GROWTH_PERCENT = {2023: 100, 2024: 103, 2025: 107}
MEASURED_BY = {"t": "weighbridge", "piece": "counter"}

# Bought steel billets and aluminium billets: where from, and thousandths of tCO2e per tonne (direct, indirect).
PRECURSORS = {
    "rolling_mill": ("BILLETTE-ACIER", "TR", 1025, 720, 180),
    "aluminium_extrusion": ("BILLETTE-ALU", "ES", 1035, 480, 350),
}


def make_output(association: Association, seed: int) -> Output:
    """Monthly production of every product, with its season, growth and chance."""
    output: Output = {}
    sites = {site.site_id: site for site in association.sites}
    for product in association.products:
        chance = generator(seed, "output", product.product_id)
        site = sites[product.site_id]
        step = 1000 if product.kind.unit == "piece" else 10
        output[product.product_id] = {
            month: _monthly(chance, product, site, month) // step * step for month in months()
        }
    return output


def _monthly(chance: Random, product: Product, site: Site, month: Month) -> int:
    usual = product.kind.monthly * 1000 * site.scale_percent // 100
    seasonal = usual * product.kind.season[month[1] - 1] // 100 * GROWTH_PERCENT[month[0]] // 100
    return vary(chance, seasonal, 6)


def mass_kg(product: Product, thousandths: int) -> int:
    """The mass of a quantity given in thousandths of the product's declared unit."""
    return thousandths * product.kind.unit_mass_g // 1_000_000


def site_mass_kg(association: Association, output: Output, site: Site) -> dict[Month, int]:
    """The mass of all that a site makes in each month."""
    products = association.products_of(site.site_id)
    return {
        month: sum(mass_kg(product, output[product.product_id][month]) for product in products) for month in months()
    }


def production_rows(association: Association, output: Output, seed: int) -> list[Row]:
    """One row per product and month."""
    rows: list[Row] = []
    sites = {site.site_id: site for site in association.sites}
    for product in association.products:
        chance = generator(seed, "production", product.product_id)
        rows += [
            _production_row(chance, product, sites[product.site_id], month, made)
            for month, made in output[product.product_id].items()
        ]
    return rows


def _production_row(chance: Random, product: Product, site: Site, month: Month, made: int) -> Row:
    step = 1000 if product.kind.unit == "piece" else 10
    scrap = made * chance.randint(8, 30) // 1000 // step * step
    row: Row = {
        "member_id": product.member_id,
        "site_id": product.site_id,
        "product_id": product.product_id,
        "process_id": "L1",
        "period_start": first_of(month),
        "period_end": last_of(month),
        "quantity_gross": _counted(product, made),
        "quantity_saleable": _counted(product, made - scrap),
        "unit": product.kind.unit,
        "scrap_quantity": _counted(product, scrap),
        "operating_hours": last_of(month).day * chance.randint(13, 22),
        "measure_method": MEASURED_BY[product.kind.unit],
        "status": "provisional" if month == (2025, 12) and chance.randint(0, 3) == 0 else "final",
        "version": 1,
    }
    precursor = PRECURSORS.get(site.kind)
    if precursor is not None and product.product_id.endswith("P1"):
        name, origin, thousandths, direct, indirect = precursor
        row["precursor_id"] = name
        row["precursor_quantity_t"] = scaled(made * thousandths // 1000, 3)
        row["precursor_origin"] = origin
        row["precursor_direct_tco2e_per_t"] = scaled(direct, 3)
        row["precursor_indirect_tco2e_per_t"] = scaled(indirect, 3)
    return row


def _counted(product: Product, thousandths: int) -> int | Decimal:
    """A quantity as it is reported: whole pieces, or tonnes to the tenth of a quintal."""
    return thousandths // 1000 if product.kind.unit == "piece" else scaled(thousandths // 10, 2)


def process_rows(association: Association, output: Output, seed: int) -> list[Row]:
    """One row per process and period of the sites that have processes."""
    rows: list[Row] = []
    for site in association.sites:
        chance = generator(seed, "process", site.site_id)
        total = site_mass_kg(association, output, site)
        first = output[association.products_of(site.site_id)[0].product_id]
        for process in site.profile.processes:
            base = first if process.of_first_product else total
            rows += _rows_of_process(chance, site, process, base)
    return rows


def _rows_of_process(chance: Random, site: Site, process: ProcessKind, base_kg: dict[Month, int]) -> list[Row]:
    rows: list[Row] = []
    all_months = months()
    for position in range(0, len(all_months), process.every_months):
        covered = all_months[position : position + process.every_months]
        made_kg = sum(base_kg[month] for month in covered)
        if process.of_first_product:
            thousandths = made_kg * process.per_tonne // 1000
        else:
            thousandths = vary(
                chance, made_kg * process.per_tonne // 1000 + process.base * site.scale_percent // 100, 9
            )
        row: Row = {
            "member_id": site.member_id,
            "site_id": site.site_id,
            "process": process.process,
            "material": process.material,
            "quantity": scaled(thousandths // 10, 2),
            "unit": process.unit,
            "period_start": first_of(covered[0]),
            "period_end": last_of(covered[-1]),
            "measure_method": "weighbridge" if process.unit == "t" else "erp",
        }
        # Half of the cement works measure the lime in their clinker; the others leave it to the default.
        if process.parameter is not None and site.site_id in {"CIM01-A", "CIM03-A"}:
            row["parameter"] = process.parameter
            row["parameter_value"] = scaled(process.parameter_thousandths + chance.randint(-6, 6), 3)
        rows.append(row)
    return rows
