"""What people type, without the signs that nobody can see.

Such a sign can hide a name, let it look like another, or turn the direction of the words around it.
"""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # Persian, Indian and emoji spelling needs them
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that show nothing, though their category says otherwise."""


def one_line(text: str) -> str:
    """Return words on one line, with single spaces."""
    return " ".join(_seen(text).split())


def paragraphs(text: str) -> str:
    """Return words with their lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(map(_seen, lines)).strip()


def is_name(text: str) -> bool:
    """Whether there is a letter or digit in it, by which somebody can be called."""
    return any(map(str.isalnum, text))


def _seen(text: str) -> str:
    return "".join(" " if one.isspace() else one for one in text if _is_seen(one))


def _is_seen(letter: str) -> bool:
    if letter in _BLANKS:
        return False
    unseen = unicodedata.category(letter) in ("Cc", "Cf", "Cs")
    return not unseen or letter.isspace() or letter in _JOINERS
