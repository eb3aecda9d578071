"""The age that somebody gave, held against their date of birth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.engine.questions import AGE
from assessment.exports.dates import UTC

_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two ages in years, of which one is wrong; `born` is the date (YYYY-MM-DD) behind one."""

    said: int
    born: str
    by_birth: int


def contradiction(answers: Mapping[str, object], born: str, seconds: float) -> Contradiction | None:
    """Return how an answered age and a date of birth differ at a time (Unix seconds).

    None where they agree, or one of them is not known. A day either way is no contradiction: it
    may be somebody's birthday in another time zone.
    """
    said, by_birth = answers.get(AGE), UTC.age(born, int(seconds))
    if by_birth is None or not isinstance(said, int) or isinstance(said, bool):
        return None
    if said in (UTC.age(born, int(seconds) + days * _DAY) for days in (-1, 0, 1)):
        return None
    return Contradiction(said, born, by_birth)
