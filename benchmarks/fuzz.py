"""Damage files of every reader from a seed, for as long as one likes, and print each case that is neither read nor refused.

    python benchmarks/fuzz.py [--minutes 5] [--first 0] [--only xlsx,csv]

Each reader runs in a process of its own that may take 1 GiB more memory than it starts with. A process that dies, is still
busy with one file after a minute, or raises what is no refusal is a finding: it is printed with the name of the reader and
the number of the case, which makes the same file again (`damaged(SEEDS[name].make(), number)` in tests/fuzz_files.py).
"""

from __future__ import annotations

import argparse
import queue
import resource
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from fuzz_files import SEEDS, damaged, outcome  # noqa: E402 - the path to it is set above

LONGEST_SECONDS = 60
SLOW_SECONDS = 10
MEMORY = 1 << 30


def run_cases(name: str, first: int) -> None:
    """Run cases for ever, telling the number of each before and what became of it after."""
    seed = SEEDS[name]
    content = seed.make()
    with tempfile.TemporaryDirectory() as folder:
        outcome(Path(folder), seed, content)  # everything is imported before the limit is set
        used = int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmSize:")[1].split()[0]) * 1024
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
        number = first
        while True:
            print(f"case {number}", flush=True)
            start = time.process_time()
            with tempfile.TemporaryDirectory() as place:
                try:
                    found = outcome(Path(place), seed, damaged(content, number))
                except Exception:  # noqa: BLE001 - that is the finding
                    lines = traceback.format_exc().splitlines()
                    print(
                        f"crash {number} " + " / ".join(line.strip() for line in [*lines[-7:-1:2], lines[-1]]),
                        flush=True,
                    )
                else:
                    print(f"done {found}", flush=True)
            if time.process_time() - start > SLOW_SECONDS:
                print(f"crash {number} took {time.process_time() - start:.0f} s", flush=True)
            number += 1


class Runner:
    """The process of one reader, started again when it dies, and what it has told."""

    def __init__(self, name: str, first: int) -> None:
        self.name, self.case, self.outcomes, self.findings = name, first, Counter[str](), 0
        self._start(first)

    def _start(self, first: int) -> None:
        command = [sys.executable, __file__, "--child", self.name, "--first", str(first)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
        self._told: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._listen, args=(self._process, self._told), daemon=True).start()

    @staticmethod
    def _listen(process: subprocess.Popen[str], told: queue.Queue[str | None]) -> None:
        for line in process.stdout or ():
            told.put(line)
        told.put(None)

    def run(self, seconds: float) -> None:
        """Let it run for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                line = self._told.get(timeout=LONGEST_SECONDS)
            except queue.Empty:
                self._replace(f"case {self.case} hangs")
                continue
            if line is None:
                self._replace(f"case {self.case} killed the process, exit status {self._process.wait()}")
            elif line.startswith("case"):
                self.case = int(line.split()[1])
            elif line.startswith("done"):
                self.outcomes[line.split()[1]] += 1
            elif line.startswith("crash"):
                self._find(line.strip())
        self._process.kill()
        self._process.wait()

    def _replace(self, finding: str) -> None:
        self._process.kill()
        self._find(finding)
        self._start(self.case + 1)

    def _find(self, finding: str) -> None:
        self.findings += 1
        print(f"{self.name}: {finding}", flush=True)


def main() -> int:
    """Give each reader its share of the time; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--only", default=",".join(SEEDS), help="names of readers, with commas between them")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        run_cases(options.child, options.first)
    names, found = options.only.split(","), 0
    for name in names:
        runner = Runner(name, options.first)
        runner.run(options.minutes * 60 / len(names))
        found += runner.findings
        counts = ", ".join(f"{code} {count}" for code, count in runner.outcomes.most_common())
        print(f"{name}: {runner.outcomes.total()} cases up to {runner.case}: {counts}", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
