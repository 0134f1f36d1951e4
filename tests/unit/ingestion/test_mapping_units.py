"""A mapping cannot express a mistake of dimension: no factor, no unit turned into another, no column of another unit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingestion.mapping import MAPPINGS_FOLDER, MappingInvalid, load_mapping
from ingestion.mapping_file import schema
from ingestion.units import find_unit

CODES = yaml.safe_load((MAPPINGS_FOLDER.parent / "units.yml").read_text(encoding="utf-8"))


def changed(tmp_path: Path, template: str, column: str, rule: dict[str, Any], **constants: str) -> Path:
    """A template with one column read otherwise; a constant takes the place of the column of its name."""
    document = yaml.safe_load((MAPPINGS_FOLDER / f"{template}.yml").read_text(encoding="utf-8"))
    for name in constants:
        document["columns"].pop(name)
    document["columns"][column] = rule
    path = tmp_path / f"{template}.yml"
    path.write_text(json.dumps({**document, "constants": constants}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "word", [spelling for code in ("MWh", "GWh", "t", "kVA", "m3") for spelling in [code, *CODES[code]]]
)
def test_no_spelling_of_a_unit_can_mean_another_one(tmp_path: Path, word: str) -> None:
    path = changed(tmp_path, "template_energy_bills", "unit", {"headers": ["Unit"], "values": {"kWh": [word]}})
    with pytest.raises(MappingInvalid, match=f"means {find_unit(word)}, not kWh: a mapping spells units"):
        load_mapping(path)


def test_a_word_of_its_own_may_mean_a_unit(tmp_path: Path) -> None:
    rule = {"headers": ["Unit"], "values": {"kWh": ["kilowattheures actifs", "KWH"]}}
    assert load_mapping(changed(tmp_path, "template_energy_bills", "unit", rule)).name == "template_energy_bills"


@pytest.mark.parametrize("key", ["values", "patterns"])
def test_words_stand_for_a_unit_that_exists(tmp_path: Path, key: str) -> None:
    meaning: object = ["kilo"] if key == "values" else "kilo"
    path = changed(tmp_path, "template_energy_bills", "unit", {"headers": ["Unit"], key: {"kilowatts": meaning}})
    with pytest.raises(MappingInvalid, match="'kilowatts' is no unit code"):
        load_mapping(path)


def test_a_constant_is_a_unit_that_exists(tmp_path: Path) -> None:
    path = changed(tmp_path, "template_energy_bills", "quantity", {"headers": ["Quantity"]}, unit="megawatts")
    with pytest.raises(MappingInvalid, match="'megawatts' is no unit"):
        load_mapping(path)


@pytest.mark.parametrize(
    ("header", "unit", "stated"),
    [("Consommation (MWh)", "kWh", "MWh"), ("Quantité [m³]", "kWh", "m3"), ("Volume m3", "t", "m3")],
)
def test_a_header_cannot_contradict_the_constant_unit(tmp_path: Path, header: str, unit: str, stated: str) -> None:
    path = changed(tmp_path, "template_energy_bills", "quantity", {"headers": [header]}, unit=unit)
    with pytest.raises(MappingInvalid, match=f"states {stated}, but the column holds {unit}"):
        load_mapping(path)


@pytest.mark.parametrize("header", ["Consommation (kWh)", "Consommation", "Consommation (janvier)"])
def test_a_header_that_agrees_or_is_silent_is_read(tmp_path: Path, header: str) -> None:
    load_mapping(changed(tmp_path, "template_energy_bills", "quantity", {"headers": [header]}, unit="kWh"))


def test_a_column_with_a_unit_in_its_name_takes_no_other(tmp_path: Path) -> None:
    path = changed(tmp_path, "template_meters", "subscribed_kva", {"headers": ["Puissance souscrite (kW)"]})
    with pytest.raises(MappingInvalid, match="states kW, but the column holds kVA"):
        load_mapping(path)


def test_a_mapping_has_no_word_for_arithmetic() -> None:
    names = set(json.dumps(schema()).casefold().split('"'))
    assert names & {"factor", "multiply", "multiplier", "scale", "divide", "convert", "formula", "expression"} == set()
