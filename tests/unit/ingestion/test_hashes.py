"""Hashes of rows: equal rows have equal ones, whatever array they stand in; others differ, but for chance."""

from datetime import date

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.hashes import hash_rows

rows = st.lists(
    st.tuples(st.one_of(st.none(), st.text(max_size=20)), st.one_of(st.none(), st.dates()), st.text("ab", max_size=18)),
    min_size=1,
    max_size=12,
)


def _columns(values: list[tuple[str | None, date | None, str]]) -> list[pa.Array]:
    types = (pa.string(), pa.date32(), pa.string())
    return [pa.array(column, type_) for column, type_ in zip(zip(*values, strict=True), types, strict=True)]


@settings(deadline=None)
@given(rows, st.integers(0, 3))
def test_equal_rows_have_equal_hashes_and_others_differ(
    values: list[tuple[str | None, date | None, str]], cut: int
) -> None:
    whole = hash_rows(_columns(values)).tolist()
    sliced = hash_rows([column.slice(cut) for column in _columns([values[0]] * cut + values)]).tolist()
    assert whole == sliced
    alone = [int(hash_rows(_columns([row]))[0]) for row in values]
    assert alone == whole
    # No day and the first day of Unix have the same number.
    keys = {(text or "", day or date(1970, 1, 1), letters) for text, day, letters in values}
    assert len(set(whole)) == len(keys)
