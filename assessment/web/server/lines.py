"""Lines for the operator at the start. A full disk behind them keeps nobody from anything."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable


def announce(text: str) -> None:
    """Write to standard output, at once."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = io.StringIO()  # what is left in it would be written at the end, and fail again


def tell(lines: Iterable[str]) -> None:
    """Write to standard error, a line each."""
    try:
        for line in lines:
            print(line, file=sys.stderr, flush=True)
    except OSError:
        sys.stderr = io.StringIO()
