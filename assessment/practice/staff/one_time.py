"""Codes that people type, each good once: how they are made, and read as they were meant."""

from __future__ import annotations

import re
import secrets

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U, which are misread
_MISREAD = str.maketrans("ILO", "110")
_GROUP = 5  # letters of 5 bits each


def new_code(groups: int) -> str:
    """Return a random code of so many groups of 25 bits, such as "7KQ2M-..."."""
    made = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(groups))
    return "-".join(made)


def typed(code: str) -> str:
    """Return a code as it is meant, however it was typed."""
    return re.sub(r"[^0-9A-Z]", "", code.upper()).translate(_MISREAD)
