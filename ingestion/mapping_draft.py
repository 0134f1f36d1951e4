"""A mapping proposed for a file that none fits: which header is which column of a feed, and what its cells prove.

The headers of all mappings are the dictionary. The draft is valid by the schema; what nothing proves stands in it as a
comment that says what to do. How it is written down is the business of `mapping_text`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from ingestion import mapping_evidence
from ingestion.cells import CellFault, Cells, Column, FileRefused
from ingestion.dates import MONTHS, DateOrder, parse_date
from ingestion.feeds import Feed, FeedColumn
from ingestion.folding import fold, null_token
from ingestion.identifiers import sender_of
from ingestion.mapping import SourceMapping
from ingestion.mapping_evidence import Profile
from ingestion.readers import open_sheets

EXACT, OTHER_FEED, ALIKE, BY_CELLS = 1.0, 0.95, 0.9, 0.6
LEAST_LIKENESS, LEAST_FIT, LEAST_WORDS = 0.72, 0.6, 0.8
MOST_WORDS = 40
WORDY_COLUMNS = ("carrier",)
BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
WIDE_COLUMNS = 4


@dataclass(frozen=True)
class Match:
    """A header taken for a column of the feed, and why."""

    column: FeedColumn
    profile: Profile
    score: float
    why: str


@dataclass(frozen=True)
class Draft:
    """What is proposed: the matches by column, and what the cells prove or leave open (an empty text proves nothing)."""

    name: str
    feed: Feed
    sheet: str
    date_order: tuple[DateOrder, str]
    decimal: tuple[str, str]
    period_end: tuple[str, str]
    nulls: tuple[str, ...]
    matches: Mapping[str, Match]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    unknown_words: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    sender: str | None
    unused: tuple[Profile, ...]
    wide: str | None = None
    missing: tuple[FeedColumn, ...] = field(default=())


def draft_mapping(path: Path, feed: Feed, mappings: Mapping[str, Sequence[SourceMapping]], name: str) -> Draft:
    """Propose a mapping of a file to a feed; raises `FileRefused` when the file is not read or has no header."""
    known = _dictionary(feed, mappings)
    sheet, cells, labels = _table(path, frozenset(known))
    nulls = frozenset(token for mapping in mappings[feed.name] for token in mapping.null_tokens)
    profiles = [
        mapping_evidence.profile(place, label, cells.columns[place], nulls)
        for place, label in enumerate(labels[: len(cells.columns)])
        if label
    ]
    words = _words(feed, mappings[feed.name])
    matches = _matches(feed, profiles, known, words)
    matches |= _by_period(feed, profiles, matches, cells)
    matches |= _by_unit(feed, profiles, matches)
    if not matches:
        raise FileRefused("SCHEMA_DRIFT", missing=", ".join(feed.column_names), found=", ".join(labels))
    taken = {match.profile.place for match in matches.values()}
    unused = tuple(found for found in profiles if found.place not in taken)
    constants = _constants(feed, matches)
    sender = sender_of(path.name) if "member_id" not in matches and "member_id" in feed.column_names else None
    dates = [match.profile for match in matches.values() if match.column.type in ("date", "timestamp")]
    order = mapping_evidence.date_order(dates)
    numbers = [cells.columns[match.profile.place] for match in matches.values() if match.column.type == "decimal"]
    found_words = {column: _sorted_words(match, words.get(column, {})) for column, match in matches.items()}
    filled = {*matches, *constants, *({"member_id"} if sender else ())}
    return Draft(
        name=name,
        feed=feed,
        sheet=sheet,
        date_order=order,
        decimal=mapping_evidence.decimal_sign(numbers),
        period_end=_period_end(feed, matches, cells, order[0]),
        nulls=tuple(sorted({text for found in profiles for text in found.nulls}, key=null_token)),
        matches={column: matches[column] for column in feed.column_names if column in matches},
        words={column: known_words for column, (known_words, _) in found_words.items() if known_words},
        unknown_words={column: unknown for column, (_, unknown) in found_words.items() if unknown},
        constants=constants,
        sender=sender,
        unused=unused,
        wide=_wide(unused),
        missing=tuple(c for c in feed.columns if c.required and not c.default and c.name not in filled),
    )


def _table(path: Path, known: frozenset[str]) -> tuple[str, Cells, list[str]]:
    """The sheet and the header row that look most like a table of the feed; its body and its labels."""
    best: tuple[int, int, str, Cells, list[str]] | None = None
    for sheet in open_sheets(path):
        head = [row.cells for row in sheet.head()]
        position = mapping_evidence.header_row(list(enumerate(head)), known)
        if position is None:
            continue
        labels = [" ".join(cell.split()) for cell in head[position]]
        body = sheet.body(position)
        rank = (sum(fold(label) in known for label in labels), len(body))
        if len(body) and (best is None or rank > best[:2]):
            best = (*rank, sheet.name, body, labels)
    if best is None:
        raise FileRefused("NO_DATA")
    return best[2], best[3], best[4]


def _dictionary(feed: Feed, mappings: Mapping[str, Sequence[SourceMapping]]) -> dict[str, dict[str, float]]:
    """What each header that any mapping knows means in this feed, and how surely."""
    known: dict[str, dict[str, float]] = {}
    for name, of_feed in mappings.items():
        weight = EXACT if name == feed.name else OTHER_FEED
        for rule in (rule for mapping in of_feed for rule in mapping.columns if rule.name in feed.column_names):
            for header in rule.headers:
                meanings = known.setdefault(header, {})
                meanings[rule.name] = max(weight, meanings.get(rule.name, 0.0))
    for column in feed.column_names:
        known.setdefault(fold(column), {})[column] = EXACT
    return known


def _words(feed: Feed, mappings: Iterable[SourceMapping]) -> dict[str, dict[str, str]]:
    """The words that the mappings of the feed know for the values of a column, folded."""
    words: dict[str, dict[str, str]] = {}
    for rule in (rule for mapping in mappings for rule in mapping.columns):
        column = feed.column(rule.name)
        if column.choices or column.name in WORDY_COLUMNS:
            words.setdefault(column.name, {}).update(rule.values)
            words[column.name].update({fold(value): value for value in (*column.choices, *rule.values.values())})
    return words


def _matches(
    feed: Feed,
    profiles: Sequence[Profile],
    known: Mapping[str, Mapping[str, float]],
    words: Mapping[str, Mapping[str, str]],
) -> dict[str, Match]:
    """The best header of each column, each header once, the surest first."""
    candidates = [
        match
        for found in profiles
        for match in (*_by_header(feed, found, known), *_by_cells(feed, found, words))
        if match.profile.fits(match.column.type) >= LEAST_FIT
    ]
    # A tie between two columns is broken by their order in the feed.
    order = {name: number for number, name in enumerate(feed.column_names)}
    matches: dict[str, Match] = {}
    taken: set[int] = set()
    for match in sorted(candidates, key=lambda found: (-found.score, order[found.column.name], found.profile.place)):
        if match.column.name not in matches and match.profile.place not in taken:
            matches[match.column.name] = match
            taken.add(match.profile.place)
    return matches


def _by_header(feed: Feed, found: Profile, known: Mapping[str, Mapping[str, float]]) -> Iterator[Match]:
    spellings = {fold(found.label), fold(BRACKETS.sub(" ", found.label))} - {""}
    for header, meanings in known.items():
        likeness = max((_likeness(spelling, header) for spelling in spellings), default=0.0)
        if likeness < LEAST_LIKENESS:
            continue
        for column, weight in meanings.items():
            fit = found.fits(feed.column(column).type)
            why = "by its header" if likeness == 1.0 else f'by its header, which is like "{header}"'
            yield Match(
                feed.column(column), found, weight * fit * (likeness if likeness == 1.0 else ALIKE * likeness), why
            )


def _likeness(spelling: str, header: str) -> float:
    """How alike two folded headers are: their letters, or their words without regard to order."""
    if spelling == header:
        return 1.0
    one, other = set(spelling.split()), set(header.split())
    common = len(one & other) / max(len(one), len(other))
    matcher = SequenceMatcher(None, spelling, header, autojunk=False)
    return max(common, matcher.ratio() if matcher.quick_ratio() >= LEAST_LIKENESS else 0.0)


def _by_cells(feed: Feed, found: Profile, words: Mapping[str, Mapping[str, str]]) -> Iterator[Match]:
    """The column that the cells speak of, where the feed has just one such column."""
    if not found.texts:
        return
    for type_, why in (("member", "company numbers"), ("unit", "units"), ("country", "countries")):
        columns = [column for column in feed.columns if column.type == type_]
        if len(columns) == 1 and found.shares[type_] >= LEAST_WORDS:
            yield Match(columns[0], found, BY_CELLS + 0.1 * found.shares[type_], f"by its cells, which are {why}")
    folded = {fold(text) for text in found.texts}
    shares = {column: len(folded & known.keys()) / len(folded) for column, known in words.items()}
    best = [column for column, share in shares.items() if share >= LEAST_WORDS and share == max(shares.values())]
    if len(best) == 1 and len(folded) <= MOST_WORDS:
        yield Match(feed.column(best[0]), found, BY_CELLS, "by its cells, whose words are known")


def _by_period(feed: Feed, profiles: Sequence[Profile], matches: Mapping[str, Match], cells: Cells) -> dict[str, Match]:
    """Two columns of dates of which one is never after the other, for the period that no header names."""
    if feed.period is None or any(column in matches for column in feed.period):
        return {}
    taken = {match.profile.place for match in matches.values()}
    free = [
        found for found in profiles if found.place not in taken and found.texts and found.shares["date"] >= LEAST_WORDS
    ]
    order = mapping_evidence.date_order(free)[0]
    pairs = [
        (one, other)
        for one in free
        for other in free
        if one is not other and _is_period(cells.columns[one.place], cells.columns[other.place], order)
    ]
    if len(pairs) != 1:
        return {}
    why = "by its cells: the days of a period"
    return {
        name: Match(feed.column(name), found, BY_CELLS, why) for name, found in zip(feed.period, pairs[0], strict=True)
    }


def _is_period(starts: Column, ends: Column, order: DateOrder) -> bool:
    lengths = []
    for row in range(min(len(starts), mapping_evidence.ROWS_LOOKED_AT)):
        try:
            start, _ = parse_date(starts.text[row].as_py(), starts.kind(row), order=order)
            end, _ = parse_date(ends.text[row].as_py(), ends.kind(row), order=order)
        except CellFault:
            continue
        lengths.append((end - start).days)
    return bool(lengths) and all(0 <= length <= 100 for length in lengths) and any(length >= 20 for length in lengths)


def _by_unit(feed: Feed, profiles: Sequence[Profile], matches: Mapping[str, Match]) -> dict[str, Match]:
    """The one column of numbers whose header names a unit, for the quantity that no header names."""
    if feed.measure is None or feed.measure.unit is None or feed.measure.quantity in matches:
        return {}
    taken = {match.profile.place for match in matches.values()}
    free = [
        found
        for found in profiles
        if found.place not in taken
        and found.fits("decimal") >= LEAST_FIT
        and mapping_evidence.unit_in_header(found.label)
    ]
    if len(free) != 1:
        return {}
    name = feed.measure.quantity
    return {name: Match(feed.column(name), free[0], BY_CELLS, "by the unit in its header")}


def _constants(feed: Feed, matches: Mapping[str, Match]) -> dict[str, str]:
    """The unit, where only the header of the quantity states it."""
    if feed.measure is None or feed.measure.unit is None or feed.measure.unit in matches:
        return {}
    match = matches.get(feed.measure.quantity)
    unit = mapping_evidence.unit_in_header(match.profile.label) if match else None
    return {feed.measure.unit: unit} if unit else {}


def _sorted_words(match: Match, words: Mapping[str, str]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The cells of a column of words: by the value that they are known to mean, and those that are not known."""
    column = match.column
    if not (column.choices or column.name in WORDY_COLUMNS):
        return {}, ()
    distinct = dict.fromkeys(" ".join(text.split()) for text in match.profile.texts)
    found: dict[str, tuple[str, ...]] = {}
    for text in distinct:
        value = words.get(fold(text))
        if value and text != value:
            found[value] = (*found.get(value, ()), text)
    unknown = tuple(text for text in distinct if fold(text) not in words)
    return found, unknown[:MOST_WORDS]


def _period_end(feed: Feed, matches: Mapping[str, Match], cells: Cells, order: DateOrder) -> tuple[str, str]:
    if feed.period is None:
        return "inclusive", "the feed has no period"
    start, end = (matches.get(name) for name in feed.period)
    if start is None or end is None or start.profile.place == end.profile.place:
        return "inclusive", ""
    keys = [matches[name].profile.place for name in ("meter_id", "register", "component", "site_id") if name in matches]
    texts = [cells.columns[place].text.to_pylist() for place in keys]
    groups = ["|".join(parts) for parts in zip(*texts, strict=True)] if texts else [""] * len(cells)
    columns = cells.columns[start.profile.place], cells.columns[end.profile.place]
    return mapping_evidence.period_end(*columns, groups, order)


def _wide(unused: Sequence[Profile]) -> str | None:
    """A regular expression for headers that repeat but for a month or a year, if there are several of one form."""
    forms = Counter(_form(found.label) for found in unused if found.texts and found.shares["number"] >= LEAST_WORDS)
    form, count = max(forms.items(), key=lambda item: item[1], default=("", 0))
    return form if count >= WIDE_COLUMNS and "(" in form else None


def _form(label: str) -> str:
    words = ["([a-z]+)" if word in MONTHS else word for word in fold(label).split()]
    return " ".join(
        "([0-9]{4})" if re.fullmatch(r"(?:19|20)\d\d", word) else re.escape(word) if word != "([a-z]+)" else word
        for word in words
    )
