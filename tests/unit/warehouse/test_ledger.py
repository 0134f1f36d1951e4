import json

import pytest

from warehouse.ledger import GENESIS_HASH, Ledger, entry_hash


def batch(name: str) -> dict:
    return {"kind": "batch", "batch_id": name}


def file(name: str) -> dict:
    return {"kind": "file", "name": name}


def test_an_empty_ledger_has_the_genesis_head(ledger: Ledger) -> None:
    assert ledger.head() == ledger.head_of_inputs() == GENESIS_HASH
    assert ledger.next_sequence() == 1
    assert ledger.entries() == ledger.problems() == []


def test_entries_are_numbered_and_chained(ledger: Ledger) -> None:
    first = ledger.append([file("a"), batch("1")])
    second = ledger.append([batch("2")])
    assert [entry["sequence"] for entry in first + second] == [1, 2, 3]
    assert first[0]["previous_hash"] == GENESIS_HASH
    assert second[0]["previous_hash"] == first[1]["hash"] == entry_hash(first[1])
    assert ledger.entries() == first + second
    assert ledger.problems() == []


def test_the_head_of_inputs_moves_with_batches_and_reviews_only(ledger: Ledger) -> None:
    recorded = ledger.append([batch("1")])
    ledger.append([{"kind": "release", "release_id": "r"}])
    assert ledger.head_of_inputs() == recorded[0]["hash"] != ledger.head()
    (review,) = ledger.append([{"kind": "review", "rows": {}}])
    assert ledger.head_of_inputs() == review["hash"] == ledger.head()


def test_an_act_must_be_closed(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="must end in"):
        ledger.append([file("a")])


@pytest.mark.parametrize(
    ("tamper", "complaint"),
    [
        (lambda lines: [lines[0].replace('"a"', '"b"'), *lines[1:]], "line 1: content does not match its hash"),
        (lambda lines: [lines[0], lines[2]], "line 2: sequence is 3"),
        (lambda lines: [lines[1], lines[0], lines[2]], "line 1: does not follow"),
    ],
    ids=["changed", "deleted", "reordered"],
)
def test_tampering_breaks_the_chain(ledger: Ledger, tamper, complaint: str) -> None:
    ledger.append([file("a"), batch("1")])
    ledger.append([batch("2")])
    lines = ledger.path.read_text().splitlines(keepends=True)
    ledger.path.write_text("".join(tamper(lines)))
    assert any(complaint in problem for problem in ledger.problems())


@pytest.mark.parametrize(
    "torn", ['{"kind":"fi', '{"kind":"file","sequence":2}\n', '{"kind":"file","sequence":2}\n{"ki']
)
def test_recover_cuts_off_an_act_that_was_never_closed(ledger: Ledger, torn: str) -> None:
    ledger.append([batch("1")])
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole + torn.encode())
    assert ledger.recover() == len(torn)
    assert ledger.path.read_bytes() == whole
    assert ledger.recover() == 0


def test_entries_survive_in_canonical_form(ledger: Ledger) -> None:
    ledger.append([{**batch("1"), "message": "été ميزان"}])
    line = ledger.path.read_text(encoding="utf-8").rstrip("\n")
    assert "été ميزان" in line
    assert line == json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
