"""Small workbooks for the tests of ingestion."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904


def workbook_bytes(rows: list[dict[str, Any]], *, uses_1904_dates: bool = False) -> bytes:
    """The rows as XLSX, headed by their keys: texts as texts, numbers as numbers."""
    book = Workbook()
    if uses_1904_dates:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    names = list(dict.fromkeys(name for row in rows for name in row))
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
