"""A draft mapping as YAML, with the comments that say what is proven, what is not, and what is left to do."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ingestion.feeds import FeedColumn
from ingestion.mapping_draft import Draft, Match

SENDER_PATTERN = "'^(?P<member_id>[0-9]{15})_'"
# What stands for a column of a bill that its layout does not have.
COPIES = {"bill_no": "meter_id", "issued_on": "period_end"}
NOT_PROVEN = "not proven by the cells"


def draft_text(draft: Draft, file_name: str) -> str:
    """The draft as the text of a file `NAME.yml`."""
    return "\n".join([*_head(draft, file_name), *_fixed(draft), *_columns(draft), *_left_open(draft)]) + "\n"


def _head(draft: Draft, file_name: str) -> Iterator[str]:
    where = f", sheet {draft.sheet}" if draft.sheet else ""
    yield f"# Drafted from {file_name}{where}. Save it as {draft.name}.yml, settle what the comments leave open, and try it:"
    yield f"#   mizan mapping try FILE --mapping {draft.name}.yml"
    yield f"mapping: {draft.name}"
    yield 'version: "1"'
    yield f"feed: {draft.feed.name}"
    yield "description: What the layout is and who sends it."
    yield _stated("dates", draft.date_order[0], draft.date_order[1], "day_first or month_first: ask the sender")
    yield _stated(
        "decimal",
        _quoted(draft.decimal[0]),
        draft.decimal[1],
        '"." or ",": ask the sender; detect refuses what has two readings',
    )
    yield _stated(
        "period_end",
        draft.period_end[0],
        draft.period_end[1],
        "inclusive, or exclusive if the last day is the next period's first",
    )
    yield f"nulls: {_list(draft.nulls)}"


def _stated(key: str, value: str, proof: str, otherwise: str) -> str:
    return f"{key}: {value}  # {proof or f'{NOT_PROVEN}: {otherwise}'}"


def _fixed(draft: Draft) -> Iterator[str]:
    if draft.sender:
        yield "file_name:"
        yield f"  pattern: {SENDER_PATTERN}"
        yield '  expected: "<ICE>_<name>"'
    if draft.constants:
        yield "constants:"
        yield from (f"  {name}: {_quoted(value)}  # from the header" for name, value in draft.constants.items())
    if draft.missing:
        yield "# Required, and no header was found: name the header under columns, or uncomment what holds for every row."
        if not draft.constants:
            yield "# constants:"
        yield from (f'#   {column.name}: "?"  # {_what(column, draft)}' for column in draft.missing)
        yield from (f"# {line}" for line in _other_ways(draft))


def _what(column: FeedColumn, draft: Draft) -> str:
    values = column.choices or draft.values.get(column.name, ())
    return f"one of {', '.join(values)}" if values else column.type


def _other_ways(draft: Draft) -> Iterator[str]:
    missing = {column.name for column in draft.missing}
    if any(column.type == "member" for column in draft.missing):
        yield f'file_name: {{pattern: {SENDER_PATTERN}, expected: "<ICE>_<name>"}}  # its name begins with the ICE'
    copies = [f"{target}: {source}" for target, source in COPIES.items() if target in missing]
    if copies:
        yield f"copies: {{{', '.join(copies)}}}  # each takes the value of the other column"


def _columns(draft: Draft) -> Iterator[str]:
    yield "columns:"
    for name, match in draft.matches.items():
        yield f"  {name}:  # {match.why}; {_samples(match)}"
        yield f"    headers: {_list((match.profile.label,))}"
        words, unknown = draft.words.get(name, {}), draft.unknown_words.get(name, ())
        if words:
            yield "    values:"
            yield from (f"      {value}: {_list(texts)}" for value, texts in words.items())
        elif unknown:
            yield "    # values:  # put what the word means for each ?"
        for text, like in unknown:
            yield f"    #   ?: {_list((text,))}  # {f'perhaps {like}; ' if like else ''}{_what(match.column, draft)}"


def _left_open(draft: Draft) -> Iterator[str]:
    if draft.wide:
        yield "# Several headers of one form: a wide layout. Name the groups after columns, and the column that takes the cells:"
        yield "# unpivot:"
        yield f"#   headers: '{draft.wide}'"
        yield "#   value: ?"
    if draft.unused:
        yield "# Headers that nothing is taken from:"
        yield from (f"#   {_list((found.label,))}  {hint}: {', '.join(found.samples)}" for found, hint in draft.unused)
    filled = {
        *draft.matches,
        *draft.constants,
        *(column.name for column in draft.missing),
        *(("member_id",) if draft.sender else ()),
    }
    optional = [column.name for column in draft.feed.columns if column.name not in filled]
    if optional:
        yield f"# Columns of {draft.feed.name} that nothing fills and that may stay empty: {', '.join(optional)}"


def _samples(match: Match) -> str:
    samples = match.profile.samples
    return f"such as {', '.join(samples)}" if samples else "its cells are empty"


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(_quoted(text) for text in texts)}]"


def _quoted(text: str) -> str:
    """A text as YAML takes it as text, whatever it looks like."""
    return text if text == "detect" else json.dumps(text, ensure_ascii=False)
