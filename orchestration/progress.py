"""What a person at a terminal sees of a run: one bar, a line per failed check. Dagster's own log keeps the rest."""

import logging

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

STAGES = {
    "land": "reading what landed",
    "models": "building and testing the models",
    "published_figures": "checking the figures",
    "release_candidate": "writing the candidate",
    "reports": "writing the reports",
    "release": "publishing",
}


class RunProgress(logging.Handler):
    """Follows a run's events on stderr. On a terminal a bar, elsewhere nothing but failed checks."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self.task = self.bar.add_task("", total=len(STAGES))
        self.bar.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Move the bar, or tell of a check that failed."""
        event = getattr(record, "dagster_event", None) or getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None:
            return
        kind, step = event.event_type_value, event.step_key
        if kind == "STEP_START":
            self.bar.update(self.task, description=STAGES.get(step, step))
        elif kind in ("STEP_SUCCESS", "STEP_SKIPPED", "STEP_FAILURE"):
            self.bar.advance(self.task)
        elif kind == "ASSET_CHECK_EVALUATION" and not event.event_specific_data.passed:
            check = event.event_specific_data
            self.console.print(
                f"check failed: {check.check_name} on {check.asset_key.to_user_string()}", highlight=False
            )
        elif kind in ("PIPELINE_SUCCESS", "PIPELINE_FAILURE", "RUN_SUCCESS", "RUN_FAILURE"):
            self.bar.stop()


@dg.logger
def progress_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """The logger behind the bar."""
    logger = logging.Logger("mizan.progress", logging.DEBUG)
    logger.addHandler(RunProgress(Console(stderr=True)))
    return logger
