"""Times as people read them: in the local time of the server, with the date."""

from __future__ import annotations

import datetime


def day_and_time(seconds: int) -> str:
    """Return a time (Unix seconds) such as "23 November 2026, 14:05"."""
    when = _local(seconds)
    return f"{when.day} {when:%B %Y, %H:%M}"


def local_day(seconds: int) -> str:
    """Return the day of a time (Unix seconds), such as "23 November 2026"."""
    when = _local(seconds)
    return f"{when.day} {when:%B %Y}"


def short_time(seconds: int) -> str:
    """Return a time for a narrow column, such as "23 Nov 2026, 14:05"."""
    when = _local(seconds)
    return f"{when.day} {when:%b %Y, %H:%M}"


def machine_time(seconds: int) -> str:
    """Return a time for machines, with its offset, such as "2026-11-23T14:05:00+01:00"."""
    return _local(seconds).isoformat()


def day_in_words(date: str) -> str:
    """Return a date (YYYY-MM-DD) such as "3 May 1980"; what is no date stays as it is."""
    found = _date(date)
    return date if found is None else f"{found.day} {found:%B %Y}"


def age_in_years(born: str, seconds: int) -> int | None:
    """Return the age at a time of somebody born on a date (YYYY-MM-DD); None for no such date."""
    birth = _date(born)
    if birth is None:
        return None
    today = _local(seconds).date()
    had_birthday = (today.month, today.day) >= (birth.month, birth.day)
    return today.year - birth.year - (0 if had_birthday else 1)


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _local(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).astimezone()
