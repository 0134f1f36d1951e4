"""`mizan mapping`: what a file would become, a mapping drafted for it, and the columns that a mapping can fill.

Nothing is written anywhere but on stdout.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.options import DEFAULT_HOME, Fault, FormatOption, HomeOption, home_at
from orchestration.output import Format, print_json, print_rows, say

if TYPE_CHECKING:
    from ingestion.cells import FileRefused
    from ingestion.feeds import Feed
    from ingestion.header import Fit
    from ingestion.mapping import SourceMapping
    from ingestion.trial import Trial

mapping_app = typer.Typer(help="Bring a new layout of files into a feed.", no_args_is_help=True)

FAULTS_SHOWN = 20

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file as its sender made it.")]


@mapping_app.command("try")
def try_(
    file: FileArgument,
    feed: Annotated[str | None, typer.Option(help="The feed; else the one whose mapping fits best.")] = None,
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Try this mapping, installed or not.")
    ] = None,
    received: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of receipt.")] = None,
    home: HomeOption = DEFAULT_HOME,
    output: FormatOption = Format.table,
) -> None:
    """Show what a file is, which mapping fits and why, ten parsed rows, and every note. Nothing is written."""
    from ingestion.cells import FileRefused
    from ingestion.readers.pdf_template import TemplateInvalid, load_templates
    from ingestion.trial import try_file
    from ingestion.unpacking import is_zip_of_files

    if is_zip_of_files(file):
        raise Fault(f"{file.name} is a zip of files: unpack it and try one of them; the night unpacks it by itself")
    feeds, mappings = _mappings(home, feed, mapping)
    try:
        templates = load_templates(*((home_at(home).pdf_templates,) if home.is_dir() else ()))
    except TemplateInvalid as invalid:
        raise Fault(str(invalid)) from invalid
    try:
        tried = try_file(file, feeds, mappings, (received or datetime.now(UTC)).date(), templates)
    except FileRefused as refusal:
        raise _refused(file, refusal, output) from refusal
    if output is Format.json:
        print_json(_document(tried))
    elif output is Format.csv:
        print_rows(list(_flat(tried)), output)
    else:
        _print_tables(tried)
    say(_next_step(tried, home, mapping))


@mapping_app.command()
def draft(
    file: FileArgument,
    feed: Annotated[str, typer.Option(help="The feed that the file is for.")],
    name: Annotated[str | None, typer.Option(help="The name of the mapping; else one made of the file's.")] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Propose a mapping as YAML. What the cells do not prove stands in it as a comment that says what to do."""
    from ingestion.cells import FileRefused
    from ingestion.mapping_draft import draft_mapping
    from ingestion.mapping_text import draft_text

    _, mappings = _mappings(home, None, None)
    (wanted,) = _feeds(feed)
    try:
        drafted = draft_mapping(file, wanted, mappings, name or _name_of(file))
    except FileRefused as refusal:
        raise _refused(file, refusal, Format.table) from refusal
    typer.echo(draft_text(drafted, file.name), nl=False)
    say(f"Next step: save it as {drafted.name}.yml, settle what its comments leave open, then "
        f"mizan mapping try {file} --mapping {drafted.name}.yml")  # fmt: skip


@mapping_app.command()
def text(file: FileArgument, output: FormatOption = Format.table) -> None:
    """Show the lines of a PDF as templates see them, each with its page and number."""
    from ingestion.cells import FileRefused
    from ingestion.readers.pdf import printed_lines

    try:
        print_rows(
            [{"page": page, "line": line, "text": content} for page, line, content in printed_lines(file)], output
        )
    except FileRefused as refusal:
        raise _refused(file, refusal, output) from refusal


@mapping_app.command()
def columns(
    feed: Annotated[str | None, typer.Argument(help="A feed; else all feeds are listed.")] = None,
    output: FormatOption = Format.table,
) -> None:
    """List the feeds, or the columns of one: what a mapping can fill."""
    if feed is None:
        rows = [{"feed": each.name, "kind": each.kind, "description": each.description} for each in _feeds(None)]
    else:
        (found,) = _feeds(feed)
        rows = [
            {
                "column": column.name,
                "type": column.type,
                "required": "yes" if column.required else "",
                "default": column.default or "",
                "values": ", ".join(column.choices) or column.pattern or "",
                "role": _role(found, column.name),
            }
            for column in found.columns
        ]
    print_rows(rows, output)


def _role(feed: Feed, column: str) -> str:
    roles = ["key"] if column in feed.key else []
    if feed.period and column in feed.period:
        roles.append("period")
    if feed.measure and column in (feed.measure.quantity, feed.measure.unit):
        roles.append("measure")
    return ", ".join(roles)


def _feeds(name: str | None) -> list[Feed]:
    from ingestion.feeds import load_feeds

    feeds = load_feeds()
    if name is not None and name not in feeds:
        raise typer.BadParameter(f"{name} is no feed; there are {', '.join(feeds)}")
    return list(feeds.values()) if name is None else [feeds[name]]


def _mappings(
    home: Path, feed: str | None, own: Path | None
) -> tuple[list[Feed], dict[str, tuple[SourceMapping, ...]]]:
    """The feeds to try and their mappings: those of the home and the shipped ones, or only the one to be tried."""
    from ingestion.mapping import MappingInvalid, load_mapping, load_mappings

    try:
        if own is not None:
            mapping = load_mapping(own)
            if feed not in (None, mapping.feed):
                raise typer.BadParameter(f"{own.name} is a mapping of {mapping.feed}, not of {feed}")
            return _feeds(mapping.feed), {mapping.feed: (mapping,)}
        # A home that does not exist yet has no mappings of its own, and is not made here.
        folders = (home_at(home).mappings,) if home.is_dir() else ()
        return _feeds(feed), load_mappings(*folders)
    except MappingInvalid as problem:
        raise Fault(str(problem)) from problem


def _name_of(file: Path) -> str:
    """A name for the mapping: the letters and digits of the file's name, without the sender's number."""
    from ingestion.folding import fold

    words = re.sub(r"^[0-9]{15}_", "", file.stem)
    name = re.sub(r"[^a-z0-9]+", "_", fold(words)).strip("_")
    return name if name[:1].isalpha() else f"layout_{name}".rstrip("_")


def _refused(file: Path, refusal: FileRefused, output: Format) -> typer.Exit:
    """The fault that says why the file is refused, in both languages; as data too where data is wanted."""
    from ingestion.reasons import load_reasons

    message_fr, message_en = load_reasons()[refusal.code].messages(**refusal.details)
    if output is not Format.table:
        print_rows([{"refused": refusal.code, "message_fr": message_fr, "message_en": message_en}], output)
    return Fault(f"{file.name} is refused: {refusal.code}\n  fr: {message_fr}\n  en: {message_en}")


def _next_step(tried: Trial, home: Path, mapping: Path | None) -> str:
    place = home / "landing" / tried.feed.name
    if mapping is not None:
        return f"Next step: copy {mapping} to {home / 'mappings'}/, put the file into {place}/, then mizan run --home {home}"
    return f"Next step: put the file into {place}/, then mizan run --home {home}"


def _facts(tried: Trial) -> list[dict[str, Any]]:
    """What the file is and which mapping was taken, in the order in which one wants to know."""
    best, mapping = tried.fits[0], tried.mapping
    facts = [(key, value) for key, value in tried.container.items()]
    for sheet in tried.sheets:
        where = "no header, skipped"
        if sheet.header:
            where = f"header in row {sheet.header_row}" if sheet.header_row else "headed by the names of its fields"
        facts.append((f"sheet {sheet.name}".strip(), where))
    facts += [
        ("feed", tried.feed.name),
        ("mapping", f"{mapping.name} version {mapping.version} ({'shipped' if mapping.is_shipped else 'own'})"),
        ("why", _why(best)),
        ("runner-up", f"{tried.runner_up.mapping.name}: {_why(tried.runner_up)}" if tried.runner_up else "none fits"),
    ]
    if mapping.valid_from or mapping.valid_to:
        facts.append(("valid", f"{mapping.valid_from or '...'} to {mapping.valid_to or '...'}"))
    if mapping.is_to_confirm:
        facts.append(("to confirm", "its rows wait for mizan review"))
    return [{"what": what, "found": found} for what, found in facts]


def _why(fit: Fit) -> str:
    return f"{fit.columns} columns fit, {fit.needed} of them must be there"


def _counts(tried: Trial) -> list[dict[str, Any]]:
    rows = tried.rows
    return [
        {
            "read": rows.rows_read,
            "accepted": tried.accepted.num_rows,
            "quarantined": rows.rows_quarantined,
            "dropped": rows.dropped.total(),
        }
    ]


def _notes(counts: Counter[str]) -> list[dict[str, Any]]:
    from ingestion.reasons import load_reasons

    reasons = load_reasons()
    return [
        {"code": code, "rows": count, "message_fr": reasons[code].message_fr, "message_en": reasons[code].message_en}
        for code, count in sorted(counts.items())
    ]


def _faults(tried: Trial) -> list[dict[str, Any]]:
    shown = ("reason_code", "sheet", "row_no", "column_name", "cell", "message_fr", "message_en")
    return sorted(
        ({key: fault[key] for key in shown} for fault in tried.faults), key=lambda fault: fault["reason_code"]
    )


def _from_headers(tried: Trial) -> list[dict[str, Any]]:
    return [
        {"from": each.source, "column": each.column, "type": each.type, "required": "yes" if each.required else ""}
        for each in tried.columns
        if each.source
    ]


def _unfilled(tried: Trial) -> list[str]:
    return [each.column for each in tried.columns if not each.source]


def _document(tried: Trial) -> dict[str, Any]:
    return {
        "file": {row["what"]: row["found"] for row in _facts(tried)},
        "columns": _from_headers(tried),
        "headers_unused": list(tried.unused_headers),
        "columns_without_source": _unfilled(tried),
        "rows": tried.sample,
        "counts": _counts(tried)[0],
        "dropped": _notes(tried.rows.dropped),
        "flags": _notes(tried.flags),
        "faults": _faults(tried),
    }


def _flat(tried: Trial) -> Iterator[dict[str, Any]]:
    """Everything in one table: section, item, value, and messages where there are any."""
    empty = {"message_fr": None, "message_en": None}
    for row in _facts(tried):
        yield {"section": "file", "item": row["what"], "value": row["found"], **empty}
    for row in _from_headers(tried):
        yield {"section": "columns", "item": row["column"], "value": row["from"], **empty}
    for section, items in (("headers_unused", tried.unused_headers), ("columns_without_source", _unfilled(tried))):
        yield from ({"section": section, "item": item, "value": None, **empty} for item in items)
    for number, row in enumerate(tried.sample, start=1):
        yield from ({"section": f"row {number}", "item": key, "value": value, **empty} for key, value in row.items())
    yield from ({"section": "counts", "item": key, "value": value, **empty} for key, value in _counts(tried)[0].items())
    for section, counts in (("dropped", tried.rows.dropped), ("flags", tried.flags)):
        for note in _notes(counts):
            code, count, messages = note.pop("code"), note.pop("rows"), note
            yield {"section": section, "item": code, "value": count, **messages}
    for fault in _faults(tried):
        place = f"{fault['sheet']} row {fault['row_no']} {fault['column_name']}: {fault['cell']}".strip()
        messages = {key: fault[key] for key in empty}
        yield {"section": "faults", "item": fault["reason_code"], "value": place, **messages}


def _print_tables(tried: Trial) -> None:
    _print_section("File", _facts(tried))
    _print_section("Columns", _from_headers(tried))
    typer.echo(f"\nHeaders that nothing is taken from: {', '.join(tried.unused_headers) or 'none'}")
    typer.echo(f"Columns that nothing fills: {', '.join(_unfilled(tried)) or 'none'}")
    _print_section(f"First {len(tried.sample)} rows", tried.sample)
    _print_section("Rows (read = accepted + quarantined + dropped)", _counts(tried))
    _print_section("Dropped", _notes(tried.rows.dropped))
    _print_section("Flags", _notes(tried.flags))
    faults = _faults(tried)
    counts = Counter(fault["reason_code"] for fault in faults)
    _print_section("Faults", [{"code": code, "cells": count} for code, count in sorted(counts.items())])
    for code, count in sorted(counts.items()):
        of_code = [fault for fault in faults if fault["reason_code"] == code]
        shown = f", the first {FAULTS_SHOWN} of {count} (all of them: --format json)" if count > FAULTS_SHOWN else ""
        _print_section(f"{code}{shown}", of_code[:FAULTS_SHOWN])


def _print_section(title: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        typer.echo(f"\n{title}")
        print_rows(rows, Format.table)
