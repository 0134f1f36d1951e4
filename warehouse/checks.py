"""What checks found: results, passes too, and the rows that a failed batch check holds out.

Stores and reads them as Parquet under `checks/`; runs no check. Results are append-only, one file per run and border,
so the history of a check is kept for the auditor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.home import Home

CRITICAL = "critical"
WARNING = "warning"

RESULT_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("checked_at", pa.timestamp("us")),
        ("check_id", pa.string()),
        ("subject", pa.string()),
        ("severity", pa.string()),
        ("passed", pa.bool_()),
        ("observed", pa.string()),
        ("rows_failed", pa.int64()),
    ]
)
HOLD_SCHEMA = pa.schema(
    [
        ("feed", pa.string()),
        ("batch_id", pa.string()),
        ("row_id", pa.string()),
        ("check_id", pa.string()),
        ("message_fr", pa.string()),
        ("message_en", pa.string()),
    ]
)


@dataclass(frozen=True)
class RecordedCheck:
    """The outcome of one check of one subject (a feed's batch, a model, a mart) in one run."""

    check_id: str
    subject: str
    severity: str
    passed: bool
    observed: str
    rows_failed: int

    @property
    def holds_release_back(self) -> bool:
        """Whether this outcome, of a check on models or marts, forbids publication."""
        return not self.passed and self.severity == CRITICAL


def record_results(home: Home, run_id: str, border: str, checks: Sequence[RecordedCheck]) -> None:
    """Keep the outcomes of one border (landed, models, marts) of one run; a retry of the step replaces its own file."""
    checked_at = datetime.now(UTC).replace(tzinfo=None)
    rows = [{"run_id": run_id, "checked_at": checked_at, **asdict(check)} for check in checks]
    _write(home.checks / "results" / f"run={run_id}.{border}.parquet", pa.Table.from_pylist(rows, schema=RESULT_SCHEMA))


def results_of_run(home: Home, run_id: str, border: str) -> list[RecordedCheck]:
    """The outcomes recorded for one border of one run; empty when that step did not get so far."""
    file = home.checks / "results" / f"run={run_id}.{border}.parquet"
    if not file.exists():
        return []
    columns = RecordedCheck.__dataclass_fields__.keys()
    return [RecordedCheck(**{name: row[name] for name in columns}) for row in pq.read_table(file).to_pylist()]


def result_files(home: Home) -> list[Path]:
    """Every file of outcomes, of all runs."""
    return sorted((home.checks / "results").glob("run=*.parquet"))


def record_holds(home: Home, batch_id: str, suite: str, holds: pa.Table) -> None:
    """Keep the rows of a batch that its checks hold out; with none, too, the batch counts as checked from then on.

    `suite` is a digest of the expectations, so that a changed suite checks old batches again.
    """
    file = home.checks / "holds" / f"batch={batch_id}.{suite}.parquet"
    _write(file, holds.cast(HOLD_SCHEMA))
    for other in set(_holds_files(home, batch_id)) - {file}:
        other.unlink()


def is_checked(home: Home, batch_id: str, suite: str) -> bool:
    """Whether this batch went through the expectations that `suite` stands for."""
    return (home.checks / "holds" / f"batch={batch_id}.{suite}.parquet").exists()


def holds_file(home: Home, batch_id: str) -> Path | None:
    """The file of held rows of a batch, or None while it is not checked."""
    return next(iter(_holds_files(home, batch_id)), None)


def _holds_files(home: Home, batch_id: str) -> list[Path]:
    return sorted((home.checks / "holds").glob(f"batch={batch_id}.*.parquet"))


def _write(file: Path, table: pa.Table) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".tmp")
    pq.write_table(table, temporary, compression="zstd")
    temporary.replace(file)
