"""A mapping proposed for a file that none fits: which header is which column of a feed, and what its cells prove.

The headers of all mappings are the dictionary. The draft is valid by the schema; what nothing proves stands in it as a
comment that says what to do. How it is written down is the business of `mapping_text`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from itertools import permutations
from pathlib import Path

from ingestion import mapping_evidence
from ingestion.cells import Cells, FileRefused
from ingestion.dates import MONTHS, DateOrder
from ingestion.feeds import Feed, FeedColumn
from ingestion.folding import fold, null_token
from ingestion.identifiers import sender_of
from ingestion.mapping import SourceMapping
from ingestion.mapping_evidence import Profile
from ingestion.readers import open_sheets

EXACT, OTHER_FEED, ALIKE, BY_CELLS = 1.0, 0.95, 0.9, 0.6
LEAST_LIKENESS, LEAST_FIT, LEAST_WORDS = 0.72, 0.6, 0.8
MOST_WORDS = 40
SHORTEST_ABBREVIATION = 4
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
    """What is proposed: the matches by column, and what the cells prove or leave open (an empty text proves nothing).

    `unknown_words` pairs each word with the known value that it looks like; `unused` each column with what its cells are.
    """

    name: str
    feed: Feed
    sheet: str
    date_order: tuple[DateOrder, str]
    decimal: tuple[str, str]
    period_end: tuple[str, str]
    nulls: tuple[str, ...]
    matches: Mapping[str, Match]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    unknown_words: Mapping[str, tuple[tuple[str, str], ...]]
    values: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    sender: str | None
    unused: tuple[tuple[Profile, str], ...]
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
    order = mapping_evidence.date_order(found for found in profiles if found.shares["date"] >= LEAST_WORDS)
    numbers = [match.profile.place for match in matches.values() if match.column.type == "decimal"]
    numbers = numbers or [found.place for found in unused if found.shares["number"] >= LEAST_WORDS]
    found_words = {column: _sorted_words(match, words.get(column, {})) for column, match in matches.items()}
    filled = {*matches, *constants, *({"member_id"} if sender else ())}
    return Draft(
        name=name,
        feed=feed,
        sheet=sheet,
        date_order=order,
        decimal=mapping_evidence.decimal_sign(cells.columns[place] for place in numbers),
        period_end=_period_end(feed, matches, cells, order[0]),
        nulls=tuple(sorted({text for found in profiles for text in found.nulls}, key=null_token)),
        matches={column: matches[column] for column in feed.column_names if column in matches},
        words={column: known_words for column, (known_words, _) in found_words.items() if known_words},
        values={column: tuple(dict.fromkeys(meanings.values())) for column, meanings in words.items()},
        unknown_words={column: unknown for column, (_, unknown) in found_words.items() if unknown},
        constants=constants,
        sender=sender,
        unused=tuple((found, _hint(found, words)) for found in unused),
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
        body = mapping_evidence.without_totals(sheet.body(position))
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
    spellings = [_Spelling(text) for text in {fold(found.label), fold(BRACKETS.sub(" ", found.label))} - {""}]
    for header, meanings in known.items():
        likeness = max((spelling.likeness(header) for spelling in spellings), default=0.0)
        if likeness < LEAST_LIKENESS:
            continue
        for column, weight in meanings.items():
            fit = found.fits(feed.column(column).type)
            why = "by its header" if likeness == 1.0 else f'by its header, which is like "{header}"'
            yield Match(
                feed.column(column), found, weight * fit * (likeness if likeness == 1.0 else ALIKE * likeness), why
            )


class _Spelling:
    """A folded header of the file, to be compared with many known ones."""

    def __init__(self, text: str) -> None:
        self._text, self._words = text, set(text.split())
        self._matcher = SequenceMatcher(None, "", text, autojunk=False)

    def likeness(self, header: str) -> float:
        """How alike another folded header is: in its letters, or in its words without regard to order."""
        if self._text == header:
            return 1.0
        if ("%" in self._text) != ("%" in header):
            return 0.0  # a rate is no amount
        others = set(header.split())
        shared = sum(any(_is_same_word(word, other) for other in others) for word in self._words)
        self._matcher.set_seq1(header)
        bounds = (self._matcher.real_quick_ratio, self._matcher.quick_ratio)
        close = all(bound() >= LEAST_LIKENESS for bound in bounds)
        return max(shared / max(len(self._words), len(others)), self._matcher.ratio() if close else 0.0)


def _is_same_word(one: str, other: str) -> bool:
    """Whether two words are the same, or one is short for the other."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= SHORTEST_ABBREVIATION and longer.startswith(shorter))


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
    if len(best) == 1 and len(folded) <= MOST_WORDS and found.shares["number"] < LEAST_WORDS:
        yield Match(feed.column(best[0]), found, BY_CELLS, "by its cells, whose words are known")


def _by_period(feed: Feed, profiles: Sequence[Profile], matches: Mapping[str, Match], cells: Cells) -> dict[str, Match]:
    """Columns of dates that no header names: two that are the days of periods, and the one other that is left."""
    found: dict[str, Match] = {}
    if feed.period and not any(column in matches for column in feed.period):
        why = "by its cells, the days of periods"
        pair = _pair_of_days(_free(profiles, matches, "date"), cells)
        found = {
            name: Match(feed.column(name), day, BY_CELLS, why) for name, day in zip(feed.period, pair, strict=False)
        }
    known = {**matches, **found}
    wanted = [
        column for column in feed.columns if column.type == "date" and column.required and column.name not in known
    ]
    left = _free(profiles, known, "date")
    if len(wanted) == 1 and len(left) == 1 and set(feed.period or ()) <= known.keys():
        found[wanted[0].name] = Match(wanted[0], left[0], BY_CELLS, "the only other column of dates")
    return found


def _pair_of_days(days: Sequence[Profile], cells: Cells) -> tuple[Profile, ...]:
    """The two columns that are the first and the last days of periods, if it is clear which; else none."""
    order = mapping_evidence.date_order(days)[0]
    pairs = {}
    for one, other in permutations(days, 2):
        columns = cells.columns[one.place], cells.columns[other.place]
        following = mapping_evidence.following_periods(*columns, order)
        if following is not None:
            pairs[one, other] = following
    best = [pair for pair, following in pairs.items() if following == max(pairs.values())]
    return best[0] if len(best) == 1 else ()


def _free(profiles: Sequence[Profile], matches: Mapping[str, Match], share: str) -> list[Profile]:
    """The columns that are not matched yet and whose cells are of this kind."""
    taken = {match.profile.place for match in matches.values()}
    free = [found for found in profiles if found.place not in taken and found.texts]
    return [found for found in free if found.shares[share] >= LEAST_WORDS]


def _by_unit(feed: Feed, profiles: Sequence[Profile], matches: Mapping[str, Match]) -> dict[str, Match]:
    """The one column of numbers whose header names a unit, for the quantity that no header names."""
    if feed.measure is None or feed.measure.unit is None or feed.measure.quantity in matches:
        return {}
    free = [each for each in _free(profiles, matches, "number") if mapping_evidence.unit_in_header(each.label)]
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


def _sorted_words(
    match: Match, words: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """The cells of a column of words: by the value that they are known to mean, and those that are not known."""
    column = match.column
    if column.type in ("unit", "country"):
        return {}, tuple((text, "") for text in mapping_evidence.unreadable(match.profile, column.type)[:MOST_WORDS])
    if not (column.choices or column.name in WORDY_COLUMNS):
        return {}, ()
    found: dict[str, tuple[str, ...]] = {}
    unknown = []
    for text in dict.fromkeys(" ".join(text.split()) for text in match.profile.texts):
        value = words.get(fold(text))
        if value is None:
            as_long = [word for word in words if word.count(" ") == fold(text).count(" ")]
            like = get_close_matches(fold(text), as_long, n=1, cutoff=LEAST_LIKENESS)
            unknown.append((text, words[like[0]] if like else ""))
        elif text != value:
            found[value] = (*found.get(value, ()), text)
    return found, tuple(unknown[:MOST_WORDS])


def _hint(found: Profile, words: Mapping[str, Mapping[str, str]]) -> str:
    """What the cells of an unused column are, as far as they tell."""
    if not found.texts:
        return "empty"
    folded = {fold(text) for text in found.texts}
    alike = [column for column, known in words.items() if len(folded & known.keys()) / len(folded) >= LEAST_WORDS]
    if alike and len(folded) <= MOST_WORDS and found.shares["number"] < LEAST_WORDS:
        return f"words of {' or '.join(alike)}"
    kinds = {"date": "dates", "number": "numbers", "unit": "units", "country": "countries", "member": "company numbers"}
    return next((kind for share, kind in kinds.items() if found.shares[share] >= LEAST_WORDS), "text")


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
