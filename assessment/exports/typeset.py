"""PDF from a template and data, by typst. Decision 0006 says why typst."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from assessment.exports.typesetters import TYPESETTERS, Typesetters

PLACEHOLDER = "\ufffd"
"""Stands for a letter that cannot be printed."""

# Beyond what the fonts that come with typst show, each letter on its own: Latin, Greek, Cyrillic,
# and usual signs.
_NOT_SHOWN = re.compile(
    r"[^\n -~\xa1-\xac\xae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038e-\u03a1\u03a3-\u0482"
    r"\u048a-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u203e\u20a0-\u20bf\u2190-\u2193\ufffd]"
)
_NEVER = {"\ufeff": "", "\ufffe": ""}


def typeset(
    template: Path, name: str, data: Mapping[str, object], typesetters: Typesetters | None = None
) -> bytes:
    """Return the PDF that a template makes of `data`, which it reads as JSON under `name`.

    The texts are never read as markup. The file keeps to PDF/UA-1, which asks that every letter can
    be shown. The fonts that come with typst lack some scripts and all pictures: where one is needed
    the fonts of the system help out. Where these lack it too, a placeholder stands for it, and the
    template finds `lossy` set: first for what is no letter yet, then for all beyond typst's own
    fonts, also since there are texts on which typst breaks down. Raises Busy when no PDF can be
    made now, RuntimeError when none of this gives a file, so the template must be at fault.
    """
    usual, plain = as_json(data), as_json(data, only_shown)
    attempts: tuple[tuple[str, bool, bool], ...] = (
        (usual, False, False),
        (usual, True, False),
        (as_json(data, only_assigned), True, True),
        (plain, False, True),
    )
    job = {
        "template": str(template.resolve()),
        "attempts": [
            ({name: text, "lossy": "yes" if lossy else ""}, system_fonts, ["ua-1"])
            for text, system_fonts, lossy in attempts
        ],
    }
    try:
        return (typesetters or TYPESETTERS).make(json.dumps(job).encode())
    except RuntimeError as failure:
        raise RuntimeError(f"no PDF can be made from {template.name}") from failure


def only_assigned(text: str) -> str:
    """Return the text with a placeholder for each sign that no font can have."""
    unknown = ("Cn", "Co", "Cs")
    return "".join(PLACEHOLDER if unicodedata.category(one) in unknown else one for one in text)


def only_shown(text: str) -> str:
    """Return the text with a placeholder for each letter that the fonts of typst lack."""
    return _NOT_SHOWN.sub(PLACEHOLDER, unicodedata.normalize("NFC", text))


def as_json(data: Mapping[str, object], change: Callable[[str], str] = str) -> str:
    """Return what a template reads, with every text changed so.

    It holds no control characters, which no font has, but line breaks; nor what PDF/UA-1 forbids.
    """
    text = json.dumps(_printable(data, change), ensure_ascii=False)
    return text.encode(errors="replace").decode()  # half a surrogate pair cannot be printed


def _printable(value: object, change: Callable[[str], str]) -> object:
    match value:
        case str():
            return change("".join(map(_letter, value)))
        case Mapping():
            return {name: _printable(one, change) for name, one in value.items()}
        case list() | tuple():
            return [_printable(one, change) for one in value]
        case _:
            return value


def _letter(letter: str) -> str:
    if unicodedata.category(letter) == "Cc" and letter != "\n":
        return " "
    return _NEVER.get(letter, letter)
