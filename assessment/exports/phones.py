"""Telephone numbers: read as people write them, kept in one form, shown and dialled rightly.

A number is kept in E.164 (`+442079460000`), with its extension after `;ext=`. One that was typed
without a country, where none is known, is kept as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult, shortnumberinfo

FEWEST_DIGITS = 3
"""Below it a number has to be known as one: France has 15, and nobody has 0."""
_MOST_DIGITS = 15
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_BEFORE = re.compile(r"^[^+\d]*")
_EXTENDED = re.compile(r"[\d\W_]+[^\W\d_]+[\W_]*(\d+)#?")
_LOCAL = re.compile(r"[0-9][0-9 ()./-]*|\([0-9][0-9 ()./-]*")


def read_phone(text: str, country: str | None) -> str:
    """Return a number as it is kept; raises ValueError when nobody could call it from anywhere.

    `country` (two letters) is where a number without a country code belongs to. Letters are no
    digits, also where a keypad has them on its keys: that may be anybody's number.
    """
    found = _parsed(text, country)
    if found is not None and _is_all_digits(text, found.extension):
        return _kept(found)
    local = plain(text)
    digits = sum(map(str.isdigit, local))
    if country or not _LOCAL.fullmatch(local) or not FEWEST_DIGITS <= digits <= _MOST_DIGITS:
        raise ValueError("no telephone number")
    return local


def phone_in_words(kept: str, country: str | None = None) -> str:
    """Return a number to be read, such as "+44 20 7946 0000 ext. 5"; any other text as it is."""
    found = _parsed(kept, country)
    if found is None:
        return kept
    extension, found.extension = found.extension, None
    number = phonenumbers.format_number(found, PhoneNumberFormat.INTERNATIONAL)
    return f"{number} ext. {extension}" if extension else number


@lru_cache(maxsize=1000)
def dialled(number: str) -> str:
    """Return what follows `tel:` in a link; a comma is a pause before the extension."""
    found = _parsed(number, None)
    if found is None:
        return "".join(c for c in plain(number) if c in "+0123456789")
    return _kept(found).replace(";ext=", ",")


@lru_cache(maxsize=1000)
def can_be_called(number: str) -> bool:
    """Whether a number for help, which may be a short one, is one."""
    digits = re.sub(r"\D", "", plain(number))
    if len(digits) < FEWEST_DIGITS:
        return _is_short(digits)
    return len(digits) <= _MOST_DIGITS and ("+" not in number or _parsed(number, None) is not None)


def plain(text: str) -> str:
    """Return a number with the digits and hyphens of a keyboard."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    try:
        found = phonenumbers.parse(plain(text), country)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(found)
    return found if possible == ValidationResult.IS_POSSIBLE else None


def _is_all_digits(text: str, extension: str | None) -> bool:
    """Whether there is no letter behind the first digit, but for those that say "extension"."""
    number = _BEFORE.sub("", plain(text))
    if not any(map(str.isalpha, number)):
        return True
    found = _EXTENDED.fullmatch(number)
    return found is not None and found[1] == extension


def _kept(found: PhoneNumber) -> str:
    number = phonenumbers.format_number(found, PhoneNumberFormat.E164)
    return f"{number};ext={found.extension}" if found.extension else number


def _is_short(digits: str) -> bool:
    """Whether some country has this short number."""
    for region in phonenumbers.SUPPORTED_SHORT_REGIONS:
        try:
            found = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            return False
        if shortnumberinfo.is_valid_short_number_for_region(found, region):
            return True
    return False
