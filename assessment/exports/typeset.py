"""PDF from a template and data, by typst. Decision 0006 says why typst."""

from __future__ import annotations

import json
import os
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

PLACEHOLDER = "\ufffd"
"""Stands for a letter that cannot be printed."""

# Beyond what the fonts that come with typst show, each letter on its own: Latin, Greek, Cyrillic,
# and usual signs.
_NOT_SHOWN = re.compile(
    r"[^\n -~\xa1-\xac\xae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038e-\u03a1\u03a3-\u0482"
    r"\u048a-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u203e\u20a0-\u20bf\u2190-\u2193\ufffd]"
)
_NEVER = {"\ufeff": "", "\ufffe": ""}
_error_output = threading.Lock()


def typeset(template: Path, name: str, data: Mapping[str, object]) -> bytes:
    """Return the PDF that a template makes of `data`, which it reads as JSON under `name`.

    The texts are never read as markup. The file keeps to PDF/UA-1, which asks that every letter
    can be shown. The fonts that come with typst lack some scripts, and all pictures: where one is
    needed the fonts of the system help out, and where these lack it too, the file is made without
    that promise, and the template finds `lossy` set. There are texts on which typst breaks down:
    at last the letters beyond its fonts give way to a placeholder. Raises RuntimeError when even
    that gives no file, so the template must be at fault.
    """
    usual, plain = as_json(data), as_json(data, only_shown)
    attempts: tuple[tuple[str, bool, bool], ...] = (
        (usual, False, False),
        (usual, True, False),
        (usual, True, True),
        (plain, False, True),
    )
    failure: BaseException | None = None
    with _no_traces() if usual != plain else nullcontext():
        for text, system_fonts, lossy in attempts:
            try:
                inputs = {name: text, "lossy": "yes" if lossy else ""}
                return _compiled(template, inputs, system_fonts=system_fonts, lossy=lossy)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # a panic in Rust is no Exception
                failure = error
    raise RuntimeError(f"no PDF can be made from {template.name}") from failure


def _compiled(
    template: Path, inputs: Mapping[str, str], *, system_fonts: bool, lossy: bool
) -> bytes:
    import typst  # 30 MB that only this needs

    options: dict[str, Any] = {} if lossy else {"pdf_standards": ["ua-1"]}
    made: bytes = typst.compile(
        str(template),
        root=str(template.parent),
        ignore_system_fonts=not system_fonts,
        sys_inputs=dict(inputs),
        **options,
    )
    return made


@contextmanager
def _no_traces() -> Iterator[None]:
    """Drop what Rust writes to the error output: a trace can quote the text at hand.

    That output is one for the whole process. So this is only for texts beyond the fonts of typst,
    on which it can break down, and for one thread at a time.
    """
    with _error_output:
        try:
            kept = os.dup(2)
        except OSError:  # there is no error output
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


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
