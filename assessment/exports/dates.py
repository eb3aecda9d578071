"""Days and times as people read them: in one form everywhere, and in the zone of one place.

A date without a time means the end of that day in its zone. Machines get ISO 8601 with an offset.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import localtime
from babel.dates import format_date, format_datetime, get_timezone_location

_DAY = "d MMMM y"
_TIME = f"{_DAY}, HH:mm"
_APPOINTMENT = "EEEE d MMMM 'at' HH:mm"
_WEEKDAY = "EEEE d MMMM"
_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days and times of a zone, which tzdata names so; times are Unix seconds."""

    zone: str

    def time(self, seconds: int) -> str:
        """Return a time such as "23 November 2026, 14:05"."""
        return format_datetime(_utc(seconds), _TIME, self._zone, _LANGUAGE)

    def time_there(self, seconds: int) -> str:
        """Return a time for people elsewhere: "23 November 2026, 14:05 (London time)"."""
        return f"{self.time(seconds)} ({self.place})"

    def last_day(self, ends: int) -> str:
        """Return the last day of what ends then, such as "23 November 2026"."""
        return format_date(self.date(ends - 1), _DAY, _LANGUAGE)

    def appointment(self, seconds: int) -> str:
        """Return a time within a year, such as "Tuesday 1 December at 14:00"."""
        return format_datetime(_utc(seconds), _APPOINTMENT, self._zone, _LANGUAGE)

    def weekday(self, seconds: int) -> str:
        """Return the day of a time within a year, such as "Tuesday 1 December"."""
        return format_date(self.date(seconds), _WEEKDAY, _LANGUAGE)

    def moment(self, day: datetime.date, time: datetime.time) -> int:
        """Return a day and a time here in Unix seconds; raises ValueError when clocks leave it out.

        Of a time that comes twice, when clocks are set back, it is the first.
        """
        try:
            found = int(datetime.datetime.combine(day, time, self._zone).timestamp())
        except OverflowError:
            raise ValueError("no such time") from None
        if _utc(found).astimezone(self._zone).time() != time:
            raise ValueError("no such time")
        return found

    def clock(self, seconds: int) -> datetime.time:
        """Return what clocks here show at a time."""
        return _utc(seconds).astimezone(self._zone).time()

    def date(self, seconds: int) -> datetime.date:
        """Return the day of a time as a date."""
        return _utc(seconds).astimezone(self._zone).date()

    def day(self, seconds: int) -> str:
        """Return the day of a time, such as "23 November 2026"."""
        return format_date(self.date(seconds), _DAY, _LANGUAGE)

    @property
    def place(self) -> str:
        """What the time of this zone is called, such as "London time"."""
        if self.zone.rpartition("/")[2] in ("UTC", "GMT", "UCT", "Zulu", "Universal"):
            return "UTC"
        city = get_timezone_location(self._zone, locale=_LANGUAGE, return_city=True)
        return f"{city} time"

    def machine(self, seconds: int) -> str:
        """Return a time for machines, with its offset, such as "2026-11-23T14:05:00+01:00"."""
        return _utc(seconds).astimezone(self._zone).isoformat()

    def end_of_day(self, seconds: int, days: int) -> int:
        """Return when the day that is so many days after a time has ended."""
        next_day = self.date(seconds) + datetime.timedelta(days=days + 1)
        midnight = datetime.datetime.combine(next_day, datetime.time(), self._zone)
        return int(midnight.timestamp())

    def days_until(self, start: int, ends: int) -> int:
        """Return how many days after the day of `start` the last day is of what ends then."""
        return (self.date(ends - 1) - self.date(start)).days

    def age(self, born: str, seconds: int) -> int | None:
        """Return the age of somebody born on a date (YYYY-MM-DD); None for no such date."""
        birth = _date(born)
        if birth is None:
            return None
        today = self.date(seconds)
        had_birthday = (today.month, today.day) >= (birth.month, birth.day)
        return today.year - birth.year - (0 if had_birthday else 1)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


UTC = Calendar("UTC")


def calendar_of(zone: str | None) -> Calendar:
    """Return the calendar of a zone; that of the server where none was chosen or it is unknown."""
    found = None if zone is None else _known(zone)
    return found or server_calendar()


def server_calendar() -> Calendar:
    """Return the calendar of the zone in which this server stands; UTC where that has no name."""
    try:
        found = localtime.get_localzone()
    except (LookupError, ValueError, OSError):
        return UTC
    return _known(str(getattr(found, "key", ""))) or UTC


def day_in_words(date: str) -> str:
    """Return a date (YYYY-MM-DD) such as "3 May 1980"; what is no date stays as it is."""
    found = _date(date)
    return date if found is None else format_date(found, _DAY, _LANGUAGE)


def period_in_words(days: int) -> str:
    """Return a period such as "90 days" or "1 year"."""
    years, rest = divmod(days, 365)
    if rest:
        return f"{days} days"
    return "1 year" if years == 1 else f"{years} years"


@lru_cache(maxsize=1000)
def _known(zone: str) -> Calendar | None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return Calendar(zone)


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _utc(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
