"""Finds what somebody did to an audit log who has no key of ours, and says it in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Row

from assessment.records import audit
from assessment.records.acts import BEGINNINGS
from assessment.records.audit import Head
from assessment.records.ids import ClinicId
from assessment.records.transactions import Transaction

_TOLD = re.compile(r"audit log of (\S+) ends with entry (\d+), mark ([0-9a-f]{32})(?![0-9a-f])")


def line_of(head: Head) -> str:
    """Return how the security log is told how far an audit log goes."""
    return f"audit log of {head.clinic} ends with entry {head.number}, mark {head.mark}"


def told_in(lines: Iterable[str]) -> Mapping[ClinicId, Mapping[int, frozenset[str]]]:
    """Return what the lines of a security log say: marks by clinic and number of entry."""
    told: dict[ClinicId, dict[int, frozenset[str]]] = {}
    for line in lines:
        if found := _TOLD.search(line):
            marks = told.setdefault(ClinicId(found[1]), {})
            marks[int(found[2])] = marks.get(int(found[2]), frozenset()) | {found[3]}
    return told


def faults(
    tx: Transaction, clinic: ClinicId, told: Mapping[int, frozenset[str]] | None = None
) -> Iterator[str]:
    """Give what is wrong with the log of a clinic, the first fault first; nothing when all is well.

    `told` is what the security log said of it: a mark, or several, for numbers of entries.
    """
    walk = _Walk(audit.head_row(tx, clinic), dict(told or {}))
    for row in audit.chain(tx, clinic):
        yield from walk.step(tx, row)
    yield from walk.end(tx, audit.head_row(tx, clinic))


class _Walk:
    """Goes from entry to entry. `head` was read before; while it goes, others may be added."""

    def __init__(self, head: Row[Any] | None, told: dict[int, frozenset[str]]) -> None:
        self._head = head
        self._told = told
        self._last = 0
        self._mac = b""
        self._generation = 0
        self._mac_at_head = b""

    def step(self, tx: Transaction, row: Row[Any]) -> Iterator[str]:
        """Look at the next entry."""
        number = row.number
        if not isinstance(number, int):  # SQLite keeps whatever somebody puts into a column
            yield f"after entry {self._last} there is an entry without a number"
            return
        expected = self._last + 1
        if number != expected:
            yield _missing(expected, number - 1)
        elif number == 1 and row.act not in BEGINNINGS:
            yield "entry 1 is not the beginning of this log: everything before it is gone"
        if not self._follows(tx, row) and number == expected:
            yield f"entry {number} was changed, or does not follow the one before it"
        if self._told.pop(number, frozenset()) - {audit.mark_of(row.mac)}:
            yield f"entry {number} is not the one that the security log noted"
        self._last, self._mac = number, row.mac if isinstance(row.mac, bytes) else b""
        if self._head is not None and number == self._head.number:
            self._mac_at_head = self._mac

    def _follows(self, tx: Transaction, row: Row[Any]) -> bool:
        """Whether we wrote an entry, with a key that is no older than those before it."""
        made = audit.generation(tx, row, self._mac)
        follows = made is not None and made >= self._generation
        self._generation = max(self._generation, made or 0)
        return follows

    def end(self, tx: Transaction, later: Row[Any] | None) -> Iterator[str]:
        """Compare where it ends with where it should; `later` is the head by now."""
        head, last = self._head, self._last
        if head is None or later is None:
            yield "the log is missing" if last == 0 else "the record of its length is missing"
        elif not audit.is_head(tx, head):
            yield "the record of its length was changed"
        elif head.number > last:
            yield _missing(last + 1, head.number)
        elif later.number < last:
            yield f"it should end with entry {later.number}, but goes on to {last}"
        elif head.last != self._mac_at_head:
            yield f"entry {head.number} is not the one it should end with"
        if self._told and max(self._told) > last:
            yield (
                f"the security log noted entry {max(self._told)}, but the log ends with "
                f"entry {last}: the rest was cut off, or an older copy was put back"
            )


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"entry {first} is missing"
    return f"entries {first} to {last} are missing"
