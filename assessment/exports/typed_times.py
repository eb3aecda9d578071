"""Days and times as people type or paste them, in the order of their country."""

from __future__ import annotations

import datetime
import re

from babel import Locale

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_WORDS = re.compile(r"(?:[a-z]+,? )?(\d{1,2})\.? ([a-z]+)\.?,?(?: (\d{4}))?")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::00)? ?([ap]\.?m\.?)?")
_AT = re.compile(
    r"(.*?\S)(?:T|,? at |, ?| )(\d{1,2}(?:[:.h]\d{2})?(?::00)?(?: ?[ap]\.?m\.?)?)", re.IGNORECASE
)
_MONTH_FIRST = frozenset({"AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "US", "VI"})
_MONTHS = Locale("en").months["format"]["wide"]


def read_day(text: str, country: str | None, today: datetime.date) -> datetime.date:
    """Return a day such as 2026-12-01, 1 December or 1/12/2026; raises ValueError for any other.

    Without a year it is the next such day from `today` on. `country` (two letters) tells whether
    the month comes first where there are slashes.
    """
    typed = _plain(text)
    if found := _ISO.fullmatch(typed):
        year, month, day = map(int, found.groups())
        return datetime.date(year, month, day)
    if found := _NUMBERS.fullmatch(typed):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        month_first = found[2] == "/" and country in _MONTH_FIRST
        month, day = (first, second) if month_first else (second, first)
        return datetime.date(year if year > 99 else 2000 + year, month, day)
    if found := _WORDS.fullmatch(typed):
        return _in_words(int(found[1]), found[2], found[3], today)
    raise ValueError("no day")


def read_time(text: str) -> datetime.time:
    """Return a time of day such as 14:00, 14.00 or 2 pm; raises ValueError for any other."""
    found = _TIME.fullmatch(_plain(text))
    if found is None or not (found[2] or found[3]):
        raise ValueError("no time")
    hour, half = int(found[1]), (found[3] or "")[:1]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("no time")
        hour = hour % 12 + (12 if half == "p" else 0)
    return datetime.time(hour, int(found[2] or 0))


def split_time(text: str) -> tuple[str, str]:
    """Return the day and the time of "1 December 14:00"; raises ValueError without both."""
    found = _AT.fullmatch(" ".join(text.split()))
    if found is None:
        raise ValueError("no day and time")
    return found[1], found[2]


def _in_words(day: int, month: str, year: str | None, today: datetime.date) -> datetime.date:
    beginning = [number for number, name in _MONTHS.items() if name.lower().startswith(month)]
    if len(month) < 3 or len(beginning) != 1:
        raise ValueError("no month")
    if year is not None:
        return datetime.date(int(year), beginning[0], day)
    found = datetime.date(today.year, beginning[0], day)
    return found if found >= today else found.replace(year=today.year + 1)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
