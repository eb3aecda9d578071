"""What an email address is, and how it is written on its way."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import idna

LONGEST_ADDRESS = 254
_LONGEST_LABEL = 63
_LOCAL = re.compile(r"[^@\s<>(),;:\"\\\[\]]+")
_ASCII_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_FREE_WITH_DOTS = frozenset({"docomo.ne.jp", "ezweb.ne.jp", "au.com"})
"""Mobile networks that gave out addresses with two dots in a row, or one before the @. Elsewhere
such a dot is a typing mistake."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as mail servers read it: the domain in ASCII, the part before it as it is."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def is_ascii(self) -> bool:
        """Whether any mail server can write it."""
        return self.local.isascii()


def cleaned(text: str) -> str:
    """Return what was typed or pasted as an address, without spaces around and invisible signs."""
    return "".join(one for one in text if unicodedata.category(one) != "Cf").strip()


def is_address(text: str) -> bool:
    """Whether this can be a mail address; never true with a line break or a second address."""
    try:
        address_of(text)
    except ValueError:
        return False
    return True


def address_of(text: str) -> Address:
    """Return an address as it is written on its way; raises ValueError when it is none."""
    local, at, domain = text.rpartition("@")
    if not at or len(text) > LONGEST_ADDRESS or any(map(_is_unseen, text)):
        raise ValueError("not an address")
    if not _LOCAL.fullmatch(local):
        raise ValueError("not an address")
    there = _in_ascii(domain)
    if all(local.split(".")):
        return Address(local, there)
    if there.lower() in _FREE_WITH_DOTS:
        return Address(f'"{local}"', there)
    raise ValueError("not an address")


def _in_ascii(domain: str) -> str:
    """Return a domain in ASCII, as punycode where it has to be; raises ValueError."""
    try:
        there = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError("not an address") from None
    labels = there.split(".")
    if len(labels) < 2 or not all(map(_is_label, labels)):
        raise ValueError("not an address")
    return there


def _is_label(text: str) -> bool:
    return len(text) <= _LONGEST_LABEL and _ASCII_LABEL.fullmatch(text) is not None


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN
