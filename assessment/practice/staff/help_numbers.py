"""Whom people call for help in a country: filled in at set-up, for the owner to check.

Only what is called in the whole country stands here. A clinic elsewhere shows the numbers of the
site until its owner enters some. The tests hold each emergency number against those that
`phonenumbers` knows of its country.
"""

from __future__ import annotations

from collections.abc import Mapping

from babel.core import Locale

_112 = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL PL PT RO SE SI SK TR"
_EMERGENCY: Mapping[str, str] = {
    **dict.fromkeys(_112.split(), "112"),
    **dict.fromkeys(("GB", "GG", "IM", "JE", "HK"), "999"),
    **dict.fromkeys(("US", "CA", "MX"), "911"),
    **dict.fromkeys(("JP", "KR", "TW"), "119"),
    "AU": "000",
    "BR": "192",
    "CH": "144",
    "IL": "101",
    "IN": "112",
    "NO": "113",
    "NZ": "111",
    "SG": "995",
}
"""The number that brings an ambulance."""
_SAME_DAY: Mapping[str, str] = {
    "AT": "1450",
    "AU": "1800 022 222",
    "DE": "116117",
    "FI": "116117",
    "GB": "111",
    "NO": "116117",
    "NZ": "0800 611 116",
    "PT": "808 24 24 24",
    "SE": "1177",
}
"""The number for advice on the same day, where the country has one."""
_SHORT = {"GB": "UK", "US": "USA"}


def emergency(country: str | None) -> str | None:
    """Return the emergency number of a country as the settings hold it, such as "999 UK"."""
    return _in(country, _EMERGENCY)


def same_day(country: str | None) -> str | None:
    """Return the number for a same-day doctor as the settings hold it; None where none is known."""
    return _in(country, _SAME_DAY)


def _in(country: str | None, numbers: Mapping[str, str]) -> str | None:
    if country is None or country not in numbers:
        return None
    place = _SHORT.get(country) or str(Locale("en").territories[country])
    return f"{numbers[country]} {place}"
