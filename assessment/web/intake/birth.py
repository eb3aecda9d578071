"""A date of birth as it was typed into three inputs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

OLDEST = 125
"""Years; nobody has become older."""

FIRST_WITH_FOUR_DIGITS = 1000

NO_DATE = "Enter a real date, such as 31 3 1980"


class NoBirth(Exception):
    """Nobody was born then; `str()` says why, and `wrong` names the inputs to be looked at."""

    def __init__(self, why: str, *wrong: str) -> None:
        super().__init__(why)
        self.wrong = wrong


def read_birth(typed: Mapping[str, str], today: datetime.date) -> datetime.date | None:
    """Return the date that day, month and year make; None where they are empty.

    `today` is the last day on which anybody can be born. Raises NoBirth.
    """
    missing = tuple(name for name, value in typed.items() if not value)
    if len(missing) == len(typed):
        return None
    if missing:
        raise NoBirth(f"The date of birth must include a {' and a '.join(missing)}", *missing)
    try:
        parts = [_whole(typed[name]) for name in ("year", "month", "day")]
        date = datetime.date(*parts)
    except ValueError:
        raise NoBirth(NO_DATE, *typed) from None
    if date > today:
        raise NoBirth("The date of birth must be in the past", *typed)
    if date.year < today.year - OLDEST:
        raise NoBirth(_wrong_year(date.year, today.year - OLDEST), "year")
    return date


def _wrong_year(year: int, first: int) -> str:
    if year < FIRST_WITH_FOUR_DIGITS:
        return "Enter the year of birth with four digits, such as 1980"
    return f"Check the year of birth: it can't be before {first}"


def _whole(text: str) -> int:
    if not (text.isdecimal() and len(text) <= 4):
        raise ValueError("no number")
    return int(text)
