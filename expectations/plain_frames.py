"""Frames in the plain numpy and text types that Great Expectations can handle.

Arrow-backed columns make it hang and Decimal objects slow it down. Floats are right here: plausibility is judged, no
figure is made.
"""

from __future__ import annotations

import pandas as pd


def plain_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy with a fresh index: numbers as float64, dates as datetime64, the rest as text or booleans."""
    columns = {str(name): _plain_column(frame[name]) for name in frame.columns}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))


def _plain_column(column: pd.Series) -> pd.Series:
    values = column.reset_index(drop=True)
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in ("decimal", "floating", "integer", "mixed-integer-float"):
        return _without_missing_marks(values).astype("float64")
    if kind in ("date", "datetime", "datetime64"):
        return pd.to_datetime(_without_missing_marks(values))
    if kind == "empty":
        return pd.Series(float("nan"), index=values.index, dtype="float64")
    if kind == "boolean":
        return _without_missing_marks(values)
    return _without_missing_marks(values).map(str, na_action="ignore")


def _without_missing_marks(values: pd.Series) -> pd.Series:
    as_objects = values.astype(object)
    return as_objects.where(as_objects.notna(), None)
