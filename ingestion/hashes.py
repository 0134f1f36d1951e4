"""Sixty-four-bit hashes of rows, whole columns at a time. Equal rows have equal hashes; the reverse has to be looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

WORD = 8
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
SHIFT = np.uint64(29)
KEPT_BYTES = np.array([(1 << 8 * count) - 1 for count in range(WORD + 1)], dtype=np.uint64)


def hash_rows(columns: Sequence[pa.Array]) -> np.ndarray:
    """One hash per row of columns of equal length; null is the same as empty text."""
    total = np.zeros(len(columns[0]), dtype=np.uint64)
    for place, column in enumerate(columns, start=1):
        if column.null_count < len(column):
            total ^= _hash_column(column) * np.uint64(2 * place + 1)
        total = _mixed(total)
    return total


def _hash_column(column: pa.Array) -> np.ndarray:
    if pa.types.is_date32(column.type) or pa.types.is_int32(column.type):
        numbers = column.fill_null(0) if column.null_count else column
        return numbers.view(pa.int32()).to_numpy().astype(np.uint64)
    return _hash_texts(column.cast(pa.string()))


def _hash_texts(texts: pa.Array) -> np.ndarray:
    offsets, content = texts.buffers()[1:]
    if content is None or not len(texts):
        return np.zeros(len(texts), dtype=np.uint64)
    bounds = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    starts, lengths = bounds[:-1] - bounds[0], np.diff(bounds)
    if texts.null_count:
        lengths = np.where(texts.is_valid().to_numpy(zero_copy_only=False), lengths, 0)
    size = int(bounds[-1] - bounds[0])
    padded = np.zeros(size + WORD, dtype=np.uint8)
    padded[:size] = np.frombuffer(content, dtype=np.uint8, count=size, offset=int(bounds[0]))
    words = np.ndarray((size + 1,), dtype=np.uint64, buffer=padded.data, strides=(1,))
    hashes = lengths.astype(np.uint64)
    shortest, longest = int(lengths.min()), int(lengths.max())
    for reached in range(0, longest, WORD):
        if shortest > reached:
            hashes = _mixed(hashes ^ _word(words, starts, lengths, reached, shortest))
        else:
            rows = np.flatnonzero(lengths > reached)
            hashes[rows] = _mixed(hashes[rows] ^ _word(words, starts[rows], lengths[rows], reached, shortest))
    return hashes


def _word(words: np.ndarray, starts: np.ndarray, lengths: np.ndarray, reached: int, shortest: int) -> np.ndarray:
    """Eight bytes of each text from this place on, those beyond its end zero."""
    word = words[starts + reached]
    if shortest >= reached + WORD:
        return word
    return word & KEPT_BYTES[np.minimum(lengths - reached, WORD)]


def _mixed(values: np.ndarray) -> np.ndarray:
    values = values * MULTIPLIER
    return values ^ (values >> SHIFT)
