"""Suites as data: which expectation is checked on which feed or mart, how severely, and why.

A suite is one YAML file under `suites/landed` or `suites/marts`. This module reads and validates it; it runs nothing
and does not know Great Expectations beyond the names of the expectation types that a suite may use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Severity = Literal["critical", "warning"]
Border = Literal["landed", "marts"]

SUITES_FOLDER = Path(__file__).parent / "suites"

# Each of these judges a row by itself, so that a large frame may go through in chunks and every failure has its row.
# What concerns a whole batch (copies of a key, a median) is a derived column or a summary frame of one row.
ROW_EXPECTATIONS = frozenset(
    {
        "ExpectColumnValuesToBeBetween",
        "ExpectColumnValuesToNotBeNull",
        "ExpectColumnValuesToBeInSet",
        "ExpectColumnValuesToNotBeInSet",
        "ExpectColumnValuesToMatchRegex",
    }
)


class SuiteIsWrong(ValueError):
    """A suite file does not say what a suite must say."""


@dataclass(frozen=True)
class Check:
    """One expectation with its stable identifier, its severity and its reason in both languages.

    `frame` names the frame that it looks at: `rows` (the feed or mart itself) or another that `mart_frames` builds.
    """

    check_id: str
    expectation: str
    kwargs: dict[str, Any]
    severity: Severity
    description_fr: str
    description_en: str
    frame: str = "rows"

    @property
    def least_share(self) -> float:
        """The share of rows (0 to 1, of those that have a value) which must fit for the check to pass."""
        return float(self.kwargs.get("mostly", 1.0))


@dataclass(frozen=True)
class Suite:
    """The checks of one subject (a feed or a mart).

    `member_column` and `period_columns` say whose rows, and of which time, are held out when a critical check fails on
    a landed batch. Without them only the failing rows themselves are held out.
    """

    subject: str
    checks: tuple[Check, ...]
    member_column: str | None = None
    period_columns: tuple[str, str] | None = None


def load_suite(path: Path, border: Border) -> Suite:
    """Read and validate one suite file. Raises `SuiteIsWrong` with the file and the check at fault."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    subject = path.stem
    checks = tuple(_check(path, border, subject, entry) for entry in content["checks"])
    identifiers = [check.check_id for check in checks]
    twice = sorted({identifier for identifier in identifiers if identifiers.count(identifier) > 1})
    if twice:
        raise SuiteIsWrong(f"{path.name}: check_id used twice: {', '.join(twice)}")
    period = content.get("period_columns")
    return Suite(
        subject=subject,
        checks=checks,
        member_column=content.get("member_column"),
        period_columns=(period[0], period[1]) if period else None,
    )


@cache
def suites(border: Border) -> dict[str, Suite]:
    """All suites of a border by subject, in alphabetical order."""
    return {path.stem: load_suite(path, border) for path in sorted((SUITES_FOLDER / border).glob("*.yml"))}


def _check(path: Path, border: Border, subject: str, entry: dict[str, Any]) -> Check:
    try:
        check = Check(**entry)
    except TypeError as error:
        raise SuiteIsWrong(f"{path.name}: {entry.get('check_id', 'a check without check_id')}: {error}") from error
    if not check.check_id.startswith(f"{border}.{subject}."):
        raise SuiteIsWrong(f"{path.name}: {check.check_id}: a check_id begins with '{border}.{subject}.'")
    if check.expectation not in ROW_EXPECTATIONS:
        raise SuiteIsWrong(f"{path.name}: {check.check_id}: {check.expectation} does not judge rows one by one")
    if check.severity not in ("critical", "warning"):
        raise SuiteIsWrong(f"{path.name}: {check.check_id}: severity is critical or warning, not {check.severity}")
    if not check.description_fr.strip() or not check.description_en.strip():
        raise SuiteIsWrong(f"{path.name}: {check.check_id}: a description is needed in French and in English")
    return check
