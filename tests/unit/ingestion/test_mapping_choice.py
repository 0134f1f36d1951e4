"""Which mapping reads a file: the one that fits best on the day of receipt, or none when two fit equally well."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from ingestion.cells import FileRefused, HeadRow
from ingestion.feeds import load_feeds
from ingestion.files import read_file
from ingestion.header import choose, rank
from ingestion.mapping import MAPPINGS_FOLDER, MappingInvalid, SourceMapping, load_mapping, load_mappings

SITES = load_feeds()["sites"]
HEADER = ["Usine", "Adhérent", "Nom", "Contrée", "Date"]
DOCUMENT = {
    "mapping": "usines",
    "version": "1",
    "feed": "sites",
    "description": "Made up.",
    "dates": "day_first",
    "decimal": ",",
    "period_end": "inclusive",
    "nulls": [],
    "columns": {
        "site_id": {"headers": ["Usine"]},
        "member_id": {"headers": ["Adhérent"]},
        "name": {"headers": ["Nom"]},
        "region": {"headers": ["Contrée"]},
    },
}

MEMBERS = {
    "site_id": None,
    "region": {"headers": ["Contrée"]},
    "name": None,
    "legal_name": {"headers": ["Nom"]},
    "activity_code": {"headers": ["NACE"]},
    "sector": {"headers": ["Secteur"]},
    "joined_on": {"headers": ["Date"]},
}


def _write(folder: Path, name: str, columns: dict | None = None, **changes: object) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yml"
    rules = {column: rule for column, rule in {**DOCUMENT["columns"], **(columns or {})}.items() if rule}
    document = {**DOCUMENT, **changes, "mapping": name, "columns": rules}
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


def _chosen(mappings: list[SourceMapping], header: list[str] = HEADER) -> str:
    return choose(mappings, SITES, {"": [HeadRow(1, tuple(header))]})[0].name


def test_an_old_and_a_new_meaning_of_a_header_are_told_apart_by_the_day_of_receipt(tmp_path: Path) -> None:
    _write(tmp_path, "usines_old", {"opened_on": {"headers": ["Date"]}}, valid_to="2023-12-31")
    _write(tmp_path, "usines_new", {"closed_on": {"headers": ["Date"]}}, valid_from="2024-01-01")
    mappings = load_mappings(tmp_path)["sites"]
    file = tmp_path / "usines.csv"
    file.write_text("Usine;Adhérent;Nom;Contrée;Date\nS1;999900000000057;Nord;Rabat;05/03/2020\n", encoding="utf-8")

    def read(day: date) -> tuple[str, dict]:
        rows = read_file(file, file.name, "0" * 64, SITES, day, mappings)
        return rows.mapping.name, rows.accepted.to_pylist()[0]

    name, row = read(date(2023, 12, 31))
    assert (name, row["opened_on"], row["closed_on"]) == ("usines_old", date(2020, 3, 5), None)
    name, row = read(date(2024, 1, 1))
    assert (name, row["opened_on"], row["closed_on"]) == ("usines_new", None, date(2020, 3, 5))


def test_outside_every_validity_a_file_is_refused(tmp_path: Path) -> None:
    mapping = load_mapping(_write(tmp_path, "usines", valid_from="2024-01-01", valid_to="2024-06-30"))
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 6, 30), date(2024, 7, 1))
    assert [mapping.is_valid_on(day) for day in days] == [False, True, True, False]


def test_the_mapping_that_takes_most_columns_is_chosen(tmp_path: Path) -> None:
    few = load_mapping(_write(tmp_path, "a_few"))
    more = load_mapping(_write(tmp_path, "more", {"opened_on": {"headers": ["Date"]}}))
    assert _chosen([few, more]) == _chosen([more, few]) == "more"
    assert [fit.mapping.name for fit in rank([few, more], SITES, {"": [HeadRow(1, tuple(HEADER))]})] == [
        "more",
        "a_few",
    ]


def test_then_the_one_that_insists_on_most_headers(tmp_path: Path) -> None:
    lax = load_mapping(_write(tmp_path, "lax", {"opened_on": {"headers": ["Date"]}}))
    strict = load_mapping(_write(tmp_path, "strict", {"closed_on": {"headers": ["Date"], "required": True}}))
    assert _chosen([lax, strict]) == "strict"


def test_two_that_fit_equally_well_are_refused_by_name(tmp_path: Path) -> None:
    one = load_mapping(_write(tmp_path, "one", {"opened_on": {"headers": ["Date"]}}))
    other = load_mapping(_write(tmp_path, "other", {"closed_on": {"headers": ["Date"]}}))
    with pytest.raises(FileRefused) as caught:
        _chosen([one, other])
    assert caught.value.code == "MAPPING_AMBIGUOUS"
    assert caught.value.details == {"mappings": "one, other"}


def test_a_mapping_of_the_home_wins_over_an_equal_shipped_one(tmp_path: Path) -> None:
    shipped = next(mapping for mapping in load_mappings()["sites"] if mapping.name == "template_sites")
    own = load_mapping(_write(tmp_path, "own", {name: {"headers": [name]} for name in DOCUMENT["columns"]}))
    header = ["site_id", "member_id", "name", "region"]
    assert (shipped.is_shipped, own.is_shipped) == (True, False)
    assert _chosen([shipped, own], header) == _chosen([own, shipped], header) == "own"


def test_a_mapping_of_the_home_takes_the_place_of_a_shipped_one_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "template_sites.yml").write_bytes((MAPPINGS_FOLDER / "template_sites.yml").read_bytes())
    (found,) = [mapping for mapping in load_mappings(tmp_path)["sites"] if mapping.name == "template_sites"]
    assert not found.is_shipped


def test_two_of_a_home_with_the_same_headers_need_days_that_do_not_overlap(tmp_path: Path) -> None:
    _write(tmp_path, "before", valid_to="2024-01-31")
    _write(tmp_path, "after", valid_from="2024-02-01")
    assert {"before", "after"} <= {mapping.name for mapping in load_mappings(tmp_path)["sites"]}
    _write(tmp_path, "after", valid_from="2024-01-31")
    with pytest.raises(
        MappingInvalid, match=r"after.yml and before.yml have the same headers and are valid on the same days"
    ):
        load_mappings(tmp_path)


def test_validity_that_ends_before_it_begins_is_a_fault(tmp_path: Path) -> None:
    path = _write(tmp_path, "usines", valid_from="2024-02-01", valid_to="2024-01-31")
    with pytest.raises(MappingInvalid, match="valid_from is after valid_to"):
        load_mapping(path)
    with pytest.raises(MappingInvalid, match=r"usines.yml, line \d+, valid_from: "):
        load_mapping(_write(tmp_path, "usines", valid_from="2024-02-30"))


YAML = """\
mapping: usines
version: "1"
feed: sites
description: Made up.
dates: day_first
decimal: ","
period_end: inclusive
nulls: []
columns:
  site_id:
    headers: ["Usine"]
  member_id:
    headers: ["Adhérent"]
  name:
    headers: ["Nom"]
  region:
    headers: ["Contrée"]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Usine"]', '"Usine"', r"usines.yml, line \d+: not YAML"),
        ("dates: day_first", "dates: sometimes", "usines.yml, line 5, dates: 'sometimes' is not one of"),
        ('version: "1"', "version: 1", "line 2, version: 1 is not of type 'string'"),
        ("  name:\n", "  nam:\n", "line 14, columns.nam: 'nam' is no column of sites"),
        ("  region:\n", "  site_id:\n", "line 16, columns.site_id: the key stands twice"),
        (
            '["Contrée"]',
            '["Contrée"]\n    remove: "("',
            r"line 18, columns.region.remove: '\(' is no regular expression",
        ),
        ('["Contrée"]', '["Contrée"]\n    colour: red', "line 16, columns.region: Additional properties"),
        (
            "columns:\n",
            "copies: {region: latitude}\ncolumns:\n",
            "line 9, copies.region: 'latitude' is not a filled column",
        ),
        (
            "columns:\n",
            "drop: [{headers: [Nom], words: [x], reason: NO_DATA}]\ncolumns:\n",
            r"line 9, drop\[0\].reason: NO_DATA",
        ),
        ('  region:\n    headers: ["Contrée"]\n', "", "line 9, columns: required by sites but not filled: region"),
        (
            '    headers: ["Contrée"]\n',
            "    values: {x: [y]}\n",
            "line 9, columns: required by sites but not filled: region",
        ),
        ("columns:\n", 'constants: {region: "?"}\ncolumns:\n', "line 9, constants.region: a draft's placeholder"),
        ("mapping: usines", "mapping: plants", "line 1, mapping: the name must be that of the file, 'usines'"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "usines.yml"
    path.write_text(YAML, encoding="utf-8")
    assert load_mapping(path).name == "usines"
    assert old in YAML
    path.write_text(YAML.replace(old, new), encoding="utf-8")
    with pytest.raises(MappingInvalid, match=said):
        load_mapping(path)


def test_a_constant_is_one_of_the_values_of_its_column(tmp_path: Path) -> None:
    path = _write(tmp_path, "usines", feed="members", constants={"size_class": "huge"}, columns=MEMBERS)
    with pytest.raises(MappingInvalid, match=r"constants\.size_class: 'huge' is not among TPE, PME, GE"):
        load_mapping(path)


def test_words_do_not_stand_for_dates_and_numbers(tmp_path: Path) -> None:
    path = _write(tmp_path, "usines", {"opened_on": {"headers": ["Date"], "values": {"2024-01-01": ["jadis"]}}})
    with pytest.raises(MappingInvalid, match=r"columns\.opened_on: words can only stand for text"):
        load_mapping(path)


@pytest.mark.parametrize("content", ["", "# nothing but a comment\n", "just words\n", "- a\n- b\n"])
def test_a_file_that_is_no_mapping_says_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "usines.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MappingInvalid, match="a mapping has keys such as mapping, feed and columns"):
        load_mapping(path)


def test_words_of_yaml_and_days_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "usines.yml"
    words = "valid_from: 2024-01-01\n" + YAML.replace('headers: ["Nom"]', "headers: [No, On, Oui]")
    path.write_text(words, encoding="utf-8")
    mapping = load_mapping(path)
    assert mapping.valid_from == date(2024, 1, 1)
    assert next(rule for rule in mapping.columns if rule.name == "name").headers == ("no", "on", "oui")
