"""Whether calamine survives a binary workbook, tried in a process of its own.

Run as a script by `ingestion.readers.excel`, which writes the path of the workbook to its stdin. A damaged or hostile
XLS or XLSB can make calamine ask for more memory than there is, which ends its process whatever anyone catches; no look
at the records beforehand foresees every way. This process limits its own memory and time, writes nothing and imports
nothing of this project. It ends well when calamine reads the workbook, and also when it refuses it in an orderly manner:
the caller then sees the same.
"""

from __future__ import annotations

import os
import resource
import sys

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

MOST_MEMORY = 1 << 30
MOST_SECONDS = 8


def main(path: str) -> None:
    """Read every worksheet."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open(path, "rb") as handle:  # noqa: PTH123 - pathlib takes longer to import than this takes
            workbook = CalamineWorkbook.from_filelike(handle)
        for sheet in workbook.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet:
                workbook.get_sheet_by_name(sheet.name)
    except (CalamineError, OSError, ValueError):
        return
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise


if __name__ == "__main__":
    main(os.fsdecode(sys.stdin.buffer.read()))
