"""JSON: lines, lists, and the one list in an answer become rows; numbers keep every digit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.cells import CellKind, Cells, FileRefused
from ingestion.readers import json_records, open_sheets

REAL = Path("/work/shared/real")


def opened(folder: Path, text: str | bytes) -> tuple[tuple[str, ...], Cells]:
    path = folder / "file"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (sheet,) = open_sheets(path)
    return sheet.head()[0].cells, sheet.body(0)


def table(cells: Cells) -> list[list[str]]:
    return [list(row) for row in zip(*(column.text.to_pylist() for column in cells.columns), strict=True)]


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        opened(folder, text)
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('[{"a": 1, "b": "x"}, {"b": "y", "c": null}]', [1, 2]),
        (' [\n {"a": 1, "b": "x"},\n {"b": "y", "c": null}\n] \n', [1, 2]),
        ('{"a": 1, "b": "x"}\n{"b": "y", "c": null}\n', [1, 2]),
        ('\ufeff{"a": 1, "b": "x"}\r\n{"b": "y", "c": null}', [1, 2]),
        ('{"count": 2, "error": "", "data": [{"a": 1, "b": "x"}, {"b": "y", "c": null}]}', [1, 2]),
        ('{"body": {"data": [{"a": 1, "b": "x"}, {"b": "y", "c": null}], "notes": [1, 2]}}', [1, 2]),
    ],
)
def test_records_in_every_shape(tmp_path: Path, text: str, numbers: list[int]) -> None:
    keys, cells = opened(tmp_path, text)
    assert keys == ("a", "b", "c")
    assert table(cells) == [["1", "x", ""], ["", "y", ""]]
    assert cells.row_numbers.tolist() == numbers


def test_numbers_keep_their_text(tmp_path: Path) -> None:
    numbers = [
        "0.10",
        "1234567890123456789012",
        "-3",
        "1.5e3",
        "2E-3",
        "0.1000000000000000055511151231257827",
        "1e999999",
    ]
    _, cells = opened(tmp_path, "\n".join(f'{{"n": {number}}}' for number in numbers))
    expected = ["0.10", "1234567890123456789012", "-3", "1500", "0.002", numbers[5], "1e999999"]
    assert cells.columns[0].text.to_pylist() == expected
    assert {cells.columns[0].kind(row) for row in range(len(numbers))} == {CellKind.NUMBER}


def test_a_list_in_a_record_is_kept_as_json(tmp_path: Path) -> None:
    keys, cells = opened(
        tmp_path, '[{"s": "\\ud83d\\ude00", "t": true, "o": {"x": 1.0, "y": {"z": "v"}}, "l": [1.0, "w"]}]'
    )
    assert keys == ("s", "t", "o.x", "o.y.z", "l")
    assert table(cells) == [["😀", "TRUE", "1.0", "v", '["1.0","w"]']]
    assert cells.columns[1].kind(0) is CellKind.BOOLEAN


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    assert table(opened(tmp_path, '[{"h": "a\\ud800b"}]')[1]) == [["a?b"]]


def test_blank_and_broken_lines_keep_their_numbers(tmp_path: Path) -> None:
    _, cells = opened(tmp_path, '{"a": 1}\n\n{"a": 2\n[3]\n{"a": 4}\n')
    assert cells.columns[0].text.to_pylist() == ["1", "", "", "", "4"]
    assert cells.row_numbers.tolist() == [1, 2, 3, 4, 5]
    assert cells.faults == {2: ("JSON_LINE_INVALID", '{"a": 2'), 3: ("JSON_LINE_INVALID", '["3"]')}


@pytest.mark.parametrize(
    "record",
    ['{"a": 1, "a": 2}', '{"a": {"b": 1, "b": 2}}', '{"a": {"b": 1}, "a.b": 2}'],
    ids=["flat", "nested", "dots"],
)
def test_a_key_named_twice_is_refused_with_its_record(tmp_path: Path, record: str) -> None:
    _, cells = opened(tmp_path, f'{record}\n{{"a": 3}}\n')
    assert {row: code for row, (code, _) in cells.faults.items()} == {0: "JSON_DUPLICATE_KEY"}


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_handed_over_as_such(tmp_path: Path, word: str) -> None:
    _, cells = opened(tmp_path, f'[{{"a": {word}}}]')
    assert (cells.columns[0].text[0].as_py(), cells.columns[0].kind(0)) == (word, CellKind.NUMBER)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", "NO_DATA"),
        ("{}", "NO_DATA"),
        ("[{}, {}]", "NO_DATA"),
        ("[1, 2]", "NOT_JSON"),
        ('[{"a": 1}', "JSON_INVALID"),
        ('[{"a": 1} {"a": 2}]', "JSON_INVALID"),
        ('[{"a": 1}] x', "JSON_INVALID"),
        ('{"a": 1', "JSON_INVALID"),
        ('{"a": [{"b": 1}], "c": [{"d": 1}]}', "JSON_NO_RECORDS"),
        (b'[{"a": "\xff"}]', "JSON_INVALID"),
        ("[" * 100_000, "HOSTILE"),
        ('[{"a":' * 100_000, "HOSTILE"),
        ('{"a": 1}\n{"a":' + "[" * 100_000, "HOSTILE"),
    ],
)
def test_refusals(tmp_path: Path, text: str | bytes, code: str) -> None:
    if code == "NOT_JSON":
        assert not json_records.is_json(text.encode() if isinstance(text, str) else text)
    else:
        assert refused(tmp_path, text) == code


def test_too_many_values_and_columns_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = "\n".join(json.dumps({f"k{row}": row}) for row in range(100))
    monkeypatch.setattr(json_records, "LARGEST_GRID", 5_000)
    assert refused(tmp_path, wide) == "TOO_LARGE"
    monkeypatch.setattr(json_records, "MOST_ROWS", 50)
    assert refused(tmp_path, wide) == "TOO_LARGE"
    monkeypatch.setattr(json_records, "MOST_VALUES", 50)
    assert refused(tmp_path, wide) == "TOO_LARGE"


plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
)
key = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="."), min_size=1, max_size=4)


@given(st.lists(st.dictionaries(key, plain, min_size=1, max_size=4), min_size=1, max_size=5))
def test_lines_and_lists_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("json")
    as_list = opened(folder, json.dumps(records))
    as_lines = opened(folder, "\n".join(json.dumps(record, ensure_ascii=False) for record in records))
    assert as_list[0] == as_lines[0] == tuple(dict.fromkeys(name for record in records for name in record))
    assert table(as_list[1]) == table(as_lines[1])
    words = {None: "", True: "TRUE", False: "FALSE"}
    for row, record in zip(table(as_list[1]), records, strict=True):
        for name, text in zip(as_list[0], row, strict=True):
            value = record.get(name)
            assert text == (words[value] if value is None or isinstance(value, bool) else str(value))


@given(st.text(alphabet='[]{}",:0a\\ \n', max_size=40))
def test_any_text_is_records_or_a_coded_refusal(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("json") / "file"
    path.write_text(text)
    try:
        (sheet,) = json_records.open_sheets(path)
        sheet.body(0)
    except FileRefused:
        pass


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")
@pytest.mark.parametrize("name", ["get-bilateral-trade", "preview-goods-exports", "check-data-availability"])
def test_real_answers_of_comtrade(name: str) -> None:
    path = REAL / "comtrade" / f"{name}.json"
    (sheet,) = open_sheets(path)
    records = json.loads(path.read_text())["response"]["body"]["data"]
    keys, cells = sheet.head()[0].cells, sheet.body(0)
    assert keys == tuple(records[0])
    assert len(cells) == len(records)
    column = keys.index("primaryValue") if "primaryValue" in keys else 0
    assert [float(text) if text[:1].isdigit() else text for text in cells.columns[column].text.to_pylist()] == [
        record[keys[column]] for record in records
    ]
