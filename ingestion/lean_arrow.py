"""Arrow without pandas: what is left out where nothing needs it.

At the first scalar that pyarrow makes it imports pandas, to be ready for its series. Ingestion hands it none, and a process
that reads one file would spend more on that import than on the file. Conversions to pandas import it when they are asked
for, as ever.
"""

from __future__ import annotations

import contextlib
import sys

import pyarrow as pa


def leave_pandas_out() -> None:
    """Let pyarrow believe that pandas is not there, unless it is imported already, until a conversion asks for it."""
    if "pandas" in sys.modules:
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        with contextlib.suppress(ImportError, AttributeError):
            _ = pa.lib._pandas_api.have_pandas  # looks once
        pa.scalar(0)  # and so does what converts Python's values
    finally:
        del sys.modules["pandas"]
