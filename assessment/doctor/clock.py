"""The clock of this machine, against which links, sessions and reminders are held."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator

from assessment.doctor.findings import Finding, cannot_tell, to_do, well
from assessment.doctor.here import Here

ABOUT = "clock"
_UNSYNCHRONISED = 5
"""What adjtimex(2) returns (TIME_ERROR) while nothing keeps the clock right."""
_TIMEX = 512
"""Bytes for its `struct timex`, which has 208. Zeros ask only."""


def check(here: Here, ask: Callable[[], int | None] | None = None) -> Iterator[Finding]:
    """Ask the kernel whether something keeps the clock right; `ask` stands for that in tests."""
    state = (ask or _kernel)()
    if state is None:
        yield cannot_tell(ABOUT, "the kernel does not say whether it is synchronised")
    elif state == _UNSYNCHRONISED:
        yield to_do(
            ABOUT,
            "it is not synchronised with anything, so it will drift",
            "apt install systemd-timesyncd (or chrony); in a container or virtual machine, "
            "check the host instead",
        )
    else:
        yield well(ABOUT, "it is synchronised with a time server")


def _kernel() -> int | None:
    """Return the state of the clock; None where it is not told."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):  # another kernel, another C library
        return None
    state = int(adjtimex(ctypes.create_string_buffer(_TIMEX)))
    return None if state < 0 else state
