"""Rows as CSV that a spreadsheet opens without running anything in it.

A cell that begins like a formula would be computed by a spreadsheet, and could send away what is
beside it (ASVS 1.2.10). Such a cell gets a leading apostrophe, which spreadsheets show as text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the code page of its country."""

# Where a spreadsheet parts cells at semicolons or tabs, a new cell begins within one of ours.
_FORMULA = re.compile(r"(^|[;\t\r\n])([\s\"']*)([=+\-@\uff1d\uff0b\uff0d\uff20])")
_STARTS = ("\t", "\r", "\n")


def csv_file(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a file with a heading for each column, in UTF-8 that Excel knows as such.

    Raises ValueError for a row that has not one cell for each column.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{len(row)} cells for {len(columns)} columns")
        writer.writerow([harmless(cell) for cell in row])
    return (BYTE_ORDER_MARK + text.getvalue()).encode(errors="replace")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    guarded = _FORMULA.sub(r"\1\2'\3", cell)
    return f"'{guarded}" if guarded.startswith(_STARTS) else guarded
