"""Where a clinic can be: its country, and the zone of its times."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from babel.core import Locale, get_global

from assessment.exports.dates import server_calendar

_UTC = "UTC"
Choices = tuple[tuple[str, str], ...]


@cache
def countries() -> Choices:
    """Return every country that has telephone numbers: its code and its name, by name."""
    names = Locale("en").territories
    known = ((code, names[code]) for code in phonenumbers.SUPPORTED_REGIONS if code in names)
    return tuple(sorted(known, key=lambda one: one[1]))


@cache
def zones() -> Choices:
    """Return every time zone: its name in tzdata, and that name to be read."""
    there = set(get_global("zone_territories")) & available_timezones()
    named = sorted(name for name in there if "/" in name and not name.startswith("Etc/"))
    return tuple((name, name.replace("_", " ")) for name in (*named, _UTC))


def only_zone(country: str) -> str | None:
    """Return the time zone of a country that has one; None where clocks there differ."""
    found = _by_country().get(country, ())
    same = len({_offsets(zone) for zone in found}) == 1
    return found[0] if same else None


@cache
def _by_country() -> Mapping[str, Sequence[str]]:
    """Return the zones of each country as tzdata has them, where most people live first."""
    found: dict[str, list[str]] = {}
    table = files("tzdata") / "zoneinfo" / "zone.tab"
    for line in table.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return found


def _offsets(zone: str) -> tuple[datetime.timedelta | None, ...]:
    """Return how far a zone is from UTC in each month of a year."""
    months = (datetime.datetime(2026, month, 15, tzinfo=ZoneInfo(zone)) for month in range(1, 13))
    return tuple(when.utcoffset() for when in months)


def likely_place(languages: Iterable[str]) -> tuple[str, str]:
    """Return the country and zone of the server, else the country that a browser's languages name.

    `languages` are such as "en-GB". Either is empty where there is nothing to go by.
    """
    zone = server_calendar().zone
    server = get_global("zone_territories").get(zone, "")
    known = dict(countries())
    if server in known:
        return server, zone
    browser = (one.upper() for text in languages for one in re.split("[-_]", text)[1:])
    return next((code for code in browser if code in known), ""), ""
