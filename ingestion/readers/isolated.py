"""Parsers in processes of their own: what a hostile file can hang or exhaust there harms nothing here.

A worker is a script of this folder that imports nothing of the project and limits its own memory and time. What it says is
the business of the reader that runs it.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from ingestion.cells import FileRefused

MOST_MEMORY = 768 * 1024 * 1024  # of a PDF's worker; the process that asks has to fit in a gibibyte beside it


def run_isolated(worker: Path, request: bytes, patience: float) -> subprocess.CompletedProcess[bytes]:
    """Run a worker on a request; raises `subprocess.TimeoutExpired` after so many seconds by the clock.

    Only the installed libraries can be imported (-I), and no variable of the environment changes anything.
    """
    return subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-I", "-B", str(worker)],
        input=request,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=patience,
        check=False,
        env={},
    )


def ask_about_pdf(worker: Path, path: Path, seconds: int, patience: float, **request: Any) -> dict[str, Any]:
    """What a worker says about a PDF, which may take so many seconds of a processor.

    Raises `FileRefused`: PDF_TIMEOUT when it does not answer in time, HOSTILE when it dies.
    """
    limits = {"path": str(path.resolve()), "memory": MOST_MEMORY, "seconds": seconds}
    try:
        done = run_isolated(worker, json.dumps({**limits, **request}).encode(), patience)
    except subprocess.TimeoutExpired as error:
        raise FileRefused("PDF_TIMEOUT", seconds=seconds) from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise FileRefused("PDF_TIMEOUT", seconds=seconds)
    if done.returncode:
        raise FileRefused("HOSTILE", cause="the process that reads the PDF was ended")
    return dict(json.loads(done.stdout))
