"""Mappings are valid data, and a header is found by what it says, not where it stands."""

import json
from pathlib import Path

import pytest
import yaml

from ingestion.cells import FileRefused, HeadRow
from ingestion.feeds import load_feeds
from ingestion.folding import fold
from ingestion.header import choose
from ingestion.mapping import MAPPINGS_FOLDER, MappingInvalid, load_mappings

MAPPINGS = load_mappings()
TEMPLATES = [mapping for mappings in MAPPINGS.values() for mapping in mappings if mapping.name.startswith("template_")]


def _head(*rows: list[str]) -> list[HeadRow]:
    return [HeadRow(number, tuple(row)) for number, row in enumerate(rows, start=1)]


def test_every_feed_that_people_send_has_a_template() -> None:
    expected = {f"template_{feed.name}" for feed in load_feeds().values() if feed.kind != "reference"}
    assert {mapping.name for mapping in TEMPLATES} == expected


@pytest.mark.parametrize("mapping", TEMPLATES, ids=lambda mapping: mapping.name)
def test_a_template_has_every_column_in_english_and_in_french(mapping) -> None:
    feed = load_feeds()[mapping.feed]
    assert {rule.name for rule in mapping.columns} == set(feed.column_names)
    for rule in mapping.columns:
        assert rule.headers[0] == fold(rule.name)
        assert len(rule.headers) > 1 or rule.name in {"version", "region", "role"}  # the same word in both


@pytest.mark.parametrize("mapping", TEMPLATES, ids=lambda mapping: mapping.name)
def test_a_header_names_one_column(mapping) -> None:
    headers = [header for rule in mapping.columns for header in rule.headers]
    assert len(headers) == len(set(headers))


@pytest.mark.parametrize("position", [0, 4])
def test_a_french_header_is_found_under_a_preamble(position: int) -> None:
    template = next(mapping for mapping in TEMPLATES if mapping.feed == "energy_bills")
    french = [rule.headers[1].upper().replace(" ", "_") for rule in template.columns]
    head = _head(*[["Relevé de factures"]] * position, french)
    mapping, headers = choose(MAPPINGS["energy_bills"], load_feeds()["energy_bills"], {"": head})
    assert mapping is template
    assert headers[""].position == position
    assert set(headers[""].places) == set(load_feeds()["energy_bills"].column_names)


def test_a_missing_header_is_named_with_those_found() -> None:
    feed = load_feeds()["sites"]
    with pytest.raises(FileRefused) as caught:
        choose(MAPPINGS["sites"], feed, {"": _head(["site_id", "member_id", "name", "province"])})
    assert caught.value.code == "SCHEMA_DRIFT"
    assert caught.value.details == {"missing": "region", "found": "site_id, member_id, name, province"}


@pytest.mark.parametrize("twice", ["region", "Région"])
def test_a_header_that_is_there_twice_is_refused(twice: str) -> None:
    with pytest.raises(FileRefused) as caught:
        choose(MAPPINGS["sites"], load_feeds()["sites"], {"": _head(["site_id", "member_id", "name", "region", twice])})
    assert caught.value.code == "DUP_HEADER"


def test_every_choice_of_a_feed_is_reachable() -> None:
    for mapping in TEMPLATES:
        feed = load_feeds()[mapping.feed]
        for rule in mapping.columns:
            assert not feed.column(rule.name).choices or rule.values or feed.column(rule.name).name == "size_class"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"feed": "nonsense"}, "line 1, feed: 'nonsense' is no feed of feeds.yml"),
        ({"decimal": "maybe"}, "decimal"),
        ({"colour": "blue"}, "colour"),
        ({"to_confirm": True}, "line 1, to_confirm: rows of sites, which is no activity feed, cannot wait"),
        ({"constants": {"colour": "blue"}}, "colour"),
        ({"columns": {"site_id": {"headers": ["Site"]}}}, "required by sites but not filled: member_id, name, region"),
    ],
)
def test_an_invalid_mapping_says_what_is_wrong(tmp_path: Path, change: dict, said: str) -> None:
    document = yaml.safe_load((MAPPINGS_FOLDER / "template_sites.yml").read_text(encoding="utf-8")) | change
    (tmp_path / "template_sites.yml").write_text(json.dumps(document))
    with pytest.raises(MappingInvalid, match=said):
        load_mappings(tmp_path)
