"""Telephone numbers and addresses within a line of help, each to be tapped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assessment.exports.phones import FEWEST_DIGITS, dialled

_TARGET = re.compile(
    r"(?P<ways>\b(?:call or text|text or call|text|sms)\s+(?:[A-Za-z]+\s+to\s+)?)?"
    r"(?P<number>\+?\(?\d[\d\s()\u00a0-]*\d)"
    r"|(?P<site>\b(?:[a-z0-9-]+\.)+(?:com|org|net|info|eu|uk|ie|au|nz)(?:/[\w/-]*)?)",
    re.IGNORECASE,
)


class Piece(NamedTuple):
    """A part of a line; `href` is where a tap on it leads, and `name` what that is called."""

    text: str
    href: str | None = None
    name: str | None = None


def pieces(line: str) -> tuple[Piece, ...]:
    """Return the parts of a line; together they are its words.

    A number after "text" is written to, any other is called; after "call or text" the number is
    called and the word "text" writes to it.
    """
    return tuple(piece for piece in _pieces(line) if piece.text)


def _pieces(line: str) -> Iterator[Piece]:
    end = 0
    for found in _TARGET.finditer(line):
        yield Piece(line[end : found.start()])
        end = found.end()
        number, ways, site = found["number"], found["ways"] or "", found["site"]
        if site:
            yield Piece(site, f"https://{site}")
        elif len(dialled(number).lstrip("+")) < FEWEST_DIGITS:  # an hour or a day
            yield Piece(found[0])
        else:
            yield from _reached(ways, number)
    yield Piece(line[end:])


def _reached(ways: str, number: str) -> Iterator[Piece]:
    call, write = f"tel:{dialled(number)}", f"sms:{dialled(number)}"
    if "call" not in ways.lower():
        yield Piece(ways)
        yield Piece(number, write if ways else call)
        return
    before, text, after = re.split(r"(text)", ways, maxsplit=1, flags=re.IGNORECASE)
    yield Piece(before)
    yield Piece(text, write, f"{text} {number}")
    yield Piece(after)
    yield Piece(number, call)
