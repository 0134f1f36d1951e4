"""A trace for people and programs: text, JSON, CSV and HTML of one derivation."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from warehouse.trace import Trace

TEMPLATES_FOLDER = Path(__file__).parent / "templates"


def render_trace(trace: Trace, form: str) -> str:
    """The derivation as `text`, `json`, `csv` or `html`. Numbers keep every digit; in JSON they are texts."""
    return {"text": _text, "json": _json, "csv": _csv, "html": _html}[form](trace)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _rows(trace: Trace) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in trace.rows]


def _json(trace: Trace) -> str:
    document = {
        "release_id": trace.release_id,
        "member_id": trace.member_id,
        "year": trace.year,
        "measure": trace.measure.column,
        "value": _plain(trace.value),
        "unit": trace.measure.unit,
        "rows": _rows(trace),
        "sum": _plain(trace.sum),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _csv(trace: Trace) -> str:
    found = _rows(trace)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(found[0]) if found else ["row_id"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    return buffer.getvalue()


def _text(trace: Trace) -> str:
    lines = [
        f"{trace.measure.column} of {trace.member_id} in {trace.year}: {trace.value} {trace.measure.unit}",
        f"release {trace.release_id}",
        "",
    ]
    for row in _rows(trace):
        place = f"{row['name']}{' [' + row['sheet'] + ']' if row['sheet'] else ''} row {row['row_no']}"
        factor = f" x {row['factor_value']} ({row['factor_id']})" if row.get("factor_id") else ""
        share = row.get("consolidated_share")
        part = "" if share is None or Decimal(share) == 1 else f" x share {Decimal(share).normalize():f}"
        result = row[trace.measure.fact_column]
        lines.append(
            f"{row['month']}  {row['quantity']} {row['unit']}{factor}{part} = {result} {trace.measure.unit}  <- {place}"
        )
    lines += ["", f"sum of {len(trace.rows)} rows: {trace.sum} {trace.measure.unit}", ""]
    return "\n".join(lines)


def _html(trace: Trace) -> str:
    found = _rows(trace)
    environment = Environment(loader=FileSystemLoader(TEMPLATES_FOLDER), autoescape=True)
    numbers = {name for row in trace.rows for name, value in row.items() if isinstance(value, Decimal)}
    return environment.get_template("trace.html").render(
        title=f"{trace.measure.column} of member {trace.member_id} in {trace.year}",
        value=_plain(trace.value),
        sum=_plain(trace.sum),
        unit=trace.measure.unit,
        release=trace.release_id,
        columns=list(found[0]) if found else [],
        numbers=numbers,
        rows=found,
    )
