"""Passwords that are known from breaches, looked up in a file of the operator.

The file is the one that Have I Been Pwned hands out, ordered by hash: on each line the SHA-1 of a
password in capitals, a colon, and how often it was seen. It stays on this machine: nothing about a
password is asked of anybody.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

_HASH = 40
_LINE = 64
"""Bytes that hold a whole line, its end included."""
_A_LINE = re.compile(rb"[0-9A-F]{40}:[0-9]+\r?\n")


class Breached:
    """Looks passwords up in `file`, which is kept open and read a few lines at a time.

    Raises ValueError, with words for the operator, when it is no such file.
    """

    def __init__(self, file: Path) -> None:
        try:
            self._file = os.open(file, os.O_RDONLY)
            self._size = os.fstat(self._file).st_size
            first = os.pread(self._file, _LINE, 0)
            some = [one for part in range(8) if (one := self._line(self._size * part // 8)[1])]
        except OSError:
            raise ValueError(f"the file {file} cannot be read") from None
        if not _A_LINE.match(first) or some != sorted(some):
            raise ValueError(
                f"{file} must be the file of Have I Been Pwned with SHA-1 hashes, ordered by hash"
            )

    def __contains__(self, password: object) -> bool:
        """Whether this password was seen in a breach. Raises OSError: the disk does not answer."""
        known_by_this = hashlib.sha1(str(password).encode(), usedforsecurity=False)
        wanted = known_by_this.hexdigest().upper().encode()
        low, high = 0, self._size
        while low < high:  # if it is there, its line begins from `low` on and before `high`
            middle = (low + high) // 2
            start, found = self._line(middle)
            if not found or start >= high or found > wanted:
                high = middle
            elif found < wanted:
                low = start + 1
            else:
                return True
        return False

    def _line(self, place: int) -> tuple[int, bytes]:
        """Return where the first line begins from `place` on, and its hash; empty at the end."""
        before = max(place - 1, 0)
        block = os.pread(self._file, 2 * _LINE, before)
        skipped = block.find(b"\n") + 1 if place > 0 else 0
        whole = place <= 0 or skipped > 0
        return before + skipped, block[skipped : skipped + _HASH] if whole else b""
