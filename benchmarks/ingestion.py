"""How fast files are ingested, and in how much memory, beside the tools that only read them.

    python benchmarks/ingestion.py [--rows 1000000] [--sheet-rows 100000] [--times 5] [--large]

Files are made from a seed in a temporary folder. Each contender runs in a process of its own and is timed as a whole, from
start to end; the contenders of one comparison take turns, so that a busy machine slows all of them. Ratios are of medians.
What each contender read is counted and asserted. `--large` also ingests ten times the rows, for the memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

SEED = 20210329
MEMBERS = ("999900000000057", "999900000000154", "999900000000251", "999900000000348")
HEADER = (
    "member_id", "site_id", "supplier", "contract_no", "meter_id", "bill_no", "bill_type", "issued_on", "period_start",
    "period_end", "carrier", "register", "component", "quantity", "unit", "index_start", "index_end", "amount_excl_vat",
    "vat_rate", "amount_incl_vat", "currency",
)  # fmt: skip
QUANTITY, AMOUNT, ISSUED, BILL = (HEADER.index(n) for n in ("quantity", "amount_excl_vat", "issued_on", "bill_no"))
REFUSED_KINDS, DIRTY_SHARE = 6, 10
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Run:
    """One run of a contender: seconds of the whole process, its peak of resident memory, what it counted."""

    seconds: float
    megabytes: float
    counted: dict[str, int]


# --- the files


def bill_rows(count: int) -> Iterator[list[str]]:
    """Bill rows of four members and four hundred meters, the same for the same count."""
    chance = random.Random(SEED)
    months = [_month(2015 + number // 12, number % 12 + 1) for number in range(120)]
    for number in range(count):
        meter = chance.randrange(400)
        start, end, issued = months[number % 120]
        quantity = Decimal(chance.randrange(1, 9_000_000)) / 100
        amount = (quantity * Decimal("1.17")).quantize(CENT)
        index = chance.randrange(1_000_000)
        yield [
            MEMBERS[meter % 4], f"S{meter}", "ONEE", f"C{meter:06d}", f"{meter:08d}", f"F{number:09d}", "invoice", issued,
            start, end, "electricity", "total", "energy", f"{quantity:.2f}", "kWh", str(index), str(index + int(quantity)),
            str(amount), "20", str((amount * Decimal("1.2")).quantize(CENT)), "MAD",
        ]  # fmt: skip


def _month(year: int, month: int) -> tuple[str, str, str]:
    end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return date(year, month, 1).isoformat(), end.isoformat(), (end + timedelta(days=5)).isoformat()


def write_clean(path: Path, rows: int) -> None:
    """A CSV file in which every row is good."""
    with path.open("w", encoding="utf-8") as handle:
        handle.write(",".join(HEADER) + "\n")
        handle.writelines(",".join(row) + "\n" for row in bill_rows(rows))


def write_dirty(path: Path, rows: int) -> None:
    """The same with a dirty tenth: of each hundred rows six are refused, one comes behind a blank line, three are read."""
    with path.open("w", encoding="utf-8") as handle:
        handle.write(",".join(HEADER) + "\n")
        for number, row in enumerate(bill_rows(rows)):
            handle.write(
                _spoiled(row, number // DIRTY_SHARE % 10) if number % DIRTY_SHARE == 0 else ",".join(row) + "\n"
            )


def _spoiled(row: list[str], kind: int) -> str:
    if kind == 6:
        return "\n" + ",".join(row) + "\n"
    changes: dict[int, tuple[int, str]] = {
        0: (QUANTITY, "abc"),
        1: (ISSUED, "31/02/2024"),
        2: (0, "123"),
        3: (QUANTITY, "450 L"),
        7: (QUANTITY, '"1,234.50"'),
        8: (AMOUNT, '"1 234,50"'),
        9: (BILL, f'"{row[BILL]}\ncopy"'),
    }
    if kind in changes:
        place, cell = changes[kind]
        row[place] = cell
    return ",".join([*row, "more"] if kind == 4 else row[:10] if kind == 5 else row) + "\n"


def write_workbook(path: Path, rows: int) -> None:
    """An XLSX file with texts, dates and numbers, every row good."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet("Factures"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, HEADER)
        dates, numbers = {7, 8, 9}, {13, 15, 16, 17, 18, 19}
        for place, row in enumerate(bill_rows(rows), start=1):
            for column, cell in enumerate(row):
                if column in dates:
                    sheet.write_datetime(place, column, date.fromisoformat(cell), day)
                elif column in numbers:
                    sheet.write_number(place, column, float(cell))
                else:
                    sheet.write_string(place, column, cell)


# --- the contenders, each in a process of its own


def read_with_arrow(path: Path, _: Path) -> dict[str, int]:
    """Only parse."""
    from pyarrow import csv

    table = csv.read_csv(path)
    return {"rows": table.num_rows, "cells": table.num_rows * table.num_columns}


def convert_with_pandas(path: Path, scratch: Path) -> dict[str, int]:
    """Parse and write Parquet: no types but those that are guessed, no checks."""
    import pandas as pd

    frame = pd.read_csv(path)
    frame.to_parquet(scratch / "pandas.parquet")
    return {"rows": len(frame), "cells": frame.size}


def read_with_calamine(path: Path, _: Path) -> dict[str, int]:
    """Only the cells of a workbook as Python values."""
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return {"rows": len(rows) - 1, "cells": (len(rows) - 1) * len(rows[0])}


def ingest(path: Path, scratch: Path) -> dict[str, int]:
    """What a night does with a file: archive, read, type, check, hash, write, record."""
    from ingestion.feeds import load_feeds
    from ingestion.landing import ingest_feed
    from warehouse.home import Home
    from warehouse.ledger import Ledger

    home = Home.at(scratch / "home")
    landing = home.landing / "energy_bills"
    landing.mkdir(parents=True)
    os.link(path, landing / path.name)
    with home.writer():
        found = ingest_feed(home, Ledger(home.ledger), load_feeds()["energy_bills"])
    return {
        "rows": found.rows_read,
        "cells": found.rows_accepted * len(HEADER),
        "accepted": found.rows_accepted,
        "quarantined": found.rows_quarantined,
        "dropped": found.rows_dropped,
    }


CONTENDERS: dict[str, Callable[[Path, Path], dict[str, int]]] = {
    "arrow": read_with_arrow,
    "pandas": convert_with_pandas,
    "calamine": read_with_calamine,
    "ingest": ingest,
}


def run(contender: str, path: Path) -> Run:
    """Run a contender on a file in a new process."""
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        command = [sys.executable, "-P", __file__, "--contender", contender, str(path), scratch]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            printed = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{contender} failed on {path.name}")
    return Run(seconds, usage.ru_maxrss / 1024, json.loads(printed))


def compare(pairs: dict[str, tuple[str, Path]], times: int) -> dict[str, list[Run]]:
    """Runs of each named pair of contender and file, taken in turns after one round that only warms up."""
    found: dict[str, list[Run]] = {name: [] for name in pairs}
    for turn in range(times + 1):
        for name, (contender, path) in pairs.items():
            result = run(contender, path)
            if turn:
                found[name].append(result)
    return found


# --- what is asserted and printed


def expect(run_: Run, **counted: int) -> None:
    """Stop unless a run counted exactly this."""
    wrong = {name: (run_.counted[name], value) for name, value in counted.items() if run_.counted[name] != value}
    if wrong:
        raise SystemExit(f"counted, expected: {wrong}")


def median(runs: list[Run]) -> float:
    """The median of seconds."""
    return statistics.median(run_.seconds for run_ in runs)


def show(name: str, runs: list[Run], beside: str = "", ratio: float | None = None, target: str = "") -> None:
    """One line of the table."""
    peak = max(run_.megabytes for run_ in runs)
    compared = f"{ratio:6.2f} x {beside:28s} {target}" if ratio is not None else ""
    print(f"{name:34s}{median(runs):8.2f} s{peak:9.0f} MB   {compared}".rstrip(), flush=True)


def main(arguments: argparse.Namespace) -> None:
    """Make the files, run everything, print the table."""
    rows, sheet_rows = arguments.rows, arguments.sheet_rows
    with tempfile.TemporaryDirectory(prefix="mizan-benchmark-") as name:
        clean, dirty, book = (Path(name, file) for file in ("clean.csv", "dirty.csv", "bills.xlsx"))
        write_clean(clean, rows)
        write_dirty(dirty, rows)
        write_workbook(book, sheet_rows)
        pairs = {
            "pyarrow.csv.read_csv": ("arrow", clean),
            "pandas.read_csv + to_parquet": ("pandas", clean),
            "ingest, clean": ("ingest", clean),
            "ingest, a dirty tenth": ("ingest", dirty),
        }
        texts = compare(pairs, arguments.times)
        for label in list(pairs)[:3]:
            expect(texts[label][0], rows=rows, cells=rows * len(HEADER))
        refused, blank = rows * REFUSED_KINDS // 100, rows // 100
        expect(texts["ingest, a dirty tenth"][0], rows=rows + blank, quarantined=refused, dropped=blank)
        books = compare({"python-calamine": ("calamine", book), "ingest, XLSX": ("ingest", book)}, arguments.times)
        for runs in books.values():
            expect(runs[0], rows=sheet_rows, cells=sheet_rows * len(HEADER))
        print(
            f"{rows} rows of CSV, {clean.stat().st_size / 1e6:.0f} MB; {sheet_rows} rows of XLSX; median of {arguments.times}"
        )
        clean_seconds = median(texts["ingest, clean"])
        for label in list(pairs)[:2]:
            target = "(at most 8)" if label.startswith("pyarrow") else "(at most 1)"
            show(label, texts[label])
            show("  ingest, clean", texts["ingest, clean"], label, clean_seconds / median(texts[label]), target)
        dirty_runs = texts["ingest, a dirty tenth"]
        show("ingest, a dirty tenth", dirty_runs, "ingest, clean", median(dirty_runs) / clean_seconds, "(at most 2)")
        bare = median(books["python-calamine"])
        show("python-calamine", books["python-calamine"])
        show(
            "  ingest, XLSX",
            books["ingest, XLSX"],
            "python-calamine",
            median(books["ingest, XLSX"]) / bare,
            "(at most 3)",
        )
        if arguments.large:
            write_clean(clean, 10 * rows)
            large = run("ingest", clean)
            expect(large, rows=10 * rows, accepted=10 * rows)
            show(
                f"ingest, {10 * rows} rows",
                [large],
                "ingest, clean",
                large.seconds / clean_seconds,
                "(memory: at most 2048 MB)",
            )


def parse() -> argparse.Namespace:
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sheet-rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="also ten times the rows, once")
    parser.add_argument("--contender", nargs=3, metavar=("NAME", "FILE", "FOLDER"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    parsed = parse()
    if parsed.contender:
        contender_name, file_name, folder = parsed.contender
        print(json.dumps(CONTENDERS[contender_name](Path(file_name), Path(folder))))
    else:
        main(parsed)
